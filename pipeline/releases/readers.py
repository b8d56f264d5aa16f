"""What readers see: links in ``data/processed`` and ``maps`` that all lead through one link, which one rename turns."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable
from pathlib import Path

from pipeline.config.publish import Audience
from pipeline.releases.release import PLACES, PUBLIC, Release, all_releases
from pipeline.workspace import Workspace
from pipeline.workspace.atomic import sync


def show(workspace: Workspace, release: Release, audience: Audience = "team") -> list[str]:
    """Make a release the one that readers see.

    A reader who wants several files of one release takes them through ``maps/releases/ID``, which never changes.

    Parameters
    ----------
    workspace : Workspace
        The caller holds it.
    release : Release
        What to show.
    audience : {"team", "public"}
        Who the readers are; no link then leads the public to what is the team's.

    Returns
    -------
    list of str
        In words, what stood where a link belongs and was moved aside, a file that somebody saved there; and what else
        lies where the public reads and is not ours to take away.

    Raises
    ------
    OSError
        If a link cannot be made; readers then see what they saw before.
    """
    names = release.shown_to(audience)
    links = [workspace.current, workspace.maps / "releases", *(workspace.root / name for name in names)]
    kept, aside = workspace.releases, None
    if audience == "public":
        kept, aside = _opened(workspace, release), workspace.home / "aside"
    told = [said for link in links if (said := _make_room(link, aside))]
    _point(workspace.current, Path("releases") / release.folder.name)
    sync(workspace.home)
    for place in PLACES:
        _link_files(workspace, place, release, Path(PUBLIC if audience == "public" else ""))
    _point(workspace.maps / "releases", Path(os.path.relpath(kept, workspace.maps)))
    return told + (_strangers(workspace, names) if audience == "public" else [])


def sees(workspace: Workspace, release: Release, audience: Audience = "team") -> bool:
    """Tell whether readers reach every file of a release that is theirs, through its link, and no release beyond."""
    if workspace.current.resolve() != release.folder:
        return False
    if (workspace.maps / "releases").resolve() != _kept_for(workspace, audience).resolve():
        return False
    names = release.shown_to(audience)
    return all((workspace.root / name).resolve() == release.folder / inside for name, inside in names.items())


def _kept_for(workspace: Workspace, audience: Audience) -> Path:
    return workspace.home / PUBLIC if audience == "public" else workspace.releases


def _opened(workspace: Workspace, shown: Release) -> Path:
    """Return a folder that leads to the public part of every release that is no finer, and to nothing else.

    Who makes the step wider takes back what was told too exactly.
    """
    folder = _kept_for(workspace, "public")
    folder.mkdir(parents=True, exist_ok=True)
    names = {
        release.folder.name
        for release in (*all_releases(workspace), shown)
        if release.shown_to("public") and release.public_step_km >= shown.public_step_km
    }
    for name in sorted(names):
        _point(folder / name, Path("..") / "releases" / name / PUBLIC)
    for link in folder.iterdir():
        if link.is_symlink() and link.name not in names:
            link.unlink()
    return folder


def sweep_links(workspace: Workspace) -> None:
    """Take away links that a killed run left half-made; the caller holds the workspace."""
    places = (workspace.home, workspace.home / PUBLIC, workspace.processed, workspace.maps)
    for link in (*(link for place in places for link in place.glob(".*.link")), *workspace.releases.rglob(".*.link")):
        link.unlink()


def _link_files(workspace: Workspace, place: str, release: Release, part: Path) -> None:
    """Let a readers' folder show the files of the current release, or of its public part, and only those."""
    folder = release.folder / part / place
    reader = workspace.root / place
    reader.mkdir(parents=True, exist_ok=True)
    through = os.path.relpath(workspace.current / part / place, reader)
    ours = os.path.relpath(workspace.current, reader)
    names = {path.name for path in folder.iterdir() if path.name[0] != "."} if folder.is_dir() else set()
    for name in sorted(names):
        link, target = reader / name, Path(through) / name
        if not link.is_symlink() or link.readlink() != target:
            _point(link, target)
    for link in reader.iterdir():
        if link.is_symlink() and link.name not in names and str(link.readlink()).startswith(ours):
            link.unlink()


def _strangers(workspace: Workspace, names: Iterable[str]) -> list[str]:
    """Return in words what lies in the readers' folders and is of no release: nobody generalised it."""
    ours = {*(workspace.root / name for name in names), workspace.maps / "releases"}
    found = sorted(
        path.relative_to(workspace.root).as_posix()
        for place in PLACES
        for path in (workspace.root / place).iterdir()
        if path not in ours and path.name[0] != "."
    )
    return [f"{name} is not of the release: the public reads it as it is, move it away" for name in found]


def _make_room(place: Path, shelf: Path | None) -> str:
    """Move aside what stands where a link belongs, onto a shelf or beside; say so, empty where nothing stands there."""
    if place.is_symlink() or not place.exists():
        return ""
    if shelf is not None:
        shelf.mkdir(parents=True, exist_ok=True)
    beside = (shelf or place.parent) / place.name
    numbers = itertools.count(1)
    aside = next(
        path for n in numbers if not (path := beside.with_name(f"{place.stem}.mine-{n}{place.suffix}")).exists()
    )
    place.replace(aside)
    return f"{place.name} was no link to the release but somebody's own; it is now {aside}"


def _point(link: Path, target: Path) -> None:
    """Make a link point somewhere by one rename."""
    temporary = link.with_name(f".{link.name}.{os.getpid()}.link")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target)
    try:
        temporary.replace(link)
    finally:
        temporary.unlink(missing_ok=True)
