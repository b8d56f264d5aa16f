"""A survey's file in blocks of rows: however it is cut, depths and terrain have the same bytes."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.env import get_gdal_config

from pipeline.config import Config
from pipeline.errors import DataError
from pipeline.geo import Frame
from pipeline.seabed import derivatives, native_layers, survey_tile
from pipeline.seabed.derivatives import LAYERS
from pipeline.seabed.native_layers import NODATA
from pipeline.sources.rasters import raster_file, reading
from pipeline.sources.rasters.lattice_tiles import beside
from pipeline.sources.rasters.mosaic import Mosaic
from pipeline.store import FileWork, StepContext
from pipeline.workspace import SourceFiles
from tests.blocks import run_in_blocks
from tests.seabed.seabed_step import PLAN, small_frame, source
from tests.sources.rasters_on_disk import write_raster

PIXEL_M = 10.0
ROWS, COLS = 330, 150
DEPTHS = {"role": "bathymetry", "values": "depth_m", "vertical_datum": "surface"}
STORED = {
    "tiles": {"tiled": True, "blockxsize": 256, "blockysize": 256},
    "small tiles": {"tiled": True, "blockxsize": 32, "blockysize": 16, "compress": "deflate"},
    "strips": {"blockysize": 7},
    "one strip": {"blockysize": ROWS, "compress": "deflate"},
}
WORKS: Mapping[str, FileWork] = {name: PLAN[name].per_file for name in ("bathymetry", "terrain")}  # type: ignore[misc]
Contents = dict[str, bytes]


@pytest.fixture(scope="module")
def frame() -> Frame:
    return small_frame(length_deg=0.05, half_width_m=500.0, cell_m=100.0, station_m=100.0)


@pytest.fixture(autouse=True, scope="module")
def _small() -> Any:
    """Blocks, windows and batches so small that a raster of a test has many."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(derivatives, "BLOCK", 16)
        patch.setattr(derivatives, "WINDOW_PIXELS", 1024)
        patch.setattr(native_layers, "BLOCK", 16)
        patch.setattr(native_layers, "_BLOCKS", {**native_layers._BLOCKS, "blockxsize": 16, "blockysize": 16})
        patch.setattr(reading, "BATCH_PIXELS", 4000)
        for module in (reading, raster_file):
            patch.setattr(module, "AT_ONCE_PIXELS", 1000)
        yield


def survey(folder: Path, frame: Frame, stored: str, *, tiles: bool) -> SourceFiles:
    """A survey over the south of the route and beyond its swath, in one file or in five that touch and overlap."""
    x, y = (float(frame.stations[axis].iloc[0]) for axis in ("x_m", "y_m"))
    row, col = np.indices((ROWS, COLS))
    depth = 40.0 + np.sin(row / 3.0 + col / 5.0) + np.random.default_rng(2).normal(0.0, 0.1, (ROWS, COLS))
    depth[100:120, 60:90] = -9999.0
    boxes = [(0, ROWS, 0, COLS)]
    if tiles:  # the middle one has neighbours on all sides, and the one below it lies over it
        boxes = [(60, 270, 30, 120), (0, 60, 0, COLS), (60, 270, 0, 30), (60, 270, 120, COLS), (250, ROWS, 0, COLS)]
    paths = [
        write_raster(
            folder / f"{number}.tif", depth[top:bottom, left:right].astype(np.float32), nodata=-9999.0,
            transform=Affine(PIXEL_M, 0, x - 700.0 + left * PIXEL_M, 0, -PIXEL_M, y + 2800.0 - top * PIXEL_M),
            **STORED[stored],
        )
        for number, (top, bottom, left, right) in enumerate(boxes)
    ]  # fmt: skip
    return source("survey", *paths, **DEPTHS)


