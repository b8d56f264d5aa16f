"""The temporary server goes with its build, however that ends; a named one may be gone, slow, killed or locked."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from threading import Timer

import pytest

from flows import server
from flows.server import temporary_server
from pipeline.errors import ServiceError
from tests.flows.servers import kept_server
from tests.mini import corridor, make_mini
from tests.plain import plain_corridor

pytestmark = pytest.mark.slow
LIMIT_S = 180


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """A build of the real command; a proxy for the world does not stand before its own server."""
    root = make_mini(tmp_path_factory.mktemp("server") / "w", roles="depths")
    away = {"HTTP_PROXY": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9"}
    done = corridor("-C", root, "build", env=away)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return root


@pytest.fixture
def copy(built, tmp_path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "w", symlinks=True))


def servers(root: Path) -> list[int]:
    """Return the temporary servers of a workspace: their log is open."""
    log, found = str(root / ".corridor" / "logs" / "prefect-server.log"), []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            found += [int(process.name)] if (process / "fd" / "2").readlink() == Path(log) else []
        except OSError:  # gone meanwhile, or another user's
            continue
    return found


def files(root: Path) -> set[str]:
    """Return the files beside store, releases, logs, orders and the note of who builds: the next run sweeps those."""
    kept = tuple(f".corridor/{name}" for name in ("store/", "releases/", "logs/", "orders/", "run.json"))
    names = {path.relative_to(root).as_posix() for path in root.rglob("*") if not path.is_dir()}
    return {name for name in names if not name.startswith(kept)}


def start(root: Path, *, env: dict[str, str] | None = None) -> subprocess.Popen[str]:
    # A test run started in the background ignores SIGINT, and so would its children.
    script = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        f"sys.argv[1:] = ['-C', {str(root)!r}, 'build', '--force']\nfrom flows.cli import main; main()"
    )
    return subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, **(env or {})},
    )  # fmt: skip


def reach(process: subprocess.Popen[str], root: Path, moment: str) -> None:
    """Wait until the server has been started (``server``), or for a line of the build."""
    if moment == "server":
        while not servers(root):
            assert process.poll() is None
            time.sleep(0.01)
    else:
        assert any(moment in line for line in process.stderr)


def gone(root: Path) -> bool:
    for _ in range(200):
        if not servers(root):
            return True
        time.sleep(0.05)
    return False


@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")
@pytest.mark.parametrize("moment", ["server", "soil: done"])
def test_a_killed_build_leaves_no_server(copy, moment):
    before = files(copy)
    process = start(copy)
    reach(process, copy, moment)
    assert servers(copy)
    process.kill()
    process.communicate()
    assert gone(copy)
    assert files(copy) == before


@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")
@pytest.mark.parametrize("delay_s", [0.0, 0.5, 1.0, 1.7, 2.3])
def test_ctrl_c_while_the_server_starts_is_heard(copy, delay_s):
    before, release = files(copy), (copy / ".corridor" / "current").readlink()
    process = start(copy)
    reach(process, copy, "server")
    time.sleep(delay_s)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 130, said
    assert said.splitlines()[-1].startswith("corridor: interrupted")
    assert "Traceback" not in said
    assert gone(copy)
    assert files(copy) == before
    assert (copy / ".corridor" / "current").readlink() == release


@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143)])
def test_a_signal_in_the_middle_of_a_build(copy, name, code):
    process = start(copy)
    reach(process, copy, "soil: done")
    process.send_signal(signal.Signals[name])
    _, said = process.communicate(timeout=LIMIT_S)
    assert process.returncode == code, said
    assert "Traceback" not in said
    assert gone(copy)


def test_a_server_that_cannot_start_is_said_with_its_log(tmp_path, monkeypatch):
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.setitem(server._SETTINGS, "PREFECT_SERVER_DATABASE_CONNECTION_URL", "no database")
    log = tmp_path / "logs" / "server.log"
    words = r"ended with code 1 before it answered \(.*server\.log\)"
    with pytest.raises(ServiceError, match=words), temporary_server(log) as ready:
        ready()
    assert "sqlalchemy" in log.read_text()


def test_a_server_that_never_answers_is_given_up(tmp_path, monkeypatch):
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.setattr(server, "SERVER_START_TIMEOUT_S", 0.2)
    words = r"did not answer within 0\.2 s"
    with pytest.raises(ServiceError, match=words), temporary_server(tmp_path / "server.log") as ready:
        ready()


def test_the_environment_is_as_before_and_a_named_server_is_left_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "example.org")
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    before = dict(os.environ)
    with temporary_server(tmp_path / "server.log"):
        assert os.environ["PREFECT_API_URL"].startswith("http://127.0.0.1:")
        assert os.environ["no_proxy"] == "example.org,127.0.0.1"
    assert dict(os.environ) == before
    monkeypatch.setenv("PREFECT_API_URL", "http://192.0.2.1/api")
    with temporary_server(tmp_path / "none.log") as ready:
        ready()
    assert not (tmp_path / "none.log").exists()


def runs_for_others() -> bool:
    try:
        return subprocess.run([sys.executable, "-c", ""], user=12345, check=False).returncode == 0
    except (PermissionError, ValueError):  # not root, or Python lies in a folder of its own user
        return False


@pytest.mark.skipif(not runs_for_others(), reason="needs to be root and a Python that every user may run")
def test_two_users_of_one_group_build_in_one_workspace(tmp_path):
    root = make_mini(tmp_path / "w", roles="depths")
    for path in (root, *root.rglob("*")):
        os.chown(path, -1, 12399)
        path.chmod(0o2775 if path.is_dir() else 0o664)
    for folder in (tmp_path, *tmp_path.parents[:3]):
        folder.chmod(folder.stat().st_mode | 0o011)
    for user in (12345, 12346):
        built = subprocess.run(
            [sys.executable, "-m", "flows", "-C", root, "build", "--force"], user=user, group=12399, extra_groups=[],
            umask=0o002, capture_output=True, text=True, timeout=LIMIT_S, check=False,
            env={**os.environ, "HOME": "/nonexistent", "PYTHONPATH": str(Path(__file__).parents[2])}, cwd="/",
        )  # fmt: skip
        assert built.returncode == 0, built.stderr


def whole(root: Path, release: Path) -> None:
    assert (root / ".corridor" / "current").readlink() == release
    assert (root / "maps" / "corridor.html").read_text(encoding="utf-8").rstrip().endswith("</html>")


def test_a_named_server_that_is_not_there(copy):
    release = (copy / ".corridor" / "current").readlink()
    with socket.create_server(("127.0.0.1", 0)) as door:
        address = f"http://127.0.0.1:{door.getsockname()[1]}/api"
    built = corridor("-C", copy, "build", "--force", env={"PREFECT_API_URL": address})
    assert built.returncode == 69
    assert address in built.stderr
    assert built.stderr.count("\n") == 1
    whole(copy, release)


def test_a_named_server_that_hangs_for_good_is_given_up(copy):
    release = (copy / ".corridor" / "current").readlink()
    with socket.create_server(("127.0.0.1", 0)) as door:  # takes every call and answers none
        address = f"http://127.0.0.1:{door.getsockname()[1]}/api"
        env = {"PREFECT_API_URL": address, "PREFECT_API_REQUEST_TIMEOUT": "1", "PREFECT_CLIENT_MAX_RETRIES": "1"}
        process = start(copy, env=env)
        _, said = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 69, said
    assert address in said
    whole(copy, release)


@pytest.mark.parametrize("what", ["killed", "stopped"])
def test_a_named_server_lost_midway(copy, tmp_path, what):
    release = (copy / ".corridor" / "current").readlink()
    with kept_server(tmp_path / "server") as (kept, address, _):
        env = {"PREFECT_API_URL": address, "PREFECT_CLIENT_MAX_RETRIES": "0", "PREFECT_API_REQUEST_TIMEOUT": "3"}
        process = start(copy, env=env)
        reach(process, copy, "soil: done")
        kept.send_signal(signal.SIGKILL if what == "killed" else signal.SIGSTOP)
        _, said = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 69, said
    assert said.splitlines()[-1].startswith("corridor: the Prefect server does not answer")
    assert "Traceback" not in said
    whole(copy, release)
    again = plain_corridor("-C", copy, "build")
    assert again.returncode == 0, again.stderr


def test_a_slow_named_server_and_a_locked_database_only_delay(copy, tmp_path):
    with kept_server(tmp_path / "server") as (kept, address, database):
        process = start(copy, env={"PREFECT_API_URL": address})
        reach(process, copy, "soil: done")
        lock = sqlite3.connect(database, isolation_level=None, check_same_thread=False)
        lock.execute("BEGIN IMMEDIATE")
        Timer(3.0, lock.close).start()
        reach(process, copy, "fishing: done")
        kept.send_signal(signal.SIGSTOP)
        Timer(3.0, kept.send_signal, [signal.SIGCONT]).start()
        said = process.communicate(timeout=LIMIT_S)[1]
    assert process.returncode == 0, said
    assert "Traceback" not in said
