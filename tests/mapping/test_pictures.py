"""Rasters stand where they belong, in colours that mean what the legend says."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pyproj import Transformer

from pipeline.geo import Band, Grid, write_cog
from pipeline.mapping import pictures

GRID = Grid(rows=300, cols=200, west_m=400_000.0, north_m=4_800_000.0, cell_m=1000.0, crs="EPSG:32639")


def raster(path: Path, values: np.ndarray, nodata: float = -9999.0) -> Path:
    write_cog(path, GRID, [Band("v", "-", values)], tags={}, nodata=nodata)
    return path


def decode(picture: pictures.Picture) -> np.ndarray:
    data = base64.b64decode(picture.uri.removeprefix("data:image/png;base64,"))
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGBA"))


@pytest.mark.parametrize(("row", "col"), [(3, 4), (296, 195), (150, 20), (20, 190)])
def test_a_cell_stands_at_its_own_longitude_and_latitude(tmp_path: Path, row: int, col: int) -> None:
    values = np.full(GRID.shape, np.nan, "float32")
    values[row - 2 : row + 3, col - 2 : col + 3] = 1.0
    warped = pictures.warp(raster(tmp_path / "v.tif", values), max_px=2000)
    (south, west), (north, east) = warped.bounds
    found = np.argwhere(np.isfinite(warped.values)).mean(axis=0) + 0.5
    to_mercator = Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True)
    (left, right), (bottom, top) = to_mercator.transform([west, east], [south, north])
    rows, cols = warped.values.shape
    x, y = left + found[1] / cols * (right - left), top - found[0] / rows * (top - bottom)
    expected = Transformer.from_crs(GRID.crs, "EPSG:3857", always_xy=True).transform(
        GRID.west_m + (col + 0.5) * 1000, GRID.north_m - (row + 0.5) * 1000
    )
    assert np.hypot(x - expected[0], y - expected[1]) < 700.0  # half a cell, in metres of Mercator


def test_codes_without_a_colour_are_transparent() -> None:
    warped = pictures.Warped(np.array([[4.0, 9.0, np.nan]]), [[0, 0], [1, 1]], 1.0)
    image = decode(pictures.coded_picture(warped, {1: "#111111", 4: "#444444"}))
    assert image[0].tolist()[0] == [0x44, 0x44, 0x44, 255]
    assert image[0, :, 3].tolist() == [255, 0, 0]


def test_slopes_that_face_the_north_west_are_lit() -> None:
    row, col = np.indices((60, 60)).astype(float)
    level = pictures.shade(np.full((60, 60), 100.0), 1000.0, 40.0)[30, 30]
    assert level == pytest.approx(np.sin(np.radians(45.0)))
    deeper_north_west = pictures.shade(200.0 - (row + col), 1000.0, 40.0)[30, 30]
    deeper_south_east = pictures.shade(row + col, 1000.0, 40.0)[30, 30]
    assert deeper_north_west > level > deeper_south_east


def test_depth_darkens_and_the_edge_fades(tmp_path: Path) -> None:
    values = np.tile(np.linspace(0, 400, GRID.cols, dtype="float32"), (GRID.rows, 1))
    warped = pictures.warp(raster(tmp_path / "d.tif", values), max_px=300, smooth=True)
    assert max(warped.values.shape) <= 300
    picture = pictures.seabed_picture(warped, [100.0, 300.0], ["#ffffff", "#808080", "#202020"], 0.0)
    image = decode(picture).astype(int)
    middle = image[image.shape[0] // 2]
    assert middle[middle.shape[0] // 8, 0] > middle[middle.shape[0] // 2, 0] > middle[-middle.shape[0] // 8, 0]
    assert image[0, :, 3].max() < 40
    assert middle[middle.shape[0] // 2, 3] == 255
    assert picture == pictures.seabed_picture(warped, [100.0, 300.0], ["#ffffff", "#808080", "#202020"], 0.0)
