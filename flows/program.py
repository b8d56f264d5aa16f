"""Which program a process runs: the same on every worker, or results would be kept under the name of other code."""

from __future__ import annotations

import hashlib
import json
import socket
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

import flows
import pipeline
from pipeline.errors import ServiceError
from pipeline.store.code import library_versions

_CARRIERS = ("cloudpickle", "dask", "distributed", "msgpack", "prefect", "prefect-dask")
"""Libraries that carry tasks and results between machines."""


def _code() -> str:
    """Return a hash of all modules, tables and templates of this package as they lie on disk."""
    digest = hashlib.sha256()
    for package in (flows, pipeline):
        root = Path(package.__path__[0])
        for path in sorted(path for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts):
            digest.update(path.relative_to(root.parent).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


_AS_LOADED = _code()
"""As this process has loaded it: a worker goes on with the code of its start while that on its disk changes."""


@lru_cache(maxsize=1)
def program() -> dict[str, str]:
    """Return versions of Python and libraries, and a hash of this package's code, by name.

    Raises
    ------
    PackageNotFoundError
        If the libraries of the Dask engine are not installed.
    """
    return {
        **library_versions(),
        **{name: version(name) for name in _CARRIERS},
        "the code of cable-corridor": _AS_LOADED,
    }


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """Return a hash of ``program()``."""
    return hashlib.sha256(json.dumps(program(), sort_keys=True).encode()).hexdigest()


def assert_program(wanted: str) -> None:
    """Refuse to work for a build that runs another program: a worker may join a cluster while a build runs.

    Parameters
    ----------
    wanted : str
        The ``fingerprint`` of the build; empty where it runs in this process.

    Raises
    ------
    ServiceError
        If this process runs another.
    """
    if wanted and wanted != fingerprint():
        raise ServiceError(
            "a Dask worker that came while the build ran runs another program",
            where=socket.gethostname(),
            remedy="Install this release there with 'make dask' and start the worker again.",
        )


def differences(here: dict[str, str], there: dict[str, str]) -> str:
    """Return in words in what a worker's program differs from the build's; empty where it does not."""
    unlike = [name for name in here if there.get(name) != here[name]]
    return ", ".join(
        name if name not in there or len(here[name]) > 40 else f"{name} {there[name]}, here {here[name]}"
        for name in unlike
    )
