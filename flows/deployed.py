"""The nightly build as a Prefect flow: the same run as from the system's cron, shown on the server."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from prefect import flow
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterName,
    FlowRunFilterStartTime,
)
from prefect.client.schemas.objects import FlowRun, State
from prefect.context import FlowRunContext
from prefect.logging import get_run_logger
from prefect.schedules import Cron
from prefect.settings import PREFECT_API_URL
from prefect.states import Completed, Failed
from prefect.types.entrypoint import EntrypointType
from prefect.utilities.urls import url_for

from flows.health import busy_at, read_health
from flows.nightly import Outcome, run_once
from flows.secret import hide
from pipeline.errors import CorridorError, LockedError, ServiceError
from pipeline.workspace import Workspace

_NOT_PLAIN = re.compile(r"[^a-z0-9]+")


@flow(name="corridor-nightly", flow_run_name="night of {workspace}", persist_result=False, retries=0)
def corridor_nightly(workspace: str) -> State[Any]:
    """Build a workspace unattended; a run that comes too late is missed, and one that overlaps is refused.

    Parameters
    ----------
    workspace : str
        The workspace's folder, absolute: a worker has a folder of its own.
    """
    logger = get_run_logger()
    if not Path(workspace).is_absolute():
        return Failed(
            message=f"The workspace must be an absolute path, not {workspace!r}: a worker has its own folder."
        )
    place = Workspace.at(Path(workspace))
    if address := PREFECT_API_URL.value():  # a worker may know it from a profile; the build goes by the environment
        os.environ["PREFECT_API_URL"] = address
    try:
        run = _scheduled_run()
        missed = _why_missed(run, place) if run else ""
        if missed:
            logger.warning(missed)
            return Completed(name="Missed", message=missed)  # Cancelled would end in a traceback in the worker's log
        began = datetime.now(UTC)
        outcome = run_once(place, echo=logger.info)
    except CorridorError as error:
        said = f"{hide(str(error))} (exit code {error.exit_code})"
        logger.error(said)
        return Failed(message=said)
    _show(outcome, _page_of_build(place, began))
    if outcome.exit_code:
        return Failed(message=f"{outcome.error} (exit code {outcome.exit_code})")
    return Completed(message=outcome.sentence)


def serve(workspace: Workspace, cron: str, timezone: str) -> None:
    """Schedule the flow and run it in this process's children, one at a time, until interrupted.

    Parameters
    ----------
    workspace : Workspace
        What to build.
    cron : str
        When.
    timezone : str
        Zone in which the cron is read.

    Raises
    ------
    ServiceError
        If the server does not answer.
    """
    try:
        corridor_nightly.serve(
            name=_NOT_PLAIN.sub("-", workspace.root.name.lower()).strip("-") or "corridor",
            schedule=Cron(cron, timezone=timezone),
            parameters={"workspace": str(workspace.root)},
            limit=1,
            entrypoint_type=EntrypointType.MODULE_PATH,
        )
    except httpx.HTTPError as error:
        raise ServiceError(
            f"the Prefect server does not answer: {error}",
            where="PREFECT_API_URL",
            remedy="Start the server that it names: 'make server'.",
        ) from error


def _scheduled_run() -> FlowRun | None:
    """Return this run, if a schedule asked for it and not a person."""
    context = FlowRunContext.get()
    run = context.flow_run if context else None
    return run if run is not None and run.auto_scheduled and run.expected_start_time is not None else None


def _why_missed(run: FlowRun, workspace: Workspace) -> str:
    """Return why a scheduled run comes too late; empty where it does not.

    Raises
    ------
    LockedError
        If another night was at work when this one was due: Prefect queues what overlaps, and this refuses it.
    """
    due, now = run.expected_start_time, datetime.now(UTC)
    assert due is not None  # see _scheduled_run
    night = f"The night of {due.isoformat(timespec='seconds')}"
    if busy_at(read_health(workspace), due):
        raise LockedError(
            f"{night} is refused: another nightly run was at work when it was due",
            where=str(workspace.home),
            remedy="Nothing to do: nights are not queued, and the next one picks up what is new.",
        )
    grace = timedelta(minutes=workspace.config().nightly.late_after_min)
    newer = [other for other in _due_between(run, due + timedelta(seconds=1), now) if other.auto_scheduled]
    if now - due <= grace and not newer:
        return ""
    why = "a newer one is due" if newer else f"it comes more than {grace} late"
    return f"{night} was missed and is not made up for: {why}. The next night picks up what is new."


def _due_between(run: FlowRun, first: datetime, last: datetime) -> list[FlowRun]:
    """Return the runs of the same deployment that were due between two moments."""
    if run.deployment_id is None:
        return []
    due = FlowRunFilterExpectedStartTime.model_validate({"after_": first, "before_": last})
    with get_client(sync_client=True) as client:
        return client.read_flow_runs(
            flow_run_filter=FlowRunFilter(expected_start_time=due),
            deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[run.deployment_id])),
        )


def _page_of_build(workspace: Workspace, began: datetime) -> str:
    """Return the address of the page of the build that a night has run; empty where there was none."""
    name = FlowRunFilterName.model_validate({"any_": [f"build of {workspace.root}"]})
    since = FlowRunFilterStartTime.model_validate({"after_": began})
    with get_client(sync_client=True) as client:
        runs = client.read_flow_runs(flow_run_filter=FlowRunFilter(name=name, start_time=since))
    return (url_for("flow-run", obj_id=runs[-1].id) or "") if runs else ""


def _show(outcome: Outcome, page: str) -> None:
    """Create what the run's page shows: the steps, where the map is, and what was left out."""
    release = outcome.release
    if release is not None and outcome.what == "published":
        columns = ("name", "state", "why", "seconds")
        steps = [{column: step[column] for column in columns} for step in release.manifest["steps"]]
        create_table_artifact(key="nightly-steps", table=steps, description=f"Steps of release {release.id}")
    lines = [outcome.sentence, *outcome.notes, outcome.error]
    if page:
        lines.append(f"[The build: its stages, tasks and log]({page})")
    lines.append(f"Log: `{outcome.log}`")
    if release is not None:
        lines.append(f"Map: open `{release.folder / 'maps' / 'corridor.html'}` in a browser")
    lines += [f"Left for the next run, still being copied: `{name}`" for name in outcome.left]
    create_markdown_artifact(
        key="nightly-outcome", markdown="\n\n".join(line for line in lines if line),
        description="How the night went, where log and map are, and the page of the build, a flow run of its own",
    )  # fmt: skip
