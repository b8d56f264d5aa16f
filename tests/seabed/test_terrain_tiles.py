"""Terrain of a survey in tiles: a changed tile is read again with its neighbours, and it is as if all had been read."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from affine import Affine

from pipeline.geo import read_band
from pipeline.plan import STEPS
from pipeline.store import Build, Kept
from pipeline.workspace import Workspace
from tests.seabed.test_tiles import TOP, WEST, raise_bed, reconfigure, survey, workspace, write_tiles
from tests.sources.rasters_on_disk import write_raster

__all__ = ["workspace"]  # a fixture
SEABED = tuple(step for step in STEPS if step.name in {"route", "bathymetry", "terrain"})


def build(workspace: Workspace) -> tuple[Kept, int]:
    """Run what has to run; return the terrain and how many files it read."""
    made = Build(workspace, workspace.config(), SEABED)
    for decision in made.decide():
        if decision.state == "run":
            made.run(decision.step, lambda line: None, decision.why)
    files = made.outcomes["terrain"].files
    return made.results["terrain"], files["read"] if files else 0


def outputs(kept: Kept) -> tuple[object, object]:
    return kept.outputs, {key: value for key, value in kept.facts.items() if key != "sources"}


@pytest.mark.parametrize(("number", "again"), [(0, 2), (1, 3), (3, 2)])
def test_a_changed_tile_is_read_again_with_those_that_touch_it(workspace: Workspace, number: int, again: int) -> None:
    before, read = build(workspace)
    assert read == 5  # four tiles and the wide grid, of which nothing is taken
    raise_bed(workspace.root / f"data/raw/survey_{number}.tif")
    piecewise, read = build(workspace)
    assert read == again
    assert piecewise.outputs["slope.tif"] != before.outputs["slope.tif"]
    shutil.rmtree(workspace.home)
    whole, read = build(workspace)
    assert read == 5
    assert outputs(piecewise) == outputs(whole)


def test_one_tile_or_many_are_one_survey(workspace: Workspace) -> None:
    many, _ = build(workspace)
    raw = workspace.root / "data/raw"
    for path in raw.glob("survey_*.tif"):
        path.unlink()
    write_tiles(raw, "survey", survey(), [0, 1800])
    one, _ = build(workspace)
    assert outputs(one) == outputs(many)
    slope = read_band(one.folder / "slope.tif", 2)
    assert np.isfinite(slope).sum() > 500
    assert np.nanmin(slope) > 1.0


def test_settings_of_the_step_read_no_tile_again(workspace: Workspace) -> None:
    build(workspace)
    reconfigure(workspace, "surface_m = -29.0", "surface_m = -28.0")
    reconfigure(workspace, "priority = 5", 'priority = 6\nprovenance = "survey"')
    workspace.config_path.write_text(workspace.config_path.read_text() + "[bedforms]\ncoherence = 0.7\n")
    assert build(workspace)[1] == 0


def test_the_names_of_tiles_that_overlap_change_nothing(workspace: Workspace) -> None:
    raw = workspace.root / "data/raw"
    for path in raw.glob("survey_*.tif"):
        path.unlink()
    rng = np.random.default_rng(5)
    for number, top in enumerate((300, 300, 400, 450)):  # two of the very same place, and three over one another
        depth = survey()[top : top + 300, 100:300] + rng.normal(0.0, 0.7, (300, 200)).astype(np.float32)
        where = Affine(10.0, 0.0, WEST + 1000.0, 0.0, -10.0, TOP - 10.0 * top)
        write_raster(raw / f"survey_{number}.tif", depth.astype(np.float32), transform=where, nodata=-9999.0)
    before, _ = build(workspace)
    for number in range(4):
        (raw / f"survey_{number}.tif").rename(raw / f"survey_x{(3 - number)}.tif")
    after, _ = build(workspace)
    assert outputs(after) == outputs(before)
    shutil.rmtree(workspace.home)
    assert outputs(build(workspace)[0]) == outputs(before)


def test_broken_neighbours_are_told_when_they_are_read(workspace: Workspace) -> None:
    from pipeline.errors import DataError

    (workspace.root / "data/raw/survey_9.tif").write_bytes(b"II*\0 cut short")
    with pytest.raises(DataError, match=r"survey_9\.tif"):
        build(workspace)
