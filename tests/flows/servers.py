"""A Prefect server that somebody keeps: ours, with a database in a file; and how to ask one."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from flows import server


def ask(url: str, **body: object) -> list[dict]:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


@contextmanager
def kept_server(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], str, Path]]:
    folder.mkdir()
    database = folder / "prefect.db"
    url = f"sqlite+aiosqlite:///{database}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(server._SETTINGS, "PREFECT_SERVER_DATABASE_CONNECTION_URL", url)
        for name in ("PREFECT_API_URL", "PREFECT_HOME"):
            patch.delenv(name, raising=False)
        patch.setenv("PREFECT_HOME", str(folder / "home"))
        patch.setenv("DO_NOT_TRACK", "1")
        with socket.create_server(("127.0.0.1", 0)) as door:
            port = door.getsockname()[1]
            process = server._start(door, folder / "server.log")
    try:
        server._wait(process, port, folder / "server.log")
        yield process, f"http://127.0.0.1:{port}/api", database
    finally:
        process.send_signal(signal.SIGCONT)
        process.kill()
        process.communicate()
