"""Work on single files: a changed tile is read again and no other, and the result is as if all had been read."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rasterio
from affine import Affine

from pipeline.config import CONFIG_NAME
from pipeline.errors import DataError
from pipeline.geo import read_band
from pipeline.plan import STEPS
from pipeline.sources.depths import depth_tile
from pipeline.sources.rasters import code_counts
from pipeline.store import Build, Kept
from pipeline.workspace import Workspace
from tests.mini import LON, NORTH, SOUTH
from tests.sources.rasters_on_disk import write_raster

SEABED = tuple(step for step in STEPS if step.name in {"route", "bathymetry", "soil"})
CONFIG = """
[corridor]
name = "Tiles"
half_width_m = 1500
cell_m = 250
station_m = 250
[route]
file = "data/raw/rpl.csv"
[water]
surface_m = -29.0
[sources.wide]
role = "bathymetry"
files = "data/raw/wide.tif"
values = "elevation_m"
vertical_datum = "msl"
[sources.survey]
role = "bathymetry"
files = "data/raw/survey_*.tif"
values = "depth_m"
vertical_datum = "surface"
priority = 5
[sources.soil]
role = "soil"
files = "data/raw/soil_*.tif"
"""
# On the central meridian of UTM 39N, x is 500 km; the route runs some 20 km north from here.
WEST, TOP = 498_010.0, 4_671_030.0
SIDE = 10.0


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A workspace with a wide grid, a survey in four tiles that ends before the route does, and soil in two."""
    raw = tmp_path / "data" / "raw"
    raw.mkdir(parents=True)
    (tmp_path / CONFIG_NAME).write_text(CONFIG)
    (raw / "rpl.csv").write_text(f"lon,lat\n{LON},{SOUTH}\n{LON},{NORTH}\n")
    row, col = np.indices((30, 30))
    wide = Affine(2000.0, 0.0, 470_000.0, 0.0, -2000.0, 4_690_000.0)
    write_raster(raw / "wide.tif", (-90.0 + row - 0.5 * col).astype(np.float32), transform=wide)
    write_tiles(raw, "survey", survey(), [0, 400, 803, 1300, 1800])
    write_tiles(raw, "soil", soil(), [0, 777, 1800])
    return Workspace.at(tmp_path)


def survey() -> np.ndarray:
    """Depths in halves of a metre, so that sums are exact in any order; with a hole."""
    depth = 50.0 + np.random.default_rng(1).integers(0, 20, (1800, 400)) / 2.0
    depth[200:260, 180:230] = -9999.0
    return depth.astype(np.float32)


def soil() -> np.ndarray:
    """Stripes that give every cell of 25 x 25 pixels as much sand as mud, and a little rock."""
    return np.tile(np.repeat(np.array([4, 7, 1], np.uint8), [12, 1, 12]), (1800, 16))


def write_tiles(
    raw: Path, name: str, values: np.ndarray, rows: list[int], called: Callable[[int], str] = str
) -> list[Path]:
    """Write the rasters between rows, numbered from north to south."""
    nodata = -9999.0 if values.dtype.kind == "f" else 255
    return [
        write_raster(
            raw / f"{name}_{called(number)}.tif", values[top:bottom], nodata=nodata,
            transform=Affine(SIDE, 0.0, WEST, 0.0, -SIDE, TOP - SIDE * top),
        )
        for number, (top, bottom) in enumerate(itertools.pairwise(rows))
    ]  # fmt: skip


def build(workspace: Workspace) -> tuple[dict[str, Kept], dict[str, tuple[int, int]]]:
    """Run what has to run; return results, and of each step that ran how many files of how many it read."""
    made = Build(workspace, workspace.config(), SEABED)
    for decision in made.decide():
        if decision.state == "run":
            made.run(decision.step, lambda line: None, decision.why)
    read = {name: (done.files["read"], done.files["all"]) for name, done in made.outcomes.items() if done.files}
    return made.results, read


def outputs(results: dict[str, Kept]) -> dict[str, object]:
    return {name: (kept.outputs, kept.facts) for name, kept in results.items()}


def reconfigure(workspace: Workspace, old: str, new: str) -> None:
    text = workspace.config_path.read_text()
    assert old in text
    workspace.config_path.write_text(text.replace(old, new))


