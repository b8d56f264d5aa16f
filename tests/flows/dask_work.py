"""Flow and task of ``dask_run``: a work that harms its worker, or waits until the test has done so."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows.engine import Engine
from pipeline.errors import DataError

MB = 1_000_000


def wait(said: Path) -> int:
    """Run until the test says so, or for a moment where the test has said it before."""
    while not said.with_name("go").exists():
        time.sleep(0.05)
    return 1


def die(said: Path) -> int:
    """End the worker, every time."""
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def eat(said: Path) -> int:
    """Hold more than a worker may, every time."""
    held = bytearray(os.urandom(1 * MB) * 1500)
    time.sleep(30.0)
    return len(held)


def eat_once(said: Path) -> int:
    """Hold more than a worker may, the first time."""
    if said.read_text().count("eat_once") > 1:
        return 1
    return eat(said)


def refuse(said: Path) -> int:
    """Raise what a step raises over bad data."""
    raise DataError("the file has no rows", where="a.csv, line 1", remedy="Send it again.")


WORKS = {work.__name__: work for work in (wait, die, eat, eat_once, refuse)}


@task(cache_policy=NO_CACHE, persist_result=False, task_run_name="{name}")
def work(said: str, name: str, number: int) -> dict[str, Any]:
    """Do a work."""
    with Path(said).open("a") as file:
        file.write(f"{name} {number} {os.getpid()}\n")
    return {"number": number, "gave": WORKS[name](Path(said))}


_engines: list[Engine] = []


def engine() -> Engine:
    """Return the engine of this process: a flow travels with its tasks, and an engine cannot."""
    return _engines[-1]


def use(chosen: Engine) -> None:
    """Choose it."""
    _engines.append(chosen)


def say(line: str) -> None:
    """Tell the test."""
    print(line, flush=True)


@flow(persist_result=False)
def do_all(said: str, names: list[str]) -> None:
    """Do works, and say what each gave."""
    running = {work.submit(said, name, number, return_state=False) for number, name in enumerate(names)}
    say("submitted")
    while running:
        done, told = engine().next_done(running)
        running.remove(done)
        say(f"done {told['number']} {told['gave']}")
