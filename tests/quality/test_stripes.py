"""Striping is found in any direction with its bearing and height; waves, rocks and rounding are none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.quality.stripes import striped
from tests.quality.beds import COLS, ROWS, faults, make, noise, rocks, sand_waves, slope, write_survey


def lines(across_deg: float, height_m: float, *, wide: int = 1) -> np.ndarray:
    """Lines, each ``wide`` cells, that stand at random heights; they lie across a direction from the columns' axis."""
    row, col = np.indices((ROWS, COLS))
    turn = np.deg2rad(across_deg)
    line = np.floor((col * np.cos(turn) + row * np.sin(turn)) / wide).astype(int)
    line -= line.min()
    return np.random.default_rng(1).normal(0.0, height_m, line.max() + 1)[line]


@pytest.mark.parametrize(
    ("across_deg", "words"),
    [(0.0, "along columns (0 degrees true)"), (90.0, "along rows (90 degrees true)"),
     (45.0, "along 45 degrees true"), (23.0, "along 23 degrees true"), (157.0, "along 157 degrees true")],
)  # fmt: skip
def test_lines_are_found_with_their_direction(tmp_path: Path, across_deg: float, words: str) -> None:
    make(tmp_path)
    write_survey(tmp_path, slope() + noise() + lines(across_deg, 0.25))
    (found,) = faults(tmp_path)
    assert (found.severity, found.code) == ("warning", "striping")
    told = found.message.split(":")[0]
    bearing = int(told.split(" degrees")[0].split("(")[-1].split()[-1])
    expected = int(words.split(" degrees")[0].split("(")[-1].split()[-1])
    assert min(abs(bearing - expected), 180 - abs(bearing - expected)) <= 2
    assert ("columns" in told, "rows" in told) == ("columns" in words, "rows" in words)
    height = float(found.message.split("about ")[1].split(" m")[0])
    assert 0.25 < height < 1.5, "two lines of 0.25 m deviation differ by about 0.35, the greatest of 64 by about 1"


def test_steps_between_swaths_of_survey_lines_are_stripes(tmp_path: Path) -> None:
    make(tmp_path)
    write_survey(tmp_path, slope() + noise() + lines(23.0, 0.5, wide=20))
    (found,) = faults(tmp_path)
    assert found.code == "striping"
    assert found.kp_km is not None
    assert found.kp_km[1] - found.kp_km[0] > 1.0


@pytest.mark.parametrize(
    "depth",
    [
        slope(), slope() + noise(), rocks(), rocks() + noise(sigma_m=0.5), np.rint(slope()), np.round(slope(), 1),
        *(sand_waves(bearing_deg=bearing) for bearing in (0.0, 30.0, 90.0)), sand_waves() + noise(),
    ],
    ids=["slope", "noise", "rocks", "rough rocks", "metres", "decimetres", "waves E", "waves NE", "waves N", "noisy"],
)  # fmt: skip
def test_real_ground_is_not_striped(tmp_path: Path, depth: np.ndarray) -> None:
    make(tmp_path)
    write_survey(tmp_path, depth)
    assert "striping" not in {finding.code for finding in faults(tmp_path)}


def test_a_chunk_of_gaps_or_of_one_value_says_nothing() -> None:
    values = slope(64, 64).astype(np.float32)
    values[:10] = np.nan
    assert striped(values, 6.0) is None
    assert striped(np.zeros((64, 64), np.float32), 6.0) is None
