"""Strikes at stations and in cells: grouped sums against ships one by one, and what must hold for any fleet."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.config.shipping import ShippingSection
from pipeline.hazards.shipping import ship_time
from pipeline.hazards.shipping.alike import Alike
from pipeline.hazards.shipping.incident import accidental_per_km_yr, strike_per_km_yr
from pipeline.hazards.shipping.routine import routine_per_km_yr
from pipeline.hazards.shipping.ship_time import ShipTime
from tests.hazards.shipping_builders import DEFAULTS
from tests.hazards.strike_tables import (
    anchorings,
    by_anchor,
    by_hand,
    depths,
    holdings,
    mixed_fleet,
    small_frame,
    times,
)

KEYS = pytest.mark.parametrize("key", ["station", "cell"])
SHIPS = mixed_fleet()
quick = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def total(table: pd.DataFrame, key: str, rate: str = "strike_per_km_yr") -> np.ndarray:
    places = len(small_frame().cells if key == "cell" else small_frame().stations)
    return np.bincount(table[key], weights=table[rate], minlength=places)


@KEYS
def test_grouped_sums_are_those_of_ships_one_by_one(tmp_path: Path, key: str) -> None:
    table = times(small_frame(), SHIPS, key)
    found, hand = by_anchor(tmp_path, key, table, SHIPS), by_hand(key, table, SHIPS)
    # The comb that the hand uses along the route is fine, not exact.
    assert total(found, key) == pytest.approx(hand.sum(axis=1), rel=1e-9 if key == "cell" else 2e-2, abs=1e-15)
    of_anchor = pd.DataFrame(hand.T).groupby(SHIPS["anchor_kg"]).sum().T
    for kg, rows in found.groupby("anchor_kg"):
        assert total(rows, key) == pytest.approx(
            of_anchor[kg].to_numpy(), rel=1e-9 if key == "cell" else 5e-2, abs=1e-15
        )


def test_groups_hold_ships_of_other_draughts_and_some_of_them_run_aground() -> None:
    alike = Alike.of(SHIPS, by_class=False)
    assert len(alike) < len(SHIPS)
    grounding = 1.1 * SHIPS["draught_m"]
    shallow = depths(small_frame(), "cell")
    assert ((shallow > grounding.min()) & (shallow < grounding.max())).sum() > 50


@KEYS
def test_no_digit_depends_on_batch_part_or_order_of_rows(
    tmp_path: Path, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = times(small_frame(), SHIPS, key)
    whole = by_anchor(tmp_path / "a", key, table, SHIPS)
    monkeypatch.setattr(ship_time, "BATCH_ROWS", 7)
    pd.testing.assert_frame_equal(whole, by_anchor(tmp_path / "b", key, table, SHIPS, held_rows=20), check_exact=True)
    mixed = table.sample(frac=1.0, random_state=2)
    pd.testing.assert_frame_equal(whole, by_anchor(tmp_path / "c", key, mixed, SHIPS, held_rows=20), check_exact=True)
    alike = Alike.of(SHIPS, by_class=False)
    assert len(list(ShipTime.read(tmp_path / "c" / f"{key}.parquet", key, alike, held_rows=20))) > 3


@KEYS
def test_ships_may_be_numbered_in_any_order(tmp_path: Path, key: str) -> None:
    table = times(small_frame(), SHIPS, key)
    order = np.random.default_rng(3).permutation(len(SHIPS))
    renumbered = table.assign(ship=np.argsort(order)[table["ship"]].astype("int32"))
    other = by_anchor(tmp_path / "b", key, renumbered, SHIPS.iloc[order].reset_index(drop=True))
    assert total(other, key) == pytest.approx(total(by_anchor(tmp_path / "a", key, table, SHIPS), key), rel=1e-12)


@KEYS
@quick
@given(share=st.floats(0.05, 0.95))
def test_splitting_rows_or_ships_changes_nothing(tmp_path: Path, key: str, share: float) -> None:
    table = times(small_frame(), SHIPS, key)
    part = np.rint(table["hours_us"] * share).astype("int64")
    whole = total(by_anchor(tmp_path, key, table, SHIPS), key)
    rows = pd.concat([table.assign(hours_us=part), table.assign(hours_us=table["hours_us"] - part)])
    assert total(by_anchor(tmp_path, key, rows, SHIPS), key) == pytest.approx(whole, rel=1e-12)
    twins = pd.concat([SHIPS, SHIPS], ignore_index=True)
    rows = pd.concat(
        [table.assign(hours_us=part),
         table.assign(hours_us=table["hours_us"] - part, ship=(table["ship"] + len(SHIPS)).astype("int32"))]
    ).sort_values([key, "ship"])  # fmt: skip
    assert total(by_anchor(tmp_path, key, rows, twins), key) == pytest.approx(whole, rel=1e-12)


@KEYS
@quick
@given(factor=st.floats(1.0, 20.0))
def test_linear_in_traffic_incidents_and_coverage(tmp_path: Path, key: str, factor: float) -> None:
    table = times(small_frame(), SHIPS, key)
    whole = total(by_anchor(tmp_path, key, table, SHIPS), key)
    more = table.assign(hours_us=np.rint(table["hours_us"] * factor).astype("int64"))
    assert total(by_anchor(tmp_path, key, more, SHIPS), key) == pytest.approx(whole * factor, rel=1e-6)
    for name in ("incident_per_ship_yr", "coverage_factor"):
        section = DEFAULTS.model_copy(update={name: getattr(DEFAULTS, name) * factor})
        assert total(by_anchor(tmp_path, key, table, SHIPS, section), key) == pytest.approx(whole * factor, rel=1e-12)


@given(growth=st.floats(-100.0, 300.0))
def test_growth_of_traffic_multiplies_every_kind_of_strike(growth: float) -> None:
    grown = DEFAULTS.model_copy(update={"traffic_growth_pct": growth})
    one = np.ones(1)

    def kinds(section: ShippingSection) -> list[float]:
        return [
            float(strike_per_km_yr(one, one, one, section)[0]),
            float(accidental_per_km_yr(one, one, section)[0]),
            float(routine_per_km_yr(one, one, 1.0, section)[0]),
        ]

    assert kinds(grown) == pytest.approx([rate * (1.0 + growth / 100.0) for rate in kinds(DEFAULTS)], rel=1e-12)


@KEYS
def test_mud_is_never_safer_than_sand(tmp_path: Path, key: str) -> None:
    table = times(small_frame(), SHIPS, key)
    sand, mud = (
        total(by_anchor(tmp_path, key, table, SHIPS, holding=np.full_like(holdings(small_frame(), key), kind)), key)
        for kind in (0, 1)
    )
    assert (mud >= sand).all()
    assert mud.sum() > 1.5 * sand.sum()


@KEYS
def test_anchors_of_one_mass_and_two_flukes_stay_apart(tmp_path: Path, key: str) -> None:
    table = times(small_frame(), SHIPS, key)
    longer = SHIPS.assign(fluke_length_m=SHIPS["fluke_length_m"] * np.where(SHIPS.index % 2, 1.0, 1.2))
    one, two = by_anchor(tmp_path, key, table, SHIPS), by_anchor(tmp_path, key, table, longer)
    assert len(two) > len(one)
    assert total(two, key) == pytest.approx(total(one, key), rel=1e-12)


def test_without_ship_time_nothing_strikes(tmp_path: Path) -> None:
    empty = times(small_frame(), SHIPS, "cell").iloc[:0]
    assert by_anchor(tmp_path, "cell", empty, SHIPS).empty


def test_accidental_release_by_hand(tmp_path: Path) -> None:
    """METHODS 1.4: 1e-3 per ship-year, 5 km, as far down as one side's chain reaches, and in no sum."""
    table = times(small_frame(), SHIPS, "station")
    sand = np.zeros_like(holdings(small_frame(), "station"))
    found = by_anchor(tmp_path, "station", table, SHIPS, holding=sand, depth_m=np.full(len(sand), 60.0))
    released = found["accidental_strike_per_km_yr"].sum()
    width, shortest = 2.0, 0.25
    hours = table["hours_us"].sum() / 3.6e9 / (width * shortest)  # in panels of 250 m; the two at the ends are half
    assert released == pytest.approx(1e-3 / 8760 * hours * 5.0, rel=0.1)
    deep = by_anchor(tmp_path, "station", table, SHIPS, depth_m=np.full(len(sand), SHIPS["chain_m"].max() / 2))
    assert deep.empty
    slope = by_anchor(tmp_path, "station", table, SHIPS, depth_m=np.full(len(sand), SHIPS["chain_m"].min() / 2 - 0.1))
    assert (slope["accidental_strike_per_km_yr"] > slope["strike_per_km_yr"]).any()  # no taper above d2


