"""Longitudes from 0 to 360, across the antimeridian, and over the seam of a raster that goes round the Earth."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from affine import Affine
from pyproj import Transformer
from rasterio.windows import Window

from pipeline.geo import Grid
from pipeline.sources.rasters.intake import inspect_raster
from pipeline.sources.rasters.reading import reach, read_through
from pipeline.sources.rasters.resample import mean_of, sample, sums_on_grid
from tests.sources.rasters_on_disk import depth_section, write_raster

# west edge, columns, step, longitude and CRS of the corridor
PLACES = {
    "0 to 360, west of Greenwich": (0.0, 7200, 0.05, -3.0, "EPSG:32630"),
    "0 to 360, over its seam": (0.0, 7200, 0.05, 0.02, "EPSG:32631"),
    "-180 to 180, over its seam": (-180.0, 7200, 0.05, 179.98, "EPSG:32660"),
    "across the antimeridian": (170.0, 400, 0.05, -179.97, "EPSG:32601"),
    "counted below -180": (-190.0, 400, 0.05, 179.97, "EPSG:32660"),
    "0 to 360, far from all seams": (0.0, 7200, 0.05, 51.0, "EPSG:32639"),
}


def value(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Smooth round the Earth."""
    return -100.0 + 20.0 * np.cos(np.radians(lon) * 9.0) + 5.0 * np.sin(np.radians(lat) * 20.0)


@pytest.mark.parametrize("name", PLACES)
def test_values_are_where_they_belong_and_no_seam_shows(name: str, tmp_path: Path) -> None:
    west, cols, step, middle, crs = PLACES[name]
    lon, lat = west + (np.arange(cols) + 0.5) * step, 42.0 - (np.arange(60) + 0.5) * step
    values = value(*np.meshgrid(lon, lat)).astype(np.float32)
    transform = Affine(step, 0.0, west, 0.0, -step, 42.0)
    path = write_raster(
        tmp_path / "a.tif", values, crs="EPSG:4326", transform=transform, tiled=True, blockxsize=256, blockysize=16
    )
    file = inspect_raster(path, depth_section())
    to_grid = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    x, y = to_grid.transform(np.full(1, middle), np.full(1, 40.5))
    grid = Grid.around(x, y, margin_m=40_000.0, cell_m=10_000.0, crs=crs)
    row, col = (index.ravel() for index in np.indices(grid.shape))
    at_x, at_y = grid.centres(row, col)
    at_lon, at_lat = to_grid.transform(at_x, at_y, direction="INVERSE")
    expected = value(at_lon, at_lat)
    assert sample(file, at_x, at_y, crs) == pytest.approx(expected, abs=0.05)
    means = mean_of(*sums_on_grid(file, grid))
    assert means.ravel() == pytest.approx(expected, abs=0.3)
    boxes = reach(file, [grid], at_x, at_y, crs)
    assert sum(box.width * box.height for box in boxes) < 2_000
    assert read_through(file, boxes).total == cols * 60


def test_only_a_raster_that_goes_round_wraps(tmp_path: Path) -> None:
    for cols, wraps in ((7200, True), (7198, False), (400, False)):
        path = write_raster(
            tmp_path / f"{cols}.tif",
            np.zeros((2, cols), "f4"),
            crs="EPSG:4326",
            transform=Affine(0.05, 0, 0, 0, -0.05, 42),
        )
        assert inspect_raster(path, depth_section()).wraps is wraps


def test_a_window_over_the_seam_is_read_in_its_order(tmp_path: Path) -> None:
    values = np.arange(72, dtype="f4")[None, :].repeat(2, axis=0)
    path = write_raster(tmp_path / "a.tif", values, crs="EPSG:4326", transform=Affine(5.0, 0, 0, 0, -5.0, 42))
    file = inspect_raster(path, depth_section())
    with file.open() as dataset:
        assert file.read(dataset, Window(-2, 0, 4, 1)).tolist() == [[70.0, 71.0, 0.0, 1.0]]
        assert file.read(dataset, Window(70, 1, 4, 1)).tolist() == [[70.0, 71.0, 0.0, 1.0]]
    assert file.held().read(None, Window(70, 0, 4, 2)).tolist() == [[70.0, 71.0, 0.0, 1.0]] * 2
