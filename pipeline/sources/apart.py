"""Work in a process of its own, for libraries that a damaged file can kill: HDF5, netCDF, fiona.

Flipped bits can end the process inside such a library, and no ``except`` catches that. It is called in a second
process, which stays for the next file; when it dies the file is at fault, and the build goes on to say so.
"""

from __future__ import annotations

import atexit
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

from pipeline.errors import CorridorError, DataError

P = ParamSpec("P")
T = TypeVar("T")

_ENTRY = "import sys; from pipeline.sources.apart import serve; serve(int(sys.argv[1]), int(sys.argv[2]))"
# One call reads a window of a raster or one vector file: seconds. What takes longer is a length made absurd.
_PATIENCE_S = 300.0


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
        If the process dies or does not answer: the file is damaged.
    CorridorError
        Whatever the function raises.
    RuntimeError
        If it raises anything else, with its traceback.
    """
    with _LOCK:
        _HELPERS[:] = [helper for helper in _HELPERS if helper.is_ours]
        if not _HELPERS:
            _HELPERS.append(_Helper())
        told = False
        try:
            kind, answer = _HELPERS[0].ask((work, arguments, named))
            told = True
        except TimeoutError as error:
            raise _damaged(path, "did not answer") from error
        except (EOFError, OSError) as error:
            raise _damaged(path, "ended") from error
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

    def ask(self, question: tuple[Any, ...]) -> tuple[str, Any]:
        self._ask.send(question)
        if not self._hear.poll(_PATIENCE_S):
            raise TimeoutError
        answer: tuple[str, Any] = self._hear.recv()
        return answer

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


def _damaged(path: Path, what: str) -> DataError:
    return DataError(
        f"the file is damaged: the library that reads it {what}",
        where=str(path),
        remedy="Copy or download it again and compare its size and checksum with the original.",
    )
