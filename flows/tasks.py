"""One task a step. Prefect says when; whether a result is still good is the store's to say: no caching here."""

from __future__ import annotations

from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger

from flows.session import session_of, step_named
from pipeline.errors import CorridorError


@task(task_run_name="{step_name}", cache_policy=NO_CACHE, persist_result=False)
def run_step(workspace: str, step_name: str) -> dict[str, Any]:
    """Run one step of a workspace's build.

    Parameters
    ----------
    workspace : str
        The workspace's folder.
    step_name : str
        Name of the step in the plan.

    Returns
    -------
    dict
        ``key``, ``seconds``, ``peak_mb`` and the ``summary`` of its facts.
    """
    logger = get_run_logger()
    session, step = session_of(workspace), step_named(step_name)
    why = session.decision(step_name).why
    logger.info("%s (%s)", step.title, why)
    session.reporter.start(step, why)

    def log(line: str) -> None:
        logger.info(line)
        session.reporter.tell(step, line)

    try:
        kept = session.build.run(step, log, why)
    except CorridorError as error:
        # Prefect keeps the exception until the process ends, and with it the frames and what they hold, such as a
        # database connection that then complains of being leaked. The log keeps the place; the exception its words.
        logger.error("step %s failed", step.name, exc_info=True)
        error.__cause__ = error.__context__ = None
        raise error.with_traceback(None)  # noqa: B904
    session.reporter.end(step)
    logger.info("done in %.1f s, peak memory %.0f MB", kept.seconds, kept.peak_mb)
    return {
        "key": kept.key, "seconds": kept.seconds, "peak_mb": kept.peak_mb,
        "summary": str(kept.facts.get("summary", "")),
    }  # fmt: skip
