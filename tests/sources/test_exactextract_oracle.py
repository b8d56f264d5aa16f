"""Cell means of a fine survey against exactextract, which weighs every pixel by its exact share of the cell."""

import geopandas as gpd
import numpy as np
import pytest
from affine import Affine
from exactextract import exact_extract
from shapely import box

from pipeline.geo import Grid
from pipeline.sources.intake import inspect_raster
from pipeline.sources.resample import warp_to_grid
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
    rows, cols = (index.ravel() for index in np.indices(GRID.shape))
    x, y = GRID.centres(rows, cols)
    cells = gpd.GeoDataFrame(geometry=[box(a - 125, b - 125, a + 125, b + 125) for a, b in zip(x, y, strict=True)],
                             crs=GRID.crs)  # fmt: skip
    theirs = np.array([f["properties"]["mean"] for f in exact_extract(str(path), cells, ["mean"])], dtype=float)
    np.testing.assert_allclose(ours.ravel(), theirs, atol=tolerance_m)
