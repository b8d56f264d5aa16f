"""A workspace for nights, builds that only pretend, and receivers on this machine."""

from __future__ import annotations

import json
import socketserver
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

from pipeline.releases.release import CHANGES_JSON
from pipeline.store.hashing import hash_json
from pipeline.workspace import Workspace

CONFIG = """
[corridor]
name = "Night corridor"
[route]
file = "data/raw/route.csv"
[nightly]
timezone = "UTC"
settle_s = 0.2
replaced_wait_s = 1
{nightly}
[sources.depths]
role = "bathymetry"
files = "data/raw/*.tif"
values = "depth_m"
vertical_datum = "surface"
"""

# What a build that pretends can use: its workspace, and the note of running steps.
PRETEND = """
import os, signal, sys, time
from datetime import UTC, datetime
from pathlib import Path
from pipeline.workspace import Workspace, hold
from pipeline.workspace.running import note_running
home = Path({home!r})
sys.stdout.reconfigure(line_buffering=True)
{body}
"""


def make_workspace(root: Path, nightly: str = "") -> Workspace:
    (root / "data" / "raw").mkdir(parents=True)
    (root / "corridor.toml").write_text(CONFIG.format(nightly=nightly))
    (root / "data" / "raw" / "one.tif").write_text("depths")
    (root / "data" / "raw" / "route.csv").write_text("lon,lat\n")
    return Workspace.at(root)


def pretend(workspace: Workspace, body: str) -> list[str]:
    """Return a command that does as a build would."""
    return [sys.executable, "-c", PRETEND.format(home=str(workspace.home), body=body)]


def release(workspace: Workspace, name: str, inputs: list[str] | None = None, changed: list[str] | None = None) -> str:
    """Return code that publishes an empty release."""
    words = json.dumps({"words": changed or []})
    record = {"number": 1, "before": None, "steps": {}, "pages": {CHANGES_JSON: ""} if changed else {}}
    record["sha256"] = hash_json(record)
    manifest = {
        "release": name,
        "published": "2026-03-20T02:00:00+00:00",
        "outputs": {},
        "inputs": [{"path": path, "sha256": ""} for path in inputs or []],
        "steps": [],
    }
    folder = str(workspace.releases / name)
    return (
        f"folder = Path({folder!r})\n"
        "(folder / 'data' / 'processed').mkdir(parents=True)\n"
        f"(folder / 'release.json').write_text({json.dumps(record)!r})\n"
        f"(folder / 'data' / 'processed' / 'manifest.json').write_text({json.dumps(manifest)!r})\n"
        f"changes = folder / {CHANGES_JSON!r}\nchanges.parent.mkdir(parents=True, exist_ok=True)\n"
        f"changes.write_text({words!r})\n"
        "link = home / 'current'\nlink.unlink(missing_ok=True)\nlink.symlink_to(folder)\n"
    )


def health_of(workspace: Workspace) -> dict:
    return json.loads((workspace.home / "health.json").read_text())


def log_of(workspace: Workspace) -> str:
    logs = sorted((workspace.home / "logs").glob("nightly-*.log"))
    return logs[-1].read_text()


@contextmanager
def webhook(status: int = 200) -> Iterator[tuple[int, list[dict]]]:
    """Listen for webhooks: the port, and what came in."""
    taken: list[dict] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            taken.append({"path": self.path, **json.loads(body)})
            self.send_response(status)
            self.end_headers()

        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port, taken
        server.shutdown()


@contextmanager
def mail_server() -> Iterator[tuple[int, list[str]]]:
    """Take mail as RFC 5321 has it, no more: the port, and the letters."""
    letters: list[str] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 here\r\n")
            while line := self.rfile.readline():
                word = line[:4].upper()
                if word == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    letter = b""
                    while (part := self.rfile.readline()) not in (b".\r\n", b""):
                        letter += part
                    letters.append(letter.decode())
                self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 good\r\n")
                if word == b"QUIT":
                    return

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1], letters
        server.shutdown()
