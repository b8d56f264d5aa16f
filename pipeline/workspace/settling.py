"""Which input files are still being copied here, so that a night leaves them for the next one."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path

from pipeline.config import Config
from pipeline.errors import DataError
from pipeline.workspace.paths import Workspace
from pipeline.workspace.side_files import SideFiles

Stamp = tuple[tuple[str, int, int, int, int], ...]
"""Name, size, times of change (content, entry) and inode of a file and of those that belong to it."""


def still_copied(
    workspace: Workspace,
    config: Config,
    known: Collection[str],
    *,
    wait: Callable[[float], None] = time.sleep,
    log: Callable[[str], None] = lambda line: None,
) -> frozenset[Path]:
    """Return the new input files that change while one looks; wait for those that cannot be left out.

    Parameters
    ----------
    workspace : Workspace
        Where the files are.
    config : Config
        Names the files, and under ``[nightly]`` how long to look (``settle_s``) and to wait (``replaced_wait_s``).
    known : collection of str
        Inputs of the published release, by their place in the workspace. Without one of these the result would lose
        what it has, so it is waited for; so is the route.
    wait : callable
        Passes a time in seconds.
    log : callable
        Takes lines for people.

    Raises
    ------
    DataError
        If a file that cannot be left out does not settle, or is its source's only one.
    ConfigError
        If a source's files lie outside the workspace.
    """
    section = config.nightly
    rounds = math.ceil(section.replaced_wait_s / section.settle_s) if section.settle_s else 0
    for left in range(rounds, -1, -1):
        before = _look(workspace, config)
        wait(section.settle_s)
        after = _look(workspace, config)
        changing = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
        needed = [path for path in changing if path == _route(workspace, config) or workspace.name_of(path) in known]
        if not needed:
            _refuse_empty_sources(workspace, config, set(changing))
            return frozenset(changing)
        names = ", ".join(workspace.name_of(path) for path in needed)
        if left == rounds and left:
            log(
                f"waiting {section.replaced_wait_s:g} s at most for {names}, which the published release is made from "
                "and which is being copied"
            )
    raise DataError(
        f"being copied, and not finished after {section.replaced_wait_s:g} s: {names}",
        where=str(workspace.root),
        remedy="The build cannot do without it; the next run takes it up. For slow copies copy under another name "
        "and rename, or raise replaced_wait_s under [nightly].",
    )


def _look(workspace: Workspace, config: Config) -> dict[Path, Stamp]:
    """Return what tells of each input file whether it has changed; those that vanish meanwhile are absent."""
    paths = [_route(workspace, config)]
    for name, section in config.sources.items():
        with suppress(DataError):  # without any file: perhaps it is being replaced; if not, the build says so
            (source,) = workspace.sources(config.model_copy(update={"sources": {name: section}}))
            paths += source.paths
    found, beside = {}, SideFiles()
    for path in paths:
        stamp = tuple(mark for part in (path, *beside.of(path)) for mark in _mark(part))
        if stamp:
            found[path] = stamp
    return found


def _mark(path: Path) -> list[tuple[str, int, int, int, int]]:
    try:
        stat = path.stat()
    except OSError:  # absent, or gone since it was listed: that is what the two looks are for
        return []
    return [(path.name, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino)]


def _route(workspace: Workspace, config: Config) -> Path:
    return workspace.path(config.route.file, key="route.file")


def _refuse_empty_sources(workspace: Workspace, config: Config, changing: set[Path]) -> None:
    for source in workspace.sources(config) if changing else ():
        if source.paths and set(source.paths) <= changing:
            names = ", ".join(workspace.name_of(path) for path in source.paths)
            raise DataError(
                f"source '{source.name}' has no file but what is still being copied: {names}",
                where=str(workspace.root),
                remedy="Nothing to do if the copy goes on: the next run takes it up. What was published stays.",
            )
