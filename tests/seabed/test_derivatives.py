"""Terrain layers in one pass: planes and quadratics by hand, gdaldem as oracle, and no trace of windows or threads."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine

from pipeline.config.corridor import SourceSection
from pipeline.geo import Grid
from pipeline.seabed.derivatives import Cells, stream, windows
from pipeline.seabed.relief_sums import ReliefSums
from pipeline.sources.rasters.lattice_tiles import beside
from pipeline.sources.rasters.mosaic import Mosaic
from pipeline.workspace import SourceFiles
from tests.seabed.surfaces import CRS, layers_of
from tests.sources.rasters_on_disk import write_raster

SECTION = SourceSection(role="bathymetry", files="x", values="elevation_m", vertical_datum="surface")


def hills(rows: int = 40, cols: int = 55) -> np.ndarray:
    """A surface with no symmetry: swapping or turning its axes changes every slope."""
    row, col = np.indices((rows, cols), dtype=np.float64)
    return 30.0 * np.sin(col / 9.0) + 55.0 * np.cos(row / 4.0 + col / 21.0) + 0.02 * row**2 - 3.0 * col


def test_a_plane_has_its_slope_and_no_curvature() -> None:
    row, col = np.indices((5, 6), dtype=np.float64)
    layers = layers_of(3.0 * row + 4.0 * col, 100.0)
    assert layers["slope"] == pytest.approx(np.degrees(np.arctan(0.05)))
    assert layers["roughness"] == pytest.approx(14.0)
    for name in ("tpi", "along", "across"):
        assert layers[name] == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("bearing_deg", [0.0, 33.0, 90.0, 210.0])
def test_a_hollow_has_its_curvature_along_and_across(bearing_deg: float) -> None:
    row, col = np.indices((6, 7), dtype=np.float64)
    x, y = 20.0 * col, -30.0 * row
    layers = layers_of(0.002 * x**2 + 0.0005 * y**2 + 0.001 * x * y, 20.0, 30.0, bearing_deg=bearing_deg)
    sine, cosine = np.sin(np.radians(bearing_deg)), np.cos(np.radians(bearing_deg))
    along = 0.004 * sine**2 + 0.001 * cosine**2 + 2 * 0.001 * sine * cosine
    assert layers["along"] == pytest.approx(1000 * along, rel=1e-4)
    assert layers["along"] + layers["across"] == pytest.approx(1000 * 0.005, rel=1e-4)


def test_a_crest_is_high_and_bends_down() -> None:
    row, col = np.indices((5, 5), dtype=np.float64)
    layers = layers_of(-((col - 2.0) ** 2) - (row - 2.0) ** 2, 1.0)
    assert layers["tpi"][1, 1] > 0.0
    assert layers["along"][1, 1] < 0.0


def test_turning_the_cable_by_a_right_angle_swaps_along_and_across() -> None:
    north, east = (layers_of(hills(), 5.0, bearing_deg=bearing) for bearing in (27.0, 117.0))
    assert np.allclose(north["along"], east["across"], rtol=1e-5, atol=1e-3)
    assert np.allclose(north["across"], east["along"], rtol=1e-5, atol=1e-3)
    assert not np.allclose(north["along"], north["across"], atol=1.0)


def test_a_missing_height_leaves_its_neighbourhood_blank_and_no_more() -> None:
    height = hills()
    full = layers_of(height, 250.0)
    height[10, 20] = np.nan
    blank = np.zeros(full["slope"].shape, dtype=bool)
    blank[8:11, 18:21] = True
    for name, after in layers_of(height, 250.0).items():
        assert np.array_equal(np.isnan(after), blank)
        assert np.array_equal(after[~blank], full[name][~blank])


@pytest.mark.parametrize("dtype", ["float32", "int16"])
@pytest.mark.parametrize("north_m", [25.0, 40.0])
def test_agrees_with_gdaldem(tmp_path: Path, dtype: str, north_m: float) -> None:
    if shutil.which("gdaldem") is None:
        pytest.skip("gdaldem is not installed (apt-get install gdal-bin)")
    height = hills().astype(dtype)
    dem = write_raster(tmp_path / "dem.tif", height, transform=Affine(25.0, 0.0, 5e5, 0.0, -north_m, 4.6e6))
    ours = layers_of(height.astype(np.float64), 25.0, north_m)
    for product, name in (("slope", "slope"), ("roughness", "roughness"), ("TPI", "tpi")):
        out = tmp_path / f"{product}.tif"
        subprocess.run(["gdaldem", product, str(dem), str(out), "-q"], check=True, timeout=60)
        with rasterio.open(out) as made:
            theirs = made.read(1, masked=True).filled(np.nan)
        assert ours[name] == pytest.approx(theirs[1:-1, 1:-1], abs=1e-3)
        assert np.ptp(ours[name]) > 1.0


# A survey of 1 m in a CRS that is not the corridor's, so that every place goes through a projection.
FOREIGN = "EPSG:32640"
SIDE = 130


def survey() -> np.ndarray:
    row, col = np.indices((SIDE, SIDE + 40), dtype=np.float64)
    height = -40.0 + 0.3 * np.sin(col / 2.0 + row / 5.0) + np.random.default_rng(4).normal(0, 0.02, row.shape)
    height[60:66, 70:90] = -9999.0
    return height.astype(np.float32)


def write_tiles(folder: Path, cuts: tuple[list[int], list[int]], *, overlap: int = 0) -> list[Path]:
    """Write the survey in tiles between rows and columns, each with some pixels of its neighbours."""
    height, paths = survey(), []
    folder.mkdir()
    for top, bottom in zip(cuts[0], cuts[0][1:], strict=False):
        for left, right in zip(cuts[1], cuts[1][1:], strict=False):
            top_, left_ = max(top - overlap, 0), max(left - overlap, 0)
            where = Affine(1.0, 0.0, 200_000.25 + left_, 0.0, -1.0, 4_600_000.5 - top_)
            paths.append(
                write_raster(
                    folder / f"tile_{len(paths)}.tif", height[top_ : bottom + overlap, left_ : right + overlap],
                    transform=where, crs=FOREIGN, nodata=-9999.0,
                )
            )  # fmt: skip
    return paths


def pieces(paths: list[Path], *, threads: int) -> tuple[ReliefSums, np.ndarray]:
    """Return sums over cells, and the layers put together, of a survey in tiles."""
    source = SourceFiles("survey", SECTION, tuple(paths))
    near = beside(source)
    grid = Grid(12, 20, *_corner(paths[0]), 25.0, CRS)
    direction = np.full((2, 12, 20), np.sqrt(0.5))
    whole = ReliefSums.empty((0, 12, 0, 20))
    canvas = np.full((5, SIDE, SIDE + 40), np.nan, np.float32)
    for path in paths:
        with Mosaic.around(path, near[path], SECTION) as mosaic:
            tile = mosaic.own
            top, left = 4_600_000 - round(tile.file.transform.f - 0.5), round(tile.file.transform.c - 200_000.25)
            for window in stream(mosaic, Cells(grid, (0, 12, 0, 20), direction), layers=5, threads=threads):
                whole.add(window.sums)
                rows, cols = window.layers.shape[1:]
                r, c = top + window.row, left + window.col
                here = canvas[:, r : r + rows, c : c + cols]
                np.copyto(here, window.layers, where=np.isnan(here))
    return whole, canvas


def _corner(path: Path) -> tuple[float, float]:
    from pyproj import Transformer

    x, y = Transformer.from_crs(FOREIGN, CRS, always_xy=True).transform(200_000.0, 4_600_000.0)
    return float(np.floor(x / 25.0) * 25.0 - 50.0), float(np.ceil(y / 25.0) * 25.0 + 50.0)


@pytest.mark.parametrize(
    ("cuts", "overlap", "threads", "window_pixels"),
    [
        (([0, SIDE], [0, SIDE + 40]), 0, 3, 1),
        (([0, 50, SIDE], [0, 64, SIDE + 40]), 0, 2, 1 << 19),
        (([0, 1, 63, SIDE], [0, 33, 71, SIDE + 40]), 0, 1, 1 << 19),
        (([0, 50, SIDE], [0, 64, SIDE + 40]), 7, 2, 1 << 19),
    ],
)  # fmt: skip
def test_windows_tiles_and_threads_leave_no_trace(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    cuts: tuple[list[int], list[int]],
    overlap: int,
    threads: int,
    window_pixels: int,
) -> None:
    whole, layers = pieces(write_tiles(tmp_path / "one", ([0, SIDE], [0, SIDE + 40])), threads=1)
    monkeypatch.setattr("pipeline.seabed.derivatives.BLOCK", 16)
    monkeypatch.setattr("pipeline.seabed.derivatives.WINDOW_PIXELS", window_pixels)
    cut, same = pieces(write_tiles(tmp_path / "cut", cuts, overlap=overlap), threads=threads)
    assert int(whole.of("pixels").sum()) == (SIDE - 2) * (SIDE + 38) - 8 * 22
    assert np.array_equal(cut.sums, whole.sums)
    assert np.array_equal(cut.peaks, whole.peaks)
    assert same.tobytes() == layers.tobytes()


def test_a_raster_in_rows_is_read_in_rows_and_one_far_away_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = write_tiles(tmp_path / "one", ([0, SIDE], [0, SIDE + 40]))
    whole, _ = pieces(paths, threads=1)
    monkeypatch.setattr("pipeline.seabed.derivatives.BLOCK", 16)
    monkeypatch.setattr("pipeline.seabed.derivatives.WINDOW_PIXELS", 100)
    assert list(windows((5, 40), (2, 40))) == [(0, 0, (2, 40)), (2, 0, (2, 40)), (4, 0, (1, 40))]
    monkeypatch.setattr("pipeline.seabed.derivatives.WINDOW_PIXELS", 256)
    assert list(windows((20, 40), (16, 16)))[1:3] == [(0, 16, (16, 16)), (0, 32, (16, 8))]
    with Mosaic.around(paths[0], (), SECTION) as mosaic:
        grid = Grid(12, 20, *_corner(paths[0]), 25.0, CRS)
        cells = Cells(grid, (0, 12, 0, 20), np.full((2, 12, 20), np.sqrt(0.5)))
        in_rows = ReliefSums.empty(cells.box)
        monkeypatch.setattr("pipeline.seabed.derivatives.WINDOW_PIXELS", 1)
        for window in stream(mosaic, cells):
            assert window.layers.shape[1:][1] == SIDE + 40
            in_rows.add(window.sums)
        assert np.array_equal(in_rows.sums, whole.sums)
        away = Grid(4, 4, 5e5, 1e6, 25.0, CRS)
        assert list(stream(mosaic, Cells(away, (0, 4, 0, 4), np.zeros((2, 4, 4))))) == []


def test_a_tile_off_the_lattice_is_its_own_mosaic(tmp_path: Path) -> None:
    height = hills().astype(np.float32)
    paths = [
        write_raster(tmp_path / f"{number}.tif", height, transform=Affine(2.0, 0.0, x, 0.0, -2.0, 4.6e6), crs=CRS)
        for number, x in enumerate((5e5, 5e5 + 110.0, 5e5 + 221.0))
    ]
    (tmp_path / "broken.tif").write_bytes(b"II*\0 cut short")
    near = beside(SourceFiles("survey", SECTION, (*paths, tmp_path / "broken.tif")))
    assert list(near.values()) == [(paths[1],), (paths[0],), (), ()]