def context(folder: Path, frame: Frame, of: SourceFiles, name: str, **changes: Any) -> StepContext:
    """What a work on the first file of a source may see."""
    route, out = folder / "route", folder / name
    route.mkdir(parents=True, exist_ok=True)
    frame.save(route)
    out.mkdir()
    config = Config.model_validate(
        {"terrain": {"native_layers": changes.pop("native", False), "pixels_across_cell": 2}}
    )
    return StepContext(
        config=config.only(*(WORKS[name].sections or PLAN[name].sections)), inputs={"route": route}, facts={}, out=out,
        sources=(SourceFiles(of.name, of.section, of.paths[:1]),), beside=beside(of)[of.paths[0]], **changes,
    )  # fmt: skip


def made(of: SourceFiles, frame: Frame, name: str, cuts: list[int], **changes: Any) -> tuple[Any, Contents, int]:
    """Do a work on the first file; return facts, the bytes of its files, and how many units it has."""
    with tempfile.TemporaryDirectory() as folder:
        of_file = context(Path(folder), frame, of, name, **changes)
        facts = run_in_blocks(WORKS[name], of_file, cuts)
        units = len(WORKS[name].blocks.sizes(of_file))  # type: ignore[union-attr]
        return facts, {path.name: path.read_bytes() for path in of_file.out.iterdir()}, units


@pytest.mark.parametrize("tiles", [False, True])
@pytest.mark.parametrize("stored", STORED)
@pytest.mark.parametrize(("name", "native"), [("bathymetry", False), ("terrain", False), ("terrain", True)])
def test_cuts_and_threads_leave_no_trace(
    tmp_path: Path, frame: Frame, name: str, native: bool, stored: str, tiles: bool
) -> None:
    of = survey(tmp_path, frame, stored, tiles=tiles)
    whole = made(of, frame, name, [], native=native)

    @settings(max_examples=8)
    @given(cuts=st.lists(st.integers(1, whole[2]), unique=True), threads=st.integers(1, 3))
    def same(cuts: list[int], threads: int) -> None:
        assert made(of, frame, name, cuts, native=native, threads=threads) == whole

    same()
    assert made(of, frame, name, list(range(whole[2])), native=native) == whole
    assert whole[2] == 1 if stored == "one strip" else whole[2] > 4 or stored == "tiles"
    if native:
        assert set(whole[1]) == {"cells.npz", "layers.tif"}


@pytest.mark.parametrize("bigtiff", ["no", "yes"])
def test_layers_of_rows_make_one_file_with_their_values(
    tmp_path: Path, frame: Frame, monkeypatch: pytest.MonkeyPatch, bigtiff: str
) -> None:
    monkeypatch.setattr(native_layers, "_BLOCKS", {**native_layers._BLOCKS, "bigtiff": bigtiff})
    of = survey(tmp_path, frame, "strips", tiles=True)
    here = context(tmp_path, frame, of, "terrain", native=True)
    run_in_blocks(WORKS["terrain"], here, [2, 3])
    canvas = np.full((len(LAYERS), 210, 90), 7.0, np.float32)
    with Mosaic.around(of.paths[0], here.beside, of.section) as mosaic:
        cells = survey_tile.swath_cells(here.inputs["route"], frame.grid)
        for window in derivatives.stream(mosaic, cells, sign=-1.0, layers=len(LAYERS), blank=NODATA):
            rows, cols = window.layers.shape[1:]
            canvas[:, window.row : window.row + rows, window.col : window.col + cols] = window.layers
    with rasterio.open(here.out / "layers.tif") as file, rasterio.open(of.paths[0]) as depths:
        assert (file.shape, file.transform, file.crs) == (depths.shape, depths.transform, depths.crs)
        assert file.descriptions == LAYERS
        assert np.array_equal(file.read(), canvas)
        assert (canvas == NODATA).any(axis=(1, 2)).all()
        assert (canvas[3] != NODATA).any()


