"""What a person sees of a running build: a live display on a terminal, plain lines elsewhere, and a log to keep."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from pipeline.errors import WriteError
from pipeline.store import Step

KEPT_LOGS = 30


class Reporter:
    """Tell of steps as they start, speak and end. Safe to call from several threads.

    Parameters
    ----------
    total : int
        How many steps will run.
    logs : Path
        Folder of the logs; the newest ``KEPT_LOGS`` stay.
    """

    def __init__(self, total: int, logs: Path) -> None:
        self._total, self._done = total, 0
        self._logs = logs
        self._log: TextIO | None = None
        self._lock = Lock()
        self._started: dict[str, float] = {}
        self._console = Console(stderr=True, highlight=False, soft_wrap=not sys.stderr.isatty())
        self._progress: Progress | None = None
        self._row: TaskID | None = None

    @contextmanager
    def showing(self) -> Iterator[None]:
        """Keep a log while the block runs, and show a live bar if anybody is looking at a terminal.

        Raises
        ------
        WriteError
            If the log cannot be written.
        """
        path = self._logs / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}.log"
        try:
            self._logs.mkdir(parents=True, exist_ok=True)
            for old in sorted(self._logs.glob("*.log"))[: -KEPT_LOGS + 1]:
                old.unlink()
            log = path.open("a", encoding="utf-8", buffering=1)
        except OSError as error:
            raise WriteError(
                f"the log cannot be written: {error.strerror or error}", where=str(path),
                remedy="Free disk space or make the folder writable; what was published is untouched.",
            ) from error  # fmt: skip
        with log, self._bar():
            self._log = log
            yield
            self._log = None

    @contextmanager
    def _bar(self) -> Iterator[None]:
        if not self._console.is_terminal:
            yield
            return
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=20), MofNCompleteColumn())
        with Progress(*columns, TimeElapsedColumn(), console=self._console, transient=True) as progress:
            self._progress = progress
            self._row = progress.add_task("starting", total=self._total)
            yield
            self._progress = None

    def reuse(self, step: Step, why: str) -> None:
        """Note in the log that a step's kept result is good."""
        with self._lock:
            if self._log is not None:
                self._log.write(f"{datetime.now(UTC):%H:%M:%S} {step.name}: reused ({why})\n")

    def start(self, step: Step, why: str) -> None:
        """Tell that a step starts, and why it must."""
        with self._lock:
            self._started[step.name] = time.perf_counter()
            if self._progress is not None and self._row is not None:
                self._progress.update(self._row, description=step.title)
        self._say(f"{step.name}: {step.title} ({why})")

    def tell(self, step: Step, line: str) -> None:
        """Pass on a line of a step."""
        self._say(f"{step.name}:   {line}")

    def end(self, step: Step) -> None:
        """Tell that a step ended."""
        with self._lock:
            self._done += 1
            seconds = time.perf_counter() - self._started[step.name]
            if self._progress is not None and self._row is not None:
                self._progress.update(self._row, completed=self._done)
        self._say(f"{step.name}: done in {seconds:.1f} s [{self._done}/{self._total}]")

    def _say(self, line: str) -> None:
        with self._lock:
            self._console.print(line, markup=False)
            if self._log is not None:
                self._log.write(f"{datetime.now(UTC):%H:%M:%S} {line}\n")
