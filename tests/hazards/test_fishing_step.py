import numpy as np
import pandas as pd
import pytest
import rasterio

from pipeline.geo import read_band
from pipeline.hazards.fishing.step import run

from .made_seabed import context, folders, frame, source
from .test_fishing_effort import HEADER

COLUMNS = ["fishing_strike_per_km_yr", "fishing_contacts_per_km_yr", "gear_penetration_m", "required_dol_fishing_m"]


def seabed(tmp_path, made):
    south = made.stations["y_m"].min()
    north = made.stations["y_m"].max()
    # 10 m of water at the southern end, 50 m in the middle, 100 m in the north; mud from half way.
    depth = lambda x, y: np.select([y < south + 5000, y < north - 10000], [10.0, 50.0], 100.0)  # noqa: E731
    return folders(tmp_path, made, depth, lambda y: np.where(y < (south + north) / 2, 4, 1))


def effort(path, gear, hours, lats):
    rows = [
        f"2025-01-01,{lat:.2f},{lon:.2f},AZE,{gear},1,{hours},1" for lat in lats for lon in np.arange(50.9, 51.1, 0.01)
    ]
    path.write_text("\n".join([HEADER, *rows, f"2025-12-31,0.00,0.00,AZE,{gear},0,0,1"]) + "\n")
    return path


def test_uniform_trawling_gives_the_buffon_rate(tmp_path):
    made = frame()
    path = effort(tmp_path / "e.csv", "trawlers", 2.0, np.arange(40.9, 41.4, 0.01))
    given = context(tmp_path / "out", seabed(tmp_path, made), (source("fishing_effort", path),))
    facts = run(given)
    stations = pd.read_parquet(tmp_path / "out" / "stations.parquet")
    assert list(stations.columns) == ["station", *COLUMNS]
    assert facts["assessed"]
    # 2 h at 2.7886 kn in a cell of 0.01 degree at 41.15 N, a tenth of it on the bottom in 50 m of water.
    area = 0.01 * 111.05 * 0.01 * 111.32 * np.cos(np.radians(41.15)) * 1.0015
    contacts = 2 / np.pi * 2 * 2.7886 * 1.852 / area * 0.1
    middle = stations.iloc[len(stations) // 2 - 2]
    assert middle["fishing_contacts_per_km_yr"] == pytest.approx(contacts, rel=0.01)
    assert middle["fishing_strike_per_km_yr"] == pytest.approx(contacts * 0.03, rel=0.01)
    assert middle["required_dol_fishing_m"] == pytest.approx(0.5)
    assert stations["required_dol_fishing_m"].iloc[len(stations) // 2 + 3] == pytest.approx(0.7)
    strike = read_band(tmp_path / "out" / "fishing_strike.tif")
    cells = pd.read_parquet(tmp_path / "out" / "cells.parquet")
    inside = strike[made.cells["row"], made.cells["col"]]
    assert inside == pytest.approx(cells["fishing_strike_per_km_yr"].to_numpy(), rel=1e-6)
    assert np.isnan(strike).sum() == strike.size - len(cells)


def test_effort_elsewhere_on_the_route_leaves_deep_water_at_zero_and_shallow_water_not(tmp_path):
    made = frame()
    path = effort(tmp_path / "e.csv", "trawlers", 2.0, [41.10, 41.11])
    run(context(tmp_path / "out", seabed(tmp_path, made), (source("fishing_effort", path),)))
    stations = pd.read_parquet(tmp_path / "out" / "stations.parquet")
    assert stations["fishing_strike_per_km_yr"].iloc[-1] == 0.0
    assert stations["required_dol_fishing_m"].iloc[-1] == 0.0
    assert stations["fishing_strike_per_km_yr"].iloc[0] == pytest.approx(6e-6)
    assert stations["required_dol_fishing_m"].iloc[0] == pytest.approx(0.5)


def test_unlisted_gear_counts_as_unknown_and_touches_the_bottom(tmp_path):
    made = frame()
    path = effort(tmp_path / "e.csv", "submarine_rake", 0.01, np.arange(40.9, 41.4, 0.01))
    facts = run(context(tmp_path / "out", seabed(tmp_path, made), (source("fishing_effort", path),)))
    assert facts["geartypes_unknown"] == ["submarine_rake"]
    stations = pd.read_parquet(tmp_path / "out" / "stations.parquet")
    assert stations["required_dol_fishing_m"].iloc[-1] == pytest.approx(1.2)  # 100 m deep, mud


@pytest.mark.parametrize("with_source", [False, True])
def test_without_effort_in_the_corridor_everything_is_blank_not_zero(tmp_path, with_source):
    made = frame()
    path = effort(tmp_path / "e.csv", "trawlers", 2.0, [30.0])
    sources = (source("fishing_effort", path),) if with_source else ()
    facts = run(context(tmp_path / "out", seabed(tmp_path, made), sources))
    assert not facts["assessed"]
    assert "not assessed" in facts["summary"]
    for name in ("stations", "cells"):
        assert pd.read_parquet(tmp_path / "out" / f"{name}.parquet")[COLUMNS].isna().all(axis=None)
    assert np.isnan(read_band(tmp_path / "out" / "fishing_strike.tif")).all()


def test_only_the_best_source_with_effort_is_used_and_others_are_named(tmp_path):
    made = frame()
    good = effort(tmp_path / "a.csv", "trawlers", 2.0, [41.10, 41.11])
    sources = (source("fishing_effort", good, name="first"), source("fishing_effort", good, name="second"))
    facts = run(context(tmp_path / "out", seabed(tmp_path, made), sources))
    assert [s["name"] for s in facts["sources"]] == ["first"]
    assert facts["sources_unused"] == ["second"]


@pytest.mark.parametrize("soil", ["survey", "public", "synthetic"])
def test_strikes_are_no_better_known_than_the_seabed_that_they_rest_on(tmp_path, soil):
    made = frame()
    path = effort(tmp_path / "e.csv", "trawlers", 2.0, [41.10, 41.11])
    seabed_facts = {"bathymetry": {"provenance": "survey"}, "soil": {"provenance": soil}}
    sources = (source("fishing_effort", path, provenance="survey"),)
    facts = run(context(tmp_path / "out", seabed(tmp_path, made), sources, facts=seabed_facts))
    assert facts["provenance"] == soil
    with rasterio.open(tmp_path / "out" / "fishing_strike.tif") as raster:
        assert raster.tags()["provenance"] == soil


def test_two_runs_write_the_same_bytes(tmp_path):
    made = frame()
    path = effort(tmp_path / "e.csv", "trawlers", 2.0, [41.10, 41.11])
    inputs = seabed(tmp_path, made)
    for out in ("one", "two"):
        run(context(tmp_path / out, inputs, (source("fishing_effort", path),)))
    for name in ("fishing_strike.tif", "stations.parquet", "cells.parquet"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
