"""A build watched on a real Prefect server: a flow a stage, few tasks, artifacts; nobody else is told of it."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.plan import STEPS
from tests.flows.servers import ask, kept_server
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


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with kept_server(tmp_path_factory.mktemp("kept") / "server") as (_, address, _):
        yield address


def of_run(server, run: dict) -> dict[str, dict]:
    """Return the artifacts of a run by key; Prefect itself adds one without a key to what fails."""
    asked = {"artifacts": {"flow_run_id": {"any_": [run["id"]]}}}
    artifacts = {artifact["key"]: artifact for artifact in ask(f"{server}/artifacts/filter", **asked)}
    artifacts.pop(None, None)
    assert all(re.fullmatch("[a-z0-9-]+", key) for key in artifacts)
    return artifacts


def newest(server, name: str) -> dict:
    """Return the newest run of a flow."""
    asked = {"flows": {"name": {"any_": [name]}}, "sort": "START_TIME_DESC", "limit": 1}
    return ask(f"{server}/flow_runs/filter", **asked)[0]


@pytest.fixture(scope="module")
def root(server, tmp_path_factory) -> Path:
    """A workspace that was built on the server."""
    root = make_mini(tmp_path_factory.mktemp("watched") / "a *folder* [x]", roles="depths soil")
    built = corridor("-C", root, "build", env={"PREFECT_API_URL": server})
    assert built.returncode == 0, built.stderr
    return root


def test_a_build_is_a_story_on_the_server(server, root):
    flows = {flow["id"]: flow["name"] for flow in ask(f"{server}/flows/filter")}
    assert set(flows.values()) == {
        "corridor-build", "corridor-route", "corridor-site", "corridor-threats", "corridor-burial", "corridor-publish",
    }  # fmt: skip
    runs = ask(f"{server}/flow_runs/filter")
    assert {run["state_type"] for run in runs} == {"COMPLETED"}
    assert "Depth, terrain, soil and ships" in {run["name"] for run in runs}
    tasks = ask(f"{server}/task_runs/filter")
    assert len(tasks) <= 40
    named = sorted({task["name"].partition(": ")[0] for task in tasks if "do_batch" in task["task_key"]})
    assert named == sorted(step.name for step in STEPS)
    assert "soil: Merge seabed soil from maps and samples" in {task["name"] for task in tasks}
    logs = [entry["message"] for entry in ask(f"{server}/logs/filter", limit=200)]
    assert any("published release" in line for line in logs)
    assert any("depths at" in line for line in logs)

    told = of_run(server, newest(server, "corridor-build"))
    stages = {f"stage-{name}" for name in ("route", "site", "threats", "burial", "publish")}
    assert set(told) == stages | {
        "build-plan", "build-progress", "route-totals", "build-steps", "what-changed", "left-out", "corridor-map",
    }  # fmt: skip
    plan = json.loads(told["build-plan"]["data"])
    assert [row["what will be done"] for row in plan] == ["run"] * len(STEPS)
    assert {row["why"] for row in plan} >= {"follows from route"}
    assert told["build-progress"]["data"] == 100
    assert "Strikes if laid on the seabed" in told["route-totals"]["data"]
    steps = json.loads(told["build-steps"]["data"])
    assert [row["state"] for row in steps] == ["ran"] * len(STEPS)
    assert all(row["peak MB"] > 1 and row["seconds"] > 0 for row in steps)
    site = json.loads(told["stage-site"]["data"])
    assert [row["step"] for row in site] == [row["step"] for row in steps[1:10]]
    assert "no release before this one" in told["what-changed"]["data"]
    assert "Not assessed, for want of data: ais." in told["left-out"]["data"]
    assert "a \\*folder\\* \\[x\\]/maps/corridor.html" in told["corridor-map"]["data"]


def test_a_run_tells_what_it_reuses_and_one_with_nothing_to_do_does_not_start(server, root):
    env, first = {"PREFECT_API_URL": server}, newest(server, "corridor-build")
    again = corridor("-C", root, "build", env=env)
    assert "Nothing changed." in again.stdout
    assert newest(server, "corridor-build")["id"] == first["id"]

    with (root / "corridor.toml").open("a") as config:
        config.write("kp_mark_km = 5.0\n")  # its last section is [map]
    built = corridor("-C", root, "build", env=env)
    assert built.returncode == 0, built.stderr
    told = of_run(server, newest(server, "corridor-build"))
    done = {row["step"]: row["what will be done"] for row in json.loads(told["build-plan"]["data"])}
    assert done["Merge seabed soil from maps and samples"] == "reuse the kept result"
    assert done["Draw the map"] == "run"
    assert "stage-threats" not in told, "a stage in which nothing was done has no table"
    steps = {row["step"]: row for row in json.loads(told["build-steps"]["data"])}
    assert steps["Merge seabed soil from maps and samples"]["state"] == "reused"
    assert "[map] kp_mark_km: 10.0 -> 5.0" in steps["Draw the map"]["why"]


def test_a_failed_run_tells_why_and_what_was_not_done(server, tmp_path):
    root = make_mini(tmp_path / "w", roles="depths soil")
    (root / "data" / "raw" / "soil.tif").write_bytes(b"<html>not found</html>")
    assert corridor("-C", root, "build", env={"PREFECT_API_URL": server}).returncode == 65
    run = newest(server, "corridor-build")
    assert run["state_type"] == "FAILED"
    told = of_run(server, run)
    assert {"build-plan", "build-failed"} <= set(told)
    assert "soil.tif" in told["build-failed"]["data"]
    assert "Merge seabed soil from maps and samples" in told["build-failed"]["data"]
    assert "Read the route" not in told["build-failed"]["data"]
    assert "route-totals" not in told


def test_a_build_speaks_to_nobody_beyond_this_machine_and_writes_nothing_outside_the_workspace(tmp_path):
    """With the temporary server too, no telemetry and no look-up leaves the machine."""
    root = make_mini(tmp_path / "w", roles="depths")
    folders = {name: tmp_path / name for name in ("watch", "home", "scratch")}
    for folder in folders.values():
        folder.mkdir()
    (folders["watch"] / "sitecustomize.py").write_text(WATCH)
    seen = tmp_path / "seen.txt"
    env = {
        "PYTHONPATH": str(folders["watch"]), "WATCH_FILE": str(seen), "HOME": str(folders["home"]),
        "TMPDIR": str(folders["scratch"]),
    }  # fmt: skip
    probe = "import socket; s = socket.socket(); s.connect_ex(('192.0.2.1', 9))"
    subprocess.run([sys.executable, "-c", probe], env={**os.environ, **env}, capture_output=True, check=False)
    assert "192.0.2.1" in seen.read_text(), "the watch itself must work"
    seen.unlink()
    built = corridor("-C", root, "build", env=env)
    assert built.returncode == 0, built.stderr
    assert not seen.exists(), seen.read_text()
    left = [path for name in ("home", "scratch") for path in folders[name].rglob("*") if path.is_file()]
    assert left == []