def test_routine_anchoring_by_hand() -> None:
    """10 anchorings within 500 m, fluke 1.08 m, set in 20 flukes: 10/0.7854 x 0.0216 km x 2/pi x 0.05."""
    rate = routine_per_km_yr(np.array(10.0), np.array(1.08), 1.0, DEFAULTS)
    assert float(rate) == pytest.approx(10 / 0.785398 * 0.0216 * 0.636620 * DEFAULTS.routine_disregard, rel=1e-5)
    assert routine_per_km_yr(np.array(10.0), np.array(1.08), 2.0, DEFAULTS) == pytest.approx(rate / 2)


@KEYS
def test_routine_anchoring_is_part_of_the_strikes_and_told_apart(tmp_path: Path, key: str) -> None:
    frame = small_frame()
    table, some = times(frame, SHIPS, key), anchorings(frame, SHIPS)
    without, found = (by_anchor(tmp_path, key, table, SHIPS, anchorings=a) for a in (None, some))
    routine = total(found, key, "routine_strike_per_km_yr")
    assert total(found, key) == pytest.approx(total(without, key) + routine, rel=1e-12)
    places = (frame.cells if key == "cell" else frame.stations)[["x_m", "y_m"]].to_numpy()
    distance = np.hypot(*(places[:, None, :] - some.xy_m[None, :, :]).transpose(2, 0, 1))
    per_one = routine_per_km_yr(np.ones(len(SHIPS)), SHIPS["fluke_length_m"].to_numpy(), 1.0, DEFAULTS)
    hand = ((distance <= 500.0) * per_one[some.ship]).sum(axis=1) * (depths(frame, key) > 0)
    assert routine == pytest.approx(hand, rel=1e-12, abs=1e-18)
    backwards = replace(some, ship=some.ship[::-1], xy_m=some.xy_m[::-1])
    again = by_anchor(tmp_path, key, table, SHIPS, anchorings=backwards)
    pd.testing.assert_frame_equal(found, again, check_exact=True)


