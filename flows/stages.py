"""A flow a stage. Its steps are sent to the engine that the session has."""

from __future__ import annotations

from prefect import Flow, flow

from flows.conductor import Conductor
from flows.session import session_of
from pipeline.plan import STEPS

STAGE_TITLES = {
    "route": "Route, stations and grid",
    "site": "Depth, terrain, soil and ships",
    "threats": "Anchors, fishing, ground motion and slopes",
    "burial": "Burial depth and zones",
    "publish": "Tables and map",
}
"""A stage waits for the one before it; the steps of a stage run side by side as far as they can."""


def _stage_flow(stage: str, title: str) -> Flow[[str], list[str]]:
    def run_stage(workspace: str) -> list[str]:
        session = session_of(workspace)
        return Conductor(session, [d for d in session.to_run if d.step.stage == stage]).run()

    run_stage.__doc__ = title
    named = flow(
        name=f"corridor-{stage}", flow_run_name=title, description=_described(stage, title), persist_result=False,
        retries=0,
    )  # fmt: skip
    return named(run_stage)


def _described(stage: str, title: str) -> str:
    steps = [f"- {step.title}" for step in STEPS if step.stage == stage]
    return "\n".join([f"{title}. A step whose kept result is still good does not run.", "", *steps])


STAGES: dict[str, Flow[[str], list[str]]] = {name: _stage_flow(name, title) for name, title in STAGE_TITLES.items()}
