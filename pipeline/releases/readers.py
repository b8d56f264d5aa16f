"""What readers see: links in ``data/processed`` and ``maps`` that all lead through one link, which one rename turns."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

from pipeline.releases.release import PLACES, Release
from pipeline.workspace import Workspace
from pipeline.workspace.atomic import sync


def show(workspace: Workspace, release: Release) -> list[str]:
    """Make a release the one that readers see.

    A reader who wants several files of one release takes them through ``maps/releases/ID``, which never changes.

    Returns
    -------
    list of str
        In words, what stood where a link belongs and was moved aside: a file that somebody saved there.

    Raises
    ------
    OSError
        If a link cannot be made; readers then see what they saw before.
    """
    links = [workspace.current, workspace.maps / "releases", *(workspace.root / name for name in release.files)]
    told = [said for link in links if (said := _make_room(link))]
    _point(workspace.current, Path("releases") / release.folder.name)
    sync(workspace.home)
    for place in PLACES:
        _link_files(workspace, place, release.folder / place)
    _point(workspace.maps / "releases", Path(os.path.relpath(workspace.releases, workspace.maps)))
    return told


def sees(workspace: Workspace, release: Release) -> bool:
    """Tell whether readers reach every file of a release through its link."""
    if workspace.current.resolve() != release.folder:
        return False
    return all((workspace.root / name).resolve() == release.folder / name for name in release.files)


def sweep_links(workspace: Workspace) -> None:
    """Take away links that a killed run left half-made; the caller holds the workspace."""
    places = (workspace.home, workspace.processed, workspace.maps)
    for link in (*(link for place in places for link in place.glob(".*.link")), *workspace.releases.rglob(".*.link")):
        link.unlink()


def _link_files(workspace: Workspace, place: str, folder: Path) -> None:
    """Let a readers' folder show the files of the current release, and only those."""
    reader = workspace.root / place
    reader.mkdir(parents=True, exist_ok=True)
    through = os.path.relpath(workspace.current / place, reader)
    names = {path.name for path in folder.iterdir() if path.name[0] != "."} if folder.is_dir() else set()
    for name in sorted(names):
        link, target = reader / name, Path(through) / name
        if not link.is_symlink() or link.readlink() != target:
            _point(link, target)
    for link in reader.iterdir():
        if link.is_symlink() and link.name not in names and str(link.readlink()).startswith(through):
            link.unlink()


def _make_room(place: Path) -> str:
    """Move aside what stands where a link belongs; return that in words, empty where nothing does."""
    if place.is_symlink() or not place.exists():
        return ""
    numbers = itertools.count(1)
    aside = next(
        path for n in numbers if not (path := place.with_name(f"{place.stem}.mine-{n}{place.suffix}")).exists()
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
