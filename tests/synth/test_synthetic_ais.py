from __future__ import annotations

from datetime import datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import Transformer

from pipeline.geo import Route
from pipeline.synth import CRS
from pipeline.synth.ais import COLUMNS, dirty, marine_cadastre, positions, write_ais
from pipeline.synth.fleet import FIRST_MMSI, SERVICES, fleet
from pipeline.synth.lanes import LANES, lane
from pipeline.synth.voyages import AT_ANCHOR, FISHING, MOORED, UNDER_WAY, Reporting

DAYS = 6


@pytest.fixture(scope="module")
def few(route: Route) -> tuple[pd.DataFrame, list]:
    return positions(route, seed=11, days=DAYS)


def test_fleet_is_that_of_the_caspian() -> None:
    ships = fleet(1)
    kinds = pd.Series([ship.service.label for ship in ships]).value_counts()
    assert kinds["FERRY"] == 19
    assert kinds["TANKER"] >= 42
    assert all(ship.name.startswith("SYNTHETIC ") for ship in ships)
    assert len({ship.mmsi for ship in ships}) == len(ships)
    assert all(len(str(ship.mmsi)) == 9 and str(ship.mmsi).startswith("200") for ship in ships)
    assert max(ship.length_m for ship in ships) < 160
    assert any(ship.beam_m == 0 for ship in ships), "some ships do not tell their size"


@pytest.mark.parametrize("name", sorted(LANES))
def test_lanes_keep_off_land(name: str, raw: Path) -> None:
    land = gpd.read_file(raw / "basemap" / "world_atlas_land_10m_caspian.geojson").to_crs(CRS).union_all()
    path = lane(name)
    for sigmas in (-2.4, 0.0, 2.4):
        x, y = path.positions(path.along_m, np.full(len(path.along_m), sigmas))
        assert not shapely.contains_xy(land, x, y).any()


def test_every_service_has_a_lane() -> None:
    assert {service.lane for service in SERVICES} == set(LANES)


def test_ships_move_as_ships_do(few: tuple[pd.DataFrame, list]) -> None:
    table, _ = few
    table = table.sort_values(["ship", "second"])
    x, y = Transformer.from_crs("EPSG:4326", CRS, always_xy=True).transform(table["lon"], table["lat"])
    dt = np.diff(table["second"])
    same = (np.diff(table["ship"]) == 0) & (dt < 1800)
    assert np.all(dt[np.diff(table["ship"]) == 0] > 0)
    knots = np.hypot(np.diff(x), np.diff(y))[same] / dt[same] / (1852.0 / 3600.0)
    assert np.quantile(knots, 0.999) < 20.0
    moving = table["status"].isin([UNDER_WAY, FISHING])
    assert table.loc[moving, "sog_kn"].between(2.0, 14.0).mean() > 0.99
    assert table.loc[~moving, "sog_kn"].max() < 1.0
    assert set(table["status"]) == {UNDER_WAY, AT_ANCHOR, MOORED, FISHING}


def test_tracks_near_the_route_have_no_gaps(few: tuple[pd.DataFrame, list], route: Route) -> None:
    """A voyage stays one track under the 30 minute rule."""
    table, _ = few
    moving = table[table["status"].isin([UNDER_WAY, FISHING])].sort_values(["ship", "second"])
    x, y = Transformer.from_crs("EPSG:4326", CRS, always_xy=True).transform(moving["lon"], moving["lat"])
    place = route.locate(np.asarray(x), np.asarray(y))
    gap_s = np.diff(moving["second"])[np.diff(moving["ship"]) == 0]
    assert not np.any((gap_s > 1800) & (gap_s < 2 * 3600))
    within = np.abs(place.offset_m) < 15_000.0
    both = within[1:] & within[:-1] & (np.diff(moving["ship"]) == 0) & (np.diff(moving["second"]) < 2 * 3600)
    assert np.diff(moving["second"])[both].max() <= 1.5 * Reporting().interval_s + 1


def test_ships_cross_the_route(few: tuple[pd.DataFrame, list], route: Route) -> None:
    table, ships = few
    moving = table[table["status"] == UNDER_WAY].sort_values(["ship", "second"])
    x, y = Transformer.from_crs("EPSG:4326", CRS, always_xy=True).transform(moving["lon"], moving["lat"])
    place = route.locate(np.asarray(x), np.asarray(y))
    crossing = (
        (np.sign(place.offset_m[1:]) != np.sign(place.offset_m[:-1]))
        & (np.diff(moving["ship"]) == 0) & (np.abs(place.offset_m[1:]) < 8000.0) & ~place.beyond[1:]
    )  # fmt: skip
    kinds = {ships[index].service.label for index in moving["ship"].to_numpy()[1:][crossing]}
    assert crossing.sum() > 20
    assert {"FERRY", "TANKER", "CARGO"} <= kinds


def test_faults_are_there_to_be_cleaned(few: tuple[pd.DataFrame, list]) -> None:
    clean, _ = few
    table = dirty(clean, seed=11)
    count = max(1, len(clean) * 150 // 1_000_000)
    assert len(table) == len(clean) + 5 * count
    assert (table["lat"] == 91.0).sum() == (table["lon"] == 181.0).sum() == count
    assert (table["sog_kn"] == 102.3).sum() == count
    assert table["wrong_mmsi"].sum() == count
    assert table.duplicated().sum() >= count


def test_layout(few: tuple[pd.DataFrame, list]) -> None:
    clean, ships = few
    written = marine_cadastre(dirty(clean.head(5000), seed=11), ships, datetime(2025, 1, 1)).to_pandas()
    assert tuple(written.columns) == COLUMNS
    assert written["BaseDateTime"].str.match(r"^2025-01-0\dT\d\d:\d\d:\d\d$").all()
    assert (written["MMSI"] >= FIRST_MMSI).mean() > 0.99
    assert (written["MMSI"] < FIRST_MMSI).any()
    assert written["VesselName"].str.startswith("SYNTHETIC ").all()
    assert written["IMO"].isna().all()


def test_files_are_repeatable(route: Route, tmp_path: Path) -> None:
    few_services = SERVICES[:2]
    rows = [
        write_ais(tmp_path / name, route, seed=5, days=35, services=few_services) for name in ("a", "b")
    ]  # fmt: skip
    names = [sorted(p.name for p in (tmp_path / folder).iterdir()) for folder in ("a", "b")]
    assert names[0] == names[1] == ["ais_synthetic_2025_01.csv", "ais_synthetic_2025_02.csv"]
    for name in names[0]:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    read = pd.concat([pd.read_csv(tmp_path / "a" / name) for name in names[0]])
    assert len(read) == rows[0] == rows[1]
    assert tuple(read.columns) == COLUMNS
    assert read["BaseDateTime"].is_monotonic_increasing
