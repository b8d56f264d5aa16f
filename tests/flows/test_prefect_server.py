"""A build watched on a real Prefect server: a flow a stage, few tasks, artifacts; nobody else is told of it."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.mini import corridor, make_mini

pytestmark = pytest.mark.slow

# Loaded by every Python of the run, the temporary server included: notes who is spoken to beyond this machine.
WATCH = """
import os, socket
def _noted(real):
    def connect(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            with open(os.environ["WATCH_FILE"], "a") as file:
                file.write(f"{address}\\n")
            raise OSError("the network is off")
        return real(self, address)
    return connect
socket.socket.connect = _noted(socket.socket.connect)
socket.socket.connect_ex = _noted(socket.socket.connect_ex)
"""


def ask(url: str, **body: object) -> list[dict]:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home = tmp_path_factory.mktemp("server-home")
    env = {
        **os.environ, "PREFECT_HOME": str(home), "DO_NOT_TRACK": "1", "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    }  # fmt: skip
    command = [sys.executable, "-m", "prefect", "server", "start", "--port", str(port), "--host", "127.0.0.1"]
    with (home / "server.log").open("w") as log:
        process = subprocess.Popen(command, env=env, stdout=log, stderr=log)
        api = f"http://127.0.0.1:{port}/api"
        deadline = time.monotonic() + 180
        while True:
            try:
                urllib.request.urlopen(f"{api}/health", timeout=5)
                break
            except (urllib.error.URLError, OSError):
                if process.poll() is not None or time.monotonic() > deadline:
                    process.kill()
                    pytest.fail(f"the Prefect server did not start:\n{(home / 'server.log').read_text()[-2000:]}")
                time.sleep(0.5)
        yield api
        process.terminate()
        process.wait(timeout=30)


def test_a_build_is_a_story_on_the_server(server, tmp_path):
    root = make_mini(tmp_path / "w", roles="depths soil")
    built = corridor("-C", root, "build", env={"PREFECT_API_URL": server})
    assert built.returncode == 0, built.stderr
    flows = {flow["id"]: flow["name"] for flow in ask(f"{server}/flows/filter")}
    assert set(flows.values()) == {
        "corridor-build", "corridor-route", "corridor-seabed", "corridor-shipping", "corridor-fishing",
        "corridor-seismic", "corridor-burial", "corridor-publish",
    }  # fmt: skip
    runs = ask(f"{server}/flow_runs/filter")
    assert {run["state_type"] for run in runs} == {"COMPLETED"}
    tasks = ask(f"{server}/task_runs/filter")
    assert len(tasks) <= 40
    named = sorted(task["name"] for task in tasks if "run_step" in task["task_key"])
    assert named == sorted(
        ["route", "bathymetry", "terrain", "soil", "ais", "shipping", "fishing", "seismic", "stability", "burial",
         "deliverables", "map"]
    )  # fmt: skip
    artifacts = {artifact["key"]: artifact for artifact in ask(f"{server}/artifacts/filter")}
    assert {"route-totals", "build-steps", "corridor-map"} <= set(artifacts)
    assert "strike_per_yr_surface_laid" in str(artifacts["route-totals"]["data"])
    assert "corridor.html" in artifacts["corridor-map"]["data"]
    logs = [entry["message"] for entry in ask(f"{server}/logs/filter", limit=200)]
    assert any("published release" in line for line in logs)
    assert any("depths at" in line for line in logs)


def test_nobody_beyond_this_machine_is_spoken_to(tmp_path):
    """With the temporary server too, no telemetry and no look-up leaves the machine."""
    root = make_mini(tmp_path / "w", roles="depths")
    (tmp_path / "watch").mkdir()
    (tmp_path / "watch" / "sitecustomize.py").write_text(WATCH)
    seen = tmp_path / "seen.txt"
    env = {"PYTHONPATH": str(tmp_path / "watch"), "WATCH_FILE": str(seen)}
    probe = "import socket; s = socket.socket(); s.connect_ex(('192.0.2.1', 9))"
    subprocess.run([sys.executable, "-c", probe], env={**os.environ, **env}, capture_output=True, check=False)
    assert "192.0.2.1" in seen.read_text(), "the watch itself must work"
    seen.unlink()
    built = corridor("-C", root, "build", env=env)
    assert built.returncode == 0, built.stderr
    assert not seen.exists(), seen.read_text()


def test_nothing_is_written_outside_the_workspace(tmp_path):
    root = make_mini(tmp_path / "w", roles="depths")
    home, scratch = tmp_path / "home", tmp_path / "tmp"
    home.mkdir()
    scratch.mkdir()
    built = corridor("-C", root, "build", env={"HOME": str(home), "TMPDIR": str(scratch)})
    assert built.returncode == 0, built.stderr
    left = [path for folder in (home, scratch) for path in Path(folder).rglob("*") if path.is_file()]
    assert left == []
