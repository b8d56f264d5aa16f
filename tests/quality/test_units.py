"""Sources whose ratio is that of two units; datums are taken into account."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.quality.beds import SURVEY, faults, make, noise, slope, write_survey

REGIONAL = """
[sources.regional]
role = "bathymetry"
files = "regional.tif"
values = "elevation_m"
vertical_datum = "caspian28"
"""
ELEVATION = -slope() + 28.0  # above the Caspian datum, 28 m below the water surface of these workspaces


@pytest.mark.parametrize(
    ("values", "unit"),
    [
        (ELEVATION / 0.3048, "feet"), (ELEVATION / 1.8288, "fathoms"), (ELEVATION * 10, "decimetres"),
        (ELEVATION * 100, "centimetres"), (-ELEVATION, ""), (ELEVATION, ""), (ELEVATION * 1.2, ""),
    ],
)  # fmt: skip
def test_the_unit_is_named(tmp_path: Path, values: np.ndarray, unit: str) -> None:
    make(tmp_path, sources=SURVEY + REGIONAL)
    write_survey(tmp_path, slope() + noise())
    write_survey(tmp_path, np.round(values, 2), "regional.tif")
    found = [finding for finding in faults(tmp_path) if finding.code == "unit_suspicion"]
    assert len(found) == bool(unit)
    if found:
        assert (found[0].source, found[0].severity) == ("regional", "error")
        assert f", as if they were {unit} and not metres" in found[0].message
        assert found[0].kp_km == pytest.approx((0.0, 2.52), abs=0.01)


def test_the_better_source_may_be_the_wrong_one(tmp_path: Path) -> None:
    make(tmp_path, sources=SURVEY + REGIONAL)
    write_survey(tmp_path, (slope() + noise()) / 0.3048)
    write_survey(tmp_path, ELEVATION, "regional.tif")
    (found,) = [finding for finding in faults(tmp_path) if finding.code == "unit_suspicion"]
    assert found.source == "survey"


def test_the_remedy_can_be_typed_as_it_stands(tmp_path: Path) -> None:
    make(tmp_path, sources=SURVEY + REGIONAL)
    write_survey(tmp_path, (slope() + noise()) / 0.3048)
    write_survey(tmp_path, ELEVATION, "regional.tif")
    (found,) = [finding for finding in faults(tmp_path) if finding.code == "unit_suspicion"]
    assert 'gdal_calc.py -A "survey.tif" --outfile="survey_mended.tif" --calc="A*0.3048"' in found.remedy
    assert "take [sources.regional] out" in found.remedy
    assert "at the same 52 places" in found.message
    assert not [finding for finding in faults(tmp_path) if finding.code == "overlap"]


def test_a_ratio_at_too_few_places_is_a_warning(tmp_path: Path) -> None:
    make(tmp_path, sources=SURVEY + REGIONAL + "[datum]\nunit_places = 60\n")
    write_survey(tmp_path, slope() + noise())
    write_survey(tmp_path, ELEVATION / 0.3048, "regional.tif")
    (found,) = [finding for finding in faults(tmp_path) if finding.code == "unit_suspicion"]
    assert found.severity == "warning"
    assert '--calc="A*0.3048"' in found.remedy


def test_a_bed_that_hardly_varies_may_be_on_another_datum_and_is_not_refused(tmp_path: Path) -> None:
    make(tmp_path, sources=SURVEY + REGIONAL.replace("caspian28", "surface"))
    write_survey(tmp_path, 40.0 + noise())
    write_survey(tmp_path, -(40.0 / 0.3048) + noise(seed=9), "regional.tif")
    (found,) = [finding for finding in faults(tmp_path) if finding.code == "unit_suspicion"]
    assert found.severity == "warning"
