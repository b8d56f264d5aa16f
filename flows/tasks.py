"""The one task: a batch of a step's pieces, from an order on disk. It runs wherever the engine puts it.

Prefect says when; whether a result is still good is the store's to say: no caching here.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger
from prefect.tasks import TaskRunNameCallbackWithParameters

from flows import listeners
from flows.program import assert_program
from pipeline.errors import CorridorError
from pipeline.store.meter import Meter
from pipeline.store.orders import Order


def _in_words(parameters: dict[str, Any]) -> str:
    return str(parameters["title"])


@task(
    task_run_name=cast("TaskRunNameCallbackWithParameters", _in_words),
    description="A batch of a step's work: files, blocks of units, or the result that these are put together to. What "
    "it makes is kept under the hash of all that it depends on.",
    cache_policy=NO_CACHE,
    persist_result=False,
)
def do_batch(order: str, batch: int, title: str, program: str = "") -> dict[str, Any]:
    """Do one batch of an order.

    Parameters
    ----------
    order : str
        Path of the order; whoever runs this sees the workspace's file system.
    batch : int
        Which of its batches.
    title : str
        What it is, in words.
    program : str
        What this process must run, where it is not the one that asks: see ``flows.program``.

    Returns
    -------
    dict
        ``seconds`` and ``peak_mb`` of this process, and the ``lines`` for people that nobody here has heard.
    """
    logger = get_run_logger()
    unheard: list[str] = []
    tell = listeners.of(order) or unheard.append

    def log(line: str) -> None:
        logger.info(line)
        tell(line)

    try:
        assert_program(program)
        what = _order(order)
        with Meter() as meter:
            what.do(batch, log)
    except CorridorError as error:
        # Prefect keeps the exception until the process ends, and with it the frames and what they hold, such as a
        # database connection that then complains of being leaked. The log keeps the place; the exception its words.
        logger.error("%s failed", title, exc_info=True)
        error.__cause__ = error.__context__ = None
        raise error.with_traceback(None)  # noqa: B904
    return {"seconds": round(meter.seconds, 3), "peak_mb": round(meter.peak_mb, 1), "lines": unheard}


@lru_cache(maxsize=4)
def _order(path: str) -> Order:
    from pipeline.plan import STEPS  # with all libraries: a Dask scheduler loads this module and does no work

    return Order.read(Path(path), STEPS)
