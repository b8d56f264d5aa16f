"""Kept results: a folder a step and key, complete by construction, verified by content before it is used."""

from __future__ import annotations

import errno
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import CorridorError, WriteError
from pipeline.store.hashing import hash_file, hash_json
from pipeline.store.meter import Meter
from pipeline.store.step import Facts, Step, StepContext
from pipeline.workspace import write_json
from pipeline.workspace.atomic import disk_full, disk_is_full

RECORD = "step.json"
_WRITE_FAULTS = {errno.ENOSPC, errno.EROFS, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EIO}
_RECORD_KEYS = {"key", "parts", "facts", "outputs", "seconds", "peak_mb"}
Parts = dict[str, Any]
"""What a key is made of: ``files``, ``sources``, ``parameters``, ``upstream``, ``code``, ``libraries``."""


@dataclass(frozen=True)
class Kept:
    """A finished result of a step.

    Attributes
    ----------
    folder : Path
        Where its files lie.
    key : str
        Hash of ``parts``.
    parts : Parts
        What the key is made of.
    facts : Facts
        What the step told.
    outputs : dict[str, str]
        File name to SHA-256.
    seconds, peak_mb : float
        Cost of the run that made it.
    """

    folder: Path
    key: str
    parts: Parts
    facts: Facts
    outputs: dict[str, str]
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


def folder_of(store: Path, step: str, key: str) -> Path:
    """Return the folder of a result."""
    return store / step / key[:20]


def load(store: Path, step: str, key: str) -> Kept | None:
    """Return a kept result by its key, or None. The result is not verified: see ``Kept.damage``."""
    folder = folder_of(store, step, key)
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):  # absent, cut short or not text: as good as not kept
        return None
    if not isinstance(record, dict) or set(record) != _RECORD_KEYS or record["key"] != key:
        return None
    return Kept(folder=folder, **record)


def make(store: Path, step: Step, key: str, parts: Parts, context: StepContext, *, verify: Callable[[], None]) -> Kept:
    """Run a step into a private folder and keep the result under its key by one rename.

    Parameters
    ----------
    store : Path
        The workspace's store.
    step : Step
        What to run.
    key : str
        Hash of ``parts``.
    parts : Parts
        What the key is made of.
    context : StepContext
        What the step may see; ``context.out`` is the private folder.
    verify : callable
        Called between the work and the keeping; raises where an input changed meanwhile.

    Raises
    ------
    WriteError
        If the store cannot be written.
    CorridorError
        Whatever the step or ``verify`` raises.
    """
    folder = folder_of(store, step.name, key)
    working = context.out
    try:
        shutil.rmtree(working, ignore_errors=True)
        working.mkdir(parents=True)
        with Meter() as meter:
            facts = step.run(context)
        verify()
        outputs = {p.name: hash_file(p) for p in sorted(working.iterdir())}
        facts = json.loads(json.dumps(facts, allow_nan=False))
        record = {
            "key": key, "parts": parts, "facts": facts, "outputs": outputs,
            "seconds": round(meter.seconds, 3), "peak_mb": round(meter.peak_mb, 1),
        }  # fmt: skip
        write_json(working / RECORD, record)
        shutil.rmtree(folder, ignore_errors=True)  # a damaged result under the same key
        working.replace(folder)
    except CorridorError:
        raise
    except Exception as error:
        if not isinstance(error, OSError) or error.errno not in _WRITE_FAULTS:
            if disk_is_full(store):  # GDAL, SQLite and DuckDB say it in words of their own
                raise disk_full(str(folder)) from error
            raise
        raise WriteError(
            f"step '{step.name}' cannot write its result: {error.strerror or error}",
            where=str(error.filename or folder),
            remedy="Free disk space or make the folder writable, then run again; what was published is untouched.",
        ) from error
    finally:
        shutil.rmtree(working, ignore_errors=True)
    return Kept(folder=folder, **record)
