"""Values that are no measurements: whole metres in fine cells, zeros, level and plane areas."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.quality.beds import COLS, ROWS, faults, findings, kp_of, lonlat, make, noise, rocks, sand_waves, slope
from tests.quality.beds import write_survey as write


def codes(folder: Path) -> set[str]:
    return {finding.code for finding in findings(folder)} - {"route", "coverage"}


@pytest.mark.parametrize("dtype", ["float32", "int16"])
def test_whole_metres_in_fine_cells(tmp_path: Path, dtype: str) -> None:
    make(tmp_path)
    write(tmp_path, np.rint(slope()), dtype=dtype)
    (found,) = faults(tmp_path)
    assert found.code == "rounded"
    assert "14 degrees" in found.message, "one metre over a cell of 4 m"


def test_whole_metres_in_coarse_cells_are_usual(tmp_path: Path) -> None:
    make(tmp_path)
    write(tmp_path, np.rint(slope())[::20, ::20], cell=80.0)
    assert codes(tmp_path) == set()


@pytest.mark.parametrize("decimals", [1, 2])
def test_rounding_to_decimals_is_usual(tmp_path: Path, decimals: int) -> None:
    make(tmp_path)
    write(tmp_path, np.round(slope() + noise(), decimals))
    assert codes(tmp_path) == set()


def test_zeros_are_probably_nodata(tmp_path: Path) -> None:
    depth = slope() + noise()
    depth[130:160, 70:100] = 0.0
    make(tmp_path)
    write(tmp_path, depth)
    (found,) = [finding for finding in faults(tmp_path) if finding.code == "zero_values"]
    assert "900 cells (0%) are exactly 0" in found.message
    assert (found.lon, found.lat) == pytest.approx(lonlat(128 + 32, 64 + 32), abs=1e-6), "the middle of their chunk"
    write(tmp_path, depth, nodata=0.0)
    assert codes(tmp_path) == {"hole"}


def test_zeros_in_most_of_a_file_are_told_all_the_same(tmp_path: Path) -> None:
    depth = slope() + noise()
    depth[:, : COLS * 3 // 8] = 0.0
    depth[:, COLS * 5 // 8 :] = 0.0
    make(tmp_path)
    write(tmp_path, depth)
    (found,) = [finding for finding in faults(tmp_path) if finding.code == "zero_values"]
    assert "(75%) are exactly 0" in found.message
    assert found.file == "survey.tif"


def test_level_and_plane_blocks(tmp_path: Path) -> None:
    row, col = np.indices((ROWS, COLS))
    depth = slope() + noise()
    depth[64:192, 64:192] = 77.7
    depth[320:448, 128:256] = (50 + 0.0313 * row + 0.0217 * col)[320:448, 128:256]
    make(tmp_path)
    write(tmp_path, depth)
    told = {finding.code: finding for finding in findings(tmp_path)}
    assert set(told) - {"route", "coverage"} == {"level_block", "plane_block"}
    assert told["level_block"].severity == "warning"
    assert told["plane_block"].severity == "note"
    assert told["level_block"].kp_km == pytest.approx((kp_of(160), kp_of(96)), abs=0.002)
    assert told["plane_block"].kp_km == pytest.approx((kp_of(416), kp_of(352)), abs=0.002)
    assert "here 77.700 m" in told["level_block"].message
    assert "0.262 km" in told["level_block"].message, "four chunks of 256 m x 256 m"


@pytest.mark.parametrize("depth", [slope(), slope() + noise(), sand_waves(), rocks()], ids=["slope", "noise", "w", "r"])
def test_measured_ground_is_none_of_these(tmp_path: Path, depth: np.ndarray) -> None:
    make(tmp_path)
    write(tmp_path, depth)
    assert codes(tmp_path) == set()
