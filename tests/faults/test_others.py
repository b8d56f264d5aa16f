"""Two builds at once, locks of the dead, inputs that change under the reader, kills with Prefect around the steps."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.house import FULL, INPUTS, Faults, House, Run, send, spread
from tests.flows.servers import kept_server

pytestmark = pytest.mark.slow
LINES = 45
"""What a build of the mini workspace says on its way."""


def stop_in(house: House, step: str) -> Run:
    """Start a build and hold it as the step is about to write for the first time; its inputs have been hashed."""
    first = next(o for o in house.operations if o.place.startswith(f"/.corridor/store/{step}/"))
    house.change()
    run = house.start(at=first.number, errno=-signal.SIGSTOP)
    run.until_stopped()
    return run


def test_the_second_of_two_builds_is_turned_away(house: House, layer: None) -> None:
    faults = Faults(house, "two builds at once")
    run = stop_in(house, "soil")
    second = subprocess.run(
        [sys.executable, "-m", "flows", "-C", house.root, "build"], capture_output=True, text=True, check=False
    )
    send(run.pid, signal.SIGCONT)
    code = run.end()
    assert second.returncode == 75, second.stderr
    assert second.stderr.count("\n") == 1
    faults.done("the second is turned away, the first ends well", run, code, {0})
    assert not faults.lost


@pytest.mark.parametrize("holder", ["nobody", "another"])
def test_the_lock_of_a_dead_run_holds_nobody(house: House, holder: str) -> None:
    """Its process id may belong to nobody, or by now to a process that is not ours."""
    faults = Faults(house, "stale lock")
    house.change()
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    pid = gone.pid if holder == "nobody" else os.getppid()
    (house.root / ".corridor" / "lock").write_text(f"{pid}\n")
    (house.root / ".corridor" / "run.json").write_text(f'{{"pid": {pid}, "started": "2026-01-01", "steps": {{}}}}\n')
    run = house.start()
    faults.done(f"of {holder}", run, run.end(), {0})
    assert not faults.lost


INPUTS_OF = {"route": "rpl.csv", "bathymetry": "depths.tif", "soil": "soil.tif", "ais": "ais.csv"}
BOTH_WAYS = [(step, how) for step in INPUTS_OF for how in ("replaced", "written over")]


@pytest.mark.parametrize(("step", "how"), BOTH_WAYS if FULL else BOTH_WAYS[::3])
def test_an_input_that_changes_while_it_is_read(house: House, layer: None, step: str, how: str) -> None:
    faults, name = Faults(house, "input changed midway"), INPUTS_OF[step]
    run = stop_in(house, step)
    path = house.root / "data" / "raw" / name
    other = house.folder / f"inputs-{(house.now + 1) % len(INPUTS)}" / "data" / "raw" / name
    before = (house.root / ".corridor" / "current").readlink()
    if how == "replaced":
        shutil.copy(other, path.with_suffix(".new"))
        path.with_suffix(".new").replace(path)
    else:
        path.write_bytes(other.read_bytes())
    send(run.pid, signal.SIGCONT)
    code = run.end()
    assert name in run.words
    assert (house.root / ".corridor" / "current").readlink() == before
    house.take(house.now)
    faults.done(f"{name} {how}", run, code, {65})
    assert not faults.lost


def test_killed_with_prefect_around_the_steps(house: House, tmp_path: Path) -> None:
    faults = Faults(house, "kill -9 of a build with Prefect")
    command = [sys.executable, "-m", "flows", "-C", str(house.root), "build"]
    with kept_server(tmp_path / "server") as (_, address, _):
        environment = {**os.environ, "PREFECT_API_URL": address}
        for line in (int(part * LINES) for part in spread(FULL // 10 or 1)):
            house.change()
            run = Run(house, 0, tmp_path / "said.txt", tmp_path / "none.txt")
            process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            run.said.write_bytes(b"".join(itertools.islice(process.stderr, line)))
            process.kill()
            process.communicate()
            faults.done(f"at line {line}", run, process.returncode, {-signal.SIGKILL, 0}, clean=False)
    assert not faults.lost
