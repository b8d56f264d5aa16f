"""Reading our rasters at cells: the same values, from the rectangle around them alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio

from pipeline.geo import Band, Grid, read_band, read_cells, write_cog

GRID = Grid(700, 300, 0.0, 0.0, 250.0, "EPSG:32639")


@pytest.fixture(scope="module")
def raster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("raster") / "made.tif"
    values = np.random.default_rng(1).normal(size=(2, *GRID.shape)).astype("float32")
    values[:, ::7, ::3] = np.nan
    bands = [Band(name, "m", band) for name, band in zip("ab", values, strict=True)]
    write_cog(path, GRID, bands, tags={"description": "made", "provenance": "synthetic"}, nodata=-9999.0)
    return path


@pytest.mark.parametrize("rows", [(0, 700), (300, 420), (699, 700)])
@pytest.mark.parametrize("band", [1, 2])
def test_cells_are_those_of_the_band(raster: Path, rows: tuple[int, int], band: int) -> None:
    rng = np.random.default_rng(2)
    row, col = rng.integers(*rows, 500), rng.integers(0, 300, 500)
    np.testing.assert_array_equal(read_cells(raster, row, col, band), read_band(raster, band)[row, col])


def test_no_cell_is_no_value(raster: Path) -> None:
    found = read_cells(raster, np.zeros(0, np.int64), np.zeros(0, np.int64))
    assert found.shape == (0,)
    assert found.dtype == np.float32


def test_only_the_rectangle_around_is_read(raster: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    real = rasterio.DatasetReader.read

    class Watched:
        def __init__(self, source: rasterio.DatasetReader) -> None:
            self.source, self.nodata = source, source.nodata

        def read(self, band: int, window: object) -> np.ndarray:
            asked.append(window)
            return real(self.source, band, window=window)

        def __enter__(self) -> Watched:
            return self

        def __exit__(self, *ended: object) -> None:
            self.source.close()

    opened = rasterio.open
    monkeypatch.setattr("pipeline.geo.raster.rasterio.open", lambda path: Watched(opened(path)))
    read_cells(raster, np.array([40, 42, 41]), np.array([7, 5, 9]))
    (window,) = asked
    assert (window.row_off, window.col_off, window.height, window.width) == (40, 5, 3, 5)
