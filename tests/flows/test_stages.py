"""Stages in their order, and what the processes of a cluster load."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise

import pytest

from flows.stages import STAGE_TITLES, STAGES
from pipeline.plan import STEPS


def test_a_step_needs_nothing_of_a_later_stage():
    order = list(STAGES)
    stage = {step.name: order.index(step.stage) for step in STEPS}
    assert list(STAGE_TITLES) == order
    assert set(stage.values()) == set(range(len(order)))
    assert all(stage[name] <= stage[step.name] for step in STEPS for name in step.after)
    assert all(stage[a.name] <= stage[b.name] for a, b in pairwise(STEPS)), "and steps are told in that order"
    before: set[str] = set()
    for step in STEPS:
        assert before.issuperset(step.after), step.name
        before.add(step.name)


@pytest.mark.parametrize(
    ("module", "left_out"),
    [("flows.tasks", ("pipeline.plan", "scipy", "rasterio")), ("flows.cluster.preload", ("prefect", "pipeline.plan"))],
)
def test_what_a_scheduler_and_a_keeper_load_is_little(module, left_out):
    if module.startswith("flows.cluster"):
        pytest.importorskip("distributed", reason="the libraries of the Dask engine are not installed")
    said = subprocess.run(
        [sys.executable, "-c", f"import {module}, sys; print(*sorted(sys.modules))"],
        capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    assert module in said
    assert not set(left_out).intersection(said)
