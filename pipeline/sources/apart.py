"""Work in a process of its own, for libraries that a damaged file can kill: HDF5, netCDF, fiona.

Flipped bits can end the process inside such a library, and no ``except`` catches that. It is called in a second
process, which stays for the next file. When it crashes the file is at fault; when it is ended from outside, memory
is; and what does not end is ended here. The build goes on to say so.
"""

from __future__ import annotations

import atexit
import math
import os
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from pipeline.errors import ConfigError, CorridorError, DataError, ServiceError

P = ParamSpec("P")
T = TypeVar("T")

_ENTRY = "import sys; from pipeline.sources.apart import serve; serve(int(sys.argv[1]), int(sys.argv[2]))"
PATIENCE = "CORRIDOR_READ_TIMEOUT_S"
"""Environment variable: how long one call may take, s."""
# One call reads a window of a raster or one vector file: seconds. What takes longer is a length made absurd.
_PATIENCE_S = 300.0
# How a process ends that a damaged file has killed; any other signal was sent by someone.
_CRASHES = (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL)
# A process whose line has gone quiet is about to end.
_ENDS_WITHIN_S = 10.0


def apart(path: Path, work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """Call a function in the second process.

    Parameters
    ----------
    path : Path
        The file that it reads, to name in an error.
    work : callable
        A function of a module; it, its arguments and its result travel between processes.
    *arguments, **named
        What it takes.

    Returns
    -------
    Any
        What it returns.

    Raises
    ------
    DataError
        If the process crashes, or takes longer than ``CORRIDOR_READ_TIMEOUT_S``: the file is damaged or too large.
    ServiceError
        If it is ended from outside, most likely for want of memory.
    ConfigError
        If that variable is no number of seconds.
    CorridorError
        Whatever the function raises.
    RuntimeError
        If it raises anything else, with its traceback.
    """
    patience_s = _patience_s()
    with _LOCK:
        _HELPERS[:] = [helper for helper in _HELPERS if helper.is_ours]
        if not _HELPERS:
            _HELPERS.append(_Helper())
        told = False
        try:
            kind, answer = _HELPERS[0].ask((work, arguments, named), patience_s)
            told = True
        except TimeoutError as error:
            raise _too_slow(path, patience_s) from error
        except (EOFError, OSError) as error:
            raise _died(path, _HELPERS[0].exit_code()) from error
        finally:
            if not told:  # dead, stuck, or left in the middle of an answer by an interrupt
                _HELPERS.pop().end()
    if kind == "returned":
        result: T = answer
        return result
    if isinstance(answer, CorridorError):
        raise answer
    raise RuntimeError(answer)


def serve(questions: int, answers: int) -> None:
    """Answer until nobody asks any more; what the second process runs.

    Parameters
    ----------
    questions, answers : int
        Open file descriptors.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is the first process's to hear
    asked, told = Connection(questions, writable=False), Connection(answers, readable=False)
    with suppress(EOFError, BrokenPipeError):
        while True:
            work, arguments, named = asked.recv()
            told.send(_answer(work, arguments, named))


def _answer(work: Callable[..., Any], arguments: tuple[Any, ...], named: dict[str, Any]) -> tuple[str, Any]:
    try:
        return "returned", work(*arguments, **named)
    except CorridorError as error:
        return "raised", error
    except Exception:  # noqa: BLE001 - told by the first process, with all of its traceback
        return "raised", traceback.format_exc()


class _Helper:
    """The second process and the lines to and from it."""

    def __init__(self) -> None:
        (questions, ask), (hear, answers) = os.pipe(), os.pipe()
        self._owner = os.getpid()
        self._process = subprocess.Popen(
            [sys.executable, "-c", _ENTRY, str(questions), str(answers)],
            pass_fds=(questions, answers), stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(part for part in sys.path if part)},
        )  # fmt: skip
        os.close(questions)
        os.close(answers)
        self._ask, self._hear = Connection(ask, readable=False), Connection(hear, writable=False)

    @property
    def is_ours(self) -> bool:
        """Tell whether this very process started it: a forked one must not share the line."""
        return self._owner == os.getpid()

    def ask(self, question: tuple[Any, ...], patience_s: float) -> tuple[str, Any]:
        """Send a question and hear the whole answer; a process that gets stuck at any point of that is killed."""
        late = threading.Event()

        def give_up() -> None:
            late.set()
            self._process.kill()  # which ends the wait below

        watch = threading.Timer(patience_s, give_up)
        watch.daemon = True
        watch.start()
        try:
            self._ask.send(question)
            answer: tuple[str, Any] = self._hear.recv()
        except (EOFError, OSError) as error:
            if late.is_set():
                raise TimeoutError from error
            raise
        finally:
            watch.cancel()
        watch.join()  # one that fired at the last moment has killed the process
        if late.is_set():
            raise TimeoutError
        return answer

    def exit_code(self) -> int | None:
        """Return how the process ended, as ``Popen.returncode``; None where it has only closed its lines."""
        with suppress(subprocess.TimeoutExpired):
            return self._process.wait(_ENDS_WITHIN_S)
        return None

    def end(self) -> None:
        self._ask.close()
        self._hear.close()
        self._process.kill()
        self._process.wait()


_LOCK = threading.Lock()
_HELPERS: list[_Helper] = []


@atexit.register
def _end_all() -> None:
    while _HELPERS:
        helper = _HELPERS.pop()
        if helper.is_ours:
            helper.end()


def _patience_s() -> float:
    given = os.environ.get(PATIENCE, "")
    try:
        patience_s = float(given or _PATIENCE_S)
    except ValueError:
        patience_s = math.nan
    if not 0.0 < patience_s <= threading.TIMEOUT_MAX:
        raise ConfigError(
            f"{given!r} is no number of seconds",
            where=f"the environment variable {PATIENCE}",
            remedy=f"Set it to such as 600, or leave it unset for {_PATIENCE_S:g}.",
        )
    return patience_s


def _too_slow(path: Path, patience_s: float) -> DataError:
    return DataError(
        f"reading the file took longer than {patience_s:g} s and was stopped",
        where=str(path),
        remedy="It is damaged or too large: compare its size and checksum with the original, cut it to the corridor, "
        f"or allow more seconds in the environment variable {PATIENCE}.",
    )


def _died(path: Path, exit_code: int | None) -> CorridorError:
    """Tell a crash of the library, or its giving up, from a signal of someone else's."""
    if exit_code is not None and exit_code < 0 and -exit_code not in _CRASHES:
        return ServiceError(
            f"the process that read the file was ended from outside ({signal.Signals(-exit_code).name}), most likely "
            "because the machine ran out of memory",
            where=str(path),
            remedy="Free memory or give the machine more, and build again; the system's log says who ended it. "
            "If it comes back, cut the file to the corridor.",
        )
    return DataError(
        "the file is damaged: the library that reads it ended",
        where=str(path),
        remedy="Copy or download it again and compare its size and checksum with the original.",
    )
