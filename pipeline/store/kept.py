"""Kept results: a folder a step and key, complete by construction, verified by content before it is used."""

from __future__ import annotations

import errno
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import CorridorError, WriteError
from pipeline.store.hashing import hash_file, hash_files, hash_json
from pipeline.store.meter import Meter
from pipeline.store.step import Facts, StepContext
from pipeline.workspace import write_json
from pipeline.workspace.atomic import disk_full, disk_is_full

RECORD = "step.json"
_WRITE_FAULTS = {errno.ENOSPC, errno.EROFS, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EIO}
_RECORD_KEYS = {"key", "parts", "facts", "outputs", "made_of", "made_for", "seconds", "peak_mb"}
Parts = dict[str, Any]
"""What a result is made from: ``files`` (name to SHA-256), ``content`` (what of them counts: whose file, kind and
SHA-256, in order), ``sources``, ``parameters``, ``upstream``, ``code``, ``libraries``."""


@dataclass(frozen=True)
class Kept:
    """A finished result of a step.

    Attributes
    ----------
    folder : Path
        Where its files lie.
    key : str
        See ``key_of``.
    parts : Parts
        What the result was made from.
    facts : Facts
        What the step told.
    outputs : dict[str, str]
        File name to SHA-256.
    made_of : list[str]
        Folders in the store of the parts, one an input file, that were put together.
    made_for : str
        The build that wanted it afresh; empty where any that is whole would have done.
    seconds, peak_mb : float
        What making it from nothing costs.
    """

    folder: Path
    key: str
    parts: Parts
    facts: Facts
    outputs: dict[str, str]
    made_of: list[str]
    made_for: str
    seconds: float
    peak_mb: float

    @property
    def result_hash(self) -> str:
        """Hash of what later steps can see of the result: files and facts."""
        return hash_json([self.outputs, self.facts])

    def damage(self) -> str:
        """Return the name of the first output that is missing or altered; empty where the result is whole."""
        for name, digest in self.outputs.items():
            path = self.folder / name
            if not path.is_file() or hash_file(path) != digest:
                return name
        return ""


def key_of(parts: Parts) -> str:
    """Return the hash of what a result depends on: content, settings and code, not the names of files."""
    return hash_json({name: value for name, value in parts.items() if name != "files"})


def folder_of(store: Path, step: str, key: str) -> Path:
    """Return the folder of a result."""
    return store / step / key[:20]


def load(store: Path, step: str, key: str) -> Kept | None:
    """Return a kept result by its key, or None. The result is not verified: see ``Kept.damage``."""
    folder = folder_of(store, step, key)
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        if not isinstance(record, dict) or record.pop("sha256", None) != hash_json(record):
            return None  # altered, or of another version of this program
    except (OSError, ValueError):  # absent, cut short or not text: as good as not kept
        return None
    if set(record) != _RECORD_KEYS or record["key"] != key:
        return None
    return Kept(folder=folder, **record)


def clear(place: Path) -> None:
    """Take away whatever stands in a place, without following a link."""
    if place.is_symlink() or place.is_file():
        place.unlink()
    else:
        shutil.rmtree(place, ignore_errors=True)


def make(
    store: Path,
    name: str,
    work: Callable[[StepContext], Facts],
    parts: Parts,
    context: StepContext,
    *,
    verify: Callable[[], None],
    seconds: float = 0.0,
    peak_mb: float = 0.0,
    made_of: Sequence[Path] = (),
    made_for: str = "",
) -> Kept:
    """Run a piece of work into a private folder and keep the result under its key by one rename.

    Parameters
    ----------
    store : Path
        The workspace's store.
    name : str
        Name of the step, and of its folder in the store.
    work : callable
        What to run.
    parts : Parts
        What the result is made from.
    context : StepContext
        What the work may see; ``context.out`` is the private folder.
    verify : callable
        Called between the work and the keeping; raises where an input changed meanwhile.
    seconds, peak_mb : float
        What the parts that it puts together have cost: it counts as cost of the result.
    made_of : sequence of Path
        Those of the parts that stay in the store.
    made_for : str
        A build that reuses nothing; empty for one that does.

    Raises
    ------
    WriteError
        If the store cannot be written.
    CorridorError
        Whatever the step or ``verify`` raises.
    """
    key = key_of(parts)
    folder = folder_of(store, name, key)
    working = context.out
    try:
        with storing(name, folder):
            shutil.rmtree(working, ignore_errors=True)
            working.mkdir(parents=True)
            with Meter() as meter:
                facts = work(context)
            verify()
            made = sorted(working.iterdir())
            outputs = dict(zip((path.name for path in made), hash_files(made), strict=True))
            facts = json.loads(json.dumps(facts, allow_nan=False))
            record = {
                "key": key, "parts": parts, "facts": facts, "outputs": outputs,
                "made_of": [part.relative_to(store).as_posix() for part in made_of], "made_for": made_for,
                "seconds": round(meter.seconds + seconds, 3), "peak_mb": round(max(meter.peak_mb, peak_mb), 1),
            }  # fmt: skip
            write_json(working / RECORD, {**record, "sha256": hash_json(record)})
            twin = made_by_a_twin(store, name, key, made_for)
            if twin is not None:
                return twin
            clear(folder)  # damaged, or to be made afresh
            try:
                working.replace(folder)
            except OSError:
                twin = made_by_a_twin(store, name, key, made_for)
                if twin is None:
                    raise
                return twin
    finally:
        shutil.rmtree(working, ignore_errors=True)
    return Kept(folder=folder, **record)


def made_by_a_twin(store: Path, name: str, key: str, made_for: str) -> Kept | None:
    """Return a whole result that a build may take for what it is about to make; a task may run more than once."""
    kept = load(store, name, key)
    return kept if kept is not None and made_for in ("", kept.made_for) and not kept.damage() else None


@contextmanager
def storing(step: str, folder: Path) -> Iterator[None]:
    """Say of a failure to write that it is one, whichever library met it.

    Parameters
    ----------
    step : str
        Name of the step that writes.
    folder : Path
        What it writes, in the store.

    Raises
    ------
    WriteError
        If the store cannot be written.
    """
    try:
        yield
    except CorridorError:
        raise
    except Exception as error:
        if not isinstance(error, OSError) or error.errno not in _WRITE_FAULTS:
            if disk_is_full(folder.parents[1]):  # GDAL, SQLite and DuckDB say it in words of their own
                raise disk_full(str(folder)) from error
            raise
        raise WriteError(
            f"step '{step}' cannot write its result: {error.strerror or error}",
            where=str(error.filename or folder),
            remedy="Free disk space or make the folder writable, then run again; what was published is untouched.",
        ) from error
