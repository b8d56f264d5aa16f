"""Holes are what data enclose; windows of any size find the same ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.windows import Window
from scipy import ndimage

from pipeline.quality.holes import gaps_of, holes_of
from pipeline.quality.windows import CHUNK
from tests.quality.beds import CELL, COLS, ROWS, X0, Y0, faults, kp_of, lonlat, make, noise, slope, write_survey


def test_a_hole_is_found_and_what_lies_outside_the_survey_is_none(tmp_path: Path) -> None:
    depth = slope() + noise()
    depth[200:240, 100:160] = np.nan
    depth[:, :30] = np.nan  # beside the survey
    depth[300:310, 20:60] = np.nan  # a bay of it
    depth[400, 300] = np.nan  # 16 m2: too small to matter
    make(tmp_path)
    write_survey(tmp_path, depth)
    (found,) = faults(tmp_path)
    assert (found.severity, found.code, found.file) == ("warning", "hole", "survey.tif")
    assert f"{40 * 60 * CELL**2:,.0f} m\u00b2" in found.message
    assert found.kp_km == pytest.approx((kp_of(239), kp_of(200)), abs=0.001)
    assert (found.lon, found.lat) == pytest.approx(lonlat(219, 129), abs=1e-6)
    assert "rows 200-239, columns 100-159" in found.place


def test_the_largest_of_several_is_told_first(tmp_path: Path) -> None:
    depth = slope() + noise()
    depth[200:210, 100:110] = np.nan
    depth[300:340, 100:140] = np.nan
    make(tmp_path)
    write_survey(tmp_path, depth)
    (found,) = faults(tmp_path)
    assert found.message.startswith(
        "2 holes inside the data, 27,200 m\u00b2 together, the largest: 25,600 m\u00b2 at KP"
    )
    assert "rows 300-339" in found.place


@pytest.mark.parametrize("parts", [1, 2, 4])
def test_a_hole_over_the_seams_of_tiles_is_one(tmp_path: Path, parts: int) -> None:
    depth = slope() + noise()
    depth[300:340, 220:300] = np.nan
    depth[:40] = np.nan
    make(tmp_path)
    rows, cols = (ROWS // 2, COLS // 2) if parts == 4 else (ROWS // parts, COLS)
    for top in range(0, ROWS, rows):
        for left in range(0, COLS, cols):
            corner = {"left": X0 + left * CELL, "top": Y0 - top * CELL}
            write_survey(tmp_path, depth[top : top + rows, left : left + cols], f"survey_{top}_{left}.tif", **corner)
    found = [finding for finding in faults(tmp_path) if finding.code == "hole"]
    assert len(found) == 1
    assert f"a hole of {40 * 80 * CELL**2:,.0f} m\u00b2" in found[0].message
    assert (found[0].lon, found[0].lat) == pytest.approx(lonlat(319, 259), abs=1e-6)


def test_tiles_a_hundredth_of_a_pixel_off_are_of_one_lattice_as_for_the_terrain(tmp_path: Path) -> None:
    depth = slope() + noise()
    depth[300:340, 220:300] = np.nan
    make(tmp_path)
    write_survey(tmp_path, depth[:320], "survey_a.tif")
    write_survey(tmp_path, depth[320:], "survey_b.tif", top=Y0 - 320 * CELL, left=X0 + 0.015 * CELL)
    found = [finding for finding in faults(tmp_path) if finding.code == "hole"]
    assert [finding.file for finding in found] == ["survey_a.tif"]
    assert f"a hole of {40 * 80 * CELL**2:,.0f} m\u00b2" in found[0].message


def test_in_overlapping_tiles_a_hole_belongs_to_the_file_that_has_it(tmp_path: Path) -> None:
    depth = slope() + noise()
    north, south = depth[:400].copy(), depth[300:].copy()
    south[20:40, 100:120] = np.nan  # rows 320 to 339 of the whole, which the northern tile covers
    make(tmp_path)
    write_survey(tmp_path, north, "survey_north.tif")
    write_survey(tmp_path, south, "survey_south.tif", top=Y0 - 300 * CELL)
    (found,) = faults(tmp_path)
    assert (found.code, found.file) == ("hole", "survey_south.tif")
    assert "rows 20-39, columns 100-119" in found.place
    assert (found.lon, found.lat) == pytest.approx(lonlat(329, 109), abs=1e-6)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.1, 0.4, 0.6]), st.sampled_from([1, 2, 3]), st.booleans())
def test_windows_find_what_the_whole_shows(seed: int, share: float, wide: int, bits: bool) -> None:
    rng = np.random.default_rng(seed)
    shape = (3 * CHUNK + 7, 2 * CHUNK + 20)
    grain = 1 if bits else 9
    coarse = rng.random((shape[0] // grain + 1, shape[1] // grain + 1)) < share
    missing = coarse.repeat(grain, 0).repeat(grain, 1)[: shape[0], : shape[1]]
    chunks = rng.random((4, 3)) < 0.8
    gaps = []
    for top in range(0, 4, wide):
        for left in range(0, 3, wide):
            part = chunks[top : top + wide, left : left + wide]
            if part.any():
                r, c = top * CHUNK, left * CHUNK
                inner = missing[r : r + wide * CHUNK, c : c + wide * CHUNK]
                gaps.append(gaps_of(inner, Window(c, r, inner.shape[1], inner.shape[0]), part))
    holes = holes_of(gaps, 1)

    outside = ~chunks.repeat(CHUNK, 0).repeat(CHUNK, 1)[: shape[0], : shape[1]]
    framed = np.pad(missing | outside, 1, constant_values=True)
    label, number = ndimage.label(framed)
    is_open = np.unique(label[np.pad(outside, 1, constant_values=True)])
    cells, boxes = np.bincount(label.ravel()), ndimage.find_objects(label)
    expected = [
        (
            cells[k],
            boxes[k - 1][0].start - 1,
            boxes[k - 1][0].stop - 2,
            boxes[k - 1][1].start - 1,
            boxes[k - 1][1].stop - 2,
        )
        for k in set(range(1, number + 1)) - set(is_open.tolist())
    ]
    assert sorted(map(tuple, holes[:, :5].tolist())) == sorted(expected)
    assert holes[:, 0].tolist() == sorted(holes[:, 0].tolist(), reverse=True)
