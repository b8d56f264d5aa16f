"""Coverage in percent by kilometre post, per role and per source."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.quality.report import render_report
from pipeline.quality.review import review
from pipeline.workspace import Workspace
from tests.quality.beds import CELL, HEAD, SURVEY, X0, Y0, findings, kp_of, make, noise, slope, write_survey

REGIONAL = SURVEY.replace("survey", "regional").replace('"regional"\n', '"public"\n')
SOIL = '[sources.soil]\nrole = "soil"\nfiles = "soil.tif"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    depth = slope() + noise()
    depth[:320] = np.nan  # the northern half
    make(tmp_path, sources=SURVEY + REGIONAL + SOIL, head=HEAD + "[quality]\ncoverage_bin_km = 1.0\n")
    write_survey(tmp_path, depth)
    write_survey(tmp_path, slope()[100:], "regional.tif", top=4_660_000.0 - 400.0)
    soil = np.full(depth.shape, 4)
    soil[500:] = 0  # unknown
    write_survey(tmp_path, soil, "soil.tif", dtype="uint8")
    return tmp_path


def test_bins_gaps_and_sums(folder: Path) -> None:
    workspace = Workspace.at(folder)
    told = {(item.role, item.source): item for item in review(workspace, workspace.config()).coverage}
    assert set(told) == {("bathymetry", ""), ("bathymetry", "survey"), ("bathymetry", "regional"), ("soil", "soil")}
    survey, both, soil = told["bathymetry", "survey"], told["bathymetry", ""], told["soil", "soil"]
    assert [(item.from_km, item.to_km) for item in survey.bins] == [(0.0, 1.0), (1.0, 2.0), (2.0, 2.521)]
    assert survey.bins[0].percent == 100.0
    assert 0.0 < survey.bins[1].percent < 100.0
    assert survey.bins[2].percent == 0.0
    assert survey.gaps_km == (pytest.approx((kp_of(320), 2.521), abs=0.05),)
    assert both.gaps_km == (pytest.approx((kp_of(100), 2.521), abs=0.05),)
    assert survey.percent == pytest.approx(100 * kp_of(320) / 2.521, abs=2.0)
    assert soil.gaps_km == (pytest.approx((0.0, kp_of(500)), abs=0.05),)


def test_the_text_lists_gaps_in_words(folder: Path) -> None:
    workspace = Workspace.at(folder)
    told = {f.source: f for f in review(workspace, workspace.config()).findings if f.code == "coverage"}
    assert told["survey"].place.startswith("without: KP 1.3-2.5")
    assert told["survey"].kp_km == pytest.approx((kp_of(320), 2.521), abs=0.05)
    assert "soil at" in told["soil"].message


def test_a_tile_off_the_swath_is_told_with_its_distance_and_crs(tmp_path: Path) -> None:
    make(tmp_path)
    write_survey(tmp_path, slope() + noise())
    write_survey(tmp_path, slope() + noise(), "survey_far.tif", left=X0 + 31_000.0)
    write_survey(tmp_path, slope() + noise(), "survey_zone.tif", crs="EPSG:32640")
    found = {finding.file: finding for finding in findings(tmp_path) if finding.code == "far_file"}
    assert set(found) == {"survey_far.tif", "survey_zone.tif"}
    assert {finding.severity for finding in found.values()} == {"warning"}
    assert "30.0 km from the route" in found["survey_far.tif"].message
    assert "UTM zone 40N, that of the others WGS 84 / UTM zone 39N" in found["survey_zone.tif"].message
    assert "its CRS" not in found["survey_far.tif"].message


def test_a_file_that_breaks_off_has_the_place_of_its_header(tmp_path: Path) -> None:
    make(tmp_path)
    depth = slope() + noise()
    write_survey(tmp_path, depth[:320], "survey_north.tif")
    path = write_survey(tmp_path, depth[320:], "survey_south.tif", top=Y0 - 320 * CELL)
    path.write_bytes(path.read_bytes()[:300_000])
    (found,) = [finding for finding in findings(tmp_path) if finding.severity == "error"]
    assert found.file == "survey_south.tif"
    assert found.kp_km == pytest.approx((0.0, kp_of(320)), abs=0.02)
    assert "KP 0.0" in found.place
    (tmp_path / "survey_south.tif").write_text("<html></html>")
    (found,) = [finding for finding in findings(tmp_path) if finding.severity == "error"]
    assert found.kp_km is None
    workspace = Workspace.at(tmp_path)
    page = render_report(review(workspace, workspace.config()), workspace.config())
    assert "1 error, place unknown" in page
