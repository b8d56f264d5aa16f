"""One task a step. Prefect says when; whether a result is still good is the store's to say: no caching here."""

from __future__ import annotations

from typing import Any, cast

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger
from prefect.tasks import TaskRunNameCallbackWithParameters

from flows.session import session_of, step_named
from pipeline.errors import CorridorError


def _in_words(parameters: dict[str, Any]) -> str:
    """Return the name of a task's run."""
    return f"{parameters['step_name']}: {step_named(parameters['step_name']).title}"


@task(
    task_run_name=cast("TaskRunNameCallbackWithParameters", _in_words),
    description="One step: a function of its inputs and settings. Its result is kept under the hash of all of them.",
    cache_policy=NO_CACHE,
    persist_result=False,
)
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
