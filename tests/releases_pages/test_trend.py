"""Costs over releases: what was reused has not become cheap."""

from __future__ import annotations

import pytest

from pipeline.mapping.messages import Said
from pipeline.plan import STEPS
from pipeline.releases.trend import MOST_BARS, build_costs, charts, step_costs
from pipeline.store.reasons import explain_change

from .made import made

ALL_S = 0.1 + 2.4 + 40.0 + 8.0 + 3.0


def test_a_build_that_reused_steps_cost_as_much_and_spent_less() -> None:
    first, second = build_costs([made(1), made(2, ran="map")])
    assert first.all_s == second.all_s == pytest.approx(ALL_S)
    assert first.spent_s == pytest.approx(ALL_S)
    assert second.spent_s == pytest.approx(3.0)
    assert (second.ran, second.reused, second.peak_mb) == (1, 4, 940.0)


def test_a_step_that_read_few_of_its_files_costs_as_much_and_spent_less() -> None:
    partly = made(2, ran="ais burial map", read=(1, 12))
    ais = next(step for step in partly.manifest["steps"] if step["name"] == "ais")
    ais["spent_s"] = 3.5
    costs = build_costs([made(1), partly])
    assert [cost.all_s for cost in costs] == pytest.approx([ALL_S] * 2)
    assert costs[1].spent_s == pytest.approx(3.5 + 8.0 + 3.0)
    _, spent, _ = charts(costs, partly.manifest["release"])
    assert spent.bars[1].words == "2026-11-02 02:15 UTC: 14.5\u00a0s; steps that ran: 3, reused: 2"
    row = step_costs(partly)[2]
    assert (row.files, row.seconds, row.ran) == ("1 of 12", 40.0, True)


def test_what_the_steps_of_the_plan_do_is_said_in_every_language() -> None:
    release = made(1)
    release.manifest["steps"] = [release.manifest["steps"][0] | {"title": step.title} for step in STEPS]
    assert [row.title for row in step_costs(release) if not isinstance(row.title, Said)] == []
    assert step_costs(made(1))[0].title == "Read the route", "another program's words stay as they are"


def test_reasons_that_name_nothing_are_said_in_every_language() -> None:
    old = {"files": {}, "content": [], "sources": {}, "parameters": {}, "upstream": {}, "code": "a", "libraries": {}}
    reasons = [explain_change(None, old), explain_change(old, old | {"code": "b"}), explain_change(old, old)]
    release = made(1)
    release.manifest["steps"] = [release.manifest["steps"][0] | {"why": why} for why in reasons]
    assert [row.why for row in step_costs(release) if not isinstance(row.why, Said)] == []


def test_bars_stand_in_proportion_inside_the_picture() -> None:
    history = [made(1), made(2, ran="map"), made(3)]
    cost, spent, memory = charts(build_costs(history), history[2].manifest["release"])
    assert len({bar.height for bar in cost.bars}) == 1
    assert spent.bars[1].height / spent.bars[0].height == pytest.approx(3.0 / ALL_S, rel=0.01)
    assert [bar.shown for bar in memory.bars] == [False, False, True]
    for chart in (cost, spent, memory):
        for bar in chart.bars:
            assert 0 <= bar.x < bar.x + bar.width <= chart.width
            assert 0 < bar.y < bar.y + bar.height <= chart.base + 0.01
    assert (cost.first, cost.last) == ("2026-11-01", "2026-11-03")


def test_many_releases_are_the_newest_ones_and_few_numbers() -> None:
    history = [made(1 + n % 28) for n in range(MOST_BARS + 5)]
    chart = charts(build_costs(history), history[-1].manifest["release"])[0]
    assert len(chart.bars) == MOST_BARS
    assert len([bar for bar in chart.bars if bar.label]) <= 2
    assert chart.bars[-1].x + chart.bars[-1].width <= chart.width
    assert charts([], "")[0].bars == []
