"""What measured layers do to the decision: the factor, its spread, and nothing where nothing was measured."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.burial.explain import explain
from pipeline.burial.factors import Factors
from pipeline.config import Config
from pipeline.seabed.ground import STRENGTHS
from pipeline.seabed.strength import factor_draws
from tests.burial.fabricate import NO_SPREAD, Corridor, bury, straight_frame

NAN = float("nan")
FLUKE_M = 0.8
MUD = Corridor(
    straight_frame(3.0),
    soil_class=lambda kp: "mud",
    anchors=lambda kp: [(1020.0, FLUKE_M, 2e-3)],
    config={"uncertainty": NO_SPREAD},
)
MEASURED = replace(
    MUD,
    layered_f=lambda kp: 1.2 if kp > 1.55 else NAN,
    su_kpa=lambda kp: (20.0, 35.0, 50.0) if kp > 1.55 else (NAN, NAN, NAN),
)


def places(*rows: tuple[str, float, list[float]]) -> pd.DataFrame:
    table = pd.DataFrame([[name, f, *strength] for name, f, strength in rows])
    table.columns = ["soil_class", "layered_f", *STRENGTHS]
    return table


BLANK = [NAN] * 6
CLAY = [20.0, 35.0, 50.0, NAN, NAN, NAN]


def built(corridor: Corridor, root: Path) -> pd.DataFrame:
    context = corridor.context(root)
    bury(context)
    return pd.read_parquet(context.out / "stations.parquet")


def test_the_measured_factor_decides_where_it_was_measured(tmp_path: Path) -> None:
    before, after = built(MUD, tmp_path / "before"), built(MEASURED, tmp_path / "after")
    near = after["kp_km"] > 1.55
    assert after["penetration_f"].tolist() == np.where(near, 1.2, 3.0).tolist()
    for percentile in (10, 50, 90):
        required = after[f"required_dol_p{percentile}_m"].to_numpy()
        assert required == pytest.approx(np.where(near, 1.2, 3.0) * FLUKE_M)
    shown = [name for name in before if name not in STRENGTHS]
    pd.testing.assert_frame_equal(before.loc[~near, shown], after.loc[~near, shown])


def test_the_cells_follow(tmp_path: Path) -> None:
    context = MEASURED.context(tmp_path)
    bury(context)
    cells = pd.read_parquet(context.out / "cells.parquet").merge(
        MEASURED.frame.cells[["cell", "kp_km"]], on="cell", validate="one_to_one"
    )
    expected = np.where(cells["kp_km"] > 1.55, 1.2, 3.0) * FLUKE_M
    assert cells["required_dol_p50_m"].to_numpy() == pytest.approx(expected)


def test_the_spread_of_the_measured_strength_counts(tmp_path: Path) -> None:
    drawn = {"uncertainty": {**NO_SPREAD, "soil_strength": True, "draws": 400}}
    table = built(replace(MEASURED, config=drawn), tmp_path)
    near = table[table["kp_km"] > 1.55]
    assert (near["required_dol_p10_m"] < 1.2 * FLUKE_M).all()
    assert (near["required_dol_p90_m"] > 1.2 * FLUKE_M).all()


def test_draws_of_a_group_bend_around_its_own_factor() -> None:
    factors = Factors.from_config(Config())
    at = factors.at(places(("mud", NAN, BLANK), ("mud", 1.2, CLAY), ("mud", 1.2, CLAY), ("rock", 0.5, BLANK)))
    assert at.f.tolist() == [3.0, 1.2, 1.2, 0.5]
    assert at.group[0] == "mud"
    assert at.group[1] == at.group[2] != at.group[0]
    u = np.array([0.05, 0.5, 0.95])
    own = at.draws(str(at.group[1]), u)
    assert own[1] == pytest.approx(1.2)
    assert own[0] > own[1] > own[2]
    assert at.draws("mud", u).tolist() == factor_draws(Config().soil, "mud", u).tolist()
    assert at.draws(str(at.group[3]), u).tolist() == [0.5, 0.5, 0.5]


def test_the_binary_rule_knows_no_layers() -> None:
    factors = Factors.from_config(Config.model_validate({"shipping": {"penetration": "ctc835_binary"}}))
    at = factors.at(places(("mud", 1.2, CLAY)))
    assert (at.f.tolist(), at.group.tolist()) == ([3.0], ["mud"])


def test_the_order_of_places_changes_no_group() -> None:
    rows = [("mud", 1.2, CLAY), ("sand", NAN, BLANK), ("mud", 1.1, CLAY)]
    factors = Factors.from_config(Config())
    one, other = factors.at(places(*rows)), factors.at(places(*rows[::-1]))
    assert one.group.tolist() == other.group.tolist()[::-1]


def test_explain_says_where_strength_comes_from(tmp_path: Path) -> None:
    context = MEASURED.context(tmp_path)
    facts = {**context.facts, "burial": bury(context)}
    path = context.inputs["soil"] / "stations.parquet"
    pd.read_parquet(path).assign(soil_kind="cpt", soil_sample="C7", soil_sample_m=120.0).to_parquet(path, index=False)
    bury(context)
    folders = {**context.inputs, "burial": context.out}
    told = dict(dict(explain(2.0, folders, facts, Config.model_validate(MEASURED.config)).sections)["Seabed"])
    assert told["soil"].endswith("profile C7, 120 m away, confidence C")
    assert told["strength of the top metre"].startswith("su P10/P50/P90 20/35/50 kPa (measured")
    assert told["penetration factor f"].startswith("1.2 fluke lengths")
    assert told["penetration factor f"].endswith("the class alone has 3")
    assert told["0.00 to 5.00 m"] == "mud (class)"
