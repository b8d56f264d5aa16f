"""A small real workspace: the smallest inputs that must work, made in the test's own folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import rasterio
from rasterio.transform import from_origin

LON, SOUTH, NORTH = 51.0, 42.0, 42.18  # on the central meridian of UTM 39N, 20 km

HEAD = """
[corridor]
name = "Mini"
half_width_m = 2000
cell_m = 500
station_m = 500

[route]
file = "data/raw/rpl.csv"
"""
DEPTHS = """
[sources.depths]
role = "bathymetry"
files = "data/raw/depths.tif"
values = "depth_m"
vertical_datum = "surface"
"""
SOIL = """
[sources.soil]
role = "soil"
files = "data/raw/soil.tif"
"""
AIS = """
[sources.ais]
role = "ais"
files = "data/raw/ais*.csv"
period = ["2025-01-01", "2025-12-31"]
"""
QUICK = """
[uncertainty]
draws = 60
[map]
raster_max_px = 300
"""
"""Few draws and a small picture: nobody looks at the third digit of a depth here, nor at the sea."""


def corridor(*arguments: str | Path, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run the real command."""
    command = [sys.executable, "-m", "flows", *map(str, arguments)]
    environment = {**os.environ, "COLUMNS": "200", **(env or {})}
    return subprocess.run(command, capture_output=True, text=True, timeout=600, env=environment, check=False)


def write_grid(path: Path, values: np.ndarray, *, nodata: float | None = None) -> Path:
    """Write a 0.01 degree raster that covers the mini corridor; the first row is the northernmost."""
    rows, cols = values.shape
    transform = from_origin(LON - cols * 0.005, NORTH + 0.06, 0.01, (NORTH - SOUTH + 0.12) / rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    with rasterio.open(
        path, "w", driver="GTiff", width=cols, height=rows, count=1, dtype=values.dtype, crs="EPSG:4326",
        transform=transform, nodata=nodata,
    ) as target:  # fmt: skip
        target.write(values, 1)
    return path


def write_ais(path: Path, passages: int = 60) -> Path:
    """Write tankers that cross the corridor eastward, evenly spread over its length, every few days."""
    minutes = np.arange(0, 60, 5)
    rows = []
    start = pd.Timestamp("2025-01-03")
    for passage in range(passages):
        lat = SOUTH + (passage + 0.5) / passages * (NORTH - SOUTH)
        times = start + pd.Timedelta(days=5) * passage + pd.to_timedelta(minutes, unit="min")
        lon = LON + (minutes - 27.5) * (10 * 1.852 / 60) / (111.32 * np.cos(np.radians(lat)))
        rows.append(
            pd.DataFrame(
                {
                    "MMSI": 999000001 + passage % 3, "BaseDateTime": times.strftime("%Y-%m-%dT%H:%M:%S"),
                    "LAT": lat, "LON": lon.round(6), "SOG": 10.0, "COG": 90.0, "Heading": 90.0,
                    "VesselName": "TEST <b>TANKER</b>", "IMO": "", "CallSign": "", "VesselType": 80, "Status": 0,
                    "Length": 140.85, "Width": 16.7, "Draft": 4.5, "Cargo": 80,
                }
            )
        )  # fmt: skip
    pd.concat(rows).to_csv(path, index=False)
    return path


def make_mini(root: Path, *, roles: str = "depths soil ais", depth_m: float = 40.0) -> Path:
    """Make the workspace: a straight route northward, flat depth a gentle slope, sand south, mud north."""
    raw = root / "data" / "raw"
    raw.mkdir(parents=True)
    (raw / "rpl.csv").write_text(f"lon,lat\n{LON},{SOUTH}\n{LON},{NORTH}\n")
    shape = (30, 20)
    depth = np.full(shape, depth_m, dtype="float32") + np.linspace(-1, 1, shape[1], dtype="float32")
    write_grid(raw / "depths.tif", depth, nodata=-9999.0)
    text = HEAD + DEPTHS
    if "soil" in roles:
        soil = np.full(shape, 4, dtype="uint8")
        soil[: shape[0] // 2] = 1
        write_grid(raw / "soil.tif", soil, nodata=255)
        text += SOIL
    if "ais" in roles:
        write_ais(raw / "ais.csv")
        text += AIS
    (root / "corridor.toml").write_text(text + QUICK)
    return root
