"""Merging depth sources: who wins where, what stays a gap, and what is refused."""

from __future__ import annotations

import filecmp
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rasterio
from affine import Affine

from pipeline.errors import DataError
from pipeline.geo import Frame, read_band
from pipeline.seabed import bathymetry
from pipeline.workspace import SourceFiles
from tests.seabed.seabed_step import run_step, small_frame, source
from tests.sources.rasters_on_disk import write_raster

WIDE = Affine(2000.0, 0.0, 480_000.0, 0.0, -2000.0, 4_680_000.0)
CONFIG = {"water": {"surface_m": -29.3}}


def regional(folder: Path, name: str = "wide.tif", shift: float = 0.0) -> Path:
    row, col = np.indices((30, 20))
    return write_raster(folder / name, (-80.0 - 2.0 * row + 1.0 * col + shift).astype(np.float32), transform=WIDE)


def survey(folder: Path, name: str, bed_m: float, *, north: float, rows: int = 100) -> Path:
    values = np.full((rows, 100), bed_m, np.float32)
    values[:, ::2] += 0.5  # relief, so that it is a bed
    return write_raster(
        folder / name, values, transform=Affine(10.0, 0.0, 499_500.0, 0.0, -10.0, north), nodata=-9999.0
    )


def depths(name: str, *paths: Path, **section: object) -> SourceFiles:
    given = {"role": "bathymetry", "values": "elevation_m", "vertical_datum": "baltic77", **section}
    return source(name, *paths, **given)


def run(folder: Path, frame: Frame, *sources: SourceFiles) -> tuple[Path, dict[str, object]]:
    return run_step("bathymetry", bathymetry.run, folder, frame, *sources, config=CONFIG)


def test_depth_is_measured_down_from_the_surface_on_stations_and_grid(tmp_path: Path) -> None:
    frame = small_frame()
    out, facts = run(tmp_path, frame, depths("wide", regional(tmp_path)))
    x, y = frame.stations["x_m"].to_numpy(), frame.stations["y_m"].to_numpy()
    bed = -80.0 - 2.0 * ((4_680_000.0 - y) / 2000.0 - 0.5) + 1.0 * ((x - 480_000.0) / 2000.0 - 0.5)
    stations = pd.read_parquet(out / "stations.parquet")
    assert list(stations.columns) == ["station", "water_depth_m", "source", "provenance", "confidence"]
    assert stations["water_depth_m"].to_numpy() == pytest.approx(-29.3 - bed, abs=1e-3)
    assert set(stations["source"]) == {"wide"}
    assert set(stations["confidence"]) == {"C"}
    grid = read_band(out / "water_depth.tif")
    assert grid.shape == frame.grid.shape
    row, col = frame.grid.cell_of(x, y)
    assert grid[row, col] == pytest.approx(stations["water_depth_m"].to_numpy(), abs=0.4)
    assert facts["coverage_pct"] == 100.0
    assert facts["provenance"] == "public"
    with rasterio.open(out / "water_depth.tif") as written:
        assert written.tags()["surface_m"] == "-29.3"
        assert written.nodata == -9999.0


def test_priority_then_provenance_then_resolution(tmp_path: Path) -> None:
    frame = small_frame()
    middle = float(frame.stations["y_m"].mean())
    near = survey(tmp_path, "near.tif", -150.0, north=middle + 500.0)
    wide = regional(tmp_path)
    wide_source = depths("a", wide)
    cases = {
        "synthetic swath of higher priority lies over": (depths("b", near, provenance="synthetic", priority=5), "b"),
        "public lies over synthetic": (depths("b", near, provenance="synthetic"), "a"),
        "survey lies over public": (depths("b", near, provenance="survey"), "b"),
        "finer lies over coarser": (depths("b", near), "b"),
    }
    at = int((frame.stations["y_m"] - middle).abs().idxmin())
    for index, (why, (near_source, winner)) in enumerate(cases.items()):
        out, _ = run(tmp_path / str(index), frame, wide_source, near_source)
        stations = pd.read_parquet(out / "stations.parquet")
        assert stations["source"][at] == winner, why
        assert stations["source"][0] == "a", why