def test_routine_anchoring_along_the_cable_is_that_of_the_anchors_dropped_near_it(tmp_path: Path) -> None:
    """Each anchoring counts once, spread over the places within the radius, wherever it lies (Buffon)."""
    frame = small_frame()
    some = anchorings(frame, SHIPS, 4000)
    inner = (np.abs(some.xy_m[:, 1] - frame.stations["y_m"].mean()) < 1500) & (
        np.abs(some.xy_m[:, 0] - frame.stations["x_m"].mean()) < 450
    )
    some = replace(some, ship=some.ship[inner] * 0, xy_m=some.xy_m[inner])
    nothing = times(frame, SHIPS, "station").iloc[:0]
    deep = np.full(len(frame.stations), 40.0)
    found = by_anchor(tmp_path, "station", nothing, SHIPS, anchorings=some, depth_m=deep)
    per_yr = (total(found, "station") * frame.stations["length_km"]).sum()
    offset = np.abs(some.xy_m[:, 0] - frame.stations["x_m"].mean()) / 1000
    chord = (2 * np.sqrt(0.25 - offset**2) / (np.pi * 0.25)).sum()
    fluke = SHIPS["fluke_length_m"][0]
    assert per_yr == pytest.approx(chord * 20 * fluke / 1000 * 2 / np.pi * DEFAULTS.routine_disregard, rel=0.03)


def test_configuration_of_the_scenarios() -> None:
    assert ShippingSection(routine_anchoring=False).routine_anchoring is False
    with pytest.raises(ValueError, match="routine_disregard"):
        ShippingSection(routine_disregard=1.5)
    with pytest.raises(ValueError, match="accidental_per_ship_yr"):
        ShippingSection(accidental_per_ship_yr=-1.0)
