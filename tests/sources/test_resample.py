"""Values at points and on grids: right place, no smeared gaps, the same whatever is read at once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from affine import Affine
from pyproj import Transformer

from pipeline.geo import Grid
from pipeline.sources.rasters import reading, resample
from pipeline.sources.rasters.cell_sums import PER_PIXEL
from pipeline.sources.rasters.intake import inspect_raster
from pipeline.sources.rasters.lattice_tiles import beside
from pipeline.sources.rasters.resample import mean_of, sample, sums_on_grid, warp_to_grid
from pipeline.sources.rasters.rim import Rim
from pipeline.workspace import SourceFiles
from tests.sources.rasters_on_disk import NORTH_UP, depth_section, relief, write_raster

CRS = "EPSG:32639"
GRID = Grid(20, 16, 500_050.0, 4_599_700.0, 250.0, CRS)


def plane(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return -100.0 + 0.004 * (x - 500_000.0) + 0.01 * (y - 4_600_000.0)


def plane_raster(path: Path, transform: Affine, rows: int = 60, cols: int = 60, **profile: object) -> Path:
    col, row = np.meshgrid(np.arange(cols) + 0.5, np.arange(rows) + 0.5)
    x = transform.a * col + transform.b * row + transform.c
    y = transform.d * col + transform.e * row + transform.f
    return write_raster(path, plane(x, y).astype(np.float32), transform=transform, **profile)


TRANSFORMS = {
    "north up": NORTH_UP,
    "south up": Affine(100.0, 0.0, 500_000.0, 0.0, 100.0, 4_594_000.0),
    "rotated": Affine.translation(499_000.0, 4_600_500.0) @ Affine.rotation(-12.0) @ Affine.scale(100.0, -100.0),
    "oblong": Affine(100.0, 0.0, 500_000.0, 0.0, -50.0, 4_599_000.0),
}


@pytest.mark.parametrize("name", TRANSFORMS)
def test_bilinear_gives_a_plane_back(tmp_path: Path, name: str) -> None:
    file = inspect_raster(plane_raster(tmp_path / "p.tif", TRANSFORMS[name]), depth_section())
    x, y = np.array([502_000.0, 503_333.0, 501_777.0]), np.array([4_597_900.0, 4_598_111.0, 4_597_000.0])
    assert sample(file, x, y, CRS) == pytest.approx(plane(x, y), abs=1e-3)


@pytest.mark.parametrize("name", TRANSFORMS)
@pytest.mark.parametrize("method", ["average", "bilinear"])
def test_warping_gives_a_plane_back(tmp_path: Path, name: str, method: str) -> None:
    file = inspect_raster(plane_raster(tmp_path / "p.tif", TRANSFORMS[name]), depth_section())
    grid = Grid(5, 5, 502_000.0, 4_598_500.0, 250.0, CRS)
    row, col = np.indices(grid.shape)
    # A part of a pixel is up to an eighth of a cell off: 0.02 m on this plane, in either direction.
    assert warp_to_grid(file, grid, method) == pytest.approx(plane(*grid.centres(row, col)), abs=0.35)  # type: ignore[arg-type]


def test_geographic_rasters_land_where_they_belong(tmp_path: Path) -> None:
    transform = Affine(0.01, 0.0, 50.5, 0.0, -0.02, 41.8)
    path = write_raster(tmp_path / "g.tif", relief(40, 60), crs="EPSG:4326", transform=transform)
    lon, lat = 50.5 + 0.01 * 7.5, 41.8 - 0.02 * 11.5
    x, y = Transformer.from_crs("EPSG:4326", CRS, always_xy=True).transform(lon, lat)
    file = inspect_raster(path, depth_section())
    assert sample(file, np.array([x]), np.array([y]), CRS)[0] == pytest.approx(float(relief(40, 60)[11, 7]), abs=1e-4)


def test_a_gap_stays_a_gap_and_does_not_weigh_on_its_neighbours(tmp_path: Path) -> None:
    values = np.full((6, 6), -50.0, np.float32)
    values[2, 3] = -9999.0
    values[4, 4] = np.nan
    file = inspect_raster(write_raster(tmp_path / "gap.tif", values, nodata=-9999.0), depth_section())
    x, y = np.meshgrid(np.arange(500_005.0, 500_600.0, 10.0), np.arange(4_599_995.0, 4_599_400.0, -10.0))
    found = sample(file, x.ravel(), y.ravel(), CRS).reshape(x.shape)
    col, row = ((x - 500_000.0) // 100).astype(int), ((4_600_000.0 - y) // 100).astype(int)
    gap = ((row == 2) & (col == 3)) | ((row == 4) & (col == 4))
    assert np.isnan(found[gap]).all()
    assert found[~gap] == pytest.approx(-50.0)


def test_outside_there_is_nothing(tmp_path: Path) -> None:
    file = inspect_raster(write_raster(tmp_path / "a.tif", relief(6, 6)), depth_section())
    x = np.array([499_999.0, 500_601.0, 500_300.0, 500_300.0, np.inf])
    y = np.array([4_599_700.0, 4_599_700.0, 4_600_001.0, 4_599_399.0, 4_599_700.0])
    assert np.isnan(sample(file, x, y, CRS)).all()


def in_tiles(folder: Path, values: np.ndarray, side: float, parts: list[tuple[slice, slice]], at: np.ndarray):
    """Return values at x and y of a raster cut into parts: the mean of what each gives amid its neighbours."""
    folder.mkdir()
    paths = []
    for number, (rows, cols) in enumerate(parts):
        corner = Affine(side, 0.0, 500_000.0 + side * cols.start, 0.0, -side, 4_600_000.0 - side * rows.start)
        paths.append(write_raster(folder / f"{number}.tif", values[rows, cols], transform=corner, nodata=-9999.0))
    near = beside(SourceFiles("survey", depth_section(), tuple(paths)))
    found = []
    for path in paths:
        file = inspect_raster(path, depth_section())
        with Rim.around(file, near[path], depth_section()) as rim:
            found.append(sample(file, *at, CRS, rim=rim))
    known = ~np.isnan(found)
    return np.where(
        known.any(axis=0), np.where(known, found, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1), np.nan
    )


def test_a_station_beside_the_seam_of_two_tiles_lies_on_the_slope_not_on_a_cliff(tmp_path: Path) -> None:
    falling = np.tile((-10.0 - 20.0 * np.arange(20, dtype=np.float32)), (4, 1))  # 20 m a pixel of 500 m
    at = np.array([500_000.0 + 10 * 500.0 + np.array([-10.0, 10.0]), np.full(2, 4_599_100.0)])
    halves = [(slice(0, 4), slice(0, 10)), (slice(0, 4), slice(10, 20))]
    assert in_tiles(tmp_path / "two", falling, 500.0, halves, at) == pytest.approx([-199.6, -200.4], abs=1e-6)


@pytest.mark.parametrize("overlap", [0, 3])
def test_cutting_a_raster_into_tiles_moves_no_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, overlap: int
) -> None:
    values = relief(40, 60)
    values[10:13, 28:33] = -9999.0  # over the seam
    rng = np.random.default_rng(1)
    at = np.array([500_000.0 + rng.uniform(0, 600, 4000), 4_600_000.0 - rng.uniform(0, 400, 4000)])
    whole = in_tiles(tmp_path / "one", values, 10.0, [(slice(0, 40), slice(0, 60))], at)
    monkeypatch.setattr(resample, "_MAX_FILLED_PIXELS", 200)
    parts = [
        (slice(top, bottom + overlap), slice(left, right + overlap))
        for top, bottom in ((0, 12), (12, 13), (13, 40)) for left, right in ((0, 30), (30, 60))
    ]  # fmt: skip
    cut = in_tiles(tmp_path / "cut", values, 10.0, parts, at)
    assert np.isnan(whole).any()
    np.testing.assert_allclose(cut, whole, atol=1e-9)


def test_means_are_area_means(tmp_path: Path) -> None:
    noise = np.random.default_rng(3).normal(-60.0, 5.0, (500, 500)).astype(np.float32)
    transform = Affine(10.0, 0.0, 500_050.0, 0.0, -10.0, 4_599_700.0)
    file = inspect_raster(write_raster(tmp_path / "fine.tif", noise, transform=transform), depth_section())
    block = noise[: 20 * 25, : 16 * 25].reshape(20, 25, 16, 25).astype(np.float64).mean(axis=(1, 3))
    assert warp_to_grid(file, GRID) == pytest.approx(block, abs=1e-4)
    coarse = Grid(4, 4, 500_050.0, 4_599_700.0, 18.0, CRS)
    total, pixels = sums_on_grid(file, coarse)
    assert pixels / PER_PIXEL == pytest.approx(np.full((4, 4), 3.24), rel=0.15)
    assert np.isfinite(mean_of(total, pixels)).all()


def test_every_pixel_counts_once_whatever_the_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    noise = np.random.default_rng(3).normal(-60.0, 5.0, (400, 300)).astype(np.float32)
    noise[10:40, 20:60] = np.nan
    transform = Affine(10.0, 0.0, 500_503.0, 0.0, -10.0, 4_599_107.0)
    file = inspect_raster(write_raster(tmp_path / "fine.tif", noise, transform=transform), depth_section())
    whole = sums_on_grid(file, GRID)
    assert whole[1].sum() == np.isfinite(noise).sum() * PER_PIXEL
    x, y = (
        np.random.default_rng(4).uniform(500_600, 503_400, 500),
        np.random.default_rng(5).uniform(4_595_200, 4_599_000, 500),
    )
    points = sample(file, x, y, CRS)
    monkeypatch.setattr(resample, "_MAX_WINDOW_PIXELS", 2_000)
    monkeypatch.setattr(reading, "BATCH_PIXELS", 2_000)
    pieces = sums_on_grid(file, GRID)
    assert np.array_equal(pieces, whole)
    assert np.array_equal(sample(file, x, y, CRS), points, equal_nan=True)


def test_a_fine_raster_in_another_crs_agrees_with_gdal(tmp_path: Path) -> None:
    from rasterio.enums import Resampling
    from rasterio.warp import reproject

    row, col = np.indices((400, 500))
    hills = (-80.0 + 6.0 * np.sin(col / 40.0) + 4.0 * np.cos(row / 25.0)).astype(np.float32)
    transform = Affine(0.0003, 0.0, 51.0, 0.0, -0.0002, 41.54)
    path = write_raster(tmp_path / "deg.tif", hills, crs="EPSG:4326", transform=transform)
    grid = Grid(24, 28, 501_500.0, 4_597_500.0, 250.0, CRS)
    theirs = np.full(grid.shape, np.nan, np.float32)
    reproject(
        hills, theirs, src_transform=transform, src_crs="EPSG:4326", dst_transform=grid.transform, dst_crs=CRS,
        resampling=Resampling.average, dst_nodata=np.nan,
    )  # fmt: skip
    ours = warp_to_grid(inspect_raster(path, depth_section()), grid)
    both = np.isfinite(ours) & np.isfinite(theirs)
    assert both.mean() > 0.9
    assert np.abs(ours - theirs)[both].max() < 0.15
