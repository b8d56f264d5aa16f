"""``corridor check``: every fault becomes a finding, and none hides another."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from affine import Affine

from pipeline.config.load import CONFIG_NAME
from pipeline.quality.findings import Finding
from pipeline.quality.review import review
from pipeline.sources.tables.reading import file_names
from pipeline.workspace import Workspace
from tests.sources.rasters_on_disk import write_raster

ROUTE = '[corridor]\nstation_m = 1000\n[route]\nfile = "rpl.csv"\n'
DEPTHS = (
    '[sources.depths]\nrole = "bathymetry"\nfiles = "depths*.tif"\nvalues = "depth_m"\nvertical_datum = "surface"\n'
)
SOIL = '[sources.soil]\nrole = "soil"\nfiles = "soil.tif"\n'
AIS = '[sources.ais]\nrole = "ais"\nfiles = "ais.csv"\n'
AIS_HEADER = (
    "MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName,IMO,CallSign,VesselType,Status,Length,Width,Draft,Cargo"
)
DEGREES = Affine(0.01, 0.0, 50.8, 0.0, -0.01, 42.3)


def bed() -> np.ndarray:
    row, col = np.indices((40, 40))
    return (40.0 + 0.3 * row + 0.7 * col).astype(np.float32)


@pytest.fixture
def good(tmp_path: Path) -> Path:
    (tmp_path / CONFIG_NAME).write_text(ROUTE + DEPTHS + SOIL + AIS)
    (tmp_path / "rpl.csv").write_text("lon,lat\n51.0,42.0\n51.0,42.2\n")
    (tmp_path / "ais.csv").write_text(AIS_HEADER + "\n")
    write_raster(tmp_path / "depths.tif", bed(), crs="EPSG:4326", transform=DEGREES)
    write_raster(tmp_path / "soil.tif", np.full((40, 40), 4, np.uint8), crs="EPSG:4326", transform=DEGREES, nodata=255)
    return tmp_path


def findings(folder: Path) -> list[Finding]:
    workspace = Workspace.at(folder)
    return list(review(workspace, workspace.config()).findings)


def errors(folder: Path) -> list[Finding]:
    return [finding for finding in findings(folder) if finding.severity == "error"]


def test_a_good_workspace_has_no_errors_and_says_what_is_not_assessed(good: Path) -> None:
    found = findings(good)
    assert not [f for f in found if f.severity == "error"]
    warnings = " ".join(f.message for f in found if f.severity == "warning")
    assert "fishing: not assessed" in warnings
    assert "earthquakes: not assessed" in warnings
    assert "anchors" not in warnings
    notes = {f.source: f.message for f in found if f.severity == "note"}
    assert "100.0 percent" in notes["depths"]
    assert "100.0 percent" in notes["soil"]
    assert "2 positions" in notes["route"]


def test_every_fault_is_told_at_once(good: Path) -> None:
    (good / "rpl.csv").write_text("lon,lat\n51.0,42.0\n51.0,142.2\n")
    (good / "depths.tif").write_bytes(b"<html>")
    (good / "soil.tif").unlink()
    (good / "ais.csv").write_text("MMSI,BaseDateTime,LAT,breite,SOG\n")
    found = {f.source: f for f in errors(good)}
    assert set(found) == {"route", "depths", "soil", "ais"}
    assert (found["route"].file, found["route"].place) == ("rpl.csv", "row 3")
    assert found["depths"].file == "depths.tif"
    assert "do not exist" in found["soil"].message
    assert "LON" in found["ais"].message
    assert all(f.remedy for f in found.values())


def test_gaps_and_dry_land_are_findings_by_kp(good: Path) -> None:
    values = bed()
    values[:20] = np.nan
    values[25:] = -3.0
    write_raster(good / "depths.tif", values, crs="EPSG:4326", transform=DEGREES)
    assert not errors(good)
    told = {f.place: f.message for f in findings(good) if f.severity == "warning" and f.source == "bathymetry"}
    dry, gap = (next(place for place, text in told.items() if word in text) for word in ("dry land", "no source"))
    assert dry.startswith("KP 0.0-5.")
    assert gap.startswith("KP 12.0-22.")


def test_a_wholly_dry_route_is_an_error(good: Path) -> None:
    write_raster(good / "depths.tif", -bed(), crs="EPSG:4326", transform=DEGREES)
    assert "dry land" in errors(good)[0].message
    assert 'values = "elevation_m"' in errors(good)[0].remedy
    assert [f.code for f in findings(good) if f.code == "dry_land"] == [], "it follows from the sign"


def test_a_level_surface_is_an_error_and_a_constant_depth_a_warning(good: Path) -> None:
    write_raster(good / "depths.tif", np.full((40, 40), 0.7, np.float32), crs="EPSG:4326", transform=DEGREES)
    assert "has no depths" in errors(good)[0].message
    write_raster(good / "depths.tif", np.full((40, 40), 40.0, np.float32), crs="EPSG:4326", transform=DEGREES)
    assert not errors(good)
    assert any("one depth, 40.0 m" in f.message for f in findings(good) if f.severity == "warning")


def test_the_flat_etopo5_is_refused_and_etopo1_is_not(good: Path, shared_data: Path) -> None:
    (good / "rpl.csv").write_text("lon,lat\n49.9,40.8\n51.0,43.4\n")
    for name, flat in (("etopo5_5min_caspian_FLAT_SURFACE", True), ("etopo1_bed_6min_caspian", False)):
        (good / "depths.tif").write_bytes((shared_data / "bathymetry" / f"{name}.tif").read_bytes())
        text = ROUTE + DEPTHS.replace("depth_m", "elevation_m").replace("surface", "msl")
        (good / CONFIG_NAME).write_text(text)
        found = errors(good)
        assert bool(found) is flat
        assert not flat or "has no depths" in found[0].message


def test_undeclared_nodata_and_strange_soil_codes_are_errors(good: Path) -> None:
    values = bed()
    values[3, 3] = 9999.0
    write_raster(good / "depths.tif", values, crs="EPSG:4326", transform=DEGREES)
    write_raster(good / "soil.tif", np.full((40, 40), 42, np.uint8), crs="EPSG:4326", transform=DEGREES)
    found = {f.source: f.message for f in errors(good)}
    assert "9999 m, which no seabed has" in found["depths"]
    assert "codes that mean nothing here: 42" in found["soil"]


@pytest.mark.parametrize("columns", [{"Breite": "LAT"}, {"LAT": "Breite"}])
def test_columns_may_be_renamed_in_either_direction(columns: dict[str, str]) -> None:
    assert file_names(["Breite", "LON"], columns) == {"LAT": "Breite", "LON": "LON"}


def test_no_sources_at_all(good: Path) -> None:
    (good / CONFIG_NAME).write_text(ROUTE)
    assert [f.source for f in errors(good)] == ["bathymetry"]
    assert sum("not assessed" in f.message for f in findings(good)) == 3


def test_a_path_out_of_the_workspace_is_an_error(good: Path) -> None:
    (good / CONFIG_NAME).write_text(ROUTE.replace("rpl.csv", "../rpl.csv") + DEPTHS)
    assert "leads out of the workspace" in errors(good)[0].message


def test_every_bad_file_of_a_source_is_told_and_the_others_are_looked_at(good: Path) -> None:
    (good / "depths_a.tif").write_text("<!DOCTYPE html><html></html>")
    damaged = (good / "depths.tif").read_bytes()
    (good / "depths_b.tif").write_bytes(damaged[:200])
    found = [f for f in findings(good) if f.source == "depths"]
    assert [f.file for f in found if f.severity == "error"] == ["depths_a.tif", "depths_b.tif"]
    (partly,) = [f for f in found if f.code == "partly_unusable"]
    assert partly.message == "2 of 3 files unusable; what follows rests on the others"
    assert any("100.0 percent" in f.message for f in found if f.code == "coverage")
