"""Depth sources that overlap: statistics by KP, findings, and datums that give themselves away."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from affine import Affine

from pipeline.config.bathymetry import BathymetrySection
from pipeline.config.corridor import WaterSection
from pipeline.config.datum import DatumSection
from pipeline.errors import DataError
from pipeline.geo import Frame, read_band
from pipeline.seabed import bathymetry
from pipeline.seabed.depth_results import CONFIDENCE_CODES
from pipeline.sources.depths.datum_offset import finding, offset
from pipeline.sources.depths.overlaps import COLUMNS, Overlap, Side, statistics
from pipeline.sources.rasters.layers import Layer
from pipeline.sources.rasters.tile import Tile
from pipeline.workspace import SourceFiles
from tests.seabed.seabed_step import run_step, small_frame, source
from tests.sources.rasters_on_disk import depth_section, write_raster

CONFIG = {"water": {"surface_m": -29.3}, "bathymetry": {"overlap_bin_km": 2.0}}
FRAME = small_frame(0.1)
TOP = float(FRAME.stations["y_m"].max()) + 2000.0
SIDE = 20.0
WATER, LIMITS = WaterSection(), DatumSection()


def bed(rows: int, first: int = 0) -> np.ndarray:
    """A sloping bed with ripples, the same for whoever measures it: 3 km wide, ``first`` rows below the top."""
    row, col = np.indices((rows, 150))
    return -60.0 - 0.02 * (row + first) + 0.01 * col + 0.4 * np.sin((row + first) / 9.0)


def survey(folder: Path, name: str, values: np.ndarray, first: int = 0) -> Path:
    where = Affine(SIDE, 0.0, 498_500.0, 0.0, -SIDE, TOP - SIDE * first)
    return write_raster(folder / f"{name}.tif", values.astype(np.float32), transform=where, nodata=-9999.0)


def depths(name: str, *paths: Path, **section: object) -> SourceFiles:
    given = {"role": "bathymetry", "values": "elevation_m", "vertical_datum": "baltic77", "provenance": "survey"}
    return source(name, *paths, **{**given, **section})


def run(folder: Path, *sources: SourceFiles, frame: Frame = FRAME) -> tuple[pd.DataFrame, dict[str, object], Path]:
    out, facts = run_step("bathymetry", bathymetry.run, folder, frame, *sources, config=CONFIG)
    return pd.read_parquet(out / "overlaps.parquet"), facts, out


def pair(depth: np.ndarray, other: np.ndarray, one: str = "baltic77", two: str = "baltic77") -> Overlap:
    tile = Tile(Path("a.tif"), {"resolution_m": 5.0}, lambda name: np.empty(0))
    sides = [
        Side(Layer(0, name, depth_section(vertical_datum=datum, provenance="survey"), (tile,), 5.0))
        for name, datum in (("one", one), ("two", two))
    ]
    return Overlap(*sides, "cells", np.linspace(0.0, 10.0, depth.size), depth, other)


def test_two_surveys_with_a_known_bias_and_scatter(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).normal(0.0, 0.2, (700, 150))
    one = depths("one", survey(tmp_path, "one", bed(700)), priority=2)
    two = depths("two", survey(tmp_path, "two", bed(700) + 0.3 + noise), priority=1)
    table, facts, _ = run(tmp_path, one, two)
    assert list(table.columns) == list(COLUMNS)
    cells = table[table["measured_on"] == "cells"]
    stations = table[table["measured_on"] == "stations"]
    assert cells["kp_from_km"].tolist() == [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]
    assert cells["kp_to_km"].iloc[-1] == pytest.approx(FRAME.route.length_km)
    assert cells["places"].sum() == len(FRAME.cells)
    assert cells["bias_m"].to_numpy() == pytest.approx(0.3, abs=0.02)  # the one is deeper
    assert cells["mean_difference_m"].to_numpy() == pytest.approx(0.3, abs=0.02)
    assert cells["rms_about_bias_m"].max() < 0.03  # a cell is the mean of 156 soundings
    assert stations["bias_m"].to_numpy() == pytest.approx(0.3, abs=0.25)
    assert stations["places"].sum() == len(FRAME.stations)
    assert np.allclose(table["rms_m"] ** 2, table["rms_about_bias_m"] ** 2 + 2 * table["bias_m"] *
                       table["mean_difference_m"] - table["bias_m"] ** 2)  # fmt: skip
    depth = 34.0
    assert cells["allowed_m"].iloc[0] == pytest.approx(np.sqrt(2) * np.hypot(0.5, 0.013 * depth), rel=0.2)
    assert set(cells["agreement"]) == {"within"}
    assert facts["findings"] == []


def test_surveys_that_differ_by_more_than_order_1_are_named_by_kp(tmp_path: Path) -> None:
    step = np.where(np.arange(700)[:, None] < 357, 0.0, 2.2) * np.ones((1, 150))  # the southern half is off
    one = depths("one", survey(tmp_path, "one", bed(700)), priority=2)
    two = depths("two", survey(tmp_path, "two", bed(700) + step), priority=1)
    table, facts, _ = run(tmp_path, one, two)
    cells = table[table["measured_on"] == "cells"]
    assert cells["agreement"].tolist() == ["beyond", "beyond", "beyond", "within", "within", "within"]
    told = [line for line in facts["findings"] if "uncertainties" in line]  # type: ignore[attr-defined]
    assert len(told) == 1
    assert "'one' and 'two' differ by more than their uncertainties allow: KP 0.0-6.0; at worst bias +2.2 m" in told[0]


def test_a_global_grid_may_differ_by_metres_from_a_survey(tmp_path: Path) -> None:
    one = depths("one", survey(tmp_path, "one", bed(700)))
    coarse = -75.0 - np.random.default_rng(2).uniform(0.0, 8.0, (20, 20)).astype(np.float32)
    wide = write_raster(tmp_path / "wide.tif", coarse, transform=Affine(2000.0, 0.0, 480_000.0, 0.0, -2000.0, TOP))
    table, facts, _ = run(tmp_path, one, depths("wide", wide, provenance="public"))
    assert set(table["agreement"]) <= {"within", ""}
    assert facts["findings"] == []


def test_tiles_of_one_survey_that_overlap_are_compared_and_those_that_only_meet_are_not(tmp_path: Path) -> None:
    tiles = [
        survey(tmp_path, "a", bed(300)),
        survey(tmp_path, "b", bed(200, 250) + 1.0, first=250),  # 50 rows in common with a: 1 km
        survey(tmp_path, "c", bed(250, 450), first=450),  # meets b within a cell
    ]
    table, _, _ = run(tmp_path, depths("tiles", *tiles))
    assert set(zip(table["file"], table["other_file"], strict=True)) == {("a.tif", "b.tif")}
    assert set(table["source"]) == set(table["other_source"]) == {"tiles"}
    cells = table[table["measured_on"] == "cells"]
    assert cells["bias_m"].to_numpy() == pytest.approx(1.0, abs=0.01)  # b lies a metre higher, so a is deeper
    assert cells["places"].sum() == pytest.approx(8 * 4, abs=8)  # 2 km wide, 1 km long, cells of 250 m


def test_the_order_of_files_changes_nothing(tmp_path: Path) -> None:
    paths = [survey(tmp_path, name, bed(300, first) + up, first) for name, first, up in
             (("a", 0, 0.0), ("b", 250, 0.1), ("c", 260, 0.2))]  # fmt: skip
    one = run(tmp_path / "1", depths("t", *paths))
    two = run(tmp_path / "2", depths("t", *reversed(paths)))
    pd.testing.assert_frame_equal(one[0], two[0])
    for name in ("water_depth.tif", "stations.parquet", "depth_source.tif"):
        assert (one[2] / name).read_bytes() == (two[2] / name).read_bytes()


@pytest.mark.parametrize(
    ("datum", "other", "shift_m"),
    [("baltic77", "caspian28", 28.0), ("msl", "surface", 29.3), ("surface", "msl", -29.3), ("caspian28", "msl", -28.0)],
)
def test_a_survey_on_another_datum_is_refused_naming_both(
    tmp_path: Path, datum: str, other: str, shift_m: float
) -> None:
    """The second survey is on ``other`` and configured as ``datum``: its values miss what lies between the two."""
    right = depths("right", survey(tmp_path, "right", bed(700)), priority=2)
    planes = {"msl": 0.0, "baltic77": 0.0, "caspian28": -28.0, "surface": -29.3}
    values = bed(700) - planes[other]
    wrong = depths("wrong", survey(tmp_path, "wrong", values), vertical_datum=datum, priority=1)
    with pytest.raises(DataError) as caught:
        run(tmp_path, right, wrong)
    assert "'right' (elevation_m on baltic77) and 'wrong'" in caught.value.cause
    assert f"(elevation_m on {datum}) differ by {shift_m:+.1f} m" in caught.value.cause
    assert f"vertical_datum = \"{other}\" for 'wrong'" in caught.value.remedy
    mended = depths("wrong", survey(tmp_path, "wrong", values), vertical_datum=other, priority=1)
    _, facts, _ = run(tmp_path / "mended", right, mended)
    assert facts["findings"] == []


def test_a_difference_of_surface_and_chart_plane_is_told_only(tmp_path: Path) -> None:
    right = depths("right", survey(tmp_path, "right", bed(700)), priority=2)
    wrong = depths("wrong", survey(tmp_path, "wrong", bed(700) + 29.3), vertical_datum="caspian28", priority=1)
    _, facts, _ = run(tmp_path, right, wrong)
    told = " ".join(facts["findings"])  # type: ignore[arg-type]
    assert "'right' and 'wrong' differ by +1.3 m nearly everywhere" in told
    assert "vertical_datum = \"surface\" for 'wrong'" in told


def test_scatter_or_few_places_keep_a_bias_from_being_taken_for_a_datum() -> None:
    depth = np.linspace(30.0, 33.0, 400)
    rng = np.random.default_rng(6)
    assert offset(pair(depth + 28.0, depth), WATER, LIMITS).remedies
    assert not offset(pair(depth + 28.0 + rng.normal(0.0, 9.0, 400), depth), WATER, LIMITS).remedies
    assert not offset(pair(depth[:30] + 28.0, depth[:30]), WATER, LIMITS).remedies
    assert not offset(pair(depth + 20.0, depth), WATER, LIMITS).remedies
    assert not offset(pair(depth + 0.1, depth), WATER, LIMITS).remedies


@pytest.mark.parametrize(("configured", "offset_m"), [("baltic77", -26.3), ("caspian28", 1.7)])
def test_heights_on_aioc95_are_recognised(configured: str, offset_m: float) -> None:
    depth = np.linspace(30.0, 33.0, 400)
    overlap = pair(depth + offset_m, depth, one=configured)
    found = offset(overlap, WATER, LIMITS)
    assert "AIOC95 (EPSG:5797, 5734), to be converted first, for 'one'" in finding(overlap, found, LIMITS)


def test_every_difference_of_two_datums_names_the_reading_that_removes_it() -> None:
    planes = {"msl": 0.0, "baltic77": 0.0, "caspian28": -28.0, "surface": -29.3}
    depth = np.linspace(30.0, 33.0, 400)
    for configured, plane in planes.items():
        for true, height in planes.items():
            if abs(plane - height) < 1.0:
                continue
            found = offset(pair(depth + height - plane, depth, one=configured), WATER, LIMITS)
            assert (0, f'vertical_datum = "{true}"') in found.remedies, (configured, true)


@pytest.mark.parametrize(
    ("scale", "words"),
    [(1 / 0.3048, "'one' looks like feet"), (0.3048, "'two' looks like feet"), (1 / 1.8288, "'one' looks like fathoms"),
     (-1.0, "wrong sign")],
)  # fmt: skip
def test_other_units_show_in_the_ratio(scale: float, words: str) -> None:
    depth = np.linspace(20.0, 90.0, 400)
    overlap = pair(depth * scale, depth)
    found = offset(overlap, WATER, LIMITS)
    assert found.ratio == pytest.approx(scale)
    assert words in finding(overlap, found, LIMITS)


@pytest.mark.parametrize(("metres", "name"), [(0.3048, "feet"), (0.01, "centimetres")])
def test_a_survey_in_another_unit_is_refused(tmp_path: Path, metres: float, name: str) -> None:
    right = depths("right", survey(tmp_path, "right", bed(700)), priority=1)
    wrong = depths("wrong", survey(tmp_path, "wrong", bed(700) / metres), priority=2)
    with pytest.raises(DataError) as caught:
        run(tmp_path, right, wrong)
    assert "'wrong' gives values that are" in caught.value.cause
    assert "times those of 'right'" in caught.value.cause
    assert f"as if they were {name}" in caught.value.cause
    assert f'"A*{metres:g}"' in caught.value.remedy
    assert caught.value.where.endswith("wrong.tif")


def test_a_difference_that_grows_with_depth_is_told() -> None:
    depth = np.linspace(20.0, 90.0, 400)
    overlap = pair(depth * 1.08, depth)
    assert "differ more with depth" in finding(overlap, offset(overlap, WATER, LIMITS), LIMITS)
    same = pair(depth * 1.02, depth)
    assert finding(same, offset(same, WATER, LIMITS), LIMITS) == ""


def test_few_places_give_no_verdict() -> None:
    depth = np.linspace(30.0, 33.0, 60)
    table = statistics(pair(depth + 9.0, depth), BathymetrySection(overlap_bin_km=5.0, overlap_least=40), 10.0)
    assert table["places"].tolist() == [30, 30]
    assert table["agreement"].tolist() == ["", ""]


def test_statistics_against_a_direct_computation() -> None:
    rng = np.random.default_rng(9)
    depth = rng.uniform(20.0, 80.0, 500)
    other = depth - rng.normal(0.4, 0.9, 500)
    (row,) = statistics(pair(depth, other), BathymetrySection(overlap_bin_km=20.0), 10.0).to_dict("records")
    difference = depth - other
    allowed = np.sqrt(0.5**2 + (0.013 * depth) ** 2 + 0.5**2 + (0.013 * other) ** 2)
    assert row["places"] == 500
    assert row["bias_m"] == np.median(difference)
    assert row["rms_m"] == pytest.approx(np.sqrt((difference**2).mean()))
    assert row["rms_about_bias_m"] == pytest.approx(np.sqrt(((difference - np.median(difference)) ** 2).mean()))
    assert row["p95_m"] == pytest.approx(np.quantile(np.abs(difference), 0.95))
    assert row["allowed_m"] == pytest.approx(np.median(allowed))
    assert row["within_pct"] == pytest.approx(100.0 * (np.abs(difference) <= allowed).mean())


def test_each_cell_knows_its_source_and_its_confidence(tmp_path: Path) -> None:
    near = depths("near", survey(tmp_path, "near", bed(300)))
    coarse = np.full((20, 20), -70.0, np.float32)
    coarse[::2] -= 1.0
    wide = write_raster(tmp_path / "wide.tif", coarse, transform=Affine(2000.0, 0.0, 480_000.0, 0.0, -2000.0, TOP))
    _, facts, out = run(tmp_path, near, depths("wide", wide, provenance="public"))
    by_source, by_confidence = (read_band(out / f"depth_{name}.tif") for name in ("source", "confidence"))
    names = [item["name"] for item in facts["sources"]]  # type: ignore[attr-defined]
    assert set(np.unique(by_source)) == {0, 1}
    assert (by_confidence[by_source == names.index("near")] == CONFIDENCE_CODES["A"]).all()
    assert (by_confidence[by_source == names.index("wide")] == CONFIDENCE_CODES["C"]).all()
    stations = pd.read_parquet(out / "stations.parquet")
    assert set(zip(stations["source"], stations["confidence"], strict=True)) == {("near", "A"), ("wide", "C")}


def test_gaps_are_listed_by_kp_and_never_filled(tmp_path: Path) -> None:
    values = bed(700)
    values[240:300] = -9999.0  # 1.2 km across the route
    _, facts, out = run(tmp_path, depths("holey", survey(tmp_path, "holey", values)))
    stations = pd.read_parquet(out / "stations.parquet")
    blank = stations["water_depth_m"].isna().to_numpy()
    (gap,) = facts["gaps"]  # type: ignore[misc]
    kp = FRAME.stations["kp_km"].to_numpy()
    assert gap == {
        "kp_from_km": round(float(kp[blank][0]), 3), "kp_to_km": round(float(kp[blank][-1]), 3),
        "stations": int(blank.sum()),
    }  # fmt: skip
    assert 1.0 <= gap["kp_to_km"] - gap["kp_from_km"] <= 1.2
    assert any(line.startswith(f"{blank.sum()} stations have no depth: KP") for line in facts["findings"])  # type: ignore[attr-defined]
    row, col = FRAME.grid.cell_of(FRAME.stations["x_m"].to_numpy(), FRAME.stations["y_m"].to_numpy())
    middle = int(np.flatnonzero(blank)[2])
    assert np.isnan(read_band(out / "water_depth.tif")[row[middle], col[middle]])
    assert read_band(out / "depth_source.tif")[row[middle], col[middle]] == 255
