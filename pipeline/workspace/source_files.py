"""A configured source and the files that it names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pipeline.config.corridor import PROVENANCE_ORDER, SourceSection
from pipeline.errors import DataError

FETCHED = ".fetched.json"
"""Ends the name of the record beside a fetched file."""


@dataclass(frozen=True)
class SourceFiles:
    """One configured source and the files that its pattern found.

    Attributes
    ----------
    name : str
        Key in ``[sources.NAME]``.
    section : SourceSection
        What the configuration says of it.
    paths : tuple[Path, ...]
        Absolute paths, sorted by their place in the workspace.
    root : Path
        The workspace's folder.

    Raises
    ------
    DataError
        If the name of a file is not UTF-8.
    """

    name: str
    section: SourceSection
    paths: tuple[Path, ...]
    root: Path = Path()

    def __post_init__(self) -> None:
        for path in self.paths:
            try:
                str(path).encode()
            except UnicodeEncodeError as error:
                raise DataError(
                    "the name of a file is not UTF-8, so no record can hold it",
                    where=f"{name_in(self.root, path)!r} of source {self.name}",
                    remedy="Rename the file, or the folder that it lies in.",
                ) from error

    @property
    def facts(self) -> dict[str, object]:
        """What maps, files and the manifest say of the source."""
        return {
            "name": self.name,
            "role": self.section.role,
            "provenance": self.section.provenance,
            "licence": self.section.licence,
            "attribution": self.section.attribution,
            "files": [path.name for path in self.paths],
        }

    def name_of(self, path: Path) -> str:
        """Return how logs and manifests call one of the files."""
        return name_in(self.root, path)

    @property
    def rank(self) -> tuple[int, int, str]:
        """Sort key of merging: priority first, then provenance, then name (resolution is the reader's to add)."""
        return (-self.section.priority, PROVENANCE_ORDER.index(self.section.provenance), self.name)


def weakest(provenances: Iterable[str]) -> str:
    """Return the weakest of several provenances; empty where there is none."""
    given = set(provenances)
    known = [PROVENANCE_ORDER.index(p) for p in PROVENANCE_ORDER if p in given]
    return PROVENANCE_ORDER[max(known)] if known else ""


def name_in(root: Path, path: Path) -> str:
    """Return a file's place in the workspace, or all of its path where it lies outside."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()


def may_be_input(path: Path, pattern: str) -> bool:
    """Tell whether a file that a pattern finds may be meant: no record of a fetch, and hidden only if so named."""
    hidden = path.name.startswith(".") and not Path(pattern).name.startswith(".")
    return not hidden and not path.name.endswith(FETCHED)
