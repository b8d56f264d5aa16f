"""METHODS T17, end to end: from position reports and rasters to route totals, by the command."""

import json

import numpy as np
import pandas as pd
import pytest

from pipeline.geo import WGS84
from tests.plain import plain_corridor

pytestmark = pytest.mark.slow
LON, SOUTH, LENGTH_KM, DEPTH_M = 51.0, 42.0, 100.0, 40.0
CONFIG = """
[corridor]
name = "Worked example"
half_width_m = 2000
cell_m = 500
station_m = 500
[route]
file = "data/raw/rpl.csv"
[acceptance]
route_strikes_per_yr = 1e-3          # over 100 km: 1e-5 per km and year
[soil.classes.sand]
penetration_f = 0.9
[burial]
minimum_target_dol_m = []
[uncertainty]
penetration_cov = 0
traffic_cov = 0
soil_strength = false
[shipping.ship_types.tanker]
block_coefficient = 0.85
dwt_per_displacement = 0.75
[sources.depths]
role = "bathymetry"
files = "data/raw/depths.tif"
values = "depth_m"
vertical_datum = "surface"
[sources.soil]
role = "soil"
files = "data/raw/soil.tif"
[sources.ais]
role = "ais"
files = "data/raw/ais.csv"
period = ["2025-01-01", "2025-12-31"]
"""


def north_of(kp_km: np.ndarray) -> np.ndarray:
    """Latitude at distances along the meridian of the route."""
    _, lat, _ = WGS84.fwd(np.full(kp_km.shape, LON), np.full(kp_km.shape, SOUTH), np.zeros(kp_km.shape), kp_km * 1e3)
    return np.asarray(lat)


def tankers(mmsi: int, per_km: int, knots: float, dwt_t: float, length_m: float, beam_m: float) -> pd.DataFrame:
    """A year of eastward passages, evenly spread over and a little past both ends of the route."""
    draught_m = dwt_t * 1000 / (1009 * length_m * beam_m * 0.85 * 0.75)  # Cb and DWT/displacement of CONFIG
    count = int(per_km * (LENGTH_KM + 4))
    kp = (np.arange(count) + 0.3) / per_km - 2.0  # none runs along the edge of a panel
    order = np.random.default_rng(1).permutation(count)  # a ship must not seem to creep along the route
    start_s = np.sort(np.linspace(0, 363 * 86400, count // 20 + 1))[np.arange(count) // 20]
    reports = np.arange(-6, 7)
    step_s = 120.0
    lat = np.repeat(north_of(kp[order]), len(reports))
    metres = np.tile(reports * step_s * knots * 1852 / 3600, count)
    lon, lat, _ = WGS84.fwd(np.full(lat.shape, LON), lat, np.where(metres < 0, 270.0, 90.0), np.abs(metres))
    seconds = np.repeat(start_s, len(reports)) + np.tile((reports + 6) * step_s, count)
    when = pd.Timestamp("2025-01-01") + pd.to_timedelta(seconds, unit="s")
    return pd.DataFrame(
        {
            "MMSI": np.repeat(mmsi + np.arange(count) % 20, len(reports)),
            "BaseDateTime": when.strftime("%Y-%m-%dT%H:%M:%S"), "LAT": np.round(lat, 7), "LON": np.round(lon, 7),
            "SOG": knots, "COG": 90.0, "Heading": 90.0, "VesselName": "", "IMO": "", "CallSign": "",
            "VesselType": 80, "Status": 0, "Length": length_m, "Width": beam_m, "Draft": draught_m, "Cargo": 80,
        }
    )  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    import rasterio
    from rasterio.transform import from_origin

    root = tmp_path_factory.mktemp("t17")
    raw = root / "data" / "raw"
    raw.mkdir(parents=True)
    (root / "corridor.toml").write_text(CONFIG)
    end = north_of(np.array([LENGTH_KM]))[0]
    (raw / "rpl.csv").write_text(f"lon,lat\n{LON},{SOUTH}\n{LON},{end:.10f}\n")
    profile = {
        "driver": "GTiff", "width": 40, "height": 480, "count": 1, "crs": "EPSG:32639",
        "transform": from_origin(500000 - 5000, 4760000, 250.0, 250.0),
    }  # fmt: skip
    with rasterio.open(raw / "depths.tif", "w", dtype="float32", nodata=-9999, **profile) as target:
        target.write(np.full((480, 40), DEPTH_M, dtype="float32"), 1)
    from pyproj import Transformer

    _, half_y = Transformer.from_crs("EPSG:4326", "EPSG:32639", always_xy=True).transform(
        LON, north_of(np.array([50.0]))[0]
    )
    y = 4760000 - (np.arange(480) + 0.5) * 250
    soil = np.where(y > half_y, 1, 4).astype("uint8")[:, None] * np.ones((1, 40), dtype="uint8")
    with rasterio.open(raw / "soil.tif", "w", dtype="uint8", nodata=255, **profile) as target:
        target.write(soil, 1)
    frames = [tankers(211000000, 150, 9.0, 2000, 80, 12), tankers(212000000, 10, 10.0, 7000, 120, 17)]
    pd.concat(frames).to_csv(raw / "ais.csv", index=False)
    done = plain_corridor("-C", root, "build")
    assert done.returncode == 0, done.stderr
    stations = pd.read_parquet(root / "data" / "processed" / "stations.parquet")
    totals = json.loads((root / "data" / "processed" / "manifest.json").read_text())["totals"]
    return stations, totals


@pytest.mark.parametrize(
    ("soil", "low", "high", "rate", "required", "target", "residual"),
    [
        ("sand", 2.0, 48.0, 1.8995e-5, 0.7248, 1.0, 0.0),
        ("mud", 52.0, 98.0, 4.1237e-5, 2.4159, 3.0, 3.7553e-6),
    ],
)
def test_each_half_of_the_route(built, soil, low, high, rate, required, target, residual):
    stations = built[0]
    part = stations[stations.kp_km.between(low, high)]
    assert (part.soil_class == soil).all()
    for percentile in (10, 50, 90):
        np.testing.assert_allclose(part[f"required_dol_p{percentile}_m"], required, rtol=5e-3)
    np.testing.assert_allclose(part.anchor_strike_per_km_yr, rate, rtol=5e-3)
    assert (part.target_dol_m == target).all()
    np.testing.assert_allclose(part.residual_strike_per_km_yr, residual, rtol=5e-3, atol=1e-15)


def test_the_whole_route(built):
    stations, totals = built
    assert totals["strike_per_yr_surface_laid"] == pytest.approx(3.0116e-3, rel=5e-3)
    assert totals["strike_per_yr_at_target"] == pytest.approx(1.8777e-4, rel=5e-3)
    assert totals["strike_per_yr_as_trenchable"] == pytest.approx(1.8777e-4, rel=5e-3)
    assert stations.fishing_strike_per_km_yr.isna().all()
    assert "fishing_effort" in totals["not_assessed"]