def test_confidence_by_provenance_and_resolution(tmp_path: Path) -> None:
    frame = small_frame()
    middle = float(frame.stations["y_m"].mean())
    near = survey(tmp_path, "near.tif", -150.0, north=middle + 500.0)
    at = int((frame.stations["y_m"] - middle).abs().idxmin())
    for provenance, expected in (("survey", "A"), ("public", "B"), ("modelled", "C"), ("synthetic", "C")):
        folder = tmp_path / provenance
        out, _ = run(folder, frame, depths("n", near, provenance=provenance))
        assert pd.read_parquet(out / "stations.parquet")["confidence"][at] == expected


def test_the_grid_says_which_source_each_depth_is_from(tmp_path: Path) -> None:
    frame = small_frame()
    middle = float(frame.stations["y_m"].mean())
    near = survey(tmp_path, "near.tif", -150.0, north=middle + 500.0)
    out, facts = run(tmp_path, frame, depths("wide", regional(tmp_path)), depths("near", near, provenance="survey"))
    codes = read_band(out / "depth_source.tif")
    names = [item["name"] for item in facts["sources"]]  # type: ignore[attr-defined, index]
    x, y = frame.stations["x_m"].to_numpy(), frame.stations["y_m"].to_numpy()
    row, col = frame.grid.cell_of(x, y)
    stations = pd.read_parquet(out / "stations.parquet")
    by_grid = np.array(names)[codes[row, col]]
    assert (by_grid == stations["source"].to_numpy()).mean() > 0.9
    assert set(np.unique(codes)) == {0, 1}


def test_a_gap_stays_blank_and_dry_land_is_a_finding(tmp_path: Path) -> None:
    frame = small_frame()
    north = float(frame.stations["y_m"].max())
    wet = survey(tmp_path, "wet.tif", -50.0, north=north - 1000.0, rows=200)
    dry = survey(tmp_path, "dry.tif", -20.0, north=north - 3000.0, rows=100)
    out, facts = run(tmp_path, frame, depths("n", wet, dry))
    stations = pd.read_parquet(out / "stations.parquet")
    blank = stations["water_depth_m"].isna()
    assert 0 < blank.sum() == facts["stations_without_depth"]
    assert set(stations.loc[blank, "source"]) == {""}
    assert set(stations.loc[blank, "confidence"]) == {""}
    assert facts["dry_stations"] == (stations["water_depth_m"] <= 0).sum() > 0
    assert any("dry land: KP" in line for line in facts["findings"])  # type: ignore[attr-defined]
    assert np.isnan(read_band(out / "water_depth.tif")).any()


def test_tiles_meet_without_a_seam(tmp_path: Path) -> None:
    frame = small_frame()
    middle = float(frame.stations["y_m"].mean()) // 250 * 250 + 120  # 12 pixels of a cell lie south of the seam
    one = survey(tmp_path, "a_south.tif", -60.0, north=middle)
    two = survey(tmp_path, "b_north.tif", -100.0, north=middle + 1000.0)
    out, _ = run(tmp_path, frame, depths("n", one, two))
    grid = read_band(out / "water_depth.tif")
    row, col = frame.grid.cell_of(np.array([500_000.0]), np.array([middle]))
    assert grid[row[0], col[0]] == pytest.approx((12 * 59.75 + 13 * 99.75) / 25 - 29.3, abs=0.02)


def test_the_regional_raster_reaches_beyond_the_grid(tmp_path: Path) -> None:
    frame = small_frame()
    out, _ = run(tmp_path, frame, depths("wide", regional(tmp_path)))
    with rasterio.open(out / "regional_depth.tif") as written:
        west, south, east, north = written.bounds
        assert written.res == (1000.0, 1000.0)
    box = frame.grid.bounds
    assert west < box[0] - 35_000
    assert south < box[1] - 35_000
    assert east > box[2] + 35_000
    assert north > box[3] + 35_000


