"""What AIS covers in time and place, and what strikes make of it: no silence, gap or land may pass for safety."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipeline.config import Config
from pipeline.hazards.shipping import strikes
from pipeline.hazards.shipping.explain import explain_station
from pipeline.hazards.shipping.station_ships import station_ship_rates
from pipeline.hazards.shipping.water_share import panel_water_share
from tests.hazards.shipping_builders import (
    DEFAULTS,
    TANKER_7000,
    crossing,
    source,
    straight_frame,
    strikes_context,
    track,
)
from tests.hazards.strike_tables import by_anchor, mixed_fleet, small_frame, times
from tests.hazards.test_shipping_steps import folders_of, full_run, run_ais, save

DAY_MIN = 1440.0


def daily(frame, days, **ship):
    return pd.concat([crossing(frame, DAY_MIN * day + 600, 5.0, **ship) for day in days], ignore_index=True)


def test_a_month_of_files_under_a_period_of_a_year_is_told(tmp_path):
    frame = straight_frame()
    path = save(daily(frame, range(31)), tmp_path / "ais.csv")
    _, year = run_ais(tmp_path / "a", frame, path)
    assert year["years_covered"] == 1.0
    (told,) = (text for text in year["findings"] if "no row of any ship" in text)
    assert "on 334 of the 365 days" in told
    assert "11.8 times too few" in told
    _, month = run_ais(tmp_path / "b", frame, sources=(source(path, period=("2025-01-01", "2025-01-31")),))
    assert not any("no row of any ship" in text for text in month["findings"])
    _, bare = run_ais(tmp_path / "c", frame, sources=(source(path, period=None),))
    assert not any("no row of any ship" in text for text in bare["findings"])


def test_a_day_a_month_is_told_without_a_period(tmp_path):
    frame = straight_frame()
    firsts = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
    path = save(daily(frame, firsts), tmp_path / "ais.csv")
    _, facts = run_ais(tmp_path, frame, sources=(source(path, period=None),))
    assert any("on 323 of the 335 days" in text and "27.9 times" in text for text in facts["findings"])


def test_a_source_that_ran_beside_a_longer_one_is_told(tmp_path):
    frame = straight_frame()
    months = {"a": range(365), "b": range(30), "c": range(30, 365)}
    paths = {name: save(daily(frame, days, reports=3), tmp_path / f"{name}.csv") for name, days in months.items()}
    month, rest = ("2025-01-01", "2025-01-30"), ("2025-01-31", "2025-12-31")
    _, facts = run_ais(tmp_path / "1", frame, sources=(source(paths["a"]), source(paths["b"], period=month)))
    (told,) = (text for text in facts["findings"] if "ran beside others" in text)
    assert told.startswith("source ais1 ran beside others for 8%")
    assert "12.2 times too few" in told
    one_after_the_other = (source(paths["b"], period=month), source(paths["c"], period=rest))
    _, facts = run_ais(tmp_path / "2", frame, sources=one_after_the_other)
    assert not any("ran beside others" in text for text in facts["findings"])


def test_where_nothing_was_heard_strikes_are_blank(tmp_path):
    frame = straight_frame()
    n = len(frame.stations)
    table = pd.concat([crossing(frame, 600 * day, 1.0 + day % 4, **TANKER_7000) for day in range(1, 20)])
    _, facts = run_ais(tmp_path, frame, save(table, tmp_path / "ais.csv"), heard_km=6.0)
    later = strikes_context(tmp_path, frame, facts, np.full(n, 40.0), ["sand"] * n)
    told = strikes.run(later)
    stations = pd.read_parquet(later.out / "stations.parquet")
    kp = frame.stations["kp_km"]
    rates = stations[["anchor_strike_per_km_yr", "routine_strike_per_km_yr", "passages_per_km_yr"]]
    assert rates[kp < 9.0].notna().all(axis=None)
    assert rates[kp > 11.5].isna().all(axis=None)
    assert (stations["anchor_strike_per_km_yr"][(kp > 7.0) & (kp < 9.0)] == 0.0).all()
    cells = pd.read_parquet(later.out / "cells.parquet")["anchor_strike_per_km_yr"]
    assert cells[frame.cells["kp_km"] < 9.0].notna().all()
    assert cells[frame.cells["kp_km"] > 11.5].isna().all()
    (text,) = (text for text in facts["findings"] if "nobody may have listened" in text)
    assert "to 20.0)" in text
    assert told["not_assessed_km"] == pytest.approx(9.9, abs=1.0)
    assert "any AIS report near" in told["findings"][0]
    assert explain_station(folders_of(later), later.facts, n - 1, Config()) is None


def test_a_ship_at_anchor_is_heard_too(tmp_path):
    frame = straight_frame()
    still = track(frame, np.arange(0, 300, 10.0), 18.0, 200.0, sog=0.0)
    table = pd.concat([crossing(frame, 600, 2.0, mmsi=999000002), still])
    context, facts = run_ais(tmp_path, frame, save(table, tmp_path / "ais.csv"), heard_km=9.0)
    assert pd.read_parquet(context.out / "heard_stations.parquet")["heard"].all()
    assert not any("nobody may have listened" in text for text in facts["findings"])


def test_all_reports_in_silences_are_called_so(tmp_path):
    frame = straight_frame()
    table = pd.concat([crossing(frame, 600 * at, 5.0, reports=2) for at in range(1, 6)])
    _, facts = run_ais(tmp_path, frame, save(table, tmp_path / "ais.csv"))
    assert facts["assessed"] is False
    assert "lies in silences and makes no track" in facts["summary"]
    assert 'receiver = "satellite"' in facts["summary"]
    assert "none of the" not in facts["summary"]


def test_ship_time_is_divided_by_water_alone(tmp_path):
    frame, ships = small_frame(), mixed_fleet()
    land = frame.cells["offset_m"].to_numpy() > 0.0
    share = panel_water_share(frame, land, 1000.0, DEFAULTS)
    assert share == pytest.approx(0.5, abs=0.03)
    assert panel_water_share(frame, np.zeros(len(land), bool), 1000.0, DEFAULTS) == pytest.approx(1.0)
    assert panel_water_share(frame, np.ones(len(land), bool), 1000.0, DEFAULTS) == pytest.approx(0.05)
    table = times(frame, ships, "station")
    whole, water = (by_anchor(tmp_path, "station", table, ships, water_share=of) for of in (None, share))
    ratio = water["strike_per_km_yr"] / whole["strike_per_km_yr"]
    assert ratio.to_numpy() == pytest.approx(1.0 / share[whole["station"]])
    of_cells = times(frame, ships, "cell")
    every, wet = (by_anchor(tmp_path, "cell", of_cells, ships, land=of) for of in (None, land))
    ratio = (wet["strike_per_km_yr"] / every["strike_per_km_yr"]).to_numpy()
    far = frame.cells["offset_m"].to_numpy()[every["cell"]] < -1250.0 - 125.0
    assert far.any()
    assert ratio[far] == pytest.approx(1.0)
    assert (ratio[~far] > 1.0).all()


def test_strikes_beside_land_rise_by_the_land_that_they_were_divided_by(tmp_path):
    frame = straight_frame()
    n = len(frame.stations)
    table = pd.concat([crossing(frame, 600 * day, 2.2, **TANKER_7000) for day in range(1, 20)])
    _, wet, _ = full_run(tmp_path / "wet", frame, table)
    depth = np.where(frame.stations["kp_km"] < 2.0, -1.0, 40.0)
    _, shore, _ = full_run(tmp_path / "shore", frame, table, depth_m=depth)
    before, after = (pd.read_parquet(of.out / "stations.parquet")["anchor_strike_per_km_yr"] for of in (wet, shore))
    share = pd.read_parquet(shore.out / "station_inputs.parquet")["water_share"]
    some = (after > 0).to_numpy()
    assert 0.4 < share[some].min() < 0.7
    assert after[some].to_numpy() == pytest.approx((before / share)[some].to_numpy())
    at = int(np.flatnonzero(some)[0])
    one = station_ship_rates(folders_of(shore), shore.facts, Config(), at)
    assert one["strike_per_km_yr"].sum() == pytest.approx(after[at], rel=1e-12)
    assert len(pd.read_parquet(shore.out / "station_inputs.parquet")) == n


def test_ships_that_could_not_float_where_ais_shows_them_are_told(tmp_path):
    frame = straight_frame()
    depth = np.where(frame.stations["kp_km"] < 10.0, 4.0, 40.0)
    table = pd.concat([crossing(frame, 600 * at, kp, **TANKER_7000) for at, kp in enumerate([5.02, 5.02, 15.02], 1)])
    _, _, told = full_run(tmp_path, frame, table, depth_m=depth)
    assert told["aground_share"] == pytest.approx(2 / 3, rel=1e-3)
    (text,) = (text for text in told["findings"] if "times the ship's draught" in text)
    assert "(KP 5.0 to 5.0)" in text
    assert "(66.7%)" in text
    _, _, deep = full_run(tmp_path / "deep", frame, table)
    assert deep["aground_share"] == 0.0
    assert not any("times the ship's draught" in text for text in deep["findings"])


def test_the_name_of_a_workspace_is_no_pattern(tmp_path):
    frame = straight_frame(60.0)
    for folder, kp_km in (("a b 12", 55.0), ("a [b] *?", 5.0)):
        path = save(crossing(frame, 600, kp_km), tmp_path / f"{kp_km}.csv")
        context, _ = run_ais(tmp_path / folder, frame, path)
    heard = pd.read_parquet(context.out / "heard_stations.parquet")["heard"]
    assert (heard.iloc[0], heard.iloc[-1]) == (True, False)
