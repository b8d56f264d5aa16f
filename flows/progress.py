"""What a person sees of a running build: a live display on a terminal, plain lines elsewhere, and a log to keep."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import TextIO

from flows.display import Display, printable
from flows.secret import hide
from pipeline import __version__
from pipeline.errors import WriteError
from pipeline.store import Step
from pipeline.workspace.running import note_running

KEPT_LOGS = 30
_BAR_COLUMNS = 14
_BAR_FROM_COLUMNS = 45


class Reporter:
    """Tell of steps as they start, speak and end. Safe to call from several threads.

    Parameters
    ----------
    total : int
        How many steps will run.
    logs : Path
        Folder of the logs; the newest ``KEPT_LOGS`` stay.

    Attributes
    ----------
    watch : callable
        Told, whenever a step starts or ends, how many are done, of how many, and which run.
    beside : callable
        Gives, in few words, what else the status line is to show.
    """

    def __init__(self, total: int, logs: Path) -> None:
        self._total, self._done = total, 0
        self._logs = logs
        self._log: TextIO | None = None
        self._lock = Lock()
        self._started: dict[str, float] = {}
        self._running: dict[str, datetime] = {}
        self._began = time.perf_counter()
        self._display = Display(self._status)
        self.watch: Callable[[int, int, Iterable[str]], None] = lambda done, total, running: None
        self.beside: Callable[[], str] = str

    @contextmanager
    def showing(self) -> Iterator[None]:
        """Keep a log while the block runs, and show how far it is if anybody is looking at a terminal.

        Raises
        ------
        WriteError
            If the log cannot be written.
        """
        path = self._logs / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}.log"
        try:
            self._logs.mkdir(parents=True, exist_ok=True)
            for old in sorted(self._logs.glob("[0-9]*.log"))[: -KEPT_LOGS + 1]:
                old.unlink()
            log = path.open("a", encoding="utf-8", buffering=1)
        except OSError as error:
            raise _unwritable(str(path), error) from error
        self._began = time.perf_counter()
        with log, self._display.showing():
            self._log = log
            try:
                self.record(f"corridor {__version__}, {datetime.now(UTC):%Y-%m-%d} UTC, {self._logs.parent.parent}")
                yield
                self.record("ended well")
            except BaseException as error:
                with suppress(WriteError):  # the log itself may be what failed; the error goes on to be told
                    self.record(f"failed: {hide(str(error)) or type(error).__name__}")
                raise
            finally:
                self._log = None

    def _status(self, columns: int, ascii_only: bool) -> str:
        """Return how far the build is, in one line: a bar only where it leaves room for words."""
        seconds = int(time.perf_counter() - self._began)
        between = "starting" if not self._done else "publishing" if self._done == self._total else "next step"
        names = ", ".join(list(self._running)) or between
        full, empty = "#-" if ascii_only else "━╌"
        done = _BAR_COLUMNS * self._done // max(self._total, 1)
        bar = f"{full * done}{empty * (_BAR_COLUMNS - done)} " if columns >= _BAR_FROM_COLUMNS else ""
        also = self.beside()
        return f"{bar}{self._done}/{self._total} {seconds // 60}:{seconds % 60:02d} {f'{also}; ' * bool(also)}{names}"

    def reuse(self, step: Step, why: str) -> None:
        """Note in the log that a step's kept result is good."""
        with self._lock:
            if self._log is not None:
                self._keep(f"{step.name}: reused ({printable(why)})")

    def start(self, step: Step, why: str) -> None:
        """Tell that a step starts, and why it must."""
        with self._lock:
            self._started[step.name] = time.perf_counter()
            self._running[step.name] = datetime.now(UTC)
            note_running(self._logs.parent, self._running)
            done, running = self._done, list(self._running)
        self._say(f"[{done}/{self._total}] {step.name}: {step.title} ({why})")
        self.watch(done, self._total, running)

    def tell(self, step: Step, line: str) -> None:
        """Pass on a line of a step."""
        self._say(f"{step.name}:   {line}")

    def note(self, line: str) -> None:
        """Tell of something that is no step's."""
        self._say(line)

    def record(self, line: str) -> None:
        """Write a line into the log alone."""
        with self._lock:
            if self._log is not None:
                self._keep(printable(line))

    def end(self, step: Step) -> None:
        """Tell that a step ended."""
        with self._lock:
            self._done += 1
            self._running.pop(step.name)
            note_running(self._logs.parent, self._running)
            done, running = self._done, list(self._running)
            seconds = time.perf_counter() - self._started[step.name]
        self._say(f"[{done}/{self._total}] {step.name}: done in {seconds:.1f} s")
        self.watch(done, self._total, running)

    def _say(self, line: str) -> None:
        with self._lock:
            self._display.say(line)
            if self._log is not None:
                self._keep(printable(line))

    def _keep(self, line: str) -> None:
        """Write a line into the log; the caller holds the lock."""
        assert self._log is not None
        try:
            self._log.write(f"{datetime.now(UTC):%H:%M:%S} {line}\n")
        except OSError as error:
            log, self._log = self._log, None
            with suppress(OSError):  # it tries once more to write what it could not
                log.close()
            raise _unwritable(log.name, error) from error


def _unwritable(path: str, error: OSError) -> WriteError:
    return WriteError(
        f"the log cannot be written: {error.strerror or error}",
        where=path,
        remedy="Free disk space or make the folder writable; what was published is untouched.",
    )