def raise_bed(path: Path) -> None:
    with rasterio.open(path, "r+") as file:
        values = file.read(1)
        file.write(np.where(values == file.nodata, values, values - 7.5), 1)


@pytest.mark.parametrize(("number", "beside"), [(0, [1]), (1, [0, 2]), (2, [1, 3]), (3, [2])])
def test_a_changed_tile_is_read_again_with_those_that_touch_it_and_no_other(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, number: int, beside: list[int]
) -> None:
    before, read = build(workspace)
    assert read == {"bathymetry": (5, 5), "soil": (2, 2)}
    tile = workspace.root / f"data/raw/survey_{number}.tif"
    raise_bed(tile)
    opened: list[Path] = []
    inspect = depth_tile.inspect_raster
    monkeypatch.setattr(
        depth_tile,
        "inspect_raster",
        lambda path, section, **more: opened.append(path) or inspect(path, section, **more),
    )
    piecewise, read = build(workspace)
    again = sorted([number, *beside])  # between their pixels and the tile's depths are interpolated
    assert read == {"bathymetry": (len(again), 5)}
    assert sorted(opened) == [workspace.root / f"data/raw/survey_{name}.tif" for name in again]
    assert piecewise["bathymetry"].outputs["water_depth.tif"] != before["bathymetry"].outputs["water_depth.tif"]
    shutil.rmtree(workspace.home)
    afresh, read = build(workspace)
    assert read == {"bathymetry": (5, 5), "soil": (2, 2)}
    assert outputs(afresh) == outputs(piecewise)


def test_a_changed_soil_tile_is_read_again_and_no_other(workspace: Workspace) -> None:
    before, _ = build(workspace)
    tile = workspace.root / "data/raw/soil_1.tif"
    with rasterio.open(tile, "r+") as file:
        file.write(np.full((1, *file.shape), 5, np.uint8))
    piecewise, read = build(workspace)
    assert read == {"soil": (1, 2)}
    assert piecewise["soil"].outputs != before["soil"].outputs
    shutil.rmtree(workspace.home)
    assert outputs(build(workspace)[0]) == outputs(piecewise)


@pytest.mark.parametrize(
    ("old", "new", "step"),
    [
        ("surface_m = -29.0", "surface_m = -27.5", "bathymetry"),
        ("surface_m = -29.0", "surface_m = -29.0\nmsl_to_baltic77_m = 0.4", "bathymetry"),
        ('"depth_m"\nvertical_datum = "surface"', '"depth_m"\nvertical_datum = "caspian28"', "bathymetry"),
        ("[water]", "[bathymetry]\nfeather_m = 500\n[water]", "bathymetry"),
        (
            'files = "data/raw/soil_*.tif"',
            'files = "data/raw/soil_*.tif"\nclasses = { 1 = "rock", 4 = "mud", 7 = "mud" }',
            "soil",
        ),
        ("priority = 5", "priority = -5", "bathymetry"),
        ("priority = 5", 'priority = 5\nprovenance = "survey"', "bathymetry"),
        ("[corridor]", "[soil.classes.mud]\npenetration_f = 0.1\n[corridor]", "soil"),
    ],
)
def test_what_is_made_of_values_does_not_read_them_again(workspace: Workspace, old: str, new: str, step: str) -> None:
    before, _ = build(workspace)
    reconfigure(workspace, old, new)
    after, read = build(workspace)
    assert {name: count for name, (count, _) in read.items()} == {step: 0}
    assert after[step].outputs != before[step].outputs
    shutil.rmtree(workspace.home)
    assert outputs(build(workspace)[0]) == outputs(after)


def test_another_route_reads_everything_again(workspace: Workspace) -> None:
    build(workspace)
    (workspace.root / "data/raw/rpl.csv").write_text(f"lon,lat\n{LON + 0.001},{SOUTH}\n{LON},{NORTH}\n")
    assert build(workspace)[1] == {"bathymetry": (5, 5), "soil": (2, 2)}


