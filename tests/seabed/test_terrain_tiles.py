"""Terrain of a survey in tiles: a changed tile is read again with its neighbours, and it is as if all had been read."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from pipeline.geo import read_band
from pipeline.plan import STEPS
from pipeline.store import Build, Kept
from pipeline.workspace import Workspace
from tests.seabed.test_tiles import raise_bed, reconfigure, survey, workspace, write_tiles

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


def test_the_order_of_names_counts_where_tiles_overlap(workspace: Workspace) -> None:
    raw = workspace.root / "data/raw"
    build(workspace)
    names = [f"survey_{number}.tif" for number in range(4)]
    for name in names:
        (raw / name).rename(raw / f"moved_{name}")
    for name, new in zip(names, ["survey_0.tif", "survey_2.tif", "survey_1.tif", "survey_3.tif"], strict=True):
        (raw / f"moved_{name}").rename(raw / new)
    _, read = build(workspace)
    assert read == 2  # those whose order changed, not those that kept theirs
    for name, new in zip(names, ["survey_a.tif", "survey_c.tif", "survey_b.tif", "survey_d.tif"], strict=True):
        (raw / name).rename(raw / new)
    assert build(workspace)[1] == 0  # other names in the same order


def test_broken_neighbours_are_told_when_they_are_read(workspace: Workspace) -> None:
    from pipeline.errors import DataError

    (workspace.root / "data/raw/survey_9.tif").write_bytes(b"II*\0 cut short")
    with pytest.raises(DataError, match=r"survey_9\.tif"):
        build(workspace)
