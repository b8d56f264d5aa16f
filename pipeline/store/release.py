"""Releases: a build becomes visible by one rename, and readers see the old one or the new one."""

from __future__ import annotations

import json
import os
import platform
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline import __version__
from pipeline.errors import WriteError
from pipeline.store.build import Build, Decision
from pipeline.store.hashing import hash_file
from pipeline.store.kept import Parts
from pipeline.workspace import Workspace, write_json

MANIFEST = "data/processed/manifest.json"
STEPS = "steps.json"


@dataclass(frozen=True)
class Release:
    """A published build.

    Attributes
    ----------
    folder : Path
        Where it lies whole.
    manifest : dict
        Its ``manifest.json``.
    steps : dict
        Step name to ``key``, ``folder`` (in the store) and ``parts``.
    """

    folder: Path
    manifest: dict[str, Any]
    steps: dict[str, dict[str, Any]]

    @property
    def id(self) -> str:
        """Its name: time of publishing, and the first of the last step's key, which the map shows as its build."""
        return self.folder.name

    @property
    def parts(self) -> dict[str, Parts]:
        """What each step's result was made from."""
        return {name: step["parts"] for name, step in self.steps.items()}

    def is_whole(self, workspace: Workspace) -> bool:
        """Tell whether every published file is there, is reachable through its link, and has its recorded content."""
        for name, digest in self.manifest["outputs"].items():
            path = _reader_path(workspace, name)
            if not path.is_file() or hash_file(path.resolve()) != digest:
                return False
        return _reader_path(workspace, MANIFEST).is_file()


def current_release(workspace: Workspace) -> Release | None:
    """Return the release that readers see, or None where nothing readable is published."""
    folder = workspace.current.resolve()
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        steps = json.loads((folder / STEPS).read_text(encoding="utf-8"))
    except (OSError, RuntimeError, ValueError):  # absent, cut short or not text: the next build publishes again
        return None
    return Release(folder, manifest, steps)


def publish(build: Build, decisions: list[Decision]) -> Release:
    """Make the results of a finished build the release that readers see.

    Parameters
    ----------
    build : Build
        With results of every step.
    decisions : list of Decision
        What was reused or run, and why; recorded in the manifest.

    Raises
    ------
    WriteError
        If the release cannot be written; the earlier one is untouched.
    """
    workspace = build.workspace
    now = datetime.now(UTC)
    release_id = f"{now:%Y%m%dT%H%M%S}{now.microsecond // 1000:03d}Z-{build.results[build.steps[-1].name].key[:8]}"
    working = workspace.releases / f".{release_id}.working"
    folder = workspace.releases / release_id
    try:
        _sweep(workspace)
        outputs = {name: _take(source, working / name) for name, source in sorted(_products(build))}
        manifest = _manifest(build, decisions, release_id, now, outputs)
        steps = {
            name: {"key": kept.key, "folder": str(kept.folder.relative_to(workspace.root)), "parts": kept.parts}
            for name, kept in build.results.items()
        }
        write_json(working / STEPS, steps)
        write_json(working / MANIFEST, manifest)
        shutil.rmtree(folder, ignore_errors=True)
        working.replace(folder)
        _point(workspace.current, Path("releases") / release_id)
        _link_readers(workspace, folder)
        _prune(workspace, build.config.publish.keep_releases)
    except OSError as error:
        raise WriteError(
            f"the release cannot be written: {error.strerror or error}",
            where=str(error.filename or folder),
            remedy="Free disk space or make the folder writable, then run again.",
        ) from error
    finally:
        shutil.rmtree(working, ignore_errors=True)
    return Release(folder, manifest, steps)


def _products(build: Build) -> Iterator[tuple[str, Path]]:
    for step in build.steps:
        kept = build.results[step.name]
        for product in step.products:
            place, _, pattern = product.rpartition("/")
            for name in sorted(kept.outputs):
                if Path(name).match(pattern):
                    yield f"{place}/{name}", kept.folder / name


