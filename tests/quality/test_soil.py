"""Soil: codes without meaning with their place, samples off the route, strengths of another unit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.quality.review import review
from pipeline.workspace import Workspace
from tests.quality.beds import HEAD, SURVEY, findings, kp_of, lonlat, make, noise, slope, write_survey

SOIL = '[sources.soil]\nrole = "soil"\nfiles = "soil.tif"\n'
SAMPLES = '[sources.samples]\nrole = "soil_samples"\nfiles = "samples.csv"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make(tmp_path, sources=SURVEY + SOIL)
    write_survey(tmp_path, slope() + noise())
    return tmp_path


def test_codes_without_meaning_are_told_with_number_and_place(folder: Path) -> None:
    soil = np.full(slope().shape, 4)
    soil[100:140, 240:260] = 42
    write_survey(folder, soil, "soil.tif", dtype="uint8")
    (found,) = [finding for finding in findings(folder) if finding.severity == "error"]
    assert found.code == "class_code"
    assert "codes that mean nothing here: 42; in 800 cells of the swath" in found.message
    assert found.kp_km == pytest.approx((kp_of(139), kp_of(100)), abs=0.002)
    assert found.lon == pytest.approx(lonlat(120, 249)[0], abs=1e-4)
    workspace = Workspace.at(folder)
    told = {item.source: item for item in review(workspace, workspace.config()).coverage}
    assert told["soil"].gaps_km == (pytest.approx((kp_of(139), kp_of(100)), abs=0.05),), "the rest is told all the same"


def test_codes_beyond_the_swath_are_an_error_all_the_same(folder: Path) -> None:
    make(folder, sources=SURVEY + SOIL, head=HEAD.replace("half_width_m = 1000", "half_width_m = 300"))
    soil = np.full(slope().shape, 4)
    soil[100:140, :20] = 42
    write_survey(folder, soil, "soil.tif", dtype="uint8")
    (found,) = [finding for finding in findings(folder) if finding.severity == "error"]
    assert "none of them in the swath" in found.message
    assert found.kp_km is None


def test_samples_off_the_route_and_coverage_of_the_others(folder: Path) -> None:
    make(folder, sources=SURVEY + SAMPLES)
    near, far = lonlat(300, 260), lonlat(300, 260 + 5000)
    (folder / "samples.csv").write_text(
        f"id,lon,lat,soil\nG1,{near[0]:.7f},{near[1]:.7f},sand\nG2,{far[0]:.7f},{far[1]:.7f},mud\n"
    )
    told = {finding.code: finding for finding in findings(folder) if finding.source == "samples"}
    assert told["sample"].severity == "warning"
    assert "1 of 2 samples" in told["sample"].message
    assert "G2" in told["sample"].message
    assert (told["sample"].lon, told["sample"].lat) == pytest.approx(far, abs=1e-5)
    assert "2 grab samples; the source speaks for" in told["coverage"].message


def test_megapascals_are_told(folder: Path) -> None:
    make(folder, sources=SURVEY + SAMPLES)
    lon, lat = lonlat(300, 260)
    rows = "".join(f"C1,{lon:.7f},{lat:.7f},{top},{top + 1},{0.02 + 0.01 * top}\n" for top in range(4))
    (folder / "samples.csv").write_text(f"id,lon,lat,top_m,bottom_m,su_kpa\n{rows}")
    (found,) = [finding for finding in findings(folder) if finding.severity == "error"]
    assert "in MPa" in found.message
    assert found.file == "samples.csv"


@pytest.mark.parametrize(
    ("name", "columns", "words"),
    [
        ("qc_mpa", '{ "qc_mpa" = "su_kpa" }', "qc_mpa is not su"), ("qt", '{ "su_kpa" = "qt" }', "qt is not su"),
        ("su_mpa", '{ "su_mpa" = "su_kpa" }', "does not convert MPa"), ("qc_mpa", "{}", "qc_mpa is no shear strength"),
        ("theirs", '{ "theirs" = "su_kpa" }', ""),
    ],
)  # fmt: skip
def test_cone_resistance_is_not_taken_for_strength(folder: Path, name: str, columns: str, words: str) -> None:
    make(folder, sources=f"{SURVEY}{SAMPLES}columns = {columns}\n")
    lon, lat = lonlat(300, 260)
    rows = "".join(f"C1,{lon:.7f},{lat:.7f},{0.5 + top},{8 + 2 * top}\n" for top in range(4))
    (folder / "samples.csv").write_text(f"id,lon,lat,depth_m,{name}\n{rows}")
    found = [finding for finding in findings(folder) if finding.severity == "error"]
    assert len(found) == bool(words)
    if words:
        assert words in found[0].message
        assert ("(qt - sigma_v) / Nkt" in found[0].remedy) == ("MPa" not in words)
        assert "theirs" not in found[0].remedy


def test_exchanged_coordinates_of_samples_are_an_error(folder: Path) -> None:
    make(folder, sources=SURVEY + SAMPLES)
    lon, lat = lonlat(300, 260)
    (folder / "samples.csv").write_text(f"id,lon,lat,soil\nG1,{lat:.7f},{lon:.7f},sand\nG2,{lat:.7f},{lon:.7f},mud\n")
    (found,) = [finding for finding in findings(folder) if finding.severity == "error"]
    assert (found.code, found.file) == ("exchanged_coordinates", "samples.csv")
    (folder / "samples.csv").write_text(f"id,lon,lat,soil\nG1,{lat:.7f},{lon:.7f},sand\nG2,10.0,20.0,mud\n")
    assert not [finding for finding in findings(folder) if finding.severity == "error"]
