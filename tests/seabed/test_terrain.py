"""The terrain step: layers of the analysis grid, and of surveys that are finer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rasterio
from affine import Affine

from pipeline.geo import Band, Frame, read_band, write_cog
from pipeline.seabed import terrain
from pipeline.store import Facts
from pipeline.workspace import SourceFiles
from tests.seabed.seabed_step import run_step, small_frame, source
from tests.seabed.test_derivatives import hills
from tests.sources.rasters_on_disk import write_raster

TOLD = {"bathymetry": {"provenance": "synthetic", "sources": [{"name": "swath"}]}}
DEPTHS = {"role": "bathymetry", "values": "depth_m", "vertical_datum": "surface"}


def ran(folder: Path, frame: Frame, *sources: SourceFiles, **config: object) -> tuple[Path, Facts]:
    rows, cols = frame.grid.shape
    depth = (60.0 + hills(rows, cols) * 0.1).astype(np.float32)
    merged = folder / "bathymetry"
    write_cog(merged / "water_depth.tif", frame.grid, [Band("d", "m", depth)], tags={"provenance": "x"}, nodata=-9999.0)
    inputs = {"bathymetry": merged}
    return run_step("terrain", terrain.run, folder, frame, *sources, inputs=inputs, facts=TOLD, config=dict(config))


def survey(folder: Path, frame: Frame, *, pixel_m: float = 2.0, height_m: float = 0.5) -> SourceFiles:
    """Ripples of 16 m, their crests east and west, a square kilometre on the route in two tiles."""
    x, y = (float(frame.stations[axis].iloc[len(frame.stations) // 2]) for axis in ("x_m", "y_m"))
    number = round(1000.0 / pixel_m)
    row, col = np.indices((number, number))
    depth = 50.0 + 0.01 * col + height_m / 2.0 * np.sin(2 * np.pi * row * pixel_m / 16.0)
    paths = []
    for left, right in ((0, number // 3), (number // 3, number)):
        where = Affine(pixel_m, 0.0, x - 500.0 + left * pixel_m, 0.0, -pixel_m, y + 500.0)
        path = folder / f"tile_{left}.tif"
        paths.append(write_raster(path, depth[:, left:right].astype(np.float32), transform=where, nodata=-9999.0))
    return source("multibeam", *paths, **DEPTHS, provenance="survey")


def test_stations_have_the_cell_under_them(tmp_path: Path) -> None:
    frame = small_frame()
    out, facts = ran(tmp_path, frame)
    stations = pd.read_parquet(out / "stations.parquet")
    row, col = frame.grid.cell_of(frame.stations["x_m"].to_numpy(), frame.stations["y_m"].to_numpy())
    for column, file in (
        ("slope_deg", "slope"), ("roughness_m", "roughness"), ("position_index_m", "position_index"),
        ("curvature_along_per_km", "curvature"),
    ):  # fmt: skip
        assert stations[column].to_numpy() == pytest.approx(read_band(out / f"{file}.tif")[row, col], abs=1e-6)
        assert stations[column].notna().all()
    assert (facts["assessed"], facts["provenance"]) == (True, "synthetic")


def test_without_a_survey_its_layers_are_blank_not_zero(tmp_path: Path) -> None:
    out, facts = ran(tmp_path, small_frame())
    stations = pd.read_parquet(out / "stations.parquet")
    assert stations[["survey_slope_max_deg", "bedform_height_m", "mobility_allowance_m"]].isna().all().all()
    assert set(stations["bedform"]) == {""}
    assert np.isnan(read_band(out / "bedforms.tif")).all()
    assert (facts["survey_stations"], facts["bedform_stations"]["none"]) == (0, 0)


def test_a_survey_tells_of_slopes_and_ripples_that_cells_hide(tmp_path: Path) -> None:
    frame = small_frame(cell_m=100.0, station_m=100.0)
    out, facts = ran(tmp_path, frame, survey(tmp_path, frame))
    stations = pd.read_parquet(out / "stations.parquet")
    covered = stations["survey_slope_mean_deg"].notna()
    assert covered.sum() == facts["survey_stations"] == pytest.approx(10, abs=1)
    steepest = np.degrees(np.arctan(np.hypot(0.005, 0.25 * np.sin(2 * np.pi * 2.0 / 16.0) / 2.0)))
    assert stations.loc[covered, "survey_slope_max_deg"].to_numpy() == pytest.approx(steepest, rel=1e-3)
    rippled = stations[stations["bedform"] == "megaripple"]
    assert len(rippled) == facts["bedform_stations"]["megaripple"] > 7
    assert rippled["bedform_height_m"].to_numpy() == pytest.approx(0.5, rel=0.1)
    assert rippled["bedform_wavelength_m"].to_numpy() == pytest.approx(16.0, rel=0.1)
    assert rippled["mobility_allowance_m"].to_numpy() == pytest.approx(0.45, rel=0.1)
    assert "megaripples at" in facts["summary"]
    with rasterio.open(out / "bedforms.tif") as made:
        assert made.descriptions[1] == "bedform_height_m"
        assert made.units[1] == "m"
        assert "1 megaripple, 2 sand_wave" in made.tags()["description"]


def test_a_flat_survey_has_no_bedforms_and_asks_for_nothing(tmp_path: Path) -> None:
    frame = small_frame(cell_m=100.0, station_m=100.0)
    shown = {"megaripple_from_m": 12.0}  # six of its pixels
    out, _ = ran(tmp_path, frame, survey(tmp_path, frame, height_m=0.02), bedforms=shown)
    stations = pd.read_parquet(out / "stations.parquet")
    assert set(stations["bedform"]) == {"", "none"}
    assert set(stations.loc[stations["bedform"] == "none", "mobility_allowance_m"]) == {0.0}
    assert stations.loc[stations["bedform"] == "", "mobility_allowance_m"].isna().all()


def test_the_best_survey_counts_where_two_lie(tmp_path: Path) -> None:
    frame = small_frame(cell_m=100.0, station_m=100.0)
    smooth = survey(tmp_path, frame, height_m=0.0)
    other = tmp_path / "other"
    ripples = survey(other, frame)
    better = SourceFiles("better", smooth.section.model_copy(update={"priority": 3}), smooth.paths)
    out, facts = ran(tmp_path, frame, ripples, better)
    assert facts["bedform_stations"]["megaripple"] == 0
    assert facts["bedform_stations"]["no_sand_wave"] > 7  # pixels of 2 m are too coarse for short megaripples
    assert read_band(out / "slope.tif", 3)[np.isfinite(read_band(out / "slope.tif", 3))].max() < 1.0


def test_layers_at_the_survey_s_own_resolution(tmp_path: Path) -> None:
    frame = small_frame(cell_m=100.0, station_m=100.0)
    made = survey(tmp_path, frame)
    out, facts = ran(tmp_path, frame, made, terrain={"native_layers": True})
    assert facts["native_layers"] == 2
    with rasterio.open(out / "terrain_multibeam_tile_0.tif") as layers, rasterio.open(made.paths[0]) as depths:
        assert (layers.shape, layers.transform, layers.crs) == (depths.shape, depths.transform, depths.crs)
        assert layers.descriptions[:2] == ("slope_deg", "roughness_m")
        assert layers.units == ("deg", "m", "m", "1/km", "1/km")
        assert layers.tags()["provenance"] == "survey"
        slope, index = layers.read(1, masked=True), layers.read(3, masked=True)
    assert slope.mask[0].all()  # the survey's edge
    assert not slope.mask[1:-1, -1].any()  # the seam: the next tile has the heights
    depth = read_band(made.paths[0])
    ripples = (depth - depth.mean(axis=0))[5:-5, 5:-5]
    assert np.corrcoef(index[5:-5, 5:-5].filled(np.nan).ravel(), -ripples.ravel())[0, 1] > 0.9  # crests are high


def test_layers_of_tiles_of_like_names_do_not_write_over_one_another(tmp_path: Path) -> None:
    frame = small_frame(cell_m=100.0, station_m=100.0)
    made = survey(tmp_path, frame)
    paths = [tmp_path / name for name in ("a/x.tif", "b/x_2.tif", "c/x.tif")]
    for path in paths:
        path.parent.mkdir()
        path.write_bytes(made.paths[0].read_bytes())
    out, facts = ran(tmp_path, frame, source("s", *paths, **DEPTHS), terrain={"native_layers": True})
    assert facts["native_layers"] == 3
    assert {path.name for path in out.glob("terrain_*")} == {f"terrain_s_{name}.tif" for name in ("x", "x_2", "x_3")}


def test_places_without_depths_all_around_are_not_assessed(tmp_path: Path) -> None:
    frame = small_frame()
    depth = np.full(frame.grid.shape, np.nan, np.float32)
    folder = tmp_path / "bathymetry"
    write_cog(folder / "water_depth.tif", frame.grid, [Band("d", "m", depth)], tags={"provenance": "x"}, nodata=-9999.0)
    _, facts = run_step("terrain", terrain.run, tmp_path, frame, inputs={"bathymetry": folder}, facts=TOLD)
    assert not facts["assessed"]
    assert facts["summary"].startswith("not assessed")
