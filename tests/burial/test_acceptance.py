"""METHODS 1.2: how the tolerable strikes of the whole cable are shared along it, against figures worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.burial.acceptance import limit_per_km_yr, uniform_limit_per_km_yr
from pipeline.config.corridor import AcceptanceSection
from tests.burial.fabricate import NO_SPREAD, Corridor, bury, straight_frame


def section(**keys: object) -> AcceptanceSection:
    return AcceptanceSection.model_validate(keys)


def test_one_kilometre_of_380_at_one_in_ten_thousand() -> None:
    limit = limit_per_km_yr(section(route_strikes_per_yr=1e-4), np.ones(380), ["sand"] * 380, 1.0)
    assert limit == pytest.approx(np.full(380, 2.632e-7), rel=2e-4)
    assert uniform_limit_per_km_yr(section(route_strikes_per_yr=1e-4), 380.0) == pytest.approx(2.632e-7, rel=2e-4)


def test_shares_by_length_use_up_the_tolerance_whatever_the_stations() -> None:
    length = np.array([0.05, 0.1, 0.4, 3.0, 0.05])
    limit = limit_per_km_yr(section(route_strikes_per_yr=1e-3), length, list("abcab"), 1.0)
    assert (limit * length).sum() == pytest.approx(1e-3)
    assert np.ptp(limit) == 0.0


def test_equal_shares_by_section() -> None:
    """10 km of sand and 2 km of mud: half the tolerance each, so a kilometre of mud may have five times as much."""
    soil = ["sand"] * 10 + ["mud"] * 2
    limit = limit_per_km_yr(section(route_strikes_per_yr=1e-3, allocation="section"), np.ones(12), soil, 1.0)
    assert limit == pytest.approx([5e-5] * 10 + [2.5e-4] * 2)


def test_a_section_that_is_too_short_joins_its_longer_neighbour() -> None:
    soil = ["sand"] * 6 + ["rock"] + ["mud"] * 3
    limit = limit_per_km_yr(section(route_strikes_per_yr=1e-3, allocation="section"), np.ones(10), soil, 1.5)
    assert limit == pytest.approx([1e-3 / 2 / 7] * 7 + [1e-3 / 2 / 3] * 3)


def test_without_sharing_every_reference_length_may_use_it_all() -> None:
    limit = limit_per_km_yr(section(route_strikes_per_yr=1e-4, allocation="none"), np.ones(380), ["sand"] * 380, 1.0)
    assert limit == pytest.approx(np.full(380, 2e-5))


@pytest.mark.parametrize(("allocation", "required"), [("length", 0.805321), ("section", 0.0), ("none", 0.0)])
def test_the_share_decides_the_depth(tmp_path: Path, allocation: str, required: float) -> None:
    """8 km of sand, then 2 km of mud with strikes of 1.5e-4 /km/yr: above 1e-4 by length, below 2.5e-4 by section."""
    corridor = Corridor(
        straight_frame(10.0),
        soil_class=lambda kp: "sand" if kp < 8 else "mud",
        anchors=lambda kp: [(1020.0, 0.805321, 1.5e-4)] if kp > 8.2 else [],
        config={
            "acceptance": {"route_strikes_per_yr": 1e-3, "allocation": allocation},
            "burial": {"minimum_target_dol_m": []},
            "uncertainty": NO_SPREAD,
        },
    )
    context = replace(corridor).context(tmp_path)
    facts = bury(context)
    stations = pd.read_parquet(context.out / "stations.parquet")
    inner = stations[stations["kp_km"] > 8.5]
    np.testing.assert_allclose(inner["required_dol_anchor_m"], 3.0 * required, rtol=1e-5)
    assert facts["totals"]["uniform_limit_per_km_yr"] == pytest.approx(1e-4, rel=1e-6)
    assert facts["totals"]["tolerable_strike_per_yr"] == 1e-3
