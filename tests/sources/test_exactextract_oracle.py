"""Cell means of a fine survey against exactextract, which weighs every pixel by its exact share of the cell."""

import geopandas as gpd
import numpy as np
import pytest
from affine import Affine
from exactextract import exact_extract
from shapely import box

from pipeline.geo import Grid, read_band
from pipeline.seabed import bathymetry
from pipeline.sources.rasters.intake import inspect_raster
from pipeline.sources.rasters.resample import warp_to_grid
from tests.seabed.seabed_step import run_step, small_frame, source
from tests.sources.rasters_on_disk import depth_section, write_raster

GRID = Grid(rows=4, cols=3, west_m=500_000.0, north_m=4_600_000.0, cell_m=250.0, crs="EPSG:32639")


@pytest.mark.parametrize(("pixel_m", "shift_m", "tolerance_m"), [(10.0, 0.0, 1e-4), (7.0, 3.0, 0.05)])
def test_means_of_cells_agree(tmp_path, pixel_m, shift_m, tolerance_m):
    count = int(1200 / pixel_m)
    rng = np.random.default_rng(5)
    row, col = np.indices((count, count))
    bed = (-100 - 0.05 * col - 0.02 * row + rng.normal(0, 0.5, (count, count))).astype("float32")
    bed[: count // 5, : count // 4] = -9999.0  # a hole: only what is known counts
    transform = Affine(pixel_m, 0, 499_950.0 + shift_m, 0, -pixel_m, 4_600_050.0 + shift_m)
    path = write_raster(tmp_path / "survey.tif", bed, transform=transform, nodata=-9999.0)
    ours = warp_to_grid(inspect_raster(path, depth_section()), GRID)
    np.testing.assert_allclose(ours, zonal_means(path, GRID), atol=tolerance_m)


def test_merged_depths_agree_blended_seam_included(tmp_path):
    """A survey that ends inside another one: exactextract's means of both, blended by hand over a straight seam."""
    frame = small_frame(0.1, half_width_m=3000.0)
    grid = frame.grid
    west, _, _, north = grid.bounds
    seam_x = west + grid.cell_m * (grid.cols // 2)
    files, means = [], []
    for name, pixel_m, right_m, lift in (("fine", 10.0, seam_x, 4.0), ("wide", 12.5, grid.bounds[2] + 250.0, 0.0)):
        cols, rows = int((right_m - (west - 250.0)) / pixel_m), int((grid.rows * grid.cell_m + 500.0) / pixel_m)
        row, col = np.indices((rows, cols))
        bed = -90 + lift + 8 * np.sin(pixel_m * col / 900) + 5 * np.cos(pixel_m * row / 700)
        where = Affine(pixel_m, 0, west - 250.0, 0, -pixel_m, north + 250.0)
        files.append(write_raster(tmp_path / f"{name}.tif", bed.astype("float32"), transform=where))
        means.append(zonal_means(files[-1], grid))
    given = {"role": "bathymetry", "values": "elevation_m", "vertical_datum": "baltic77"}
    sources = (source("fine", files[0], priority=2, **given), source("wide", files[1], priority=1, **given))
    out, _ = run_step("bathymetry", bathymetry.run, tmp_path, frame, *sources)
    column = np.arange(grid.cols)
    to_seam_m = grid.cell_m * (grid.cols // 2 - 0.5 - column)
    share = np.clip(to_seam_m / 1000.0, 0.0, 1.0)  # the default feather
    bed = np.where(column < grid.cols // 2, share * means[0] + (1.0 - share) * means[1], means[1])
    np.testing.assert_allclose(read_band(out / "water_depth.tif"), -29.3 - bed, atol=2e-3)


def zonal_means(path, grid):
    """Means of a raster in the cells of a grid, by exactextract; NaN beside the raster."""
    rows, cols = (index.ravel() for index in np.indices(grid.shape))
    x, y = grid.centres(rows, cols)
    half = grid.cell_m / 2
    squares = [box(a - half, b - half, a + half, b + half) for a, b in zip(x, y, strict=True)]
    cells = gpd.GeoDataFrame(geometry=squares, crs=grid.crs)
    found = [feature["properties"]["mean"] for feature in exact_extract(str(path), cells, ["mean"])]
    return np.array(found, dtype=float).reshape(grid.shape)
