"""Zones that are shown joined: worst numbers, nothing lost, and little that looks deeper than it is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.mapping.joining import join_zones, joined_starts


def table(targets: list[float], lengths: list[float]) -> pd.DataFrame:
    ends = np.cumsum(lengths)
    count = len(targets)
    return pd.DataFrame(
        {
            "zone_id": np.arange(1, count + 1), "kp_from_km": ends - lengths, "kp_to_km": ends, "length_km": lengths,
            "target_dol_m": targets, "achievable_dol_m": np.linspace(1.0, 2.0, count),
            "deficit_m": np.linspace(0.0, 1.0, count), "governing": ["anchor", *["fishing"] * (count - 1)],
            "residual_strike_per_yr": 1e-5, "return_period_yr": 1e5, "confidence": ["A", *["C"] * (count - 1)],
            "provenance": ["survey", *["synthetic"] * (count - 1)],
        }
    )  # fmt: skip


def test_few_zones_stay_as_they_are() -> None:
    zones = table([1.0, 2.0], [1.0, 1.0])
    assert join_zones(zones, 2) is zones


def test_a_joined_zone_has_the_worst_numbers_and_the_commonest_words() -> None:
    joined = join_zones(table([0.6, 1.0, 0.6, 3.0], [1.0, 1.0, 2.0, 5.0]), 2)
    assert joined["zone_id"].tolist() == ["1\N{EN DASH}3", 4]
    first = joined.iloc[0]
    assert (first["kp_from_km"], first["kp_to_km"], first["length_km"]) == (0.0, 4.0, 4.0)
    assert first["target_dol_m"] == 1.0
    assert first["achievable_dol_m"] == 1.0
    assert first["deficit_m"] == pytest.approx(2 / 3)
    assert first["residual_strike_per_yr"] == pytest.approx(3e-5)
    assert first["return_period_yr"] == pytest.approx(1 / 3e-5)
    assert (first["governing"], first["confidence"], first["provenance"]) == ("fishing", "C", "synthetic")
    assert joined.iloc[1].to_dict() == table([0.6, 1.0, 0.6, 3.0], [1.0, 1.0, 2.0, 5.0]).iloc[3].to_dict()


def test_the_cheapest_pair_is_joined_first() -> None:
    assert joined_starts([1.0, 1.0, 3.0, 2.0], [9.0, 9.0, 9.0, 0.1], 2) == [0, 2]
    assert joined_starts([3.0, 0.0, 3.0], [5.0, 1.0, 5.0], 1) == [0]


def test_what_is_not_decided_joins_nothing_that_is() -> None:
    assert joined_starts([1.0, np.nan, np.nan, 1.0], [1.0] * 4, 1) == [0, 1, 3]


@given(
    st.lists(st.tuples(st.sampled_from([0.0, 0.6, 1.0, 3.0]), st.floats(0.1, 50.0)), min_size=2, max_size=40),
    st.integers(1, 12),
)
def test_nothing_is_lost_and_nothing_looks_shallower(zones: list[tuple[float, float]], most: int) -> None:
    before = table([target for target, _ in zones], [length for _, length in zones])
    after = join_zones(before, most)
    assert len(after) == min(most, len(before))
    assert after["kp_from_km"].iloc[0] == before["kp_from_km"].iloc[0]
    assert after["kp_from_km"].to_numpy()[1:] == pytest.approx(after["kp_to_km"].to_numpy()[:-1])
    assert after["kp_to_km"].iloc[-1] == before["kp_to_km"].iloc[-1]
    assert after["length_km"].sum() == pytest.approx(before["length_km"].sum())
    assert after["residual_strike_per_yr"].sum() == pytest.approx(before["residual_strike_per_yr"].sum())
    place = np.searchsorted(after["kp_to_km"], (before["kp_from_km"] + before["kp_to_km"]) / 2)
    assert (after["target_dol_m"].to_numpy()[place] >= before["target_dol_m"].to_numpy()).all()
