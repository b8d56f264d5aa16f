"""The readable log of one night: every line of it, without secrets, and told on even where the disk is full."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import TextIO

from flows.progress import KEPT_LOGS
from flows.secret import hide


class NightLog:
    """Take lines from any thread; a disk that takes no more must not hide how the night went.

    Parameters
    ----------
    folder : Path
        Where logs are; the newest ``KEPT_LOGS`` nights stay.
    echo : callable
        Takes each line too.

    Attributes
    ----------
    path : Path
        The log.
    problem : str
        Why it could not be written; empty where it could.
    """

    def __init__(self, folder: Path, echo: Callable[[str], None]) -> None:
        now = datetime.now(UTC)
        self.path = folder / f"nightly-{now:%Y%m%dT%H%M%S}{now.microsecond // 1000:03d}Z.log"
        self.problem = ""
        self._echo, self._lock = echo, Lock()
        self._file: TextIO | None = None
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for old in sorted(folder.glob("nightly-*.log"))[: -KEPT_LOGS + 1]:
                old.unlink()
            self._file = self.path.open("a", encoding="utf-8", buffering=1)
        except OSError as error:
            self._lost(error)

    def __call__(self, line: str) -> None:
        """Write a line with the time, UTC."""
        line = hide(line)
        with self._lock:
            self._echo(line)
            try:
                if self._file is not None:
                    self._file.write(f"{datetime.now(UTC):%H:%M:%S} {line}\n")
            except OSError as error:
                self._lost(error)

    def close(self) -> None:
        """End the log."""
        with self._lock:
            try:
                if self._file is not None:
                    self._file.close()
            except OSError as error:
                self._lost(error)

    def _lost(self, error: OSError) -> None:
        self._file = None
        self.problem = f"the log {self.path} cannot be written: {error.strerror or error}"
