"""What stays on disk: releases by count and age, results that they were made of, all within a limit of size."""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.config.publish import PublishSection
from pipeline.errors import WriteError
from pipeline.mapping.messages import Number, say
from pipeline.releases.pages import rewrite_portals
from pipeline.releases.readers import sweep_links
from pipeline.releases.release import Release, all_releases
from pipeline.workspace import Workspace

_BYTES_PER_GB = 1e9
_ID = re.compile(r"\d{8}T\d{9}Z-[0-9a-f]{8}")


def sweep(workspace: Workspace) -> None:
    """Take away what a killed run left half-made; the caller holds the workspace, so nobody is at work on it.

    Raises
    ------
    WriteError
        If something cannot be taken away.
    """
    for pattern in ("releases/.*.working", "store/*/.*.working", "store/*/.*.blocks", "orders/*"):
        for folder in workspace.home.glob(pattern):
            if not (folder.is_symlink() or folder.parent.is_symlink()):
                with _taking_away(folder):
                    # A task of a cluster may have outlived its build and still write there: it no longer finds it.
                    aside = folder.with_name(f".{secrets.token_hex(8)}.working")
                    folder.rename(aside)
                    shutil.rmtree(aside)
    for part in (*workspace.home.glob(".*.part*"), *workspace.releases.rglob(".*.part*")):
        if not _lives(part):
            with _taking_away(part):
                part.unlink()
    with _taking_away(workspace.home):
        sweep_links(workspace)


def retire(workspace: Workspace, section: PublishSection, now: datetime | None = None) -> list[str]:
    """Take away releases that are old by count and age, and results that no release needs; return that in words.

    Parameters
    ----------
    workspace : Workspace
        The caller holds it, and has just published.
    section : PublishSection
        What stays.
    now : datetime, optional
        Default: the clock.
    """
    releases = all_releases(workspace)
    stay = staying(releases, section, now or datetime.now(UTC))
    current = workspace.current.resolve()
    told = []
    for release in releases:
        if release not in stay and release.folder != current:
            _remove(release.folder)
            told.append(f"release {release.id} was taken away: [publish] keeps {section.keep_releases}{_days(section)}")
    for folder in _damaged(workspace) if len(stay) >= section.keep_releases else ():
        _remove(folder)
        told.append(f"release {folder.name} was taken away: its record is damaged, and enough whole ones are kept")
    needed = _needed(workspace, all_releases(workspace))
    for folder in _results(workspace):
        if folder not in needed:
            _remove(folder)
    return told + within_limit(workspace, section)


def within_limit(workspace: Workspace, section: PublishSection) -> list[str]:
    """Evict until releases and kept results fit the limit: results that no release needs, then the oldest releases.

    Returns
    -------
    list of str
        What was evicted, or why the limit cannot be kept, in words; empty where all fits.
    """
    limit, told = section.max_gb * _BYTES_PER_GB, []
    before = size = _size(workspace)
    if size <= limit:
        return []
    needed = _needed(workspace, all_releases(workspace))
    spare = sorted((folder for folder in _results(workspace) if folder not in needed), key=_age)
    evicted = 0
    while size > limit and spare:
        folder = spare.pop(0)
        size -= sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        _remove(folder)
        evicted += 1
    if evicted:
        size = _size(workspace)  # what a file shared with another is still there
        told.append(f"{evicted} kept results that no release needs were evicted")
    for folder in _damaged(workspace) if size > limit else ():
        _remove(folder)
        size = _size(workspace)
        told.append(say("release {id}, whose record is damaged, was evicted", id=folder.name))
    current, lost = workspace.current.resolve(), False
    while size > limit:
        old = [release for release in all_releases(workspace) if release.folder != current]
        if not old:
            told.append(
                say(
                    "the current release and what it was made of take {size} GB, more than [publish] max_gb = {limit}; "
                    "nothing else is left to evict",
                    size=Number(size / _BYTES_PER_GB),
                    limit=section.max_gb,
                )
            )
            break
        _remove(old[0].folder)
        needed = _needed(workspace, all_releases(workspace))
        for folder in _results(workspace):
            if folder not in needed:
                _remove(folder)
        size, lost = _size(workspace), True
        told.append(say("release {id} was evicted", id=old[0].id))
    left = all_releases(workspace)
    shown = next((release for release in left if release.folder == current), None)
    if lost and shown is not None:
        rewrite_portals(shown, left, told)  # their lists must not lead to what is gone
    if size < before:
        freed = (before - size) / _BYTES_PER_GB
        told[0] = f"to keep within [publish] max_gb = {section.max_gb:g}, {freed:.3g} GB were freed: {told[0]}"
    return told


