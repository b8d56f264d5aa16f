"""What a build asks a given cluster before it sends work there, on one that the documented commands have started."""

from __future__ import annotations

import gc
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from distributed import CancelledError, Client
from distributed.client import ClosedClientError

from flows.cluster import check, local, probe
from flows.cluster.engine import DaskEngine
from flows.cluster.local import Cluster
from pipeline.errors import ServiceError
from pipeline.workspace import Workspace
from tests.flows.dask_processes import end, start_dask, until

pytestmark = pytest.mark.slow
CONFIG = """
[corridor]
name = "Checks"
[scale]
answer_s = 40
"""
ROOT = Path(__file__).parents[2]


class _Health(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/api/health" else 404)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def api() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Health) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/api"
        server.shutdown()


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    with scheduler(tmp_path_factory.mktemp("scheduler")) as address:
        yield address


@contextmanager
def scheduler(folder: Path, env: dict[str, str] | None = None) -> Iterator[str]:
    noted = folder / "scheduler.json"
    process = start_dask(
        "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--dashboard-address", "127.0.0.1:0",
        "--scheduler-file", str(noted), log=folder / "log",
        env={"DASK_TEMPORARY_DIRECTORY": str(folder), **(env or {})},
    )  # fmt: skip
    try:
        until(lambda: noted.exists() and noted.read_text().endswith("}"), "the scheduler's address")
        yield json.loads(noted.read_text())["address"]
    finally:
        end(process)


@pytest.fixture(autouse=True)
def no_half_made_client() -> Iterator[None]:
    """Dask leaves a client whose scheduler was not there; its end would hold up the start of the next."""
    yield
    gc.collect()


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    (tmp_path / "corridor.toml").write_text(CONFIG)
    (tmp_path / ".corridor").mkdir()
    return Workspace.at(tmp_path)


@contextmanager
def worker(address: str, folder: Path, *options: str, env: dict[str, str] | None = None) -> Iterator[Client]:
    process = start_dask(
        "worker", address, "--host", "127.0.0.1", "--no-dashboard", "--dashboard-address", "127.0.0.1:0",
        "--local-directory", str(folder), "--no-nanny", *options, log=folder / "worker.log", env=env,
    )  # fmt: skip
    try:
        client = check.connect(Cluster(address), 120.0)
        try:
            yield client
        finally:
            client.close()
    finally:
        end(process)
        with Client(address, set_as_default=False) as client:
            until(lambda: not client.nthreads(), "the scheduler has seen the worker's end")


def refusal(client: Client, workspace: Workspace, api: str) -> str:
    with pytest.raises(ServiceError) as error:
        check.check_workers(client, workspace, workspace.config(), api)
    assert not (workspace.home / "shared").exists()
    return str(error.value)


GOOD = ("--nthreads", "1", "--memory-limit", "2GB")


def test_a_good_worker_is_taken_and_leaves_nothing_behind(address, api, workspace):
    before = sorted(workspace.home.rglob("*"))
    with worker(address, workspace.root, *GOOD, "--name", "first") as client:
        lines = check.check_workers(client, workspace, workspace.config(), api)
    assert [line.split(" on ")[0] for line in lines] == ["worker first"]
    assert lines[0].endswith("may hold 2000 MB")
    assert sorted(workspace.home.rglob("*")) == before


@pytest.mark.parametrize(
    ("options", "config", "said"),
    [
        (("--nthreads", "2", "--memory-limit", "2GB"), "", ["has 2 threads", "--nthreads 1"]),
        (("--nthreads", "1", "--memory-limit", "600MB"), "", ["may hold 600 MB", "needs 700 MB", "worker_memory_mb"]),
        (
            ("--nthreads", "1", "--memory-limit", "1200MB"),
            '[sources.a]\nrole = "ais"\nfiles = "*.csv"\n[ais]\nmemory_mb = 900\n',
            ["may hold 1200 MB", "needs 1600 MB", "900 MB of the AIS reader ([ais] memory_mb)", "worker_memory_mb"],
        ),
    ],
)
def test_a_worker_of_the_wrong_size_is_refused(address, api, workspace, options, config, said):
    workspace.config_path.write_text(CONFIG + config)
    with worker(address, workspace.root, *options) as client:
        told = refusal(client, workspace, api)
    assert all(part in told for part in said), told


def test_a_worker_that_does_not_reach_the_prefect_server_is_refused(address, workspace):
    with worker(address, workspace.root, *GOOD) as client:
        told = refusal(client, workspace, "http://127.0.0.1:9/api")
    assert "does not reach Prefect's API at http://127.0.0.1:9/api" in told
    assert "prefect server start --host" in told


def test_a_worker_with_other_code_is_refused(address, api, workspace):
    other = workspace.root / "other"
    for package in ("flows", "pipeline"):
        shutil.copytree(ROOT / package, other / package, ignore=shutil.ignore_patterns("__pycache__"))
    with (other / "pipeline" / "errors.py").open("a") as file:
        file.write("# another release\n")
    path = os.pathsep.join([str(other), os.environ.get("PYTHONPATH", "")])
    with worker(address, workspace.root, *GOOD, env={"PYTHONPATH": path, "PYTHONSAFEPATH": "1"}) as client:
        told = refusal(client, workspace, api)
    assert "runs another program: the code of cable-corridor" in told
    assert "make dask" in told


def without_this_program(folder: Path) -> dict[str, str]:
    (folder / "flows").mkdir(parents=True)
    (folder / "flows" / "__init__.py").write_text("raise ModuleNotFoundError('not here')\n")
    return {"PYTHONPATH": str(folder), "PYTHONSAFEPATH": "1"}


def test_a_worker_without_this_program_is_refused(address, api, workspace):
    with worker(address, workspace.root, *GOOD, env=without_this_program(workspace.root / "hidden")) as client:
        told = refusal(client, workspace, api)
    assert "worker cannot run this program: ModuleNotFoundError" in told


def test_a_scheduler_without_this_program_is_refused(tmp_path):
    env = without_this_program(tmp_path / "hidden")
    with (
        scheduler(tmp_path, env=env) as address,
        Client(address, set_as_default=False) as client,
        pytest.raises(ServiceError, match="scheduler cannot run this program: ModuleNotFoundError"),
    ):
        check.check_scheduler(client, {}, 60.0)


def test_a_scheduler_with_this_program_is_taken(address, tmp_path):
    with Client(address, set_as_default=False) as client:
        check.check_scheduler(client, {"PREFECT_HOME": str(tmp_path)}, 120.0)


def test_a_worker_that_cannot_load_all_libraries_is_refused_before_the_build(address, workspace):
    with worker(address, workspace.root, *GOOD) as client:
        with pytest.raises(ServiceError, match="worker cannot run this program") as error:
            check.load_on_workers(client, {"PREFECT_API_REQUEST_TIMEOUT": "soon"}, 120.0)
        assert error.value.exit_code == 69


def test_a_local_scheduler_that_ends_at_once_is_told_of(tmp_path):
    with subprocess.Popen(["true"]) as ended, pytest.raises(ServiceError, match="ended with code 0 before") as error:
        ended.wait()
        local._wait(ended, tmp_path / "never.json", 60.0, tmp_path / "dask-scheduler.log")
    assert "dask-scheduler.log" in str(error.value)


def test_a_scheduler_that_is_not_there_is_told_of():
    with pytest.raises(ServiceError, match="does not answer within 2 s") as error:
        check.connect(Cluster("tcp://127.0.0.1:9"), 2.0)
    assert "dask scheduler" in str(error.value)


@pytest.mark.parametrize("address", ["nonsense://x", "tcp://host.invalid:70000", "tcp://"])
def test_an_address_that_is_none_is_told_of(address):
    with pytest.raises(ServiceError, match="does not answer"):
        check.connect(Cluster(address), 2.0)


def test_a_scheduler_without_workers_is_told_of(address):
    with pytest.raises(ServiceError, match="too few workers after 1 s") as error:
        check.connect(Cluster(address), 1.0)
    assert f"dask worker {address} --nthreads 1" in str(error.value)


def look(folder: Path, token: str = "a") -> str:
    return probe.look(str(folder), token, "0", "http://127.0.0.1:9/api", 1.0)["folder"]


def test_a_worker_with_another_file_system_says_so(tmp_path):
    assert "another file system" in look(tmp_path / "elsewhere")
    (tmp_path / probe.TOKEN).write_text("b")
    assert "another file system" in look(tmp_path)
    (tmp_path / probe.TOKEN).write_text("a")
    assert look(tmp_path) == ""
    assert (tmp_path / "0" / probe.TOKEN).read_text() == "a"
    assert "cannot write there" in look(tmp_path)  # the place is taken


def test_what_a_worker_has_written_must_be_seen_and_taken_away_here(tmp_path, monkeypatch):
    monkeypatch.setattr(check, "_SEEN_WITHIN_S", 0.0)
    with pytest.raises(ServiceError, match="is not seen here"):
        check._check_written("tcp://w", tmp_path / "0", "a")
    made = tmp_path / "0"
    made.mkdir()
    (made / probe.TOKEN).write_text("b")
    with pytest.raises(ServiceError, match="reads otherwise here"):
        check._check_written("tcp://w", made, "a")
    (made / probe.TOKEN).write_text("a")
    check._check_written("tcp://w", made, "a")
    assert not made.exists()


def test_a_loopback_server_is_only_for_workers_of_this_machine(tmp_path):
    answer: probe.Answer = {"host": "elsewhere", "program": check.program(), "api": "", "folder": ""}
    with pytest.raises(ServiceError, match="that address is each machine's own"):
        check._check("tcp://w", answer, "http://localhost:4200/api", tmp_path)
    check._check("tcp://w", answer, "http://prefect.example:4200/api", tmp_path)


@pytest.mark.parametrize("error", [OSError("timed out"), ClosedClientError("closed"), CancelledError("lost")])
def test_a_scheduler_that_is_gone_when_tasks_are_sent_is_told_of(address, error):
    with (
        Client(address, set_as_default=False) as client,
        pytest.raises(ServiceError, match="the Dask scheduler is gone") as caught,
        DaskEngine(Cluster(address), client, None).sending(),
    ):
        raise error
    assert caught.value.exit_code == 69
