"""Ends a connection that keeps one waiting: an answer that never begins, or bytes that only trickle."""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from threading import Condition, Thread
from types import TracebackType
from typing import Any


class Watch:
    """A deadline over one connection; when it passes, the connection is shut and reading from it fails.

    A limit on a single read is not enough: a server that sends a byte now and then passes it for ever.
    """

    def __init__(self, seconds: float) -> None:
        self._deadline = time.monotonic() + seconds
        self._change = Condition()
        self._socket: socket.socket | None = None
        self._over = False
        self.fired = False
        self._thread = Thread(target=self._wait, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        with self._change:
            self._over = True
            self._change.notify()
        self._thread.join()

    def extend(self, seconds: float) -> None:
        """Give so much time from now."""
        with self._change:
            self._deadline = time.monotonic() + seconds
            self._change.notify()

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """Take the connection from httpx, which tells what it does through its ``trace`` extension."""
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            with self._change:
                self._socket = info["return_value"].get_extra_info("socket")
                if self.fired:
                    self._shut()

    def _wait(self) -> None:
        with self._change:
            while not self._over:
                left = self._deadline - time.monotonic()
                if left > 0:
                    self._change.wait(left)
                    continue
                self.fired = True
                self._shut()
                return

    def _shut(self) -> None:
        if self._socket is not None:
            with suppress(OSError):  # gone already
                self._socket.shutdown(socket.SHUT_RDWR)