def test_bands_beside_the_corridor_cost_nothing_but_where_layers_are_wanted(tmp_path: Path, frame: Frame) -> None:
    of = survey(tmp_path, frame, "small tiles", tiles=False)
    (path,) = of.paths
    with rasterio.open(path, "r+") as file:  # its south goes a kilometre beyond the grid
        file.transform = file.transform @ Affine.translation(0.0, 150.0)
    sizes = {
        native: WORKS["terrain"].blocks.sizes(context(tmp_path / str(native), frame, of, "terrain", native=native))  # type: ignore[union-attr]
        for native in (False, True)
    }
    assert sum(sizes[True]) == 4.0 * ROWS * COLS
    assert len(sizes[False]) == len(sizes[True])
    assert sizes[False][-1] == 0.0 < sizes[False][0]
    cut = made(of, frame, "terrain", [len(sizes[False]) - 1])
    assert cut == made(of, frame, "terrain", [])
    assert cut[0]["pixels"] > 0


@pytest.mark.parametrize("fault", ["cut short", "coarse", "far away"])
def test_a_file_of_which_nothing_is_derived_has_no_bands(tmp_path: Path, frame: Frame, fault: str) -> None:
    of = survey(tmp_path, frame, "tiles", tiles=False)
    (path,) = of.paths
    if fault == "cut short":
        path.write_bytes(path.read_bytes()[:100])
    else:
        with rasterio.open(path, "r+") as file:
            moved = {"coarse": Affine.scale(30.0), "far away": Affine.translation(9999.0, 0.0)}[fault]
            file.transform = file.transform @ moved
    here = context(tmp_path, frame, of, "terrain", native=True)
    assert WORKS["terrain"].blocks.sizes(here) == []  # type: ignore[union-attr]
    if fault == "cut short":
        with pytest.raises(DataError, match=r"0\.tif"):
            run_in_blocks(WORKS["terrain"], here)
        with pytest.raises(DataError, match=r"0\.tif"):
            run_in_blocks(WORKS["bathymetry"], context(tmp_path, frame, of, "bathymetry"))
    else:
        assert run_in_blocks(WORKS["terrain"], here)["pixels"] == 0
        assert list(here.out.iterdir()) == []


def test_a_file_without_a_value_is_refused_when_all_of_it_was_read(tmp_path: Path, frame: Frame) -> None:
    of = survey(tmp_path, frame, "small tiles", tiles=False)
    with rasterio.open(of.paths[0], "r+") as file:
        file.write(np.full((1, ROWS, COLS), -9999.0, np.float32))
    with pytest.raises(DataError, match="no value in any cell"):
        run_in_blocks(WORKS["bathymetry"], context(tmp_path, frame, of, "bathymetry"), [1, 2])


@pytest.mark.parametrize("name", WORKS)
def test_soundings_are_gridded_once_so_they_are_one_block(tmp_path: Path, frame: Frame, name: str) -> None:
    x, y = (float(frame.stations[axis].iloc[10]) for axis in ("x_m", "y_m"))
    east, north = np.meshgrid(np.arange(-200.0, 200.0, 10.0), np.arange(-200.0, 200.0, 10.0))
    rows = np.column_stack([x + east.ravel(), y + north.ravel(), 40.0 + 0.1 * (east.ravel() % 7)])
    np.savetxt(tmp_path / "lead.xyz", rows, fmt="%.2f")
    of = source("lead", tmp_path / "lead.xyz", **DEPTHS, crs="EPSG:32639", grid_m=10.0)
    facts, files, units = made(of, frame, name, [])
    assert units == 1
    assert facts["resolution_m"] == pytest.approx(10.0, rel=1e-3)
    assert files


def test_gdal_keeps_no_more_blocks_than_it_may(tmp_path: Path, frame: Frame) -> None:
    of = survey(tmp_path, frame, "tiles", tiles=True)
    for name in WORKS:
        made(of, frame, name, [])
    assert get_gdal_config("GDAL_CACHEMAX") == raster_file.CACHE_BYTES
