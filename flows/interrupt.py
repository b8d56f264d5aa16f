"""Being told to end: noted, since the exception alone can be lost in a library that catches all while it loads."""

from __future__ import annotations

import os
import signal
import sys
import time
from threading import Thread
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

INTERRUPTED = 130
_ENDS_WITHIN_S = 90.0
"""Where it comes between the taking of a library's lock and the block that gives it back, threads wait for ever."""
_told: list[int] = []


def listen() -> None:
    """Let SIGINT and SIGTERM unwind the program as from the keyboard, and be remembered.

    A signal that whoever started this program ignores, such as SIGINT in a background job, stays ignored.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _unwind)
    sys.unraisablehook = _unraisable


def heard() -> bool:
    """Return whether this program was told to end."""
    return bool(_told)


def check() -> None:
    """Raise KeyboardInterrupt if this program was told to end and goes on all the same."""
    if heard():
        raise KeyboardInterrupt


def end() -> int:
    """Say in one paragraph that this program was told to end; return its exit code."""
    word = "interrupted" if code() == INTERRUPTED else "told to end"
    sys.stderr.write(
        f"corridor: {word}; what was published is untouched. Run again: what was finished is not done twice.\n"
    )
    return code()


def code() -> int:
    """Return the exit code of a program that was told to end: 128 and the signal's number."""
    return 128 + _told[-1] if _told else INTERRUPTED


def _unwind(number: int, _: FrameType | None) -> None:
    _told.append(number)
    if len(_told) == 1:
        Thread(target=_end_all_the_same, daemon=True, name="end after an interrupt").start()
    raise KeyboardInterrupt


def _end_all_the_same() -> None:
    """End a program that hangs after it was told to: nothing is lost by that, as by a kill."""
    time.sleep(_ENDS_WITHIN_S)
    try:
        end()
    finally:
        os._exit(code())


def _unraisable(lost: UnraisableHookArgs) -> None:
    """Say nothing of an interrupt that could not rise from compiled code: it was noted, and ``check`` raises it."""
    if not (heard() and issubclass(lost.exc_type, KeyboardInterrupt)):
        sys.__unraisablehook__(lost)
