"""The scheduled deployment as deploy/ has it: server, work pool, worker, and a night that the schedule asked for."""

import json
import os
import socket
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from pipeline.config.nightly import NightlySection
from pipeline.errors import LockedError
from tests.flows.servers import ask
from tests.mini import corridor, make_mini
from tests.nightly.nights import make_workspace
from tests.plain import plain_corridor

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
INTERVAL_S = 60


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


def prefect(api: str, home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "prefect", "--no-prompt", *arguments], cwd=ROOT, env=environment(api, home, **more),
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def environment(api: str, home: Path, **more: str) -> dict[str, str]:
    return {
        **os.environ, "PREFECT_API_URL": api, "PREFECT_HOME": str(home), "DO_NOT_TRACK": "1",
        "PREFECT_WORKER_QUERY_SECONDS": "2", **more,
    }  # fmt: skip


@pytest.mark.slow
def test_a_scheduled_run_finishes_and_its_release_is_published(server, tmp_path):
    root, home = make_mini(tmp_path / "w", roles="depths soil"), tmp_path / "prefect"
    with (root / "corridor.toml").open("a") as file:
        file.write("[nightly]\nsettle_s = 0.1\n")
    prefect(server, home, "work-pool", "create", "corridor", "--type", "process")
    first = datetime.now(UTC) + timedelta(seconds=20)
    prefect(
        server, home, "deploy", "--prefect-file", "deploy/prefect.yaml", "--name", "nightly",
        "--interval", str(INTERVAL_S), "--anchor-date", first.isoformat(), CORRIDOR_WORKSPACE=str(root),
    )  # fmt: skip
    command = [sys.executable, "-m", "prefect", "worker", "start", "--pool", "corridor", "--limit", "1"]
    with (tmp_path / "worker.log").open("w") as log:
        worker = subprocess.Popen(command, cwd=tmp_path, env=environment(server, home), stdout=log, stderr=log)
        try:
            night = wait_for_a_night(server)
        finally:
            worker.terminate()
            worker.wait(60)
    story = (tmp_path / "worker.log").read_text()
    assert night, story
    assert (night["state_name"], night["auto_scheduled"]) == ("Completed", True), story
    assert (root / "maps" / "corridor.html").exists()
    health = json.loads((root / ".corridor" / "health.json").read_text())
    assert health["state"] == "ok"
    assert night["state"]["message"] == f"Published release {health['release']}."
    names = {flow["name"] for flow in ask(f"{server}/flows/filter")}
    assert {"corridor-nightly", "corridor-build"} <= names, "the build is on the same server"
    artifacts = {artifact["key"]: artifact for artifact in ask(f"{server}/artifacts/filter")}
    assert "seconds" in artifacts["nightly-steps"]["data"]
    assert "corridor.html" in artifacts["nightly-outcome"]["data"]
    (build,) = [run for run in ask(f"{server}/flow_runs/filter") if run["name"] == f"build of {root}"]
    assert build["id"] in artifacts["nightly-outcome"]["data"], "a link to the build's page"
    assert artifacts["nightly-outcome"]["description"]
    lines = [entry["message"] for entry in ask(f"{server}/logs/filter", limit=200)]
    assert any("a nightly build begins" in line for line in lines)
    assert due_between(server, night["deployment_id"], first, first + timedelta(seconds=INTERVAL_S)), (
        "the next run is seen when it is due"
    )
    assert due_between(server, night["deployment_id"], first - timedelta(days=2), first - timedelta(days=1)) == []


def due_between(api: str, deployment_id: str, first: datetime, last: datetime) -> list:
    """Ask as a run does; in a process of its own, since Prefect reads the server's address at import."""
    script = (
        "import sys, types; from datetime import datetime; from uuid import UUID; from flows import deployed\n"
        "run = types.SimpleNamespace(deployment_id=UUID(sys.argv[1]))\n"
        "found = deployed._due_between(run, *map(datetime.fromisoformat, sys.argv[2:4]))\n"
        "print([str(other.id) for other in found if other.auto_scheduled])"
    )
    arguments = [deployment_id, (first + timedelta(seconds=1)).isoformat(), last.isoformat()]
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], cwd=ROOT, env={**os.environ, "PREFECT_API_URL": api},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.replace("'", '"'))


@pytest.mark.slow
def test_the_command_serves_a_schedule_until_it_is_told_to_end(server, tmp_path):
    root = make_mini(tmp_path / "Caspian 2", roles="depths")
    command = [sys.executable, "-m", "flows", "-C", str(root), "nightly", "--cron", "30 1 * * 1"]
    env = {**os.environ, "PREFECT_API_URL": server, "TZ": "Asia/Baku"}
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(command, env=env, stdout=log, stderr=log)
        try:
            made: list[dict] = []
            deadline = time.monotonic() + 60
            while not made and process.poll() is None and time.monotonic() < deadline:
                made = [d for d in ask(f"{server}/deployments/filter") if d["name"] == "caspian-2"]
                time.sleep(0.5)
            time.sleep(2)  # it takes signals once it polls
        finally:
            process.terminate()
            code = process.wait(60)
    said = (tmp_path / "log").read_text()
    assert made, said
    assert code == 0, said
    (deployment,) = [d for d in ask(f"{server}/deployments/filter") if d["name"] == "caspian-2"]
    schedule = deployment["schedules"][0]["schedule"]
    assert (schedule["cron"], schedule["timezone"]) == ("30 1 * * 1", "Asia/Baku")
    assert deployment["parameters"] == {"workspace": str(root)}
    assert deployment["paused"], "nights without this process must not pile up"
    assert 'cron = "30 1 * * 1" under [nightly]' in said


