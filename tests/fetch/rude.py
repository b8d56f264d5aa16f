"""A server on loopback that answers as a test tells it to: well, badly, or not at all. It goes with its block."""

from __future__ import annotations

import http.server
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

Answer = Callable[["Call"], None]
_LONGEST_S = 20.0  # for anything that goes on and on


@dataclass
class Call:
    """One request, and the line to write the answer to."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    handler: http.server.BaseHTTPRequestHandler = field(repr=False)

    def write(self, data: bytes) -> None:
        self.handler.wfile.write(data)

    def head(self, status: int, headers: dict[str, object] | None = None) -> None:
        self.handler.send_response(status)
        for name, value in (headers or {}).items():
            self.handler.send_header(name, str(value))
        self.handler.send_header("Connection", "close")
        self.handler.end_headers()

    @property
    def range_start(self) -> int | None:
        found = re.fullmatch(r"bytes=(\d+)-", self.headers.get("range", ""))
        return int(found[1]) if found else None


class Rude:
    """The server. ``answers`` maps the beginning of a path to one answer, or to a list that is used up one by one."""

    def __init__(self, answers: dict[str, Answer | list[Answer]]) -> None:
        self.answers = answers
        self.calls: list[Call] = []
        self.over = threading.Event()
        rude = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                rude._serve(self)

            def do_POST(self) -> None:
                rude._serve(self)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # clients hang up here all the time
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> Rude:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def asked(self, path: str = "") -> list[Call]:
        return [call for call in self.calls if call.path.startswith(path)]

    def _serve(self, handler: http.server.BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        length = int(handler.headers.get("content-length", 0))
        call = Call(
            handler.command, parts.path, {k: v[0] for k, v in parse_qs(parts.query).items()},
            {k.lower(): v for k, v in handler.headers.items()}, handler.rfile.read(length), handler,
        )  # fmt: skip
        self.calls.append(call)
        for start, answer in self.answers.items():
            if parts.path.startswith(start):
                if isinstance(answer, list):
                    answer = answer.pop(0) if len(answer) > 1 else answer[0]
                answer(call)
                return
        call.head(404)


def give(body: bytes, *, etag: str = "", kind: str = "application/octet-stream", ranges: bool = True) -> Answer:
    """Answer as a good server does, ranges and conditions included."""

    def answer(call: Call) -> None:
        headers: dict[str, object] = {"Content-Type": kind} | ({"ETag": etag} if etag else {})
        if etag and call.headers.get("if-none-match") == etag:
            call.head(304, headers)
            return
        start = call.range_start
        if ranges and start is not None and call.headers.get("if-range") == etag:
            if start >= len(body):
                call.head(416, headers | {"Content-Range": f"bytes */{len(body)}"})
                return
            call.head(206, headers | {"Content-Length": len(body) - start,
                                      "Content-Range": f"bytes {start}-{len(body) - 1}/{len(body)}"})  # fmt: skip
            call.write(body[start:])
            return
        call.head(200, headers | {"Content-Length": len(body)})
        call.write(body)

    return answer


def cut(body: bytes, at: int, *, etag: str = "", ranges: bool = True) -> Answer:
    """Say the whole length, give bytes up to a place in the file, and hang up."""

    def answer(call: Call) -> None:
        start = (call.range_start or 0) if ranges and call.headers.get("if-range") == etag else 0
        headers: dict[str, object] = {"ETag": etag} if etag else {}
        if start:
            call.head(206, headers | {"Content-Length": len(body) - start,
                                      "Content-Range": f"bytes {start}-{len(body) - 1}/{len(body)}"})  # fmt: skip
        else:
            call.head(200, headers | {"Content-Length": len(body)})
        call.write(body[start:at])

    return answer


def status(code: int, body: bytes = b"", **headers: object) -> Answer:
    """Answer with a status and headers; ``_`` in their names stands for ``-``."""

    def answer(call: Call) -> None:
        call.head(code, {"Content-Length": len(body)} | {k.replace("_", "-"): v for k, v in headers.items()})
        call.write(body)

    return answer


def raw(body: bytes, **headers: object) -> Answer:
    """Answer 200 with these headers and this body, whatever they say of one another, and hang up."""

    def answer(call: Call) -> None:
        call.head(200, {k.replace("_", "-"): v for k, v in headers.items()})
        call.write(body)

    return answer


def drop(call: Call) -> None:
    """Hang up without a word."""


def trickle(over: threading.Event, pause_s: float = 0.05) -> Answer:
    """Begin an answer and give a byte now and then."""

    def answer(call: Call) -> None:
        call.head(200, {"Content-Length": 1_000_000})
        _on_and_on(over, pause_s, lambda: call.write(b" "))

    return answer


def slow_head(over: threading.Event, pause_s: float = 0.05) -> Answer:
    """Never finish the head of the answer."""

    def answer(call: Call) -> None:
        call.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        _on_and_on(over, pause_s, lambda: call.write(b"z"))

    return answer


def endless(call: Call) -> None:
    """Give a body that has no end and no length."""
    call.head(200)
    _on_and_on(threading.Event(), 0.0, lambda: call.write(b"x" * 65536))


def _on_and_on(over: threading.Event, pause_s: float, step: Callable[[], object]) -> None:
    end = time.monotonic() + _LONGEST_S
    while time.monotonic() < end and not over.wait(pause_s):
        step()