def staying(releases: Sequence[Release], section: PublishSection, now: datetime) -> list[Release]:
    """Return what stays, oldest first.

    These are the newest releases, of the others the last of each day that is young enough, and the one that readers
    saw until the newest was published: they may be in it.
    """
    newest = releases[-section.keep_releases :]
    last_of_day: dict[str, Release] = {}
    for release in releases:
        published = datetime.fromisoformat(release.manifest["published"])
        if now - published <= timedelta(days=section.keep_days):
            last_of_day[published.date().isoformat()] = release
    stay = {release.id for release in (*newest, *last_of_day.values())} | {r.before for r in releases[-1:]}
    return [release for release in releases if release.id in stay]


def _days(section: PublishSection) -> str:
    return f" and the last of each day for {section.keep_days:g} days" if section.keep_days else ""


def _damaged(workspace: Workspace) -> list[Path]:
    """Return what was a release and cannot be read as one any more; folders of people's own are none of ours."""
    readable = {release.folder for release in all_releases(workspace)}
    return [
        path
        for path in sorted(workspace.releases.iterdir())
        if _ID.fullmatch(path.name) and path.is_dir() and not path.is_symlink() and path not in readable
    ]


def _needed(workspace: Workspace, releases: Iterable[Release]) -> set[Path]:
    return {
        workspace.store / folder
        for release in releases
        for step in release.steps.values()
        for folder in step["folders"]
    }  # fmt: skip


def _results(workspace: Workspace) -> list[Path]:
    """Return the folders of kept results; a link, wherever it leads, is none."""
    steps = [step for step in workspace.store.glob("*") if not step.is_symlink()]
    folders = [path for step in steps for path in step.glob("*") if not path.is_symlink()]
    return [path for path in folders if path.is_dir() and not path.name.startswith(".")]


def _age(folder: Path) -> float:
    return folder.stat().st_mtime


def _size(workspace: Workspace) -> int:
    """Return the bytes of releases and results; a file that several of them share counts once."""
    seen: dict[tuple[int, int], int] = {}
    for place in (workspace.store, workspace.releases):
        for path in place.rglob("*"):
            if path.is_file() and not path.is_symlink():
                stat = path.stat()
                seen[stat.st_dev, stat.st_ino] = stat.st_size
    return sum(seen.values())


def _remove(folder: Path) -> None:
    """Take a folder away: first its name, so that nobody takes what is left of it for whole."""
    doomed = folder.with_name(f".{folder.name}.working")
    with _taking_away(folder):
        folder.replace(doomed)
        shutil.rmtree(doomed)


def _lives(part: Path) -> bool:
    """Tell whether the process that a half-written file is named after is still there, and may be writing it."""
    numbers = [int(word) for word in part.name.split(".") if word.isdigit()]
    try:
        os.kill(numbers[-1], 0) if numbers else None
    except ProcessLookupError:
        return False
    except PermissionError:  # another user's
        return True
    return bool(numbers)


@contextmanager
def _taking_away(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise WriteError(
            f"what is no longer needed cannot be taken away: {error.strerror or error}",
            where=str(error.filename or place),
            remedy="Make the folder writable for whoever runs the build, then run again; what is published is whole.",
        ) from error
