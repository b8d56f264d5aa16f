"""The default Trans-Caspian corridor, made and built by the real commands."""

import dataclasses
import json
import shutil

import numpy as np
import pandas as pd
import pytest
import rasterio

from pipeline.geo import WGS84
from pipeline.plan import STEPS
from pipeline.releases.publish import publish
from pipeline.store import Build
from pipeline.workspace import Workspace
from tests.mini import HEAD
from tests.plain import plain_corridor

pytestmark = pytest.mark.slow

RASTERS = (
    "water_depth slope roughness soil_class shipping_strike fishing_strike pga_475yr pga_2475yr slope_stability "
    "burial_depth"
)


@pytest.fixture(scope="module")
def stations(default_workspace) -> pd.DataFrame:
    return pd.read_parquet(default_workspace / "data" / "processed" / "stations.parquet")


@pytest.fixture(scope="module")
def manifest(default_workspace) -> dict:
    return json.loads((default_workspace / "data" / "processed" / "manifest.json").read_text())


def test_the_route_has_the_published_length_and_landings(stations, manifest):
    assert manifest["totals"]["route_length_km"] == pytest.approx(380.0, abs=1.0)
    legs = WGS84.inv(stations.lon[:-1], stations.lat[:-1], stations.lon[1:], stations.lat[1:])[2]
    assert legs.sum() / 1000 == pytest.approx(manifest["totals"]["route_length_km"], abs=1e-3)
    np.testing.assert_allclose(np.diff(stations.kp_km)[:-1], 0.1, atol=1e-6)
    assert (stations.lon.iloc[0], stations.lat.iloc[0]) == pytest.approx((49.67, 40.59), abs=0.02)
    assert (stations.lon.iloc[-1], stations.lat.iloc[-1]) == pytest.approx((51.16, 43.65), abs=0.02)


def test_depths_are_measured_from_the_surface_of_the_caspian(default_workspace, stations):
    """Away from the landfalls the swath refines ETOPO1: the same depth below -29.3 m, not below zero."""
    with rasterio.open(default_workspace / "data/raw/bathymetry/etopo1_bed_6min_caspian.tif") as source:
        away = stations[stations.kp_km.between(20, 360)]
        bed = np.array([value[0] for value in source.sample(zip(away.lon, away.lat, strict=True))], dtype=float)
    difference = away.water_depth_m.to_numpy() - (-29.3 - bed)
    assert abs(np.median(difference)) < 5.0  # ETOPO1 is sampled here without interpolation
    assert (stations.water_depth_m > 0).all()
    assert 400 < stations.water_depth_m.max() < 800


def test_every_raster_has_crs_nodata_unit_and_lineage(default_workspace):
    for name in RASTERS.split():
        with rasterio.open(default_workspace / "data" / "processed" / f"{name}.tif") as source:
            assert source.crs.to_epsg() == 32639, name
            assert source.nodata is not None, name
            assert all(source.units), name
            assert source.tags()["provenance"] in ("synthetic", "modelled"), name
            assert source.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG", name
            assert source.shape == (rasterio.open(default_workspace / "data/processed/water_depth.tif").shape), name


def test_surface_laid_strikes_are_of_the_order_that_the_world_sees(manifest):
    assert 0.003 <= manifest["totals"]["strike_per_yr_surface_laid"] <= 0.3
    assert manifest["totals"]["warnings"] == []
    assert manifest["totals"]["not_assessed"] == []


def test_deeper_is_never_riskier_and_totals_add_up(stations, manifest):
    totals = manifest["totals"]
    assert totals["strike_per_yr_at_target"] <= totals["strike_per_yr_as_trenchable"]
    assert totals["strike_per_yr_as_trenchable"] <= totals["strike_per_yr_surface_laid"]
    assert sum(totals["dol_km"].values()) == pytest.approx(totals["route_length_km"], abs=1e-6)
    surface = stations.anchor_strike_per_km_yr + stations.fishing_strike_per_km_yr
    assert (stations.residual_strike_per_km_yr <= surface * (1 + 1e-9)).all()
    assert (stations.required_dol_p10_m <= stations.required_dol_p50_m).all()
    assert (stations.required_dol_p50_m <= stations.required_dol_p90_m).all()
    assert (stations.target_dol_m >= np.minimum(stations.required_dol_p90_m, 3.0) - 1e-9).all()


