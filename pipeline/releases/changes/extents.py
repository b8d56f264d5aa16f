"""Where along the route an input file lies, as the steps that read it tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.errors import DataError
from pipeline.releases.changes.places import Span
from pipeline.releases.release import Release


def extent(release: Release, other: Release, name: str, steps: Iterable[str]) -> list[Span] | None:
    """Return where a file gave values in a release.

    Parameters
    ----------
    release, other : Release
        The release that is asked, and the one that it is compared with.
    name : str
        The file, as the release that is asked calls it.
    steps : iterable of str
        Steps that read it.

    Returns
    -------
    list of (float, float) or None
        Kilometre posts of that release; None where a step does not tell.

    Raises
    ------
    DataError
        If what a step tells is not a list of kilometre posts.
    """
    spans: list[Span] = []
    for step in steps:
        told = release.manifest.get("layers", {}).get(step, {}).get("file_kp_km")
        if not isinstance(told, dict):
            return None
        try:
            for known in _names(name, told, _files(release, step), _files(other, step)):
                spans += [(float(start), float(end)) for start, end in told[known]]
        except (TypeError, ValueError) as error:
            raise DataError(
                f"the extent of {name} is not a list of kilometre posts: {error}",
                where=f"{release.folder}/data/processed/manifest.json, layers.{step}.file_kp_km",
                remedy="Compare other releases ('corridor releases' lists them), or build this one again.",
            ) from error
    return spans


def _files(release: Release, step: str) -> Mapping[str, str]:
    files: Mapping[str, str] = release.parts.get(step, {}).get("files", {})
    return files


def _names(name: str, told: Mapping[str, Any], files: Mapping[str, str], others: Mapping[str, str]) -> list[str]:
    """Return under which names a step told of a file; none where it gave no value.

    A result that was reused tells the names that its files had when it was made. The other release may know the same
    content under such a name; else it can be any of the names that no file has now.
    """
    digest = files.get(name)
    earlier = [known for known in told if known not in files]
    if earlier:
        same = [known for known in told if others.get(known) == digest != files.get(known)]
        if same:
            return same
    # What lies beside a file (its world file, its statistics) goes with it.
    names = [name] if name in told else [known for known in told if _stem(known) == _stem(name)]
    now = set(files.values())
    return names or [known for known in earlier if others.get(known) not in now]


def _stem(name: str) -> str:
    folder, slash, file = name.rpartition("/")
    return folder + slash + file.partition(".")[0]