def _take(source: Path, target: Path) -> str:
    """Put a file of the store into a release, shared where the file system can; return its content's hash."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:  # another file system, or one without links: a copy serves as well
        shutil.copyfile(source, target)
    return hash_file(source)


def _manifest(
    build: Build, decisions: list[Decision], release_id: str, now: datetime, outputs: dict[str, str]
) -> dict[str, Any]:
    inputs: dict[str, str] = {}
    for kept in build.results.values():
        inputs.update(kept.parts["files"])
    why = {decision.step.name: (decision.state, decision.why) for decision in decisions}
    steps = [
        {
            "name": step.name, "title": step.title, "state": why[step.name][0], "why": why[step.name][1],
            "seconds": kept.seconds, "peak_mb": kept.peak_mb, "key": kept.key,
        }
        for step in build.steps
        for kept in [build.results[step.name]]
    ]  # fmt: skip
    libraries = next(iter(build.results.values())).parts["libraries"]
    return {
        "release": release_id,
        "published": now.isoformat(timespec="seconds"),
        "corridor": build.config.corridor.name,
        "totals": build.results["burial"].facts["totals"] if "burial" in build.results else {},
        "inputs": [{"path": name, "sha256": digest} for name, digest in sorted(inputs.items())],
        "layers": {name: kept.facts for name, kept in build.results.items()},
        "steps": steps,
        "outputs": outputs,
        "versions": {"cable-corridor": __version__, "python": platform.python_version(), **libraries},
        "parameters": build.config.model_dump(mode="json"),
    }


def _point(link: Path, target: Path) -> None:
    """Make a link point somewhere by one rename."""
    temporary = link.with_name(f".{link.name}.{os.getpid()}.link")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target)
    temporary.replace(link)


def _reader_path(workspace: Workspace, name: str) -> Path:
    return workspace.root / name


def _link_readers(workspace: Workspace, folder: Path) -> None:
    """Let ``data/processed`` and ``maps`` show the files of the current release, and only those."""
    for reader, place in ((workspace.processed, "data/processed"), (workspace.maps, "maps")):
        reader.mkdir(parents=True, exist_ok=True)
        through = os.path.relpath(workspace.current / place, reader)
        names = {path.name for path in (folder / place).iterdir()} if (folder / place).is_dir() else set()
        for name in sorted(names):
            link = reader / name
            target = Path(through) / name
            if not link.is_symlink() or link.readlink() != target:
                _point(link, target)
        for link in reader.iterdir():
            if link.is_symlink() and link.name not in names and str(link.readlink()).startswith(through):
                link.unlink()
    _point(workspace.maps / "releases", Path(os.path.relpath(workspace.releases, workspace.maps)))


def _sweep(workspace: Workspace) -> None:
    """Take away what a killed run left half-made; this run holds the workspace, so nobody is at work on it."""
    for folder in workspace.releases.glob(".*.working"):
        shutil.rmtree(folder)
    for place in (workspace.home, workspace.processed, workspace.maps):
        for link in place.glob(".*.link"):
            link.unlink()


def _prune(workspace: Workspace, keep: int) -> None:
    """Keep the newest releases, and of the store what they were made of."""
    releases = sorted(path for path in workspace.releases.iterdir() if (path / STEPS).is_file())
    current = workspace.current.resolve()
    for folder in releases[:-keep]:
        if folder != current:
            shutil.rmtree(folder)
    needed = set()
    for folder in workspace.releases.iterdir():
        if (folder / STEPS).is_file():
            try:
                steps = json.loads((folder / STEPS).read_text(encoding="utf-8"))
            except ValueError:  # damaged: it can be read, but not be explained or compared any more
                continue
            needed |= {(workspace.root / step["folder"]).resolve() for step in steps.values()}
    for folder in workspace.store.glob("*/*"):
        if folder.is_dir() and folder.resolve() not in needed:
            shutil.rmtree(folder)
