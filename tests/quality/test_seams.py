"""Steps between tiles of one source, side by side or over one another."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.quality.findings import Finding
from tests.quality.beds import CELL, Y0, faults, kp_of, make, noise, rocks, sand_waves, slope, write_survey

CUT = 320
BEDS = {"slope": slope() + noise(), "waves": sand_waves() + noise(), "rocks": rocks()}


def tiles(folder: Path, depth: np.ndarray, step_m: float, overlap: int) -> list[Finding]:
    make(folder)
    write_survey(folder, depth[: CUT + overlap], "survey_north.tif")
    write_survey(folder, depth[CUT:] + step_m, "survey_south.tif", top=Y0 - CUT * CELL)
    return faults(folder)


@pytest.mark.parametrize("overlap", [0, 20])
@pytest.mark.parametrize("bed", BEDS)
def test_a_step_is_found_and_named(tmp_path: Path, bed: str, overlap: int) -> None:
    (found,) = tiles(tmp_path, BEDS[bed], 1.5, overlap)
    assert (found.severity, found.code) == ("warning", "tile_step")
    assert found.file == "survey_north.tif and survey_south.tif"
    assert "survey_north.tif lies shallower than survey_south.tif" in found.message
    bias = float(found.message.split("bias ")[1].split(" m")[0])
    assert bias == pytest.approx(-1.5, abs=0.3 if (bed, overlap) == ("rocks", 0) else 0.02)
    assert found.kp_km == pytest.approx((kp_of(CUT + overlap), kp_of(CUT)), abs=0.01)
    assert ("overlap" in found.message) == (overlap > 0)


@pytest.mark.parametrize("overlap", [0, 20])
@pytest.mark.parametrize("bed", BEDS)
def test_tiles_that_agree_have_none(tmp_path: Path, bed: str, overlap: int) -> None:
    assert tiles(tmp_path, BEDS[bed], 0.0, overlap) == []


def test_names_turn_the_sign_and_nothing_else(tmp_path: Path) -> None:
    make(tmp_path)
    depth = BEDS["slope"]
    write_survey(tmp_path, depth[:CUT], "survey_z.tif")
    write_survey(tmp_path, depth[CUT:] + 1.5, "survey_a.tif", top=Y0 - CUT * CELL)
    (found,) = faults(tmp_path)
    assert "survey_a.tif lies deeper than survey_z.tif" in found.message
    assert "bias +1.49" in found.message or "bias +1.50" in found.message


@pytest.mark.parametrize("turned", ["north", "south"])
def test_a_tile_upside_down_hides_no_step(tmp_path: Path, turned: str) -> None:
    make(tmp_path)
    depth = BEDS["slope"]
    write_survey(tmp_path, depth[:CUT] * (-1.0 if turned == "north" else 1.0), "survey_north.tif")
    write_survey(tmp_path, depth[CUT:] * (-1.0 if turned == "south" else 1.0), "survey_south.tif", top=Y0 - CUT * CELL)
    (found,) = [finding for finding in faults(tmp_path) if finding.code == "tile_step"]
    north = "shallower" if turned == "north" else "deeper"
    assert f"survey_north.tif lies {north} than survey_south.tif" in found.message


def test_land_has_no_steps(tmp_path: Path) -> None:
    assert not [finding for finding in tiles(tmp_path, -BEDS["slope"], 1.5, 0) if finding.code == "tile_step"]
