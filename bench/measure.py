"""Time and peak memory of a piece of work in a process of its own."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from pipeline.store.meter import Meter


def in_process(work: Callable[..., Any], *arguments: Any) -> tuple[float, float]:
    """Run a function in a fresh process; return seconds (without the start of Python) and peak megabytes."""
    context = get_context("spawn")
    mine, theirs = context.Pipe()
    process = context.Process(target=_measured, args=(theirs, work, arguments))
    process.start()
    theirs.close()
    seconds, peak_mb = mine.recv()
    process.join()
    return seconds, peak_mb


def _measured(pipe: Connection, work: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    with Meter() as meter:
        work(*arguments)
    children_kb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss  # of the largest process that it started
    pipe.send((meter.seconds, meter.peak_mb + children_kb / 1024.0))


def timed(work: Callable[[], object]) -> float:
    """Run something here; return seconds."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def command(*words: str) -> float:
    """Run a program; return seconds."""
    return timed(lambda: subprocess.run(words, check=True, capture_output=True))


def row(name: str, size: str, seconds: float, rival: str, rival_seconds: float, peak_mb: float) -> dict[str, Any]:
    """Return a result in the agreed form; ``ratio`` is ours over the rival's."""
    result = {
        "name": name, "size": size, "seconds": round(seconds, 2), "rival": rival,
        "rival_seconds": round(rival_seconds, 2), "ratio": round(seconds / rival_seconds, 2), "peak_mb": round(peak_mb),
    }  # fmt: skip
    sys.stdout.write(json.dumps(result) + "\n")
    return result
