"""Slope and roughness, against a plane worked by hand and against gdaldem."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rasterio
from affine import Affine

from pipeline.geo import Band, read_band, write_cog
from pipeline.seabed import terrain
from pipeline.seabed.terrain import roughness_m, slope_deg
from tests.seabed.seabed_step import run_step, small_frame
from tests.sources.rasters_on_disk import write_raster


def hills(rows: int = 40, cols: int = 55) -> np.ndarray:
    """A surface with no symmetry: swapping or turning its axes changes every slope."""
    row, col = np.indices((rows, cols), dtype=np.float64)
    return 30.0 * np.sin(col / 9.0) + 55.0 * np.cos(row / 4.0 + col / 21.0) + 0.02 * row**2 - 3.0 * col


def test_a_plane_has_its_slope() -> None:
    row, col = np.indices((5, 6), dtype=np.float64)
    slope = slope_deg(3.0 * row + 4.0 * col, 100.0)
    assert slope[1:-1, 1:-1] == pytest.approx(np.degrees(np.arctan(0.05)))
    assert np.isnan(slope[0]).all()
    assert np.isnan(slope[:, -1]).all()
    assert roughness_m(3.0 * row + 4.0 * col)[1:-1, 1:-1] == pytest.approx(14.0)


@pytest.mark.parametrize("product", ["slope", "roughness"])
def test_agrees_with_gdaldem(tmp_path: Path, product: str) -> None:
    if shutil.which("gdaldem") is None:
        pytest.skip("gdaldem is not installed (apt-get install gdal-bin)")
    height = hills().astype(np.float32)
    transform = Affine(250.0, 0.0, 500_000.0, 0.0, -250.0, 4_600_000.0)
    dem = write_raster(tmp_path / "dem.tif", height, transform=transform)
    out = tmp_path / "out.tif"
    subprocess.run(["gdaldem", product, str(dem), str(out), "-q"], check=True, timeout=60)
    with rasterio.open(out) as made:
        theirs = made.read(1, masked=True).filled(np.nan)
    ours = slope_deg(height.astype(np.float64), 250.0) if product == "slope" else roughness_m(height.astype(np.float64))
    assert ours[1:-1, 1:-1] == pytest.approx(theirs[1:-1, 1:-1], abs=1e-3)
    assert np.ptp(ours[1:-1, 1:-1]) > 1.0


def test_a_missing_height_leaves_its_neighbourhood_blank_and_no_more() -> None:
    height = hills()
    full = slope_deg(height, 250.0), roughness_m(height)
    height[10, 20] = np.nan
    blank = np.zeros(height.shape, dtype=bool)
    blank[9:12, 19:22] = True
    inner = (slice(1, -1), slice(1, -1))
    for before, after in zip(full, (slope_deg(height, 250.0), roughness_m(height)), strict=True):
        assert np.isnan(after[blank]).all()
        assert np.array_equal(after[inner][~blank[inner]], before[inner][~blank[inner]])


def test_a_raster_too_small_for_a_slope_has_none() -> None:
    assert np.isnan(slope_deg(np.zeros((2, 9)), 250.0)).all()
    assert np.isnan(roughness_m(np.zeros((9, 2)))).all()


def test_the_step_gives_stations_the_cell_under_them(tmp_path: Path) -> None:
    frame = small_frame()
    rows, cols = frame.grid.shape
    depth = (60.0 + hills(rows, cols) * 0.1).astype(np.float32)
    folder = tmp_path / "bathymetry"
    write_cog(folder / "water_depth.tif", frame.grid, [Band("d", "m", depth)], tags={"provenance": "x"}, nodata=-9999.0)
    told = {"bathymetry": {"provenance": "synthetic", "sources": [{"name": "swath"}]}}
    out, facts = run_step("terrain", terrain.run, tmp_path, frame, inputs={"bathymetry": folder}, facts=told)
    stations = pd.read_parquet(out / "stations.parquet")
    row, col = frame.grid.cell_of(frame.stations["x_m"].to_numpy(), frame.stations["y_m"].to_numpy())
    assert list(stations.columns) == ["station", "slope_deg", "roughness_m"]
    assert stations["slope_deg"].to_numpy() == pytest.approx(read_band(out / "slope.tif")[row, col], abs=1e-4)
    assert stations["roughness_m"].to_numpy() == pytest.approx(read_band(out / "roughness.tif")[row, col], abs=1e-4)
    assert stations.notna().all().all()
    assert (facts["assessed"], facts["provenance"]) == (True, "synthetic")
