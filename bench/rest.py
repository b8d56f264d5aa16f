"""A stage of tasks that only rest, for ``bench.simulate``; imported when Prefect's settings are made."""

from __future__ import annotations

import time
from typing import Any

import cloudpickle
from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.context import serialize_context

from flows.engine import Engine

engines: list[Engine] = []
"""Where the stage runs."""


def chosen_engine() -> Engine:
    """Return it; a flow travels with its tasks and takes along what it names, but of a function only the name."""
    (engine,) = engines
    return engine


@task(cache_policy=NO_CACHE, persist_result=False)
def rest(order: str, batch: int, seconds: float) -> dict[str, Any]:
    """Sleep, and give what a batch gives.

    Parameters
    ----------
    order : str
        As of ``flows.tasks.do_batch``.
    batch : int
        As of it.
    seconds : float
        How long.
    """
    time.sleep(seconds)
    return {"seconds": seconds, "peak_mb": 0.0, "lines": [f"{order} {batch}"]}


@flow(persist_result=False)
def stage(tasks: int, seconds: float) -> tuple[float, int]:
    """Let tasks rest and wait for them as a conductor does.

    Returns
    -------
    tuple
        Seconds, and bytes of the context that goes with each task.
    """
    engine, started = chosen_engine(), time.perf_counter()
    running = {rest.submit("order", batch, seconds, return_state=False) for batch in range(tasks)}
    while running:
        running.remove(engine.next_done(running)[0])
    return time.perf_counter() - started, len(cloudpickle.dumps(serialize_context()))