@pytest.mark.parametrize("seed", range(3))
def test_means_do_not_depend_on_how_a_survey_is_cut_into_tiles_nor_on_their_order(
    workspace: Workspace, seed: int
) -> None:
    first, _ = build(workspace)
    rasters = {
        "bathymetry": ("water_depth.tif", "depth_source.tif", "regional_depth.tif", "open_depth.tif"),
        "soil": ("soil_class.tif",),
    }
    rng = np.random.default_rng(seed)
    for name, values in (("survey", survey()), ("soil", soil())):
        for path in (workspace.root / "data/raw").glob(f"{name}_*.tif"):
            path.unlink()
        rows = [0, *sorted(rng.choice(np.arange(1, 1800), 6, replace=False).tolist()), 1800]
        names = rng.permutation(7)
        write_tiles(workspace.root / "data/raw", name, values, rows, lambda number, names=names: f"{names[number]}")
    second, read = build(workspace)
    assert read == {"bathymetry": (7, 8), "soil": (7, 7)}
    for step, files in rasters.items():
        for file in files:
            assert second[step].outputs[file] == first[step].outputs[file], file


def test_the_facts_say_where_each_file_gave_the_depth(workspace: Workspace) -> None:
    reconfigure(workspace, "[water]", "[bathymetry]\nfeather_m = 0\n[water]")
    results, _ = build(workspace)
    stations = pd.read_parquet(results["route"].folder / "stations.parquet")
    given = pd.read_parquet(results["bathymetry"].folder / "stations.parquet")["source"]
    found = results["bathymetry"].facts["file_kp_km"]
    assert set(found) == {"data/raw/wide.tif", *(f"data/raw/survey_{number}.tif" for number in range(4))}
    kp, y = stations["kp_km"], stations["y_m"]
    for name, runs in found.items():
        inside = np.any([(kp >= start - 0.001) & (kp <= end + 0.001) for start, end in runs], axis=0)
        assert set(given[inside]) == {"wide" if "wide" in name else "survey"}
        if "survey_2" in name:
            assert (inside == ((y < TOP - 8030.0) & (y > TOP - 13_000.0))).all()
    assert len(found["data/raw/wide.tif"]) == 2  # the southern end and the hole
    assert list(results["soil"].facts["file_kp_km"]) == [
        "data/raw/soil_1.tif",
        "data/raw/soil_0.tif",
    ]  # along the route, which runs north


def test_a_file_that_is_blended_in_at_a_seam_gave_the_depth_there_as_well(workspace: Workspace) -> None:
    results, _ = build(workspace)
    stations = pd.read_parquet(results["route"].folder / "stations.parquet")
    depth = pd.read_parquet(results["bathymetry"].folder / "stations.parquet")
    wide = results["bathymetry"].facts["file_kp_km"]["data/raw/wide.tif"]
    kp = stations["kp_km"].to_numpy()
    inside = np.any([(kp >= start - 0.001) & (kp <= end + 0.001) for start, end in wide], axis=0)
    assert (depth["source"][~inside] == "survey").all()
    blended = inside & (depth["source"] == "survey").to_numpy()
    whole = depth["water_depth_m"].to_numpy()
    assert blended.any()
    reconfigure(workspace, "[water]", "[bathymetry]\nfeather_m = 0\n[water]")
    alone = pd.read_parquet(build(workspace)[0]["bathymetry"].folder / "stations.parquet")["water_depth_m"].to_numpy()
    assert (whole != alone)[blended].mean() > 0.9
    assert (whole == alone)[~inside].all()


def test_renaming_overlapping_files_changes_no_depth(workspace: Workspace) -> None:
    raw = workspace.root / "data/raw"
    for number, north in enumerate((0, 50, 100)):
        values = survey()[300:600] + np.float32(0.1 * number)
        write_raster(
            raw / f"survey_over_{number}.tif", values, nodata=-9999.0,
            transform=Affine(SIDE, 0.0, WEST, 0.0, -SIDE, TOP - SIDE * (300 + north)),
        )  # fmt: skip
    before, _ = build(workspace)
    for number in range(3):
        (raw / f"survey_over_{number}.tif").rename(raw / f"survey_again_{2 - number}.tif")
    after, _ = build(workspace)
    for name in ("water_depth.tif", "stations.parquet"):
        assert after["bathymetry"].outputs[name] == before["bathymetry"].outputs[name]


