"""Soundings that are double or astray are told by line; clean ones on any ground are not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.config.quality import QualitySection
from pipeline.quality import soundings
from pipeline.quality.findings import Finding
from pipeline.quality.route import check_route
from pipeline.quality.soundings import SoundingsFile, check_soundings
from pipeline.workspace import SourceFiles, Workspace
from tests.quality.beds import CRS, X0, Y0, kp_of, lonlat, make, noise, rocks, slope, write_survey

SIDE = 4.0
Table = np.ndarray


def lines_of(depth: np.ndarray, seed: int = 1) -> Table:
    """x, y and z of soundings at random places, in the order of a vessel."""
    rng = np.random.default_rng(seed)
    row, col = (index.ravel() for index in np.indices((200, 200)))
    x = X0 + (col + rng.uniform(0, 1, col.size)) * SIDE
    y = Y0 - (row + rng.uniform(0, 1, row.size)) * SIDE
    return np.column_stack([x, y, depth[:200, :200].ravel()])


def told(folder: Path, table: Table, *, blocks: int = 3) -> dict[str, Finding]:
    make(folder)
    write_survey(folder, slope())
    workspace = Workspace.at(folder)
    config = workspace.config()
    stations, _ = check_route(workspace, config)
    assert stations is not None
    (source,) = workspace.sources(config, "bathymetry")
    path = folder / "soundings.xyz"
    file = SoundingsFile(SourceFiles("lines", source.section, (path,), folder), path, CRS, (SIDE, SIDE), (1.0, 0.0))
    parts = np.array_split(np.column_stack([np.arange(2, len(table) + 2), table]), blocks)
    given = ((part[:, 0].astype(np.int64), part[:, 1], part[:, 2], part[:, 3]) for part in parts)
    return {finding.code: finding for finding in check_soundings(file, given, stations, QualitySection())}


@pytest.mark.parametrize("depth", [slope(), slope() + noise(), rocks()], ids=["slope", "noise", "rocks"])
def test_clean_soundings_say_nothing(tmp_path: Path, depth: np.ndarray) -> None:
    assert told(tmp_path, lines_of(depth)) == {}


def test_double_soundings(tmp_path: Path) -> None:
    table = lines_of(slope() + noise())
    table[5_000] = table[4_000]
    (found,) = told(tmp_path, table).values()
    assert (found.severity, found.code) == ("note", "double_sounding")
    assert "1 sounding is at a place" in found.message
    assert "lines 4002 and 5002" in found.message
    table[5_000, 2] += 3.0
    found = told(tmp_path, table)["double_sounding"]
    assert found.severity == "warning"
    assert "3.0 m apart" in found.message


def test_a_stray_position(tmp_path: Path) -> None:
    table = lines_of(slope() + noise())
    table[700, 0] += 40_000.0
    (found,) = told(tmp_path, table).values()
    assert (found.code, found.severity) == ("stray_position", "warning")
    assert "1 sounding is far outside the survey (line 702)" in found.message
    assert found.lon == pytest.approx(lonlat(0, 0)[0] + 0.48, abs=0.03)


@pytest.mark.parametrize("blocks", [1, 7])
def test_a_stray_depth_is_told_by_line_and_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, blocks: int) -> None:
    table = lines_of(slope() + noise())
    table[20 * 200 + 30, 2] += 12.0
    monkeypatch.setattr(soundings, "_AT_ONCE", 12_000)
    (found,) = told(tmp_path, table, blocks=blocks).values()
    assert (found.code, found.severity, found.file) == ("stray_depth", "warning", "soundings.xyz")
    assert f"line 4032: {table[4030, 2]:.1f} m amid" in found.message
    assert found.kp_km is not None
    assert found.kp_km[0] == pytest.approx(kp_of(20), abs=0.005)
    assert (found.lon, found.lat) == pytest.approx(lonlat(20, 30), abs=1e-4)
    assert "line 4032" in found.place
