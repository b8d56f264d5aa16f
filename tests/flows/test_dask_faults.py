"""Workers and schedulers that are killed, stopped or full: the run finishes, or ends with a clear word and no trace."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.flows.dask_processes import LIMIT_S, run_by, until

pytestmark = pytest.mark.slow
campaign = pytest.mark.skipif(
    "CORRIDOR_FAULTS" not in os.environ, reason="minutes of processes that are killed and waited for: make faults"
)
CONFIG = """
[corridor]
name = "Faults"
[scale]
worker_memory_mb = 800
answer_s = 120
"""


class Run:
    """``dask_run`` in a workspace of its own."""

    def __init__(self, root: Path, *works: str, workers: int = 2, silent_s: float = 120, retries: int = 2) -> None:
        self.root = root
        settings = {"workers": workers, "silent_s": silent_s, "retries": retries}
        (root / "corridor.toml").write_text(CONFIG + "".join(f"{name} = {value}\n" for name, value in settings.items()))
        (root / "said.txt").touch()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.flows.dask_run", str(root), *works], stdout=(root / "out.txt").open("wb"),
            stderr=subprocess.STDOUT, env={k: v for k, v in os.environ.items() if k != "PREFECT_API_URL"},
        )  # fmt: skip

    @property
    def told(self) -> str:
        return (self.root / "out.txt").read_text()

    @property
    def scheduler(self) -> int:
        return run_by(self.root / ".corridor" / "logs" / "dask-scheduler.log")[0]

    def at_work(self, *, tasks: int = 1) -> list[int]:
        """Wait until so many tasks have begun; return who does them."""
        until(lambda: self._begun() >= tasks or self.process.poll() is not None, "tasks at work")
        assert self.process.poll() is None, self.told
        return [int(line.split()[2]) for line in (self.root / "said.txt").read_text().splitlines()]

    def _begun(self) -> int:
        return len((self.root / "said.txt").read_text().splitlines())

    def go(self) -> None:
        """Let works that wait end."""
        (self.root / "go").touch()

    def end(self) -> int:
        """Wait for its end; return its exit code, after nothing of it is left."""
        code = self.process.wait(LIMIT_S)
        logs = self.root / ".corridor" / "logs"
        until(lambda: not run_by(logs / "dask-scheduler.log") + run_by(logs / "dask-workers.log"), "Dask's end")
        return code

    def left(self) -> list[str]:
        """Return what it has left in the program's folder beside its logs and Prefect's home."""
        kept = {"logs", f"prefect-{os.getuid()}"}
        return [path.name for path in (self.root / ".corridor").iterdir() if path.name not in kept]


@campaign
def test_a_killed_workers_task_is_done_by_another(tmp_path):
    run = Run(tmp_path, "wait", "wait", "wait")
    victim = run.at_work(tasks=2)[0]
    os.kill(victim, signal.SIGKILL)
    run.at_work(tasks=3)
    run.go()
    assert run.end() == 0, run.told
    assert sorted(line for line in run.told.splitlines() if line.startswith("done")) == [
        "done 0 1", "done 1 1", "done 2 1",
    ]  # fmt: skip
    assert "was lost; 1 task is tried again (1 of at most 2 times)" in run.told
    assert "MB at most, may hold 800 MB" in run.told
    assert run.left() == []


def test_a_full_worker_is_ended_and_its_task_done_by_another(tmp_path):
    run = Run(tmp_path, "eat_once")
    assert run.end() == 0, run.told
    assert "was lost because it held" in run.told
    assert "of 800 MB; 1 task is tried again" in run.told
    assert "done 0 1" in run.told


@campaign
@pytest.mark.parametrize(
    ("work", "said"), [("die", "[scale] retries is 1"), ("eat", "a worker was ended because it held")]
)
def test_a_task_that_always_loses_its_worker_is_given_up(tmp_path, work, said):
    run = Run(tmp_path, work, retries=1)
    assert run.end() == 69, run.told
    last = run.told.splitlines()[-1]
    assert last.startswith("ServiceError: a task was given up: it has lost its worker 2 times")
    assert said in last
    assert "[scale] worker_memory_mb" in last
    assert run.told.count("was lost") == 2
    assert run.left() == []


@campaign
def test_a_stopped_workers_task_is_done_by_another(tmp_path):
    run = Run(tmp_path, "wait", silent_s=20)
    os.kill(run.at_work()[0], signal.SIGSTOP)
    run.at_work(tasks=2)
    run.go()
    assert run.end() == 0, run.told
    assert "done 0 1" in run.told


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        pytest.param(signal.SIGKILL, "is gone: the scheduler ended with code -9", marks=campaign),
        (signal.SIGSTOP, "has not answered for 20 s ([scale] silent_s)"),
    ],
)
def test_a_lost_scheduler_ends_the_run_with_a_clear_word(tmp_path, harm, said):
    run = Run(tmp_path, "wait", workers=1, silent_s=20)
    run.at_work()
    os.kill(run.scheduler, harm)
    assert run.end() == 69, run.told
    assert f"ServiceError: the Dask scheduler {said}; what was published is untouched" in run.told
    assert "Traceback" not in run.told
    assert run.left() == []


def test_what_a_task_raises_arrives_as_itself(tmp_path):
    run = Run(tmp_path, "refuse", "wait")
    assert run.end() == 65, run.told
    assert run.told.splitlines()[-1] == "DataError: the file has no rows (a.csv, line 1). Send it again."
    assert run.left() == []


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (signal.SIGINT, 130),
        pytest.param(signal.SIGTERM, 143, marks=campaign),
        pytest.param(signal.SIGKILL, -9, marks=campaign),
    ],
)
def test_the_cluster_goes_with_its_build(tmp_path, number, code):
    run = Run(tmp_path, "wait", "wait")
    run.at_work(tasks=2)
    run.process.send_signal(number)
    assert run.end() == code, run.told
