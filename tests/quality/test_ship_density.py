"""``corridor check`` says how much of the route a density raster tells of, and doubts hours that no sea has."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from affine import Affine

from pipeline.quality.findings import Finding
from pipeline.quality.review import review
from pipeline.workspace import Workspace
from tests.sources.rasters_on_disk import write_raster

CONFIG = """[corridor]
station_m = 1000
[route]
file = "rpl.csv"
[sources.dens]
role = "ship_density"
files = "dens*.tif"
per = "month"
"""


def told(root: Path) -> list[Finding]:
    """What is said of the density source, from a route of 22 km along 51 E, 42.0 to 42.2 N."""
    (root / "corridor.toml").write_text(CONFIG)
    (root / "rpl.csv").write_text("lon,lat\n51.0,42.0\n51.0,42.2\n")
    workspace = Workspace.at(root)
    found = review(workspace, workspace.config())
    assert [item.role for item in found.coverage] == ["ship_density"]
    return [finding for finding in found.findings if finding.source == "dens"]


def raster(path: Path, value: float, north: float = 42.3, lon: float = 50.8) -> None:
    at = Affine(0.01, 0.0, lon, 0.0, -0.01, north)
    write_raster(path, np.full((40, 40), value, np.float32), crs="EPSG:4326", transform=at)


def test_coverage_is_told(tmp_path: Path) -> None:
    raster(tmp_path / "dens.tif", 5.0, north=42.1)
    (note,) = told(tmp_path)
    assert (note.severity, note.code) == ("note", "coverage")
    assert note.message.startswith("ship-hours at 5")
    assert note.place.startswith("without: KP 12")


def test_a_raster_of_another_sea_is_a_warning(tmp_path: Path) -> None:
    raster(tmp_path / "dens.tif", 5.0, lon=10.0)
    (warning,) = told(tmp_path)
    assert (warning.severity, warning.code) == ("warning", "no_coverage")
    assert warning.message.startswith("ship-hours at 0.0 percent of the stations")


@pytest.mark.parametrize(("value", "doubted"), [(729.0, []), (7300.0, ["density_high"])])
def test_minutes_for_hours_are_doubted(tmp_path: Path, value: float, doubted: list[str]) -> None:
    raster(tmp_path / "dens.tif", value)
    warnings = [finding for finding in told(tmp_path) if finding.severity == "warning"]
    assert [finding.code for finding in warnings] == doubted
    assert all("87,600 ship-hours per km2 and year" in finding.message for finding in warnings)
    assert all(finding.kp_km is not None and 'per ("month" or "year")' in finding.remedy for finding in warnings)