def test_what_is_kept_of_a_file_has_nothing_of_its_name(workspace: Workspace) -> None:
    def kept(step: str) -> set[bytes]:
        return {path.read_bytes() for path in workspace.store.glob(f"{step}.files/*/values.npz")}

    build(workspace)
    before = {step: kept(step) for step in ("bathymetry", "soil")}
    raw = workspace.root / "data/raw"
    for number in range(4):
        (raw / f"survey_{number}.tif").rename(raw / f"survey_x{9 - number}.tif")
    (raw / "soil_0.tif").unlink()
    shutil.rmtree(workspace.home)
    build(workspace)
    assert kept("bathymetry") == before["bathymetry"]
    assert kept("soil") < before["soil"]


def test_of_a_tile_no_more_of_a_grid_is_kept_than_it_covers(workspace: Workspace) -> None:
    build(workspace)
    shapes = []
    for path in workspace.store.glob("bathymetry.files/*/values.npz"):
        with np.load(path) as arrays:
            shapes += [arrays["analysis sums"].shape] if "analysis sums" in arrays else []
    assert sorted(shapes) == [(2, 17, 15), (2, 17, 15), (2, 20, 15), (2, 21, 15)]  # of 87 rows and more of the grid


def test_a_coarse_grid_cut_into_tiles_has_no_seam(workspace: Workspace) -> None:
    raw = workspace.root / "data/raw"
    for path in raw.glob("survey_*.tif"):
        path.unlink()
    reconfigure(workspace, 'files = "data/raw/survey_*.tif"', 'files = "data/raw/coarse_*.tif"')
    row, col = np.indices((40, 20))
    depth = (60.0 + 20.0 * row + 3.0 * (col % 4)).astype(np.float32)
    depth[17:19, 9] = -9999.0  # a hole beside the seam
    found = []
    for rows, cols in (([0, 40], [0, 20]), ([0, 18, 19, 40], [0, 10, 20])):
        for path in raw.glob("coarse_*.tif"):
            path.unlink()
        for top, bottom in itertools.pairwise(rows):
            for left, right in itertools.pairwise(cols):
                write_raster(
                    raw / f"coarse_{top}_{left}.tif", depth[top:bottom, left:right], nodata=-9999.0,
                    transform=Affine(500.0, 0.0, 495_100.0 + 500.0 * left, 0.0, -500.0, TOP - 500.0 * top),
                )  # fmt: skip
        results, _ = build(workspace)
        stations = pd.read_parquet(results["bathymetry"].folder / "stations.parquet")
        found.append((read_band(results["bathymetry"].folder / "water_depth.tif"), stations))
    (whole, at), (cut, at_cut) = found
    assert (at["source"] == "survey").mean() > 0.8
    np.testing.assert_allclose(cut, whole, atol=1e-4)
    np.testing.assert_allclose(at_cut["water_depth_m"], at["water_depth_m"], atol=1e-6)


@pytest.mark.parametrize("sides", [(230.0, 240.0), (240.0, 270.0), (255.0, 270.0)])
def test_files_near_the_cell_size_are_read_as_their_layer_is(workspace: Workspace, sides: tuple[float, float]) -> None:
    raw = workspace.root / "data/raw"
    for path in raw.glob("survey_*.tif"):
        path.unlink()
    for number, side in enumerate(sides):
        row, col = np.indices((50, 40))
        x, y = WEST - 3000.0 + side * (col + 0.5), TOP - number * 10_000.0 - side * (row + 0.5)
        write_raster(
            raw / f"survey_{number}.tif", (60.0 + (x - 500_000.0) / 500.0 + (TOP - y) / 4000.0).astype(np.float32),
            transform=Affine(side, 0.0, WEST - 3000.0, 0.0, -side, TOP - number * 10_000.0),
        )  # fmt: skip
    reconfigure(workspace, "[water]", "[bathymetry]\nfeather_m = 0\n[water]")
    results, _ = build(workspace)
    depth = pd.read_parquet(results["bathymetry"].folder / "stations.parquet")
    cells = pd.read_parquet(results["route"].folder / "cells.parquet")
    assert (depth["source"] == "survey").mean() > 0.9
    grid = read_band(results["bathymetry"].folder / "water_depth.tif")[cells["row"], cells["col"]]
    source = read_band(results["bathymetry"].folder / "depth_source.tif")[cells["row"], cells["col"]]
    plane = 60.0 + (cells["x_m"] - 500_000.0) / 500.0 + (TOP - cells["y_m"]) / 4000.0
    edges = TOP - np.array([0.0, 50.0 * sides[0], 10_000.0])
    inner = (source == 0) & (np.abs(cells["y_m"].to_numpy()[:, None] - edges) > 500.0).all(axis=1)
    tolerance_m = 1e-4 if max(sides) >= 250.0 else 0.3  # interpolation gives a plane back; means of few pixels nearly
    assert inner.sum() > 500
    assert np.abs(grid - plane)[inner].max() < tolerance_m


