"""The steps that ask depths about their datum: a build stops at a wrong one, and reads no more than it must."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine

from pipeline.config import CONFIG_NAME
from pipeline.errors import DataError
from pipeline.plan import STEPS
from pipeline.store import Build, Kept
from pipeline.workspace import Workspace
from tests.sources.rasters_on_disk import write_raster

ASKED = tuple(step for step in STEPS if step.name in {"route", "datum_points", "datum", "bathymetry"})
DATA = Path(__file__).parents[2] / "data" / "raw"
CONFIG = """
[corridor]
half_width_m = 2000
cell_m = 500
station_m = 1000
[route]
file = "data/raw/rpl.csv"
[water]
surface_m = -29.3
[sources.etopo1]
role = "bathymetry"
files = "data/raw/etopo1_*.tif"
values = "elevation_m"
vertical_datum = "msl"
[sources.coastline]
role = "coastline"
files = "data/raw/*.geojson"
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A route off Aktau with real ETOPO1 depths and the real shoreline."""
    raw = tmp_path / "data" / "raw"
    raw.mkdir(parents=True)
    (tmp_path / CONFIG_NAME).write_text(CONFIG)
    (raw / "rpl.csv").write_text("lon,lat\n50.2,42.6\n50.9,43.4\n")
    shutil.copy(DATA / "bathymetry" / "etopo1_bed_6min_caspian.tif", raw)
    shutil.copy(DATA / "basemap" / "world_atlas_land_10m_caspian.geojson", raw)
    return Workspace.at(tmp_path)


def build(workspace: Workspace) -> tuple[dict[str, Kept], dict[str, int]]:
    made = Build(workspace, workspace.config(), ASKED)
    for decision in made.decide():
        if decision.state == "run":
            made.run(decision.step, lambda line: None, decision.why)
    return made.results, {name: done.files["read"] for name, done in made.outcomes.items() if done.files}


def reconfigure(workspace: Workspace, old: str, new: str) -> None:
    text = workspace.config_path.read_text()
    assert old in text
    workspace.config_path.write_text(text.replace(old, new))


def without_coastline(workspace: Workspace) -> None:
    text = workspace.config_path.read_text()
    workspace.config_path.write_text(text[: text.index("[sources.coastline]")])


def test_real_etopo1_agrees_and_the_facts_say_how(workspace: Workspace) -> None:
    results, read = build(workspace)
    assert read == {"datum": 1, "bathymetry": 1}
    facts = results["datum"].facts
    (told,) = facts["evidence"]
    assert (told["source"], told["witness"], told["verdict"]) == ("etopo1", "shoreline", "agrees")
    assert told["level_m"] == pytest.approx(-29.5, abs=1.0)
    assert facts["findings"] == []
    assert facts["assessed"] is True
    assert results["datum"].outputs == {}


@pytest.mark.parametrize("datum", ["caspian28", "surface"])
def test_a_wrong_datum_stops_the_build_and_names_both(workspace: Workspace, datum: str) -> None:
    reconfigure(workspace, '"msl"', f'"{datum}"')
    with pytest.raises(DataError) as caught:
        build(workspace)
    assert f"elevation_m on {datum}" in caught.value.cause
    assert "the water stands at -29.3 m" in caught.value.cause
    assert caught.value.where.endswith("etopo1_bed_6min_caspian.tif")
    assert 'vertical_datum = "msl"' in caught.value.remedy


def test_a_wrong_sign_stops_the_build(workspace: Workspace) -> None:
    without_coastline(workspace)
    reconfigure(workspace, '"elevation_m"', '"depth_m"')
    with pytest.raises(DataError, match="depth_m on msl 100% of it is dry land"):
        build(workspace)


def test_levels_and_datums_read_nothing_again_and_a_coastline_only_its_points(workspace: Workspace) -> None:
    build(workspace)
    reconfigure(workspace, "surface_m = -29.3", "surface_m = -28.9")
    reconfigure(workspace, '"msl"', '"baltic77"')
    assert build(workspace)[1] == {"datum": 0, "bathymetry": 0}
    coast = workspace.root / "data/raw/world_atlas_land_10m_caspian.geojson"
    coast.write_text(coast.read_text() + "\n")
    assert build(workspace)[1] == {}  # the points come out as they were
    reconfigure(workspace, "[corridor]", "[datum]\nshore_within_km = 150\n[corridor]")
    assert build(workspace)[1] == {"datum": 1, "bathymetry": 0}


def test_without_a_coastline_nothing_is_decided_and_that_is_said(workspace: Workspace) -> None:
    without_coastline(workspace)
    results, _ = build(workspace)
    assert "no source has the role 'coastline'" in results["datum_points"].facts["summary"]
    assert results["datum"].facts["evidence"][0]["verdict"] == "undecided"
    assert results["datum"].facts["assessed"] is False


def test_tiles_of_one_source_are_asked_together(workspace: Workspace) -> None:
    whole = workspace.root / "data/raw/etopo1_bed_6min_caspian.tif"
    before = build(workspace)[0]["datum"].facts["evidence"]
    with rasterio.open(whole) as file:
        values, transform, nodata = file.read(1), file.transform, file.nodata
    whole.unlink()
    for number, rows in enumerate((slice(0, 40), slice(40, None))):
        at = transform @ Affine.translation(0, rows.start)
        path = workspace.root / f"data/raw/etopo1_{number}.tif"
        write_raster(path, np.ascontiguousarray(values[rows]), transform=at, crs="EPSG:4326", nodata=nodata)
    after = build(workspace)[0]["datum"].facts["evidence"]
    assert after == before
