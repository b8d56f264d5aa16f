"""Terrain of surveys that are not GeoTIFFs: soundings in text are gridded and derived like any raster."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.geo import Frame
from tests.seabed.seabed_step import small_frame, source
from tests.seabed.test_terrain import DEPTHS, ran


def soundings(folder: Path, frame: Frame) -> list[Path]:
    """Ripples of 24 m, sounded in the middle of every cell of 2 m, in two files side by side."""
    x, y = (np.floor(float(frame.stations[axis].iloc[4])) for axis in ("x_m", "y_m"))
    east, north = np.meshgrid(np.arange(1.0, 400.0, 2.0), np.arange(1.0, 400.0, 2.0))
    depth = 40.0 + 0.4 * np.sin(2.0 * np.pi * north / 24.0)
    paths = []
    for number, part in enumerate((east < 200.0, east > 200.0)):
        rows = np.column_stack(
            [east[part] + 2 * np.floor(x / 2) - 200.0, north[part] + 2 * np.floor(y / 2) - 200.0, depth[part]]
        )
        paths.append(folder / f"soundings_{number}.xyz")
        np.savetxt(paths[-1], rows, fmt="%.2f")
    return paths


def test_soundings_in_text_give_ripples_and_no_seam(tmp_path: Path) -> None:
    frame = small_frame(cell_m=100.0, station_m=100.0)
    paths = soundings(tmp_path, frame)
    survey = source("lead", *paths, **DEPTHS, crs="EPSG:32639", grid_m=2.0)
    out, facts = ran(tmp_path, frame, survey)
    stations = pd.read_parquet(out / "stations.parquet")
    rippled = stations[stations["bedform"] == "megaripple"]
    assert len(rippled) == facts["bedform_stations"]["megaripple"] > 1
    assert rippled["bedform_height_m"].to_numpy() == pytest.approx(0.8, rel=0.1)
    assert rippled["bedform_wavelength_m"].to_numpy() == pytest.approx(24.0, rel=0.1)
    assert not list(out.parent.rglob("raster-*"))