def test_the_deep_basin_needs_no_burial_and_unknown_soil_is_not_sand(stations):
    assert (stations.target_dol_m[stations.water_depth_m > 300] == 0).all()
    unknown = stations[stations.soil_class == "unknown"]
    assert len(unknown) > 0
    assert (unknown.penetration_f == 2.2).all()


def test_shaking_is_plausible_and_deepens_nothing(stations, manifest):
    assert 0.2 <= stations.pga_475yr_g.iloc[:300].max() <= 0.4
    assert 0.05 <= stations.pga_475yr_g.iloc[-1] <= 0.15
    assert set(stations.governing) <= {"anchor", "fishing", "minimum", "none"}


def test_rows_of_ship_positions_are_all_accounted_for(manifest):
    rows = dict(manifest["layers"]["ais"]["rows"])
    read = rows.pop("read")
    assert read > 1_900_000
    assert sum(rows.values()) == read
    assert rows["no_position"] > 0
    assert rows["duplicate"] > 0


def test_zones_tile_the_route(default_workspace):
    zones = pd.read_csv(default_workspace / "data" / "processed" / "zones.csv")
    assert zones.kp_from_km.iloc[0] == 0
    assert zones.kp_to_km.iloc[-1] == pytest.approx(380.0, abs=1.0)
    np.testing.assert_allclose(zones.kp_from_km[1:], zones.kp_to_km[:-1])
    assert (zones.length_km >= 1.0 - 1e-9).all()
    inner = zones.kp_to_km[:-1] * 1000
    np.testing.assert_allclose(inner, np.round(inner / 50) * 50, atol=1e-6)


def test_synthetic_layers_say_so_in_every_table(default_workspace, stations):
    assert (stations.provenance == "synthetic").all()
    assert (stations.shipping_provenance == "synthetic").all()
    for name in ("stations.csv", "zones.csv", "rpl.csv"):
        text = (default_workspace / "data" / "processed" / f"{name}-metadata.json").read_text()
        assert "synthetic" in text, name


class Watched:
    """A configuration that remembers which of its sections were read."""

    def __init__(self, config, read: set[str]) -> None:
        self._config, self._read = config, read

    def __getattr__(self, name: str):
        self._read.add(name)
        return getattr(self._config, name)


@pytest.fixture(scope="module")
def again(default_workspace, tmp_path_factory):
    """Everything made again from the same inputs in another folder: the release, and the sections that steps read."""
    root = tmp_path_factory.mktemp("again")
    shutil.copytree(default_workspace / "data" / "raw", root / "data" / "raw")
    shutil.copy(default_workspace / "corridor.toml", root)
    read: dict[str, set[str]] = {step.name: set() for step in STEPS}
    real = Build._context

    def watched(self, step, *rest):
        context = real(self, step, *rest)
        return dataclasses.replace(context, config=Watched(context.config, read[step.name]))

    workspace = Workspace.at(root)
    build = Build(workspace, workspace.config(), STEPS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Build, "_context", watched)
        for decision in build.decide():
            build.run(decision.step, lambda line: None, decision.why)
    return publish(build), read


def test_everything_made_again_in_another_folder_is_the_same_to_the_last_byte(again, manifest):
    assert again[0].manifest["outputs"] == manifest["outputs"]


def test_a_step_declares_the_sections_that_it_reads_all_of_them_and_no_more(again):
    """A change of what is declared, and of that alone, makes a step run again."""
    assert again[1] == {step.name: set(step.sections) for step in STEPS}


def test_a_raster_without_depths_is_refused(shared_data, tmp_path):
    raw = tmp_path / "data" / "raw"
    raw.mkdir(parents=True)
    flat = next((shared_data / "bathymetry").glob("etopo5_*_FLAT_SURFACE.tif"))
    shutil.copy(flat, raw / "flat.tif")
    (raw / "rpl.csv").write_text("lon,lat\n50.2,41.0\n50.8,42.0\n")
    (tmp_path / "corridor.toml").write_text(
        f"{HEAD}[sources.flat]\nrole = 'bathymetry'\nfiles = 'data/raw/flat.tif'\nvalues = 'elevation_m'\n"
        "vertical_datum = 'msl'\n"
    )
    built = plain_corridor("-C", tmp_path, "build")
    assert built.returncode == 65
    assert "no depths" in built.stderr
    assert "flat.tif" in built.stderr
    checked = plain_corridor("-C", tmp_path, "check", "--json")
    assert checked.returncode == 65
    assert any("no depths" in f["message"] for f in json.loads(checked.stdout)["findings"])
