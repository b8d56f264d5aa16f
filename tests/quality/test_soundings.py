"""Soundings that are double or astray are told by line; clean ones on any ground are not."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

from pipeline.quality import soundings
from pipeline.quality.findings import Finding
from pipeline.sources.rasters.drivers import sounding_text
from tests.quality.beds import CRS, SURVEY, X0, Y0, findings, kp_of, lonlat, make, noise, rocks, slope

SIDE = 4.0
GRID_M = 10.0
SOUNDINGS = SURVEY.replace("*.tif", ".xyz") + f'crs = "{CRS}"\ngrid_m = {GRID_M}\n'
CODES = {"double_sounding", "stray_position", "stray_depth", "sparse_soundings", "hole"}
Table = np.ndarray


def lines_of(depth: np.ndarray, seed: int = 1) -> Table:
    """x, y and z of soundings at random places, in the order of a vessel."""
    rng = np.random.default_rng(seed)
    row, col = (index.ravel() for index in np.indices((200, 200)))
    x = X0 + (col + rng.uniform(0, 1, col.size)) * SIDE
    y = Y0 - (row + rng.uniform(0, 1, row.size)) * SIDE
    return np.column_stack([x, y, depth[:200, :200].ravel()])


def told(folder: Path, table: Table, grid_m: float = GRID_M) -> dict[str, Finding]:
    """Findings about soundings in a text whose first line is a header and whose third is blank."""
    make(folder, sources=SOUNDINGS.replace(f"grid_m = {GRID_M}", f"grid_m = {grid_m}"))
    text = io.StringIO()
    np.savetxt(text, table, fmt="%.3f", delimiter=",")
    lines = text.getvalue().splitlines(keepends=True)
    (folder / "survey.xyz").write_text("".join(["easting,northing,depth\n", lines[0], "\n", *lines[1:]]))
    return {finding.code: finding for finding in findings(folder) if finding.code in CODES}


@pytest.mark.parametrize("depth", [slope(), slope() + noise(), rocks()], ids=["slope", "noise", "rocks"])
def test_clean_soundings_are_not_at_odds(tmp_path: Path, depth: np.ndarray) -> None:
    assert told(tmp_path, lines_of(depth), grid_m=SIDE).keys() == {"sparse_soundings"}  # one in a cell leaves gaps


def test_clean_soundings_on_a_grid_that_they_fill_say_nothing(tmp_path: Path) -> None:
    assert told(tmp_path, lines_of(slope() + noise())) == {}


def test_a_grid_finer_than_its_soundings_is_told_once_and_its_empty_cells_are_no_holes(tmp_path: Path) -> None:
    found = told(tmp_path, lines_of(slope()), grid_m=SIDE / 2.0)
    assert set(found) == {"sparse_soundings"}
    assert "about 4.04 m apart, so that 78% of the cells of 2 m" in found["sparse_soundings"].message
    assert "Set grid_m = 9 in [sources.survey]" in found["sparse_soundings"].remedy


def test_a_grid_that_was_written_as_text_is_not_sparse(tmp_path: Path) -> None:
    row, col = (index.ravel() for index in np.indices((200, 200)))
    table = np.column_stack([X0 + (col + 0.5) * SIDE, Y0 - (row + 0.5) * SIDE, slope()[:200, :200].ravel()])
    assert told(tmp_path, table, grid_m=SIDE) == {}


def test_a_gap_in_dense_soundings_is_a_hole_without_rows_of_a_grid_that_nobody_has(tmp_path: Path) -> None:
    table = lines_of(slope())
    inside = (np.abs(table[:, 0] - X0 - 400.0) < 60.0) & (np.abs(table[:, 1] - Y0 + 400.0) < 60.0)
    found = told(tmp_path, table[~inside], grid_m=10.0)
    assert set(found) == {"hole"}
    assert "rows" not in found["hole"].place


def test_double_soundings(tmp_path: Path) -> None:
    table = lines_of(slope() + noise())
    table[5_000] = table[4_000]
    (found,) = told(tmp_path, table).values()
    assert (found.severity, found.code) == ("note", "double_sounding")
    assert "1 sounding is at a place" in found.message
    assert "lines 4003 and 5003" in found.message
    table[5_000, 2] += 3.0
    found = told(tmp_path, table)["double_sounding"]
    assert found.severity == "warning"
    assert "3.0 m apart" in found.message


def test_a_stray_position(tmp_path: Path) -> None:
    table = lines_of(slope() + noise())
    table[700, 0] += 40_000.0
    (found,) = told(tmp_path, table).values()
    assert (found.code, found.severity) == ("stray_position", "warning")
    assert "1 sounding is far outside the survey (line 703)" in found.message
    assert found.lon == pytest.approx(lonlat(0, 0)[0] + 0.48, abs=0.03)


@pytest.mark.parametrize("at_once", [8_000_000, 50_000])
def test_a_stray_depth_is_told_by_line_and_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    table = lines_of(slope() + noise())
    table[20 * 200 + 30, 2] += 12.0
    monkeypatch.setattr(soundings, "_AT_ONCE", 12_000)
    monkeypatch.setattr(sounding_text, "_BLOCK_BYTES", at_once)
    (found,) = told(tmp_path, table).values()
    assert (found.code, found.severity, found.file) == ("stray_depth", "warning", "survey.xyz")
    assert f"line 4033: {table[4030, 2]:.1f} m amid" in found.message
    assert found.kp_km is not None
    assert found.kp_km[0] == pytest.approx(kp_of(20), abs=0.005)
    assert (found.lon, found.lat) == pytest.approx(lonlat(20, 30), abs=1e-4)
    assert "line 4033" in found.place


def test_exchanged_columns_are_an_error(tmp_path: Path) -> None:
    table = lines_of(slope() + noise())[:400]
    make(tmp_path, sources=SOUNDINGS)
    np.savetxt(tmp_path / "survey.xyz", table[:, [1, 0, 2]], fmt="%.3f", header="x y z", comments="")
    (found,) = [finding for finding in findings(tmp_path) if finding.code == "exchanged_coordinates"]
    assert (found.severity, found.file) == ("error", "survey.xyz")
    np.savetxt(tmp_path / "survey.xyz", table, fmt="%.3f", header="x y z", comments="")
    assert not [finding for finding in findings(tmp_path) if finding.code == "exchanged_coordinates"]
