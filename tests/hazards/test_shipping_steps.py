"""The steps `ais` and `shipping` on AIS tables: cleaning, counts, failure modes, determinism, T17."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rasterio
from pydantic import ValidationError

from pipeline.config import Config
from pipeline.errors import DataError
from pipeline.geo import read_band
from pipeline.hazards.shipping import stream, strikes
from pipeline.hazards.shipping.chunk_work import ChunkWork
from pipeline.hazards.shipping.coarse import Coarse
from pipeline.hazards.shipping.explain import explain_station
from pipeline.hazards.shipping.station_ships import station_ship_rates
from tests.hazards.shipping_builders import (
    TANKER_2000,
    TANKER_7000,
    ais_context,
    crossing,
    left_at,
    run_ais_step,
    source,
    straight_frame,
    strikes_context,
    track,
)


def save(table: pd.DataFrame, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(path, index=False)
    return path


def traffic(frame, ships: int = 3, passages: int = 12) -> pd.DataFrame:
    """Ships that cross at various places, some of them oblique, some moored beside the cable."""
    rng = np.random.default_rng(5)
    rows = []
    for ship in range(ships):
        for at in range(passages):
            minute = 1000.0 * (at + 1) + 70 * ship
            step = np.linspace(-20, 20, 6)
            along = rng.uniform(2, 18) + step * rng.uniform(-0.1, 0.1)
            rows.append(track(frame, minute + step, along, step * 280, mmsi=999000001 + ship, **TANKER_7000))
        still = np.arange(0, 300, 10.0)
        moored = {"mmsi": 999000001 + ship, "sog": 0.1, "Status": 5, **TANKER_7000}
        rows.append(track(frame, 20000 + still, 6.0, rng.normal(0, 15, len(still)), **moored))
    return pd.concat(rows, ignore_index=True)


def run_ais(tmp_path, frame, *paths, sources=None, cuts=(), threads=1, **shipping):
    context = replace(ais_context(tmp_path, frame, sources or (source(*paths),), **shipping), threads=threads)
    return context, run_ais_step(context, cuts)


def tables(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_every_row_has_one_fate(tmp_path):
    frame = straight_frame()
    good = crossing(frame, 600, 5.0)
    spoiled = {
        "no_position": {"LAT": 91.0, "LON": 181.0}, "invalid_mmsi": {"MMSI": 111111111},
        "not_a_ship": {"MMSI": 4230001}, "too_fast": {"SOG": 60.0},
        "outside_period": {"BaseDateTime": "2026-02-01T00:00:00"},
        "outside_corridor": {"LAT": 30.0},
    }  # fmt: skip
    extra = [good.iloc[[0]].assign(**change) for change in spoiled.values()]
    jump = good.iloc[[2]].assign(LAT=good["LAT"].iloc[2] + 0.4, BaseDateTime="2025-01-01T09:55:00")
    table = pd.concat([good, *extra, good.iloc[[1]], jump], ignore_index=True)
    _, facts = run_ais(tmp_path, frame, save(table, tmp_path / "ais.csv"))
    rows = facts["rows"]
    assert {name: rows[name] for name in spoiled} == dict.fromkeys(spoiled, 1)
    assert (rows["duplicate"], rows["jump"], rows["used"]) == (1, 1, 5)
    assert rows["read"] == len(table) == sum(count for fate, count in rows.items() if fate != "read")
    assert facts["passages"] == 1


@pytest.mark.parametrize(
    ("mmsi", "fate"),
    [
        (999000001, "used"), (200000001, "used"), (987654321, "used"), (0, "invalid_mmsi"), (123, "invalid_mmsi"),
        (2731234567, "invalid_mmsi"), (999999999, "invalid_mmsi"), (4231234, "not_a_ship"), (42312345, "not_a_ship"),
        (111423001, "not_a_ship"), (992731001, "not_a_ship"), (970423001, "not_a_ship"),
    ],
)  # fmt: skip
def test_mmsi(tmp_path, mmsi, fate):
    frame = straight_frame()
    path = save(pd.concat([crossing(frame, 600, 5.0), crossing(frame, 900, 5.0, mmsi=mmsi)]), tmp_path / "ais.csv")
    _, facts = run_ais(tmp_path, frame, path)
    assert facts["rows"][fate] == 10 if fate == "used" else facts["rows"][fate] == 5


def test_unknown_speed_is_not_a_speed(tmp_path):
    frame = straight_frame()
    path = save(crossing(frame, 600, 5.0, sog=102.3, **TANKER_2000), tmp_path / "ais.csv")
    context, facts = run_ais(tmp_path, frame, path)
    assert facts["rows"]["used"] == 5
    assert pd.read_parquet(context.out / "passages.parquet")["speed_kn"][0] == pytest.approx(9.0, rel=2e-3)


def test_reporting_more_often_does_not_cross_more_often(tmp_path):
    frame = straight_frame()
    told = []
    for reports in (3, 5, 41):
        _, facts = run_ais(
            tmp_path / str(reports),
            frame,
            save(crossing(frame, 600, 5.03, reports=reports), tmp_path / f"{reports}.csv"),
        )
        told.append((facts["passages"], facts["moving_ship_hours"]))
    assert [passages for passages, _ in told] == [1, 1, 1]
    assert [hours for _, hours in told] == pytest.approx([2 / 16.668] * 3, rel=2e-3)


def test_moored_ships_are_counted_apart(tmp_path):
    frame = straight_frame()
    context, facts = run_ais(tmp_path, frame, save(traffic(frame, ships=1), tmp_path / "ais.csv"))
    assert facts["passages"] == 12
    assert facts["anchored_ship_hours"] == round(290 / 60, 3)
    stops = pd.read_parquet(context.out / "stops.parquet")
    assert stops["kind"].tolist() == ["moored"]
    assert stops["kp_km"].to_numpy() == pytest.approx([6.0], abs=0.05)


def test_order_and_partition_of_rows_change_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(stream, "_UNIT_REPORTS", 1)  # each ship is one
    frame = straight_frame()
    table = pd.concat([traffic(frame), traffic(frame).iloc[::7]], ignore_index=True)  # with duplicates
    table.loc[5, "LAT"] += 0.001  # of which one contradicts
    context, facts = run_ais(tmp_path / "a", frame, save(table, tmp_path / "in" / "whole.csv"))
    mixed = table.sample(frac=1.0, random_state=3)
    paths = [save(mixed.iloc[part::3], tmp_path / "in" / f"part_{part}.csv") for part in range(3)]
    other, again = run_ais(tmp_path / "b", frame, *paths)
    assert tables(context.out) == tables(other.out)
    one_by_one, third = run_ais(tmp_path / "c", frame, *paths, cuts=(1, 2), threads=2, chunk_positions=1)
    assert len(list((tmp_path / "c" / "ais.blocks").iterdir())) == 3
    assert tables(context.out) == tables(one_by_one.out)
    for facts_of in (facts, again, third):
        facts_of.pop("sources")
    assert facts == again == third


def test_period_scales_to_a_year(tmp_path):
    frame = straight_frame()
    path = save(traffic(frame), tmp_path / "ais.csv")
    _, whole = run_ais(tmp_path / "a", frame, path)
    half = source(path, period=("2025-01-01", "2025-07-02"))
    _, part = run_ais(tmp_path / "b", frame, sources=(half,))
    assert (whole["years_covered"], part["years_covered"]) == (1.0, pytest.approx(183 / 365))
    assert part["passages_per_yr"] == pytest.approx(whole["passages"] * 365 / 183)
    assert any("183.0 days" in text for text in part["findings"])
    _, bare = run_ais(tmp_path / "c", frame, sources=(source(path, period=None),))
    assert bare["years_covered"] == pytest.approx((20290 - 980) / 60 / 8760)


def test_a_clock_years_off_does_not_stretch_the_time_covered(tmp_path):
    frame = straight_frame()
    table = traffic(frame, ships=12, passages=40)
    late = table.iloc[[0]].assign(BaseDateTime="2011-02-03T04:05:06")
    _, facts = run_ais(
        tmp_path, frame, sources=(source(save(pd.concat([table, late]), tmp_path / "ais.csv"), period=None),)
    )
    assert facts["years_covered"] < 1.0
    assert "1 row of source ais before or after all days with at least 10 percent" in " ".join(facts["findings"])


def test_a_long_outage_is_told(tmp_path):
    frame = straight_frame()
    table = pd.concat([crossing(frame, 600, 5.0), crossing(frame, 100_000, 5.0)])
    _, facts = run_ais(tmp_path, frame, sources=(source(save(table, tmp_path / "ais.csv"), period=None),))
    assert facts["years_covered"] == pytest.approx((100_000 - 600 + 40) / 60 / 8760)
    assert "no row of any ship on 68 of the 70 days" in " ".join(facts["findings"])


def test_two_sources_of_one_year_are_one_year(tmp_path):
    frame = straight_frame()
    path = save(traffic(frame), tmp_path / "ais.csv")
    context, once = run_ais(tmp_path / "a", frame, path)
    other, twice = run_ais(tmp_path / "b", frame, sources=(source(path), source(path)))
    assert twice["years_covered"] == 1.0
    assert twice["rows"]["duplicate"] == once["rows"]["used"]
    assert tables(context.out)["exposure_stations.parquet"] == tables(other.out)["exposure_stations.parquet"]


def test_names_of_columns(tmp_path):
    frame = straight_frame()
    table = traffic(frame)
    context, _ = run_ais(tmp_path / "a", frame, save(table, tmp_path / "a.csv"))
    snake = table.rename(columns={"BaseDateTime": "base_date_time", "LAT": "latitude", "LON": "longitude"})
    snake = snake[sorted(snake.columns)].drop(columns=["VesselName", "Cargo"])
    path = tmp_path / "b.csv.gz"
    path.write_bytes(gzip.compress(("\ufeff" + snake.to_csv(index=False)).replace("\n", "\r\n").encode()))
    other, _ = run_ais(tmp_path / "b", frame, path)
    assert tables(context.out)["passages.parquet"] == tables(other.out)["passages.parquet"]
    own = table.rename(columns={"MMSI": "Schiff", "SOG": "Fahrt"})
    renamed = source(save(own, tmp_path / "c.csv"), columns={"Schiff": "MMSI", "Fahrt": "SOG"})
    other_way = source(tmp_path / "c.csv", columns={"MMSI": "Schiff", "SOG": "Fahrt"})
    for folder, one in (("c", renamed), ("d", other_way)):
        third, _ = run_ais(tmp_path / folder, frame, sources=(one,))
        assert tables(context.out)["passages.parquet"] == tables(third.out)["passages.parquet"]


def test_times_with_an_offset_are_utc(tmp_path):
    frame = straight_frame()
    table = crossing(frame, 600, 5.0)
    local = (pd.to_datetime(table["BaseDateTime"]) + pd.Timedelta(hours=4)).dt.strftime("%Y-%m-%dT%H:%M:%S+04:00")
    context, _ = run_ais(tmp_path / "a", frame, save(table, tmp_path / "a.csv"))
    other, _ = run_ais(tmp_path / "b", frame, save(table.assign(BaseDateTime=local), tmp_path / "b.csv"))
    assert tables(context.out)["passages.parquet"] == tables(other.out)["passages.parquet"]


def broken(table: pd.DataFrame, kind: str, path: Path) -> Path:
    text = table.to_csv(index=False)
    lines = text.splitlines()
    damaged = {
        "a value": text.replace(lines[3].split(",")[1], "yesterday"),
        "a number": text.replace(lines[3].split(",")[2], "42,0"),
        "a short row": "\n".join([*lines[:3], lines[3][:20], *lines[4:]]),
        "a column": table.drop(columns="LAT").to_csv(index=False),
        "a twin": text.replace("Cargo", "LAT", 1),
        "empty": "",
        "page": "<html><body>Not found</body></html>\n",
    }[kind]
    path.write_text(damaged)
    return path


@pytest.mark.parametrize(
    ("kind", "where", "cause"),
    [
        ("a value", "line 4", "BaseDateTime"), ("a number", "line 4", "olumns"), ("a short row", "line 4", "olumns"),
        ("a column", "line 1", "LAT"), ("a twin", "line 1", "LAT"), ("empty", "bad.csv", "empty"),
        ("page", "line 1", "MMSI"),
    ],
)  # fmt: skip
def test_bad_tables_name_file_and_line(tmp_path, kind, where, cause):
    frame = straight_frame()
    good = save(traffic(frame), tmp_path / "good.csv")
    path = broken(crossing(frame, 600, 5.0), kind, tmp_path / "bad.csv")
    with pytest.raises(DataError) as caught:
        run_ais(tmp_path, frame, good, path)
    assert str(path) in caught.value.where
    assert where in caught.value.where
    assert cause in caught.value.cause
    assert "\n" not in str(caught.value)


def test_other_unusable_inputs(tmp_path):
    frame = straight_frame()
    table = crossing(frame, 600, 5.0)
    torn = tmp_path / "torn.csv.gz"
    torn.write_bytes(gzip.compress(pd.concat([table] * 500).to_csv(index=False).encode())[:-30])
    with pytest.raises(DataError, match=r"torn\.csv\.gz"):
        run_ais(tmp_path, frame, torn)
    packed = tmp_path / "ais.zip"
    packed.write_bytes(b"PK")
    with pytest.raises(DataError, match="not a zip file"):
        run_ais(tmp_path, frame, packed)
    path = save(table, tmp_path / "ais.csv")
    with pytest.raises(DataError, match="does not have: Ship"):
        run_ais(tmp_path, frame, sources=(source(path, columns={"Ship": "Number"}),))
    with pytest.raises(DataError, match="less than an hour"):
        run_ais(tmp_path, frame, sources=(source(path, period=None),))
    for period in (("2025-13-01", "2025-12-31"), ("2025-12-31", "2025-01-01")):
        with pytest.raises(ValidationError, match="period"):
            run_ais(tmp_path, frame, sources=(source(path, period=period),))


@pytest.mark.parametrize("far", [False, True])
def test_without_ships_shipping_is_not_assessed(tmp_path, far):
    frame = straight_frame(length_km=5.0)
    sources = (source(save(crossing(frame, 600, 500.0), tmp_path / "ais.csv")),) if far else ()
    context = ais_context(tmp_path, frame, sources)
    facts = run_ais_step(context)
    assert facts["assessed"] is False
    assert facts["summary"].startswith("not assessed: ")
    n = len(frame.stations)
    later = strikes_context(tmp_path, frame, facts, np.full(n, 40.0), ["sand"] * n)
    told = strikes.run(later)
    assert told["assessed"] is False
    assert told["summary"] == facts["summary"]
    stations = pd.read_parquet(later.out / "stations.parquet")
    assert len(stations) == n
    assert stations[["anchor_strike_per_km_yr", "passages_per_km_yr"]].isna().all(axis=None)
    assert pd.read_parquet(later.out / "cells.parquet")["anchor_strike_per_km_yr"].isna().all()
    assert np.isnan(read_band(later.out / "shipping_strike.tif")).all()
    for name in ("station_anchors", "cell_anchors", "classes"):
        assert len(pd.read_parquet(later.out / f"{name}.parquet")) == 0
    assert explain_station(folders_of(later), later.facts, 3, Config()) is None


def folders_of(context):
    return {**context.inputs, "shipping": context.out}


def full_run(tmp_path, frame, table, depth_m=None, soil=None, config=None):
    context, facts = run_ais(tmp_path, frame, save(table, tmp_path / "ais.csv"))
    n = len(frame.stations)
    depth = np.full(n, 40.0) if depth_m is None else depth_m
    later = strikes_context(tmp_path, frame, facts, depth, soil or ["sand"] * n, config)
    told = strikes.run(later)
    json.dumps(told, allow_nan=False)
    return context, later, told


def test_strikes_add_up_and_name_no_ship(tmp_path):
    frame = straight_frame()
    n = len(frame.stations)
    depth = np.full(n, 40.0)
    depth[:10], depth[10:20] = np.nan, -1.0
    soil = ["sand"] * (n // 2) + ["mud"] * (n - n // 2)
    _, later, told = full_run(tmp_path, frame, traffic(frame), depth, soil)
    stations = pd.read_parquet(later.out / "stations.parquet")
    rate = stations["anchor_strike_per_km_yr"]
    assert rate[:20].isna().all()
    assert rate[20:].notna().all()
    length = frame.stations["length_km"]
    assert told["strike_per_yr_surface_laid"] == pytest.approx((rate * length).sum())
    assert told["not_assessed_km"] == pytest.approx(length[:20].sum())
    assert told["provenance"] == "synthetic"
    anchors = pd.read_parquet(later.out / "station_anchors.parquet")
    assert anchors.groupby("station")["strike_per_km_yr"].sum().to_numpy() == pytest.approx(rate[rate > 0].to_numpy())
    classes = pd.read_parquet(later.out / "classes.parquet")
    assert classes["strike_per_yr"].sum() == pytest.approx(told["strike_per_yr_surface_laid"])
    assert classes["passages_per_yr"].sum() == 36
    assert classes["ships"].sum() == 3
    passing = pd.read_parquet(later.out / "station_classes.parquet")
    km = length.to_numpy()[passing["station"]]
    by_class = (passing["strike_per_km_yr"] * km).groupby(passing["dwt_class"]).sum()
    whole = classes.set_index("dwt_class")["strike_per_yr"]
    assert by_class.to_dict() == pytest.approx(whole[whole > 0].to_dict())
    assert (passing["passages_per_km_yr"] * km).sum() == pytest.approx(36)
    assert passing["anchor_kg_max"].max() == classes["anchor_kg_max"].max()
    cells = pd.read_parquet(later.out / "cells.parquet")
    cell_anchors = pd.read_parquet(later.out / "cell_anchors.parquet").groupby("cell")["strike_per_km_yr"].sum()
    some = cells["anchor_strike_per_km_yr"] > 0
    assert cell_anchors.to_numpy() == pytest.approx(cells.loc[some, "anchor_strike_per_km_yr"].to_numpy())
    assert cells["anchor_strike_per_km_yr"].isna().equals(frame.cells["station"] < 20)
    with rasterio.open(later.out / "shipping_strike.tif") as raster:
        assert raster.tags()["provenance"] == "synthetic"
        assert raster.units == ("1/km/yr",)
    drawn = read_band(later.out / "shipping_strike.tif")[frame.cells["row"], frame.cells["col"]]
    assert drawn == pytest.approx(cells["anchor_strike_per_km_yr"].to_numpy(), rel=1e-6, nan_ok=True)
    for name in ("stations", "cells", "station_anchors", "cell_anchors", "classes", "station_classes"):
        assert not {"mmsi", "name"} & set(pd.read_parquet(later.out / f"{name}.parquet").columns)


def test_passages_are_conserved_by_smoothing(tmp_path):
    frame = straight_frame()
    _, later, _ = full_run(tmp_path, frame, traffic(frame))
    per_km = pd.read_parquet(later.out / "stations.parquet")["passages_per_km_yr"]
    assert (per_km * frame.stations["length_km"]).sum() == pytest.approx(36)
    assert per_km.gt(0).sum() > 5 * 12


def test_ships_at_anchor_rock_and_release_are_told(tmp_path):
    frame = straight_frame()
    n = len(frame.stations)
    table = traffic(frame)
    _, facts = run_ais(tmp_path, frame, save(table, tmp_path / "ais.csv"))
    x, y = (float(axis[0]) for axis in frame.route.xy(np.array([6.02])))
    stops = {
        "ship": np.array([0, 1, 1], "int32"), "x_m": [x + 100, x - 250, x], "y_m": [y, y, y],
        "kind": ["anchored", "anchored", "moored"],
    }  # fmt: skip
    pd.DataFrame(stops).to_parquet(tmp_path / "ais" / "stops.parquet")
    soil = ["rock"] * 40 + ["sand"] * (n - 40)
    later = strikes_context(tmp_path, frame, facts, np.full(n, 40.0), soil)
    told = strikes.run(later)
    json.dumps(told, allow_nan=False)
    stations = pd.read_parquet(later.out / "stations.parquet")
    routine = stations["routine_strike_per_km_yr"]
    near = (frame.stations["kp_km"] - 6.02).abs() <= 0.5
    assert (routine > 0).equals(near & (routine > 0))
    assert (routine > 0).sum() == 10
    length = frame.stations["length_km"]
    assert told["routine_strike_per_yr"] == pytest.approx((routine * length).sum())
    assert told["accidental_strike_per_yr"] > 0
    rock, ships_at_anchor = told["findings"]
    assert rock.startswith("4.0 km of rock")
    assert "ships that mean to anchor, on 1.0 km" in ships_at_anchor
    rates = station_ship_rates(folders_of(later), later.facts, Config(), 60)
    at = stations.loc[60]
    both = rates["strike_per_km_yr"] + rates["routine_strike_per_km_yr"]
    assert both.sum() == pytest.approx(at["anchor_strike_per_km_yr"], rel=1e-12)
    assert rates["accidental_strike_per_km_yr"].sum() == pytest.approx(at["accidental_strike_per_km_yr"], rel=1e-12)
    assert (rates["routine_strike_per_km_yr"] > 0).tolist() == [True, True, False]
    classes = pd.read_parquet(later.out / "classes.parquet")
    assert classes["strike_per_yr"].sum() == pytest.approx(
        told["strike_per_yr_surface_laid"] - told["routine_strike_per_yr"]
    )


def test_ships_at_anchor_that_nobody_looked_for_are_not_assessed(tmp_path):
    frame = straight_frame()
    off = Config.model_validate({"shipping": {"routine_anchoring": False}})
    for folder, config, why in (("a", None, "no tracks tell"), ("b", off, "routine_anchoring is off")):
        _, later, told = full_run(tmp_path / folder, frame, traffic(frame), config=config)
        if folder == "a" and (tmp_path / "a" / "ais" / "stops.parquet").exists():
            (tmp_path / "a" / "ais" / "stops.parquet").unlink()
            told = strikes.run(later)
        assert told["routine_strike_per_yr"] is None
        assert any(text.startswith("routine anchoring is not assessed") and why in text for text in told["findings"])
        assert pd.read_parquet(later.out / "stations.parquet")["routine_strike_per_km_yr"].isna().all()


def test_unknown_soil_is_never_sand(tmp_path):
    frame = straight_frame()
    n = len(frame.stations)
    _, unknown, _ = full_run(tmp_path / "a", frame, traffic(frame), soil=["unknown"] * n)
    _, sand, _ = full_run(tmp_path / "b", frame, traffic(frame), soil=["sand"] * n)
    of = [pd.read_parquet(c.out / "stations.parquet")["anchor_strike_per_km_yr"].sum() for c in (unknown, sand)]
    assert of[0] > 1.5 * of[1]


def test_too_deep_for_any_chain_is_zero_and_not_blank(tmp_path):
    frame = straight_frame()
    _, later, told = full_run(tmp_path, frame, traffic(frame), np.full(len(frame.stations), 600.0))
    assert (pd.read_parquet(later.out / "stations.parquet")["anchor_strike_per_km_yr"] == 0.0).all()
    assert told["strike_per_yr_surface_laid"] == 0.0


def test_t17_shipping_half(tmp_path):
    """METHODS 8, T17: perpendicular tankers over sand (f 0.9), then mud."""
    frame = straight_frame(length_km=100.0, station_m=500.0, half_width_m=1500.0)
    # A quarter step off, so that no passage lies on the edge of a panel, at 0.25 and 0.75 km.
    spread = {"2000": (np.arange(15000) + 0.25) / 150, "7000": (np.arange(1000) + 0.25) / 10}
    steps = np.array([-6.0, 0.0, 6.0])
    rows = []
    for name, knots, particulars, first in (("2000", 9, TANKER_2000, 999000001), ("7000", 10, TANKER_7000, 999000101)):
        at = spread[name]
        fleet = 20
        minute = 60 + np.arange(len(at)) // fleet * 500.0
        times = (minute[:, np.newaxis] + steps).ravel()
        offset = np.tile(steps * knots * 1852 / 60, len(at))
        mmsi = first + np.repeat(np.arange(len(at)) % fleet, 3)
        rows.append(track(frame, times, np.repeat(at, 3), offset, mmsi=mmsi, sog=float(knots), **particulars))
    kp = frame.stations["kp_km"].to_numpy()
    soil = ["sand" if at < 50 else "mud" for at in kp]
    config = Config.model_validate({"soil": {"classes": {"sand": {"penetration_f": 0.9}}}})
    _, later, told = full_run(tmp_path, frame, pd.concat(rows), np.full(len(kp), 40.0), soil, config)
    rate = pd.read_parquet(later.out / "stations.parquet")["anchor_strike_per_km_yr"].to_numpy()
    sand, mud = (kp > 5) & (kp < 45), (kp > 55) & (kp < 95)
    assert rate[sand] == pytest.approx(np.full(sand.sum(), 1.8995e-5), rel=5e-3)
    assert rate[mud] == pytest.approx(np.full(mud.sum(), 4.1237e-5), rel=5e-3)
    assert told["strike_per_yr_surface_laid"] == pytest.approx(3.0116e-3, rel=5e-3)
    anchors = pd.read_parquet(later.out / "station_anchors.parquet")
    at = anchors[anchors["station"] == int(np.flatnonzero(mud)[40])]
    assert at["anchor_kg"].tolist() == [1020, 2280]
    left = left_at(2.4159, 3.0 * at["fluke_length_m"].to_numpy(), at["strike_per_km_yr"].to_numpy())[0]
    assert float(left) == pytest.approx(3.7553e-6, rel=5e-3)
    cells = pd.read_parquet(later.out / "cells.parquet")["anchor_strike_per_km_yr"]
    inside = frame.cells["kp_km"].between(60, 90)
    assert cells[inside].mean() == pytest.approx(4.1237e-5, rel=0.02)


def test_threads_and_the_coarse_look_change_nothing(tmp_path, monkeypatch):
    """Ships that pass, lie, turn and share a number come out the same when everything is projected, in one thread."""
    frame = straight_frame()
    path = save(wild_traffic(frame), tmp_path / "ais.csv")
    context, facts = run_ais(tmp_path / "a", frame, path, threads=3, chunk_positions=300)
    assert facts["rows"]["jump"] > 0
    assert facts["passages"] > 10
    assert facts["stops"]["anchored"] > 0
    near_all = Coarse(0.0, 0.0, 1.0, np.zeros((1, 1), "float32"), 1.0)
    monkeypatch.setattr(ChunkWork, "coarse", property(lambda self: near_all))
    other, again = run_ais(tmp_path / "b", frame, path)
    assert tables(context.out) == tables(other.out)
    assert facts == again


def wild_traffic(frame) -> pd.DataFrame:
    rng = np.random.default_rng(11)
    rows = []
    for ship in range(12):
        minutes = np.cumsum(rng.uniform(0.5, 3, 240))
        paces = [*[0.02] * 3, *rng.choice([0.02, 150.0, 330.0], 9)]
        speed = np.repeat(paces, 20) * np.diff(minutes, prepend=0)
        turn = np.repeat(np.pi * np.arange(12) + rng.uniform(0.5, 2.5, 12), 20)  # to and fro
        along = 10.0 + np.cumsum(speed * np.cos(turn)) / 1000.0
        offset = np.cumsum(speed * np.sin(turn)) + rng.normal(0, 20, 240) - 500.0
        offset[rng.integers(0, 240, 3)] += 40e3
        sog = np.where(speed < 1.0, 0.1, rng.choice([9.0, 102.3], 240))
        rows.append(
            track(frame, 100 + minutes, along, offset, mmsi=999000001 + ship // 2 * (ship > 3), sog=sog, **TANKER_7000)
        )
    return pd.concat(rows, ignore_index=True)


def test_passages_tell_course_heading_and_draught(tmp_path):
    frame = straight_frame()
    table = crossing(frame, 600, 5.0).assign(Heading=[88, 511, 86, 511, 511], Draft=[4.4, 0, 0, 0, 0])
    context, facts = run_ais(tmp_path, frame, save(table, tmp_path / "ais.csv"))
    one = pd.read_parquet(context.out / "passages.parquet").iloc[0]
    assert one["course_deg"] == pytest.approx(90.0, abs=0.1)
    assert one["heading_deg"] == 86.0
    assert one["draught_m"] == pytest.approx(4.4)
    assert facts["coverage"]["silent_ship_hours"] == 0.0


def test_silences_beside_the_cable_are_told(tmp_path):
    """A ship heard before and after the cable, and not beside it: no track there, but a finding."""
    frame = straight_frame()
    heard = crossing(frame, 600, 5.0, reports=21)
    silent = crossing(frame, 3000, 5.0, reports=2)
    path = save(pd.concat([heard, silent]), tmp_path / "ais.csv")
    _, facts = run_ais(tmp_path, frame, path, silent_loud_pct=60.0)
    assert facts["passages"] == 1
    assert facts["coverage"]["silent_share"] == pytest.approx(0.5, abs=0.01)
    assert facts["coverage"]["suggested_factor"] == pytest.approx(2.0, abs=0.02)
    assert any("coverage_factor of 2.0" in text for text in facts["findings"])
    _, loud = run_ais(tmp_path / "loud", frame, path)
    assert loud["findings"][0].startswith("STRIKES ARE FAR TOO FEW: 50% of the ships' time")
    assert 'receiver = "satellite"' in loud["findings"][0]
    satellite = source(tmp_path / "ais.csv", receiver="satellite")
    _, facts = run_ais(tmp_path / "b", frame, sources=(satellite,))
    assert facts["passages"] == 2


def test_a_number_that_many_ships_share_is_told_even_where_nothing_is_left(tmp_path):
    """Twelve ships, each reporting in turn: none has two reports that are followed."""
    frame = straight_frame()
    at = np.arange(0, 60, 0.5)
    which = np.arange(120) % 12
    shared = track(frame, 600 + at, which // 4 * 30.0 - 20.0, which % 4 * 30_000.0 - 45_000.0)
    _, facts = run_ais(tmp_path / "alone", frame, save(shared, tmp_path / "alone" / "ais.csv"))
    assert (facts["assessed"], facts["rows"]["jump"]) == (False, 120)
    table = pd.concat([shared, crossing(frame, 900, 5.0, mmsi=999000002)])
    _, beside = run_ais(tmp_path / "beside", frame, save(table, tmp_path / "beside" / "ais.csv"))
    assert beside["passages"] == 1
    for told in (facts["findings"], beside["findings"]):
        assert any("1 MMSI lost more than 10 percent of its reports as jumps: its ship is" in line for line in told)


def test_a_source_without_a_row_in_the_corridor_says_so(tmp_path):
    frame = straight_frame()
    far = source(save(crossing(frame, 600, 500.0), tmp_path / "far.csv"))
    _, facts = run_ais(tmp_path / "a", frame, sources=(far,))
    assert facts["assessed"] is False
    assert "none of the 5 AIS rows lies in the corridor; that does not mean that there are no ships" in facts["summary"]
    assert facts["rows"]["outside_corridor"] == facts["rows"]["read"] == 5
    near = source(save(crossing(frame, 600, 5.0), tmp_path / "near.csv"))
    _, facts = run_ais(tmp_path / "b", frame, sources=(near, far))
    assert facts["assessed"] is True
    assert any("none of the 5 rows of source ais1 lies" in text for text in facts["findings"])
