from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rasterio
from shapely.geometry import shape

from pipeline.config import load_config
from pipeline.errors import ConfigError, ServiceError, WriteError
from pipeline.synth import workspace as example
from pipeline.workspace import Workspace


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the minutes of ship tracks and tiles; the generators have tests of their own."""

    def small(folder: Path, log) -> None:
        (folder / "README.md").write_text(example._README, encoding="utf-8")
        log("made")

    monkeypatch.setattr(example, "_make_synthetic", small)


def test_unknown_example_lists_the_known(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="trans-caspian") as caught:
        example.make_example(tmp_path / "w", name="atlantis", log=str)
    assert caught.value.exit_code == 2
    assert not (tmp_path / "w").exists()


def test_facts_are_copied_and_nothing_of_the_user_is_touched(tmp_path: Path, quick: None) -> None:
    lines: list[str] = []
    (tmp_path / "data" / "raw" / "seismic").mkdir(parents=True)
    (tmp_path / "corridor.toml").write_text("[corridor]\nname = 'mine'\n", encoding="utf-8")
    (tmp_path / "data" / "raw" / "seismic" / "earthquakes.csv").write_text("mine\n", encoding="utf-8")
    (tmp_path / "data" / "raw" / "synthetic").mkdir()
    (tmp_path / "data" / "raw" / "synthetic" / "old.tif").write_bytes(b"stale")
    example.make_example(tmp_path, log=lines.append)
    assert "mine" in (tmp_path / "corridor.toml").read_text(encoding="utf-8")
    assert (tmp_path / "data" / "raw" / "seismic" / "earthquakes.csv").read_text(encoding="utf-8") == "mine\n"
    assert (tmp_path / "data" / "raw" / "bathymetry" / "etopo1_bed_6min_caspian.tif").is_file()
    assert [p.name for p in (tmp_path / "data" / "raw" / "synthetic").iterdir()] == ["README.md"]
    assert not [p for p in (tmp_path / "data" / "raw").iterdir() if p.name.startswith(".")]
    assert lines


def test_a_broken_run_keeps_the_old_synthetic_inputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(folder: Path, log) -> None:
        (folder / "half.tif").write_bytes(b"half")
        raise OSError(28, "No space left on device", str(folder))

    old = tmp_path / "data" / "raw" / "synthetic" / "old.tif"
    old.parent.mkdir(parents=True)
    old.write_bytes(b"whole")
    monkeypatch.setattr(example, "_make_synthetic", fails)
    with pytest.raises(WriteError, match="No space left"):
        example.make_example(tmp_path, log=str)
    assert [p.name for p in old.parent.iterdir()] == ["old.tif"]
    assert not [p for p in old.parent.parent.iterdir() if p.name.startswith(".")]


def test_installed_without_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(example, "REPOSITORY", tmp_path / "site-packages")
    with pytest.raises(ServiceError, match="checkout"):
        example.make_example(tmp_path / "w", log=str)


def test_default_configuration_loads_and_every_synthetic_source_says_so(raw: Path) -> None:
    config = load_config(raw.parents[1] / "corridor.toml")
    assert config.corridor.crs == "EPSG:32639"
    for source in config.sources.values():
        assert ("synthetic" in source.files) == (source.provenance == "synthetic")
        assert source.licence
        assert source.attribution
    assert {s.role for s in config.sources.values()} == {
        "bathymetry", "soil", "ais", "fishing_effort", "earthquakes", "seismic_zones", "coastline",
    }  # fmt: skip


@pytest.mark.slow
def test_whole_example(default_workspace: Path) -> None:
    """The example is complete: every configured source finds its files, labelled as what they are."""
    workspace = Workspace.at(default_workspace)
    found = {s.name: s.paths for s in workspace.sources(workspace.config())}
    assert len(found["survey_swath"]) == 38
    assert len(found["ais"]) == 12
    assert 1_500_000 < sum(path.read_bytes().count(b"\n") for path in found["ais"]) < 2_500_000
    assert sum(path.stat().st_size for path in found["survey_swath"]) < 60e6
    with rasterio.open(found["soil"][0]) as source:
        assert source.tags()["PROVENANCE"] == "synthetic"
        assert set(np.unique(source.read(1))) == {*range(8), 255}
    readme = (default_workspace / "data" / "raw" / "synthetic" / "README.md").read_text(encoding="utf-8")
    assert "Synthetic" in readme
    assert "equilibrium profile" in readme


def test_earthquake_facts(raw: Path) -> None:
    table = pd.read_csv(raw / "seismic" / "earthquakes.csv")
    header = "time,latitude,longitude,depth,mag,magType,nst,gap,dmin,rms,net,id,updated,place,type"
    assert ",".join(table.columns).startswith(header)
    assert 20 <= len(table) <= 30
    assert table["time"].is_monotonic_increasing
    assert table["id"].is_unique
    assert table["time"].str.match(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$").all()
    assert {"1895", "1946", "1986", "1989", "2000"} <= set(table["time"].str[:4])
    assert set(table["net"]) == {"noaa", "centennial"}


def test_seismic_zones(raw: Path) -> None:
    zones = json.loads((raw / "seismic" / "zones.geojson").read_text(encoding="utf-8"))["features"]
    deep = [z["properties"] for z in zones if min(z["properties"]["depths_km"]) >= 50]
    assert sorted((z["a_value"], z["b_value"], z["mmax"]) for z in deep) == [
        (3.8021, 0.98, 7.9),
        (3.8546, 0.99201, 7.0),
    ]
    for zone in zones:
        properties, polygon = zone["properties"], shape(zone["geometry"])
        assert set(properties) == {
            "name", "a_value", "b_value", "mmin", "mmax", "depths_km", "depth_weights", "mechanism", "provenance",
            "source",
        }  # fmt: skip
        assert polygon.is_valid
        corners = np.array(polygon.exterior.coords) * 4.0
        assert np.array_equal(corners, np.round(corners)), "outlines are drawn on a quarter degree"
        assert sum(properties["depth_weights"]) == pytest.approx(1.0)
        assert len(properties["depth_weights"]) == len(properties["depths_km"])
        assert properties["provenance"] == "modelled"
    crustal = [shape(z["geometry"]) for z in zones if min(z["properties"]["depths_km"]) < 50]
    assert crustal[0].intersection(crustal[1]).area == 0.0, "no shock is counted in two crustal zones"


@pytest.mark.shared
def test_outlines_are_not_those_of_the_model(raw: Path) -> None:
    published = raw.parents[2] / "shared" / "data" / "seismic" / "emme_area_sources_caspian.geojson"
    if not published.exists():
        pytest.skip("the published outlines are not beside this checkout")
    theirs = {
        tuple(c)
        for f in json.loads(published.read_text(encoding="utf-8"))["features"]
        for c in f["geometry"]["coordinates"][0]
    }
    ours = {
        tuple(c)
        for f in json.loads((raw / "seismic" / "zones.geojson").read_text(encoding="utf-8"))["features"]
        for c in f["geometry"]["coordinates"][0]
    }
    assert not ours & theirs
