"""Global files are clipped: only what the corridor can use is read, and memory does not grow with the file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.windows import Window

from pipeline.errors import DataError
from pipeline.geo import Grid
from pipeline.sources.rasters.drivers import fragile
from pipeline.sources.rasters.intake import inspect_raster
from pipeline.sources.rasters.raster_file import RasterFile
from pipeline.sources.rasters.reading import WHOLE_PIXELS, reach, read_through
from pipeline.sources.rasters.resample import sample, sums_on_grid
from tests.sources.grids_on_disk import attach, netcdf4_axes
from tests.sources.rasters_on_disk import depth_section, write_raster

# 15 arc-seconds, as GEBCO has them.
STEP, COLS, ROWS = 1.0 / 240.0, 86_400, 43_200
GRID = Grid(60, 40, 470_000.0, 4_690_000.0, 1000.0, "EPSG:32639")
LON, LAT = 51.0, 42.0


MEASURED = """
import resource, sys
from pathlib import Path
import numpy as np
from rasterio.windows import Window
from pipeline.geo import Grid
from pipeline.sources.rasters.cell_sums import CellSums
from pipeline.sources.rasters.intake import inspect_raster
from pipeline.sources.rasters.reading import read_through
from tests.sources.rasters_on_disk import depth_section

def peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

file = inspect_raster(Path(sys.argv[1]), depth_section())
sums = CellSums(file, Grid(60, 40, 499_000.0, 4_662_000.0, 250.0, "EPSG:32639"))
sums.add(Window(0, 0, 1, 1), np.full((1, 1), np.nan, "f4"))  # compiled before anything is measured
before = peak_mb()
contents = read_through(file, takers=[sums])
print(contents.valid, int(sums.pixels.sum()) // 256, peak_mb() - before)
"""


def value(row: np.ndarray, col: np.ndarray) -> np.ndarray:
    return -100 - (row % 7) - (col % 11)


def global_tiff(path: Path) -> Path:
    """A sparse GeoTIFF of the whole Earth with values around the corridor."""
    with rasterio.open(
        path, "w", driver="GTiff", width=COLS, height=ROWS, count=1, dtype="int16", crs="EPSG:4326", tiled=True,
        transform=Affine(STEP, 0.0, -180.0, 0.0, -STEP, 90.0), sparse_ok=True, compress="deflate", nodata=-32768,
    ) as target:  # fmt: skip
        top, left = around()
        row, col = np.indices((512, 512))
        target.write(value(row + top, col + left).astype("int16"), 1, window=((top, top + 512), (left, left + 512)))
    return path


def around() -> tuple[int, int]:
    return int((90.0 - LAT) / STEP) - 256, int((LON + 180.0) / STEP) - 256


def global_netcdf(path: Path) -> Path:
    """The same as netCDF-4, south-up, as GEBCO has it; chunks that nobody wrote take no room."""
    with h5py.File(path, "w") as file:
        lon, lat = -180.0 + (np.arange(COLS) + 0.5) * STEP, -90.0 + (np.arange(ROWS) + 0.5) * STEP
        scales = netcdf4_axes(file, lon, lat)
        grid = file.create_dataset(
            "elevation", (ROWS, COLS), "<i2", chunks=(256, 256), fillvalue=-32768, compression="gzip"
        )
        grid.attrs["_FillValue"] = np.int16(-32768)
        top, left = around()
        row, col = np.indices((512, 512))
        grid[ROWS - top - 512 : ROWS - top, left : left + 512] = value(row + top, col + left)[::-1]
        attach(grid, *scales)
    return path


@pytest.mark.parametrize("make", [global_tiff, global_netcdf])
def test_only_blocks_near_the_corridor_are_read(make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make(tmp_path / ("global.tif" if make is global_tiff else "global.nc"))
    file = inspect_raster(path, depth_section())
    assert file.width * file.height > WHOLE_PIXELS
    read = 0
    of = fragile.FragileFile if isinstance(file, fragile.FragileFile) else RasterFile
    real = of._values

    def counted(self, dataset, window):
        nonlocal read
        read += window.width * window.height
        return real(self, dataset, window)

    monkeypatch.setattr(of, "_values", counted)
    x, y = np.array([499_000.0, 500_000.0]), np.array([4_650_000.0, 4_655_000.0])
    contents = read_through(file, reach(file, [GRID], x, y, GRID.crs))
    assert contents.read == read
    assert contents.valid > 10_000
    assert read < 100_000  # of 3.7 thousand million
    total, pixels = sums_on_grid(file, GRID)
    assert (pixels > 0).all()
    assert total.max() < 0
    row, col = int((90.0 - 42.01) / STEP), int((51.003 + 180.0) / STEP)
    at = sample(file, np.array([51.003]), np.array([42.01]), "EPSG:4326", bilinear=False)
    assert at == value(np.array([row]), np.array([col]))


def test_damage_is_noticed_where_it_matters_and_nowhere_else(tmp_path: Path) -> None:
    path = global_tiff(tmp_path / "global.tif")
    end = path.stat().st_size
    noise = np.random.default_rng(1).integers(-100, -1, (256, 256)).astype("int16")
    with rasterio.open(path, "r+") as target:  # goes to the end of the file
        target.write(noise, 1, window=((0, 256), (0, 256)))
    file = inspect_raster(path, depth_section())
    near = reach(file, [GRID], np.empty(0), np.empty(0), GRID.crs)
    north_west = [Window(0, 0, 256, 256)]
    assert read_through(file, north_west).valid == noise.size
    content = path.read_bytes()
    path.write_bytes(content[: end + 5000] + b"\xff" * 400 + content[end + 5400 :])
    file = inspect_raster(path, depth_section())
    assert read_through(file, near).valid > 10_000
    with pytest.raises(DataError, match="damaged"):
        read_through(file, north_west)


def test_a_large_file_away_from_the_corridor_gives_nothing(tmp_path: Path) -> None:
    path = write_raster(
        tmp_path / "far.tif",
        np.zeros((1, 1), "float32"),
        crs="EPSG:4326",
        transform=Affine(STEP, 0, -90, 0, -STEP, -30),
    )
    with rasterio.open(
        path, "w", driver="GTiff", width=20_000, height=10_000, count=1, dtype="int16", crs="EPSG:4326", tiled=True,
        transform=Affine(STEP, 0.0, -170.0, 0.0, -STEP, -30.0), sparse_ok=True, nodata=-32768,
    ):  # fmt: skip
        pass
    file = inspect_raster(path, depth_section())
    contents = read_through(file, reach(file, [GRID], np.empty(0), np.empty(0), GRID.crs))
    assert (contents.read, contents.valid) == (0, 0)


def test_memory_is_bounded_whatever_the_size(tmp_path: Path) -> None:
    """Read 99 million cells whole and add them up: the peak must not grow by more than some windows."""
    path = tmp_path / "survey.tif"
    with rasterio.open(
        path, "w", driver="GTiff", width=9_000, height=11_000, count=1, dtype="float32", crs="EPSG:32639", tiled=True,
        blockxsize=512, blockysize=512, transform=Affine(1.0, 0.0, 500_000.0, 0.0, -1.0, 4_661_000.0), sparse_ok=True,
    ):  # fmt: skip
        pass
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, str(path)], capture_output=True, text=True, check=True, timeout=120
    )
    valid, added, grown_mb = (int(word) for word in done.stdout.split())
    assert valid == added == 99_000_000
    assert grown_mb < 250  # the file is 396 MB as float32