@pytest.mark.parametrize(
    ("value", "remedy"), [(-9999.0, "nodata = -9999"), (1e300, "nodata = inf"), (-12_000.0, "nodata = -12000")]
)
def test_a_value_that_no_bed_has_names_its_tile(workspace: Workspace, value: float, remedy: str) -> None:
    values = survey()[:100].astype(np.float64)
    values[values == -9999.0] = 60.0
    values[5, 5] = value
    bad = workspace.root / "data/raw/survey_9.tif"
    write_raster(bad, values, transform=Affine(SIDE, 0.0, WEST, 0.0, -SIDE, TOP))
    with pytest.raises(DataError, match="which no seabed has") as caught:
        build(workspace)
    assert caught.value.where == str(bad)
    assert remedy in caught.value.remedy


def test_codes_without_meaning_name_their_tile_and_a_meaning_mends_it(workspace: Workspace) -> None:
    bad = workspace.root / "data/raw/soil_1.tif"
    with rasterio.open(bad, "r+") as file:
        file.write(np.full((1, *file.shape), 40, np.uint8))
    with pytest.raises(DataError, match="mean nothing here: 40") as caught:
        build(workspace)
    assert caught.value.where == str(bad)
    reconfigure(
        workspace,
        'files = "data/raw/soil_*.tif"',
        'files = "data/raw/soil_*.tif"\nclasses = { 1 = "mud", 4 = "sand", 7 = "rock", 40 = "coarse" }',
    )
    classes = pd.read_parquet(build(workspace)[0]["soil"].folder / "stations.parquet")["soil_class"]
    assert {"mud", "coarse"} <= set(classes)


def test_counting_soil_needs_no_more_memory_for_many_codes(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted, _ = build(workspace)
    monkeypatch.setattr(code_counts, "_MOST_COUNTERS", 10)
    shutil.rmtree(workspace.home)
    assert outputs(build(workspace)[0]) == outputs(counted)


def test_two_sources_may_read_two_bands_of_one_file(workspace: Workspace) -> None:
    bands = np.stack([np.full((300, 300), 50.0), np.full((300, 300), 90.0)]).astype(np.float32)
    bands[:, ::2] += 0.5
    where = Affine(100.0, 0.0, 485_000.0, 0.0, -100.0, 4_675_000.0)
    write_raster(workspace.root / "data/raw/two.tif", bands, transform=where)
    for band, priority in ((1, 9), (2, 7)):
        source = f'[sources.band_{band}]\nrole = "bathymetry"\nfiles = "data/raw/two.tif"\nvariable = "{band}"\n'
        source += f'values = "depth_m"\nvertical_datum = "surface"\npriority = {priority}\n'
        workspace.config_path.write_text(workspace.config_path.read_text() + source)
    results, _ = build(workspace)
    depth = pd.read_parquet(results["bathymetry"].folder / "stations.parquet")
    assert set(depth["source"]) == {"band_1"}
    assert depth["water_depth_m"].between(50.0, 50.5).all()


def test_tiles_beside_the_corridor_give_nothing(workspace: Workspace) -> None:
    before, _ = build(workspace)
    raw = workspace.root / "data/raw"
    far = Affine(SIDE, 0.0, WEST, 0.0, -SIDE, TOP - 900_000.0)
    write_raster(raw / "survey_far.tif", survey()[300:400], transform=far)
    write_raster(raw / "soil_far.tif", np.full((50, 50), 4, np.uint8), transform=far)
    after, read = build(workspace)
    assert read == {"bathymetry": (1, 6), "soil": (1, 3)}
    for step in ("bathymetry", "soil"):
        assert after[step].outputs == before[step].outputs
        assert after[step].facts["file_kp_km"] == before[step].facts["file_kp_km"]
