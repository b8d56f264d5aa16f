"""How a running build speaks on standard error: lines cut to the window of a terminal, whole and plain elsewhere."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.live import Live
from rich.text import Text

_DUMB = ("", "dumb", "unknown")
_REFRESH_PER_S = 2
_COLUMNS_UNKNOWN = 80
_WIDEST_STATUS = 60
"""A window that is drawn narrower wraps what stands in it. A short line leaves room for that."""


class Display:
    """Lines, and on a terminal a status line below them.

    Parameters
    ----------
    status : callable
        Takes the columns there are and whether only ASCII can be shown; returns the status line.
    """

    def __init__(self, status: Callable[[int, bool], str]) -> None:
        self._status = status
        self._cut = sys.stderr.isatty() and not os.environ.get("CI")  # logs of CI services are kept, and never resized
        self._moves = self._cut and os.environ.get("TERM", "") not in _DUMB
        self._ascii = not (sys.stderr.encoding or "").lower().startswith("utf")
        self._live: Live | None = None

    @contextmanager
    def showing(self) -> Iterator[None]:
        """Show the status line while the block runs, where there is a terminal that can move its cursor."""
        if not self._moves:
            yield
            return
        console = Console(stderr=True, force_terminal=True, highlight=False)
        live = Live(
            get_renderable=self._line, console=console, transient=True, refresh_per_second=_REFRESH_PER_S,
            redirect_stdout=False,
        )  # fmt: skip
        with live:
            self._live = live
            try:
                yield
            finally:
                self._live = None

    def say(self, line: str) -> None:
        """Show a line."""
        line = printable(line)
        if self._cut:
            line = cut(line, columns() - 1, ascii_only=self._ascii)
        with suppress(OSError):  # whoever watched is gone; the build goes on, and its log holds every line
            if self._live is not None:
                self._live.console.print(Text(line), soft_wrap=True)  # it is cut already
                return
            sys.stderr.write(f"{line}\n")
            sys.stderr.flush()

    def _line(self) -> Text:
        room = min(columns() - 1, _WIDEST_STATUS)
        line = cut(printable(self._status(room, self._ascii)), room, ascii_only=self._ascii)
        return Text(line, no_wrap=True, overflow="crop")


def columns() -> int:
    """Return how wide the window of standard error is now; ``COLUMNS`` is not asked: it is the width of once."""
    try:
        width = os.get_terminal_size(sys.stderr.fileno()).columns
    except (OSError, ValueError):  # no terminal
        width = 0
    return width or _COLUMNS_UNKNOWN


def printable(text: str) -> str:
    """Return text with what steers a terminal, or reverses its writing, spelled out: file names may hold anything."""
    return "".join(repr(c)[1:-1] if unicodedata.category(c)[0] == "C" or c in "\u2028\u2029" else c for c in text)


def cut(text: str, width: int, *, ascii_only: bool = False) -> str:
    """Return text that takes at most ``width`` columns, with an ellipsis where something was cut off."""
    if cell_len(text) <= width:
        return text
    ellipsis = "..." if ascii_only else "…"
    if width <= len(ellipsis):
        return set_cell_size(text, max(width, 0))
    return set_cell_size(text, width - len(ellipsis)).rstrip() + ellipsis
