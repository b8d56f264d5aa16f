"""Depth sources against one another: an offset of two datums is an error, a disagreement a warning by KP."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.quality.findings import Finding
from tests.quality.beds import CELL, HEAD, SURVEY, Y0, faults, kp_of, make, noise, slope, write_survey

OTHER = SURVEY.replace("survey", "other").replace('provenance = "other"', 'provenance = "survey"\npriority = -1')


def told(folder: Path, shift_m: float) -> dict[str, Finding]:
    make(folder, sources=SURVEY + OTHER)
    write_survey(folder, slope() + noise())
    depth = slope() + noise(seed=8)
    depth[:300] += shift_m
    write_survey(folder, depth, "other.tif")
    return {finding.code: finding for finding in faults(folder)}


def test_sources_that_agree_say_nothing(tmp_path: Path) -> None:
    assert told(tmp_path, 0.0) == {}


def test_more_than_is_allowed_is_told_by_kp(tmp_path: Path) -> None:
    found = told(tmp_path, 9.0)["overlap"]
    assert found.severity == "warning"
    assert "'survey' and 'other' differ by more than their uncertainties allow" in found.message
    assert found.kp_km is not None
    assert found.kp_km[1] > kp_of(300)


def test_what_two_datums_differ_by_is_an_error_that_names_both(tmp_path: Path) -> None:
    make(tmp_path, sources=SURVEY + OTHER.replace('datum = "surface"', 'datum = "caspian28"'))
    write_survey(tmp_path, slope() + noise())
    write_survey(tmp_path, slope() + noise(seed=8), "other.tif")
    (found,) = [finding for finding in faults(tmp_path) if finding.severity == "error"]
    assert "'survey'" in found.message
    assert "'other'" in found.message
    assert "28.0 m nearly everywhere" in found.message
    assert found.file in ("survey.tif", "other.tif")
    assert pytest.approx(28.0, abs=0.1) == abs(float(found.message.split("differ by ")[1].split(" m")[0]))


@pytest.mark.parametrize("turned", [{1}, {0, 1, 2}])
def test_files_upside_down_are_counted(tmp_path: Path, turned: set[int]) -> None:
    make(tmp_path, head=HEAD.replace("station_m = 50", "station_m = 20"))
    depth = slope() + noise()
    for number, first in enumerate((0, 210, 420)):
        part = depth[first : first + 210] * (-1.0 if number in turned else 1.0)
        write_survey(tmp_path, part, f"survey_{number}.tif", top=Y0 - first * CELL)
    (found,) = [finding for finding in faults(tmp_path) if "contradict the configuration" in finding.message]
    assert found.severity == "error"
    assert f"{len(turned)} of 3 files" in found.message
    if len(turned) == 1:
        assert found.file == "survey_1.tif"
        assert 'gdal_calc.py -A "survey_1.tif" --outfile="survey_1_mended.tif" --calc="A*-1"' in found.remedy
    else:
        assert 'values = "elevation_m"' in found.remedy


def test_what_follows_from_a_wrong_sign_is_not_told_beside_it(tmp_path: Path) -> None:
    make(tmp_path, sources=SURVEY + OTHER)
    write_survey(tmp_path, -(slope() + noise()))
    write_survey(tmp_path, slope() + noise(seed=8), "other.tif")
    assert [finding.code for finding in faults(tmp_path)] == ["unusable"]
