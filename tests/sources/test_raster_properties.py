"""Whatever a raster's type, layout and orientation: what is read is what was written."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from affine import Affine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.geo import Grid
from pipeline.sources.rasters import reading
from pipeline.sources.rasters.cell_sums import PER_METRE, PER_PIXEL, CellSums, parts_per_side
from pipeline.sources.rasters.intake import inspect_raster
from pipeline.sources.rasters.reading import read_through
from pipeline.sources.rasters.resample import mean_of, sample
from tests.sources.rasters_on_disk import depth_section, write_raster

CRS = "EPSG:32639"
WEST, NORTH, SIDE = 500_000.0, 4_600_000.0, 10.0
NODATA: dict[str, tuple[float | None, ...]] = {
    "uint8": (None, 0.0, 255.0),
    "int16": (None, -32768.0, -9999.0, 0.0),
    "uint16": (None, 65535.0),
    "int32": (None, -2147483648.0),
    "float32": (None, -9999.0, 0.0, -3.4028234663852886e38, float("nan")),
    "float64": (None, -9999.0, -1.7976931348623157e308, float("nan")),
}


@st.composite
def layouts(draw: st.DrawFn) -> dict[str, Any]:
    dtype = draw(st.sampled_from(sorted(NODATA)))
    compress = draw(st.sampled_from([None, "deflate", "lzw", "zstd", "packbits"]))
    predictor = draw(st.sampled_from([1, 2, 3] if dtype.startswith("float") else [1, 2]))
    return {
        "dtype": dtype,
        "nodata": draw(st.sampled_from(NODATA[dtype])),
        "compress": compress,
        "predictor": predictor if compress in {"deflate", "lzw", "zstd"} else None,
        "block": draw(st.sampled_from([None, (16, 16), (32, 16), (48, 64)])),
        "interleave": draw(st.sampled_from(["pixel", "band"])),
        "orientation": draw(st.sampled_from(["north-up", "south-up", "mirrored", "transposed", "turned"])),
        "scale": draw(st.sampled_from([1.0, 0.01, -1.0])),
        "offset": draw(st.sampled_from([0.0, -50.0])),
        "rows": draw(st.integers(1, 50)),
        "cols": draw(st.integers(1, 50)),
        "bigtiff": draw(st.booleans()),
        "seed": draw(st.integers(0, 1000)),
    }


def place(layout: dict[str, Any]) -> Affine:
    rows, cols = layout["rows"], layout["cols"]
    return {
        "north-up": Affine(SIDE, 0.0, WEST, 0.0, -SIDE, NORTH),
        "south-up": Affine(SIDE, 0.0, WEST, 0.0, SIDE, NORTH - rows * SIDE),
        "mirrored": Affine(-SIDE, 0.0, WEST + cols * SIDE, 0.0, -SIDE, NORTH),
        "transposed": Affine(0.0, SIDE, WEST, -SIDE, 0.0, NORTH),
        "turned": Affine.translation(WEST, NORTH) @ Affine.rotation(180.0) @ Affine.scale(SIDE, -SIDE),
    }[layout["orientation"]]


def write(folder: Path, layout: dict[str, Any]) -> tuple[Path, np.ndarray]:
    """Write some raw numbers; return the file and the values that they stand for."""
    shape = (layout["rows"], layout["cols"])
    random = np.random.default_rng(layout["seed"])
    low, high = (0, 200) if layout["dtype"] == "uint8" else (1, 30_000)
    raw = random.integers(low, high, shape).astype(layout["dtype"])
    if layout["dtype"].startswith("float"):
        raw = raw + random.random(shape).astype(layout["dtype"])
    missing = random.random(shape) < 0.2
    missing.flat[0] = False
    nodata = layout["nodata"]
    if nodata is not None:
        raw[missing] = np.asarray(nodata).astype(raw.dtype)
        raw[~missing & (raw == nodata)] = 1
    raw.flat[0] = 7
    options: dict[str, Any] = {"bigtiff": "yes" if layout["bigtiff"] else "no", "interleave": layout["interleave"]}
    options |= {key: layout[key] for key in ("compress", "predictor") if layout[key] is not None}
    if layout["block"]:
        options |= {"tiled": True, "blockysize": layout["block"][0], "blockxsize": layout["block"][1]}
    path = write_raster(folder / "a.tif", raw, transform=place(layout), nodata=nodata, **options)
    if (layout["scale"], layout["offset"]) != (1.0, 0.0):
        with rasterio.open(path, "r+") as target:
            target.scales, target.offsets = (layout["scale"],), (layout["offset"],)
    values = raw.astype(np.float64) * layout["scale"] + layout["offset"]
    return path, np.where(missing if nodata is not None else False, np.nan, values)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(layouts())
def test_points_and_cells_have_the_values_that_were_written(layout: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path, values = write(Path(folder), layout)
        file = inspect_raster(path, depth_section())
        row, col = (index.ravel() for index in np.indices(values.shape))
        x, y = file.transform @ (col + 0.5, row + 0.5)
        for bilinear in (False, True):
            found = sample(file, x, y, CRS, bilinear=bilinear)
            assert found == pytest.approx(values.ravel(), rel=1e-6, abs=1e-4, nan_ok=True)
        around = (layout["rows"] + layout["cols"]) * SIDE
        cells = Grid.around(np.array([WEST]), np.array([NORTH]), margin_m=around, cell_m=SIDE, crs=CRS)
        sums = CellSums(file, cells)
        contents = read_through(file, takers=[sums])
        where = cells.cell_of(x, y)
        means = mean_of(sums.total, sums.pixels)[where]
        assert means == pytest.approx(values.ravel(), rel=1e-6, abs=1e-4, nan_ok=True)
        assert (contents.valid, contents.total) == (int(np.isfinite(values).sum()), values.size)
        assert sums.pixels.sum() == contents.valid * PER_PIXEL


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(layouts(), st.sampled_from([7.0, 10.0, 25.0, 61.0, 250.0]), st.floats(-30.0, 30.0), st.floats(-30.0, 30.0))
def test_sums_are_those_of_each_part_by_itself_in_any_order(
    layout: dict[str, Any], cell_m: float, east_m: float, north_m: float
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path, values = write(Path(folder), layout)
        file = inspect_raster(path, depth_section())
        grid = Grid(17, 19, WEST - 200.0 + east_m, NORTH + 200.0 + north_m, cell_m, CRS)
        whole = CellSums(file, grid)
        read_through(file, takers=[whole])
        total, pixels = directly(file.transform, values, grid, parts_per_side(file, grid))
        assert np.array_equal(whole.pixels, pixels)
        assert np.array_equal(whole.total, total)
        boxes = list(reading.batches(file, rasterio.windows.Window(0, 0, file.width, file.height)))
        with file.open() as dataset, pytest.MonkeyPatch.context() as patch:
            patch.setattr(reading, "BATCH_PIXELS", 100)
            small = CellSums(file, grid)
            windows = [window for box in boxes for window in reading.batches(file, box)]
            for window in reversed(windows):
                small.add(window, file.read(dataset, window))
        assert np.array_equal(small.total, whole.total)
        assert np.array_equal(small.pixels, whole.pixels)


def directly(transform: Affine, values: np.ndarray, grid: Grid, parts: int) -> tuple[np.ndarray, np.ndarray]:
    """Add up parts of pixels one by one, in Python."""
    total, pixels = np.zeros(grid.shape, dtype=np.int64), np.zeros(grid.shape, dtype=np.int64)
    weight = PER_PIXEL // parts**2
    for r, c in zip(*np.nonzero(np.isfinite(values)), strict=True):
        unit = round(float(np.float32(values[r, c])) * PER_METRE) * weight
        for down in range(parts):
            for across in range(parts):
                x, y = transform @ (c + (across + 0.5) / parts, r + (down + 0.5) / parts)
                row = int(np.floor((grid.north_m - y) / grid.cell_m + 1e-6))
                col = int(np.floor((x - grid.west_m) / grid.cell_m + 1e-6))
                if 0 <= row < grid.rows and 0 <= col < grid.cols:
                    total[row, col] += unit
                    pixels[row, col] += weight
    return total, pixels
