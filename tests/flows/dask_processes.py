"""Dask's processes in tests: starting them by the documented commands, finding them, harming them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

LIMIT_S = 300.0


def until(true: Callable[[], bool], what: str) -> None:
    """Wait for something that must come."""
    deadline = time.monotonic() + LIMIT_S
    while not true():
        assert time.monotonic() < deadline, f"never: {what}"
        time.sleep(0.05)


def start_dask(*options: str, log: Path, env: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Run ``dask scheduler`` or ``dask worker``."""
    with log.open("wb") as file:
        return subprocess.Popen(
            [sys.executable, "-m", "dask", *options], stdout=file, stderr=file, env={**os.environ, **(env or {})},
            start_new_session=True,
        )  # fmt: skip


def end(*processes: subprocess.Popen[bytes]) -> None:
    """End them with all that they have started."""
    for process in processes:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def run_by(log: Path) -> list[int]:
    """Return the processes that write into a log, oldest first: a keeper before its workers."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "fd" / "2").readlink() == log:
                found.append(int(process.name))
        except OSError:  # gone meanwhile, or another user's
            continue
    return sorted(found)
