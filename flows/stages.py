"""A flow a stage: the tasks of its steps, each as soon as the steps before it are done."""

from __future__ import annotations

from typing import Any, cast

from prefect import Flow, flow
from prefect.futures import PrefectFuture
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from flows.session import session_of
from flows.tasks import run_step
from pipeline.plan import STEPS

STAGE_TITLES = {
    "route": "Route, stations and grid",
    "seabed": "Depth, terrain and soil",
    "shipping": "Ships, anchors and strikes",
    "fishing": "Fishing effort and strikes",
    "seismic": "Ground motion and slopes",
    "burial": "Burial depth and zones",
    "publish": "Tables and map",
}
WORKERS = 2


def _stage_flow(stage: str, title: str) -> Flow[[str], list[str]]:
    def run_stage(workspace: str) -> list[str]:
        futures: dict[str, PrefectFuture[dict[str, object]]] = {}
        for decision in session_of(workspace).to_run:
            step = decision.step
            if step.stage == stage:
                before = [futures[name] for name in step.after if name in futures]
                futures[step.name] = run_step.submit(
                    workspace=workspace, step_name=step.name, wait_for=before, return_state=False
                )
        return [str(future.result()["summary"]) for future in futures.values()]

    run_stage.__doc__ = title
    runner = cast("TaskRunner[PrefectFuture[Any]]", ThreadPoolTaskRunner(max_workers=WORKERS))
    named = flow(
        name=f"corridor-{stage}", flow_run_name=title, description=_described(stage, title), task_runner=runner,
        persist_result=False, retries=0,
    )  # fmt: skip
    return named(run_stage)


def _described(stage: str, title: str) -> str:
    steps = [f"- {step.title}" for step in STEPS if step.stage == stage]
    return "\n".join([f"{title}. A step whose kept result is still good does not run.", "", *steps])


STAGES: dict[str, Flow[[str], list[str]]] = {name: _stage_flow(name, title) for name, title in STAGE_TITLES.items()}
