"""Run a build as a process of its own, so that one which hangs or crashes can be ended and told of."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from flows import leash
from pipeline.errors import TimeLimitError
from pipeline.workspace.running import read_running

POLL_S = 0.5
GRACE_S = 20.0
"""Between asking a build to end and ending it."""
_STEP_BEGINS_OR_ENDS = re.compile(r"\[\d+/\d+\] (\S+): (done in )?")


@dataclass(frozen=True)
class Limits:
    """How long a build may take.

    Attributes
    ----------
    step_s, build_s : float
        Seconds for one step, and for all.
    """

    step_s: float
    build_s: float


@dataclass(frozen=True)
class Ended:
    """How a process ended.

    Attributes
    ----------
    exit_code : int
        Its exit code; 1 where a signal ended it, 124 where a time limit did.
    error : str
        One paragraph; empty where it ended well.
    step : str
        The step that ran last, where that is known, with those that ran beside it.
    """

    exit_code: int
    error: str = ""
    step: str = ""


def supervise(
    command: Sequence[str],
    environment: Mapping[str, str],
    home: Path,
    limits: Limits,
    log: Callable[[str], None],
    *,
    grace_s: float = GRACE_S,
) -> Ended:
    """Run a command to its end, or end it with all that it started; it goes when this process goes, however that ends.

    Parameters
    ----------
    command : sequence of str
        Program and arguments.
    environment : mapping of str to str
        Its environment.
    home : Path
        The workspace's own folder, where the build notes which steps run.
    limits : Limits
        When it is taken as hung.
    log : callable
        Takes each line that it writes.
    grace_s : float
        Time that it has for ending by itself.
    """
    held, holding = os.pipe()
    try:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", leash.__file__, str(held), str(grace_s), *command], env=environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, pass_fds=[held],
            text=True, encoding="utf-8", errors="replace", start_new_session=True,
        )  # fmt: skip
    finally:
        os.close(held)
    said: list[str] = []
    at_work: list[str] = []

    def listen() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            log(line.rstrip("\n"))
            if line.startswith("corridor: "):
                said.append(line.removeprefix("corridor: ").strip())
            elif found := _STEP_BEGINS_OR_ENDS.match(line):
                at_work[:] = [step for step in at_work if step != found[1]] + ([] if found[2] else [found[1]])

    listener = Thread(target=listen, daemon=True)
    listener.start()
    watch = _Watch(process.pid, home, limits)
    started: dict[int, str] = {}
    try:
        while process.poll() is None and not watch.too_long():
            started = _descendants(process.pid)
            with suppress(subprocess.TimeoutExpired):
                process.wait(POLL_S)
        hung = process.poll() is None
        if hung:
            log(f"{watch.error().cause}; it has {grace_s:g} s to do so by itself")
    finally:
        _end(process, grace_s, started)
        os.close(holding)
        listener.join(grace_s)
        if not listener.is_alive():
            assert process.stdout is not None
            process.stdout.close()
    if hung:
        return Ended(TimeLimitError.exit_code, str(watch.error()), watch.step)
    step = ", ".join(at_work) or watch.step
    if process.returncode < 0:
        return Ended(1, _died(-process.returncode, step), step)
    if process.returncode:
        said.append(f"the build ended with exit code {process.returncode} and without a word; its log has the rest")
        return Ended(process.returncode, said[0], step)
    return Ended(0)


class _Watch:
    """Time of each step, by this process's clock: that of the day may be set."""

    def __init__(self, pid: int, home: Path, limits: Limits) -> None:
        self._pid, self._home, self._limits = pid, home, limits
        self._started = time.monotonic()
        self._steps: dict[tuple[str, str], float] = {}
        self._hung = ""
        self.step = ""

    def too_long(self) -> bool:
        now = time.monotonic()
        running = read_running(self._home)
        steps = running.steps if running and running.pid == self._pid else {}
        self._steps = {(name, since): self._steps.get((name, since), now) for name, since in steps.items()}
        if self._steps:
            # One that hangs may hold up others: all that run are named.
            self.step = ", ".join(name for name, _ in self._steps)
            if now - min(self._steps.values()) > self._limits.step_s:
                self._hung = self.step
        return bool(self._hung) or now - self._started > self._limits.build_s

    def error(self) -> TimeLimitError:
        if self._hung:
            return TimeLimitError(
                f"step {self._hung} ran longer than {_span(self._limits.step_s)} and was ended",
                where="[nightly] step_limit_min",
                remedy="See in the log where it stood; raise the limit if the data have grown. "
                "What was published is untouched.",
            )
        return TimeLimitError(
            f"the build ran longer than {_span(self._limits.build_s)} and was ended",
            where="[nightly] build_limit_min",
            remedy="What was finished is not done twice; raise the limit if the data have grown. "
            "What was published is untouched.",
        )


def _span(seconds: float) -> str:
    return f"{seconds / 60:g} min" if seconds >= 60 else f"{seconds:g} s"


_WHY_DIED: dict[int, str] = {
    signal.SIGKILL: "Somebody or the operating system killed it, most often for want of memory: 'journalctl -k' tells.",
    signal.SIGSEGV: "A library crashed, most often over a damaged input file: the log has the place.",
}


def _died(number: int, step: str) -> str:
    name = signal.Signals(number).name if number in set(signal.Signals) else str(number)
    at = f" in step {step}" if step else ""
    why = _WHY_DIED.get(number, "The log has what it said last.")
    return f"the build was ended by the signal {name}{at}. {why} What was published is untouched."


def _end(process: subprocess.Popen[str], grace_s: float, started: dict[int, str]) -> None:
    """End a process and all that it started, some of which may have left its group."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(grace_s)
        started = started | _descendants(process.pid)
    with suppress(ProcessLookupError, PermissionError):  # nobody is left; macOS says so by EPERM
        os.killpg(process.pid, signal.SIGKILL)
    for pid, born in started.items():
        if _stat(pid)[1] == born:  # and not another one by the same number
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    process.wait()


def _descendants(pid: int) -> dict[int, str]:
    """Return the processes that a process has started, and they, with when; none where there is no ``/proc``."""
    everyone = {int(folder.name): _stat(int(folder.name)) for folder in Path("/proc").glob("[0-9]*")}
    found: dict[int, str] = {}
    wave = {pid}
    while wave:
        wave = {child for child, (parent, _) in everyone.items() if parent in wave and child not in found}
        found |= {child: everyone[child][1] for child in wave}
    return found


def _stat(pid: int) -> tuple[int, str]:
    """Return a process's parent and its time of start; no parent where it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
        return int(fields[1]), fields[19]
    except (OSError, ValueError, IndexError):
        return -1, ""
