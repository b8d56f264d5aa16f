"""The parent flow: every stage that has something to do, then one atomic publication."""

from __future__ import annotations

import os

import httpx
from prefect import flow
from prefect.logging import get_run_logger

from flows.artifacts import publish_artifacts
from flows.session import Session, session_of
from flows.stages import STAGES
from pipeline.errors import ServiceError
from pipeline.releases.publish import publish
from pipeline.releases.retention import retire


@flow(name="corridor-build", flow_run_name="build of {workspace}", persist_result=False, retries=0)
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
    for decision in session.decisions:
        logger.info("%s: %s (%s)", decision.step.name, decision.state, decision.why)
        if decision.state == "reuse":
            session.reporter.reuse(decision.step, decision.why)
    waiting = {decision.step.stage for decision in session.to_run}
    for stage, stage_flow in STAGES.items():
        if stage in waiting:
            for summary in stage_flow(workspace):
                logger.info(summary)
    release = session.release = publish(session.build)
    session.evicted += retire(session.build.workspace, session.build.config.publish)
    for line in session.evicted:
        logger.info(line)
    map_path = session.build.workspace.maps / "corridor.html"
    publish_artifacts(release, map_path)
    logger.info("published release %s; the map is %s", release.id, map_path)
    return release.id


def run_build(session: Session) -> None:
    """Run the parent flow for an opened session, with progress on the terminal.

    Raises
    ------
    CorridorError
        Whatever a step raises.
    ServiceError
        If Prefect's server cannot be reached or started.
    """
    try:
        with session.reporter.showing():
            build_corridor(str(session.build.workspace.root))
    except (RuntimeError, httpx.TransportError) as error:
        if "server" not in str(error).lower() and "API" not in str(error) and not isinstance(error, httpx.HTTPError):
            raise
        raise ServiceError(
            f"the Prefect server does not answer: {error}",
            where=os.environ.get("PREFECT_API_URL", "the temporary server that a build starts"),
            remedy="Start the server named by PREFECT_API_URL, or unset it to let the build start its own.",
        ) from error
