"""The parent flow: every stage that has something to do, then one atomic publication."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

import httpx
from prefect import flow
from prefect.logging import get_run_logger

from flows import interrupt
from flows.artifacts import Story
from flows.engine import engine_for
from flows.report import ending
from flows.secret import hide
from flows.session import Session, session_of
from flows.stages import STAGES
from flows.telling import briefly
from pipeline.errors import CorridorError, ServiceError
from pipeline.releases.publish import publish
from pipeline.releases.release import what_changed
from pipeline.releases.retention import retire

if TYPE_CHECKING:
    from flows.cluster.local import Cluster


@flow(
    name="corridor-build",
    flow_run_name="build of {workspace}",
    description="From route, depths, soil, ships, fishing and earthquakes to burial depths and a map. Only what "
    "changed is done again; the result appears whole, or what was published before stays.",
    persist_result=False,
    retries=0,
)
def build_corridor(workspace: str) -> str:
    """Build a workspace and publish the result as a release.

    Parameters
    ----------
    workspace : str
        The workspace's folder.

    Returns
    -------
    str
        The release's id.
    """
    logger = get_run_logger()
    session = session_of(workspace)
    story = Story(session)
    story.plan()
    session.reporter.watch = story.progress
    for decision in session.decisions:
        logger.info("%s: %s (%s)", decision.step.name, decision.state, decision.why)
        if decision.state == "reuse":
            session.reporter.reuse(decision.step, decision.why)
    waiting = {decision.step.stage for decision in session.to_run}
    for stage, stage_flow in STAGES.items():
        interrupt.check()
        if stage in waiting:
            try:
                summaries = stage_flow.with_options(task_runner=session.engine.runner())(workspace)
            except CorridorError as error:
                story.failed(stage, error)
                raise
            for summary in summaries:
                logger.info(summary)
            story.stage(stage)
    interrupt.check()
    release = session.release = publish(session.build, session.told.append)
    session.told += retire(session.build.workspace, session.build.config.publish)
    for line in session.told:
        logger.info(line)
    map_path = session.build.workspace.maps / "corridor.html"
    story.published(release, what_changed(release), map_path)
    logger.info("published release %s; the map is %s", release.id, map_path)
    return release.id


def run_build(session: Session, cluster: Callable[[], Cluster] | None) -> None:
    """Run the parent flow for an opened session, with progress on the terminal.

    Parameters
    ----------
    session : Session
        What to do.
    cluster : callable or None
        Waits for a Dask cluster and returns it; None: its tasks run on threads of this process.

    Raises
    ------
    CorridorError
        Whatever a step raises.
    ServiceError
        If Prefect's server cannot be reached or started.
    """
    try:
        with session.reporter.showing(), briefly(), engine_for(session, cluster):
            build_corridor(str(session.build.workspace.root))
            assert session.release is not None  # the flow has just published it
            for line in ending(session.release, session.told, ran=True):
                session.reporter.record(line)
    except (RuntimeError, httpx.HTTPError) as error:
        if "server" not in str(error).lower() and "API" not in str(error) and not isinstance(error, httpx.HTTPError):
            raise
        raise ServiceError(
            f"the Prefect server does not answer: {hide(str(error))}",
            where=hide(os.environ["PREFECT_API_URL"]),
            remedy="Start the server named by PREFECT_API_URL, or unset it to let the build start its own, whose log "
            "is .corridor/logs/prefect-server.log.",
        ) from error