def test_open_depths_hold_nothing_that_follows_the_route(tmp_path: Path) -> None:
    """A survey by provenance, and a ribbon by any other name, leave no trace in what the public's map is made from."""
    frame = small_frame()
    spread = Affine(10_000.0, 0.0, 200_000.0, 0.0, -10_000.0, 4_900_000.0)
    bed = np.full((60, 60), -80.0, np.float32) + np.arange(60, dtype=np.float32)
    wide = depths("wide", write_raster(tmp_path / "far.tif", bed, transform=spread))
    own = survey(tmp_path, "own.tif", -60.0, north=float(frame.stations["y_m"].max()) + 500.0, rows=1200)
    bare, _ = run(tmp_path / "bare", frame, wide)
    expected = read_band(bare / "open_depth.tif")
    assert np.isfinite(expected).all()
    for provenance in ("survey", "public", "synthetic"):
        ribbon = depths("ribbon", own, provenance=provenance, priority=1)
        out, _ = run(tmp_path / provenance, frame, ribbon, wide)
        assert (read_band(out / "regional_depth.tif") != expected).any(), "the ribbon counts elsewhere"
        assert np.array_equal(read_band(out / "open_depth.tif"), expected)
        with rasterio.open(out / "open_depth.tif") as written:
            assert written.tags()["sources"] == "wide"
        alone, _ = run(tmp_path / f"{provenance}_alone", frame, ribbon)
        assert np.isnan(read_band(alone / "open_depth.tif")).all()
    everywhere = depths("everywhere", write_raster(tmp_path / "all.tif", bed, transform=spread), provenance="survey")
    out, _ = run(tmp_path / "all", frame, everywhere)
    assert np.isnan(read_band(out / "open_depth.tif")).all()


def test_the_same_inputs_give_the_same_bytes(tmp_path: Path) -> None:
    frame, wide = small_frame(), regional(tmp_path)
    one, _ = run(tmp_path / "one", frame, depths("wide", wide))
    two, _ = run(tmp_path / "two", frame, depths("wide", wide))
    names = sorted(path.name for path in one.iterdir())
    rasters = ["depth_confidence.tif", "depth_source.tif", "open_depth.tif", "regional_depth.tif", "water_depth.tif"]
    assert names == sorted([*rasters, "overlaps.parquet", "stations.parquet"])
    assert filecmp.cmpfiles(one, two, names, shallow=False)[0] == names


def test_without_sources_nothing_can_be_built(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no source gives depths"):
        run(tmp_path, small_frame())


def test_a_route_without_water_or_without_cover_is_refused(tmp_path: Path) -> None:
    frame = small_frame()
    land = survey(tmp_path, "land.tif", -20.0, north=float(frame.stations["y_m"].max()) + 500.0, rows=1200)
    with pytest.raises(DataError, match="lies on dry land") as caught:
        run(tmp_path / "a", frame, depths("land", land))
    assert "elevation_m on baltic77" in caught.value.remedy
    far = survey(tmp_path, "far.tif", -60.0, north=4_000_000.0)
    with pytest.raises(DataError, match="covers any part"):
        run(tmp_path / "b", frame, depths("far", far))


def test_flat_etopo5_is_refused(tmp_path: Path, shared_data: Path) -> None:
    path = shared_data / "bathymetry" / "etopo5_5min_caspian_FLAT_SURFACE.tif"
    with pytest.raises(DataError, match="has no depths") as caught:
        run(tmp_path, small_frame(0.3), depths("etopo5", path, vertical_datum="msl"))
    assert "etopo5" in caught.value.where


def test_real_etopo1_gives_the_depths_of_the_middle_caspian(tmp_path: Path, shared_data: Path) -> None:
    path = shared_data / "bathymetry" / "etopo1_bed_6min_caspian.tif"
    out, facts = run(tmp_path, small_frame(0.3), depths("etopo1", path, vertical_datum="msl"))
    depth = pd.read_parquet(out / "stations.parquet")["water_depth_m"]
    assert depth.notna().all()
    assert 100.0 < depth.min() < depth.max() < 800.0  # METHODS 7.3: the edge of the Derbent basin
    assert facts["sources"][0]["resolution_m"] == [11106.7]  # type: ignore[index]


def test_many_survey_tiles_are_quick(tmp_path: Path) -> None:
    frame = small_frame(0.9)
    noise = np.random.default_rng(2).normal(-80.0, 2.0, (1000, 1000)).round(1).astype(np.float32)
    top = float(frame.stations["y_m"].max())
    tiles = [
        write_raster(
            tmp_path / f"t{number:02}.tif", noise, tiled=True, compress="deflate", nodata=-9999.0,
            transform=Affine(10.0, 0.0, 495_000.0, 0.0, -10.0, top - 10_000.0 * number),
        )
        for number in range(10)
    ]  # fmt: skip
    started = time.perf_counter()
    run(tmp_path, frame, depths("tiles", *tiles))
    assert time.perf_counter() - started < 6.0  # 38 such tiles must take less than 10 s; two cores are shared here