def wait_for_a_night(api: str) -> dict | None:
    """Return the first run of the deployment that ended."""
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        runs = [run for run in ask(f"{api}/flow_runs/filter") if run["deployment_id"] and run["end_time"]]
        if runs:
            return runs[0]
        time.sleep(1)
    return None


def run(due_ago: timedelta) -> SimpleNamespace:
    due = datetime.now(UTC) - due_ago
    return SimpleNamespace(expected_start_time=due, auto_scheduled=True, deployment_id="d", id="this")


@pytest.fixture
def deployed(monkeypatch, tmp_path):
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "prefect"))
    from flows import deployed

    monkeypatch.setattr(deployed, "_due_between", lambda *_: [])
    return deployed


def test_a_run_within_the_grace_is_taken(deployed, tmp_path):
    workspace = make_workspace(tmp_path / "w", "late_after_min = 60")
    assert deployed._why_missed(run(timedelta(minutes=59)), workspace) == ""
    assert "more than 1:00:00 late" in deployed._why_missed(run(timedelta(minutes=61)), workspace)


def test_a_run_with_a_newer_one_due_is_missed(deployed, tmp_path, monkeypatch):
    workspace = make_workspace(tmp_path / "w")
    monkeypatch.setattr(deployed, "_due_between", lambda *_: [run(timedelta(0))])
    assert "a newer one is due" in deployed._why_missed(run(timedelta(minutes=1)), workspace)


def test_a_run_that_waited_for_another_night_is_refused(deployed, tmp_path):
    workspace = make_workspace(tmp_path / "w")
    now = datetime.now(UTC)
    last = {"started": (now - timedelta(minutes=9)).isoformat(), "ended": (now - timedelta(minutes=1)).isoformat()}
    workspace.home.mkdir()
    (workspace.home / "health.json").write_text(json.dumps({"state": "ok", "last_run": last}))
    assert deployed._why_missed(run(timedelta(seconds=30)), workspace) == ""
    with pytest.raises(LockedError, match="another nightly run was at work"):
        deployed._why_missed(run(timedelta(minutes=5)), workspace)


def test_a_schedule_without_a_server_names_both_ways(tmp_path):
    root = make_mini(tmp_path / "w", roles="depths")
    env = {"PREFECT_API_URL": ""}
    refused = corridor("-C", root, "nightly", "--cron", "0 2 * * *", env=env)
    assert refused.returncode == 69
    assert f"corridor -C {root} nightly --once" in refused.stderr
    assert "make server" in refused.stderr
    for arguments in (["--cron", "nonsense"], [], ["--once", "--health"], ["--cron", "0 2 * * *", "--once"]):
        wrong = plain_corridor("-C", root, "nightly", *arguments, env=env)
        assert wrong.returncode == 2, wrong.stderr
        assert wrong.stderr.count("\n") == 1


def test_a_schedule_on_a_server_that_is_not_there_is_exit_69(tmp_path):
    """Before that, one unlike the configured one is warned of."""
    root = make_mini(tmp_path / "w", roles="depths")
    env = {"PREFECT_API_URL": "http://127.0.0.1:9/api", "PREFECT_CLIENT_MAX_RETRIES": "0"}
    refused = corridor("-C", root, "nightly", "--cron", "30 1 * * 1", env=env)
    assert refused.returncode == 69, refused.stderr
    assert "does not answer" in refused.stderr.splitlines()[-1]
    assert 'warning: write cron = "30 1 * * 1" under [nightly] too' in refused.stderr


def test_health_is_asked_by_the_command(tmp_path):
    root = make_mini(tmp_path / "w", roles="depths")
    never = plain_corridor("-C", root, "nightly", "--health")
    assert never.returncode == 69
    assert "No night ever ran here" in never.stdout
    assert not (root / ".corridor").exists(), "asking writes nothing"


def test_the_examples_agree_with_the_default(tmp_path):
    default = NightlySection()
    deployment = yaml.safe_load((DEPLOY / "prefect.yaml").read_text())["deployments"][0]
    assert deployment["schedules"][0]["cron"] == default.cron
    assert f"\n{default.cron} " in (DEPLOY / "crontab").read_text()
    assert "OnCalendar=*-*-* 02:00:00" in (DEPLOY / "corridor-nightly.timer").read_text()
    module, _, name = deployment["entrypoint"].rpartition(".")
    assert (ROOT / f"{module.replace('.', '/')}.py").exists()
    assert f"def {name}(workspace: str)" in (ROOT / "flows" / "deployed.py").read_text()
    locked = (ROOT / "requirements.lock").read_text()
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    for library in ("cronsim", "tzlocal", "apprise"):
        assert any(line.startswith(library) for line in wanted)
        assert f"\n{library}==" in locked


@pytest.mark.parametrize("secrets", [None, "CORRIDOR_NOTIFY='json://127.0.0.1/'\n"])
def test_the_line_of_crontab_runs_with_and_without_secrets(tmp_path, secrets):
    line = next(line for line in (DEPLOY / "crontab").read_text().splitlines() if line.startswith("0 2 * * *"))
    said = tmp_path / "said"
    program = tmp_path / "corridor"
    program.write_text(f'#!/bin/sh\necho "$@ $CORRIDOR_NOTIFY" > {said}\n')
    program.chmod(0o755)
    if secrets:
        (tmp_path / ".corridor-secrets").write_text(secrets)
    env = {"HOME": str(tmp_path), "CORRIDOR": str(program), "WORKSPACE": "/w"}
    subprocess.run(["/bin/sh", "-c", line.removeprefix("0 2 * * *")], env=env, check=True)
    assert said.read_text().split() == ["-C", "/w", "nightly", "--once", *(["json://127.0.0.1/"] if secrets else [])]
