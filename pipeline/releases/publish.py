"""Publishing: the results of a finished build become, whole and by one rename, what readers see."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline import __version__
from pipeline.releases import readers
from pipeline.releases.mend import mend
from pipeline.releases.pages import write_pages
from pipeline.releases.release import MANIFEST, Release, all_releases, cannot_write, current_release, write_record
from pipeline.releases.retention import staying
from pipeline.releases.set_aside import forget
from pipeline.store import Build, hash_file, hash_files
from pipeline.workspace import write_json
from pipeline.workspace.atomic import sync


def publish(build: Build, log: Callable[[str], None] = lambda line: None) -> Release:
    """Make the results of a finished build the release that readers see.

    Parameters
    ----------
    build : Build
        With a result and an outcome of every step.
    log : callable
        Takes what people should know: files of theirs that stood in the way, releases that had been altered.

    Raises
    ------
    DataError
        If an input changed since a step read it.
    WriteError
        If the release cannot be written; what readers saw before is untouched.
    """
    build.verify_inputs()
    workspace = build.workspace
    now = datetime.now(UTC)
    last = build.results[build.steps[-1].name]
    release_id = f"{now:%Y%m%dT%H%M%S}{now.microsecond // 1000:03d}Z-{last.key[:8]}"
    before, earlier = current_release(workspace), all_releases(workspace)
    working, folder = workspace.releases / f".{release_id}.working", workspace.releases / release_id
    try:
        products = dict(sorted(_products(build)))
        for name, source in products.items():
            _take(source, working / name)
        # Of what was taken, not of what a copy has become: a bad copy must look damaged.
        outputs = dict(zip(products, hash_files(products.values()), strict=True))
        release = Release(
            folder=working,
            manifest=_manifest(build, release_id, now, outputs),
            number=1 + max((r.number for r in earlier), default=0),
            steps={name: _made_from(build, name) for name in build.results},
            pages={},
            before=before.id if before else "",
        )
        write_json(working / MANIFEST, release.manifest)
        history = staying([*earlier, release], build.config.publish, now)
        pages = {MANIFEST: hash_file(working / MANIFEST), **write_pages(working, release, history, before)}
        release = replace(release, pages=pages)
        write_record(release)
        for path in working.rglob("*"):
            sync(path)
        working.replace(folder)
        sync(workspace.releases)
        release = replace(release, folder=folder)
        told = readers.show(workspace, release, build.config.publish.audience)
        told += mend(workspace, release) if before and before.damage() else []
        forget(workspace)
    except OSError as error:
        raise cannot_write(error, folder) from error
    finally:
        shutil.rmtree(working, ignore_errors=True)
    for line in told:
        log(line)
    return release


def _products(build: Build) -> Iterator[tuple[str, Path]]:
    for step in build.steps:
        kept = build.results[step.name]
        for product in step.products:
            place, _, pattern = product.rpartition("/")
            for name in sorted(kept.outputs):
                if Path(name).match(pattern):
                    yield f"{place}/{name}", kept.folder / name


def _take(source: Path, target: Path) -> None:
    """Put a file of the store into a release, shared where the file system can."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:  # another file system, or one without links: a copy serves as well
        shutil.copyfile(source, target)


def _made_from(build: Build, name: str) -> dict[str, Any]:
    kept, store = build.results[name], build.workspace.store
    folders = [kept.folder.relative_to(store).as_posix(), *kept.made_of]
    return {"key": kept.key, "parts": build.parts_of[name], "folders": folders}


def _manifest(build: Build, release_id: str, now: datetime, outputs: dict[str, str]) -> dict[str, Any]:
    inputs: dict[str, str] = {}
    for parts in build.parts_of.values():
        inputs.update(parts["files"])
    steps = [
        {
            "name": step.name, "title": step.title, "state": outcome.state, "why": outcome.why,
            "files": outcome.files, "spent_s": round(build.spent_s.get(step.name, 0.0), 3), "seconds": kept.seconds,
            "peak_mb": kept.peak_mb, "key": kept.key,
        }
        for step in build.steps
        for kept, outcome in [(build.results[step.name], build.outcomes[step.name])]
    ]  # fmt: skip
    return {
        "release": release_id,
        "published": now.isoformat(timespec="seconds"),
        "corridor": build.config.corridor.name,
        "totals": build.results["burial"].facts["totals"] if "burial" in build.results else {},
        "scenarios": build.results["burial"].facts["scenarios"] if "burial" in build.results else {},
        "inputs": [{"path": name, "sha256": digest} for name, digest in sorted(inputs.items())],
        "left_for_next_run": sorted(build.workspace.name_of(path) for path in build.workspace.left_out),
        "layers": {name: kept.facts for name, kept in build.results.items()},
        "steps": steps,
        "build_s": round(time.monotonic() - build.started_s, 3),
        "outputs": outputs,
        "versions": {"cable-corridor": __version__, **build.recipes.libraries},
        "parameters": build.config.model_dump(mode="json", exclude={"fetch"}),  # it changes inputs, never results
    }
