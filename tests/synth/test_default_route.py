"""The default route: METHODS 5.1 and T13."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from pipeline.geo import WGS84, Route
from pipeline.synth import CRS


def test_length_and_landings(route: Route) -> None:
    assert route.length_km == pytest.approx(380.0, abs=1.0)
    assert (route.lon_deg[0], route.lat_deg[0]) == (49.6686, 40.5897)
    assert (route.lon_deg[-1], route.lat_deg[-1]) == (51.16, 43.6532)


def test_legs_and_turns(route: Route) -> None:
    azimuth, _, leg_m = WGS84.inv(route.lon_deg[:-1], route.lat_deg[:-1], route.lon_deg[1:], route.lat_deg[1:])
    turn = np.abs((np.diff(azimuth) + 180.0) % 360.0 - 180.0)
    assert np.min(leg_m) >= 500.0
    assert np.max(turn) <= 20.0


def test_clear_of_land_between_the_landfalls(route: Route, raw: Path) -> None:
    land = gpd.read_file(raw / "basemap" / "world_atlas_land_10m_caspian.geojson").to_crs(CRS).union_all()
    kp = np.arange(0.0, route.length_km, 0.1)
    x, y = route.xy(kp)
    dry = kp[shapely.contains_xy(land, x, y)]
    assert np.all((dry < 3.0) | (dry > route.length_km - 3.5))
    assert len(dry) > 0, "the landings lie behind the beach"
    sea = (kp > 6.0) & (kp < route.length_km - 8.0)
    assert shapely.distance(land, shapely.points(x[sea], y[sea])).min() > 1500.0


def test_avoids_the_deepest_basin(route: Route, bed) -> None:
    kp = np.arange(0.0, route.length_km, 1.0)
    straight = Route(route.lon_deg[[0, -1]], route.lat_deg[[0, -1]], CRS)
    there = bed.regional_elevation_m(*straight.lonlat(np.linspace(0.0, straight.length_km, 400)))
    here = bed.regional_elevation_m(*route.lonlat(kp))
    assert here.min() > there.min() + 150.0


def test_table_says_what_it_is(rpl: pd.DataFrame, raw: Path) -> None:
    assert list(rpl.columns) == ["lon", "lat", "event", "cable_type", "slack_pct", "depth_m"]
    assert rpl["depth_m"].isna().all()
    assert "not the owner's" in (raw / "route" / "README.md").read_text(encoding="utf-8")


def test_worked_example_of_the_methods() -> None:
    lon, lat = np.array([49.76, 50.0, 50.4, 50.9, 51.14]), np.array([40.62, 40.9, 41.6, 42.8, 43.62])
    route = Route(lon, lat, CRS)
    assert route.position_kp_km == pytest.approx([0.0, 37.1149, 121.7769, 261.3191, 354.4826], abs=1e-3)
    spans = np.diff(route.position_kp_km)
    assert spans == pytest.approx([37.1149, 84.6621, 139.5421, 93.1635], abs=1e-3)
    cable = np.cumsum(spans * (1.0 + np.array([1.0, 0.5, 1.0, 1.0]) / 100.0))
    assert cable == pytest.approx([37.4860, 122.5714, 263.5089, 357.6041], abs=1e-3)


@pytest.mark.parametrize(
    ("start", "end", "length_m", "azimuth_deg"),
    [
        ((50.0, 40.0), (51.0, 43.0), 343_485.568, 13.738770),
        ((49.6686, 40.5897), (51.1600, 43.6532), 361_922.0, 19.425),
    ],
)
def test_geodesics(
    start: tuple[float, float], end: tuple[float, float], length_m: float, azimuth_deg: float
) -> None:  # fmt: skip
    route = Route(np.array([start[0], end[0]]), np.array([start[1], end[1]]), CRS)
    assert route.length_km * 1000.0 == pytest.approx(length_m, abs=1.0)
    azimuth, _, _ = WGS84.inv(*start, *end)
    assert azimuth == pytest.approx(azimuth_deg, abs=1e-3)
