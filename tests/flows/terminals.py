"""A terminal small enough to read: what a program writes to it, line by line, and whether anything wrapped."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
import tty

_PIECE = re.compile(rb"\x1b\[([?0-9;]*)([A-Za-z])|\r|\n|[^\x1b\r\n]+")


class Screen:
    """Enough of a terminal for a program that writes lines and one status line: it knows no other order."""

    def __init__(self, columns: int) -> None:
        self.columns, self.column = columns, 0
        self.lines = [""]
        self.wrapped: list[str] = []
        self.hidden = False
        self.status: set[str] = set()

    def feed(self, data: bytes) -> None:
        for match in _PIECE.finditer(data):
            piece = match[0]
            if piece == b"\r":
                self.column = 0
            elif piece == b"\n":
                self.lines.append("")
                self.column = 0  # as the line discipline, which is switched off here, would have it
            elif match[2] == b"K":
                self.status.add(self.lines[-1])
                self.lines[-1] = ""
            elif match[2] in (b"h", b"l"):
                self.hidden = match[2] == b"l"
            elif match[2] == b"A":
                assert self.lines[-1] == "", "what stood on the line below is left behind"
                self.lines.pop()
            elif match[2] == b"m":
                continue
            else:
                assert not piece.startswith(b"\x1b"), f"an order that this terminal does not know: {piece!r}"
                self._write(piece.decode())

    def _write(self, text: str) -> None:
        line = self.lines[-1]
        self.lines[-1] = line[: self.column].ljust(self.column) + text + line[self.column + len(text) :]
        self.column += len(text)
        if len(self.lines[-1]) > self.columns:
            self.wrapped.append(self.lines[-1])


class Terminal:
    """A pseudo-terminal with a window of so many columns, and a program that runs in it."""

    def __init__(self, columns: int) -> None:
        self.master, self.slave = pty.openpty()
        tty.setraw(self.slave)  # line feeds come as they are written
        self.screen = Screen(columns)
        self.raw = b""
        self._set(columns)

    def run(self, command: list[str], env: dict[str, str], **streams: int) -> subprocess.Popen[bytes]:
        given = {"stdin": subprocess.DEVNULL, "stdout": self.slave, "stderr": self.slave, **streams}
        return subprocess.Popen(command, env={**os.environ, **env}, **given)  # type: ignore[call-overload,no-any-return]

    def watch(self, seconds: float, process: subprocess.Popen[bytes] | None = None) -> None:
        """Read for so long, or to the end of a process."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            ended = process is not None and process.poll() is not None
            if select.select([self.master], [], [], 0.05 if ended or process else left)[0]:
                data = os.read(self.master, 65536)
                while data[-1:] in b"\x1b[?0123456789;" or data[-1] >= 0x80:  # an order or a letter cut in two
                    if not select.select([self.master], [], [], 0.2)[0]:
                        break
                    data += os.read(self.master, 65536)
                self.raw += data
                self.screen.feed(data)
            elif ended:
                return

    def resize(self, columns: int) -> None:
        """Let the window be so wide; what was on its way is not held against the program."""
        self.screen.columns = max(columns, self.screen.columns)
        self._set(columns)
        self.watch(0.3)
        self.screen.columns = columns

    def close(self) -> None:
        os.close(self.master)
        os.close(self.slave)

    def _set(self, columns: int) -> None:
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
