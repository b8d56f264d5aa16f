import numpy as np
import pandas as pd
import pytest
import rasterio

from pipeline.config import Config
from pipeline.geo import read_band
from pipeline.hazards.seismic import stability_step
from pipeline.hazards.seismic.assessment import Assessment
from pipeline.hazards.seismic.curves import LEVELS_G, RateTables, hazard_curves
from pipeline.hazards.seismic.model import build_model
from pipeline.hazards.seismic.sites import Nodes
from pipeline.hazards.seismic.sources import PointSources
from pipeline.hazards.seismic.stability_step import slope_safety
from pipeline.plan import STEPS
from pipeline.workspace import SourceFiles
from tests.blocks import run_in_blocks

from .made_seabed import context, folders, frame, source
from .test_seismic_zones import GOOD, write

COLUMNS = ["pga_475yr_g", "pga_2475yr_g", "pga_475yr_soil_g", "pga_2475yr_soil_g"]
SEISMIC = next(step for step in STEPS if step.name == "seismic")
FACTS = {
    "bathymetry": {"provenance": "public", "sources": [{"name": "made", "provenance": "synthetic"}]},
    "soil": {"provenance": "synthetic"},
}


@pytest.fixture(scope="module")
def config():
    # Three models and one depth keep the tables small; the full tree is measured elsewhere.
    tree = [{"model": "BSSA14", "weight": 0.5}, {"model": "ASB14", "weight": 0.5}]
    return Config.model_validate({"seismic": {"crustal_models": tree, "source_spacing_km": 10, "magnitude_bin": 0.25}})


@pytest.fixture(scope="module")
def shaken(tmp_path_factory, config):
    """One run over a zone that lies around the southern half: mud in the south, sand in the north."""
    root, made = tmp_path_factory.mktemp("seismic"), frame()
    middle = made.stations["y_m"].mean()
    inputs = folders(root, made, lambda x, y: np.full(x.shape, 50.0), lambda y: np.where(y < middle, 1, 4))
    ring = [[50.0, 40.0], [52.0, 40.0], [52.0, 41.1], [50.0, 41.1], [50.0, 40.0]]
    zones = write(root / "zones.geojson", {**GOOD, "depths_km": [10], "depth_weights": [1.0]}, ring=ring)
    return root, made, inputs, zones, run_in_blocks(SEISMIC, context(root / "out", inputs, (zones,), config))


def test_ground_motion_grows_with_the_return_period_and_toward_the_zone(shaken):
    root, _, _, _, facts = shaken
    table = pd.read_parquet(root / "out" / "stations.parquet")
    assert list(table.columns) == ["station", *COLUMNS]
    assert (table["pga_2475yr_g"] > table["pga_475yr_g"]).all()
    assert table["pga_475yr_g"].iloc[0] > table["pga_475yr_g"].iloc[-1]
    assert facts["assessed"]
    assert facts["peak_pga_475yr_kp_km"] < 5.0
    assert facts["provenance"] == "synthetic"
    assert facts["source_zones"][0]["share_of_peak"] == pytest.approx(1.0)


def test_rasters_have_rock_and_soil_and_agree_with_the_stations(shaken):
    root, made, _, _, _ = shaken
    table = pd.read_parquet(root / "out" / "stations.parquet")
    row, col = made.grid.cell_of(made.stations["x_m"].to_numpy(), made.stations["y_m"].to_numpy())
    for band, column in ((1, "pga_475yr_g"), (2, "pga_475yr_soil_g")):
        raster = read_band(root / "out" / "pga_475yr.tif", band)
        found, wanted = raster[row, col], table[column].to_numpy()
        assert np.median(np.abs(found / wanted - 1.0)) < 0.02
        assert np.isfinite(raster).sum() == len(made.cells)


def test_an_unreachable_or_absent_zone_is_not_assessed(tmp_path, shaken, config):
    _, _, inputs, _, _ = shaken
    ring = [[10.0, 10.0], [11.0, 10.0], [11.0, 11.0], [10.0, 10.0]]
    far = write(tmp_path / "far.geojson", GOOD, ring=ring)
    for sources, why in (((), "no source"), ((far,), "no zone lies in reach")):
        facts = run_in_blocks(SEISMIC, context(tmp_path / "out", inputs, sources, config))
        assert not facts["assessed"]
        assert why in facts["summary"]
        assert pd.read_parquet(tmp_path / "out" / "stations.parquet")[COLUMNS].isna().all(axis=None)
        assert np.isnan(read_band(tmp_path / "out" / "pga_2475yr.tif", 2)).all()


def test_catalogue_stands_in_where_there_are_no_zones(tmp_path, shaken, config):
    _, _, inputs, _, _ = shaken
    path = tmp_path / "c.csv"
    rows = [f"{1975 + i}-03-01T00:00:00Z,41.{i % 5},51.{i % 7},15,{5.0 + (i % 6) * 0.2:.1f},mw,{i}" for i in range(25)]
    path.write_text("\n".join(["time,latitude,longitude,depth,mag,magType,id", *rows]) + "\n")
    small = config.model_copy(
        update={"seismic": config.seismic.model_copy(update={"catalogue_depths_km": ((15.0, 1.0),)})}
    )
    facts = run_in_blocks(SEISMIC, context(tmp_path / "out", inputs, (source("earthquakes", path),), small))
    assert facts["assessed"]
    assert facts["catalogue"]["events_complete"] > 0
    assert any("catalogue" in note for note in facts["notes"])
    assert pd.read_parquet(tmp_path / "out" / "stations.parquet")["pga_475yr_g"].min() > 0.01


def with_rates_from(config, choice):
    section = config.seismic.model_copy(update={"rates_from": choice, "catalogue_depths_km": ((10.0, 1.0),)})
    return config.model_copy(update={"seismic": section})


def test_both_averages_the_rates_and_falls_back_whole_on_the_zones(tmp_path, shaken, config):
    root, made, inputs, zones, alone = shaken
    path = tmp_path / "c.csv"
    head = "time,latitude,longitude,depth,mag,magType,id"
    path.write_text(f"{head}\n2000-03-01T00:00:00Z,41.1,51.0,10,6.0,mw,a\n2009-03-01T00:00:00Z,41.0,51.5,10,5.0,mw,b\n")
    quakes = source("earthquakes", path)
    model = build_model(context(tmp_path / "a", inputs, (zones, quakes)), made, with_rates_from(config, "both").seismic)
    assert [s.name for s in model.points] == ["smoothed catalogue", "sill"]
    assert model.points[1].rate_per_yr == pytest.approx(10 ** (3.8 - 4.5) * 0.5)
    path.write_text(head + "\n")
    facts = run_in_blocks(SEISMIC, context(tmp_path / "b", inputs, (zones, quakes), with_rates_from(config, "both")))
    assert any("zones alone" in note for note in facts["notes"])
    assert facts["peak_pga_475yr_g"] == alone["peak_pga_475yr_g"]
    assert (tmp_path / "b" / "stations.parquet").read_bytes() == (root / "out" / "stations.parquet").read_bytes()
    only = run_in_blocks(
        SEISMIC, context(tmp_path / "c", inputs, (zones, quakes), with_rates_from(config, "catalogue"))
    )
    assert not only["assessed"]
    assert "no complete mainshock" in only["summary"]


def test_two_runs_write_the_same_bytes(tmp_path, shaken, config):
    root, _, inputs, zones, _ = shaken
    run_in_blocks(SEISMIC, context(tmp_path / "again", inputs, (zones,), config))
    for name in ("pga_475yr.tif", "pga_2475yr.tif", "stations.parquet"):
        assert (tmp_path / "again" / name).read_bytes() == (root / "out" / name).read_bytes()


def test_any_cutting_gives_the_same_bytes_and_facts(tmp_path, shaken, config, monkeypatch):
    root, _, inputs, zones, facts = shaken
    nodes = len(SEISMIC.blocks.sizes(context(tmp_path / "sizes", inputs, (zones,), config)))
    assert nodes > 20
    monkeypatch.setattr("pipeline.hazards.seismic.node_blocks._TOGETHER", 5)
    for number, cuts in enumerate([(), (1, nodes - 1), (7, 8, 9, 20), range(nodes)]):
        out = tmp_path / str(number)
        assert run_in_blocks(SEISMIC, context(out, inputs, (zones,), config), cuts) == facts
        for name in ("pga_475yr.tif", "pga_2475yr.tif", "stations.parquet"):
            assert (out / name).read_bytes() == (root / "out" / name).read_bytes(), (name, cuts)


def test_work_is_counted_in_sources_within_reach_along_the_route(tmp_path, shaken, config):
    _, made, inputs, zones, _ = shaken
    here = context(tmp_path, inputs, (zones,), config)
    assessed = Assessment.of(here)
    x, y = assessed.nodes.x_km[assessed.order], assessed.nodes.y_km[assessed.order]
    (source,) = assessed.found.points
    near = np.hypot(source.x_km - x[:, None], source.y_km - y[:, None]) <= config.seismic.maximum_distance_km
    assert SEISMIC.blocks.sizes(here) == near.sum(axis=1).tolist()
    kp = made.route.locate(x * 1000.0, y * 1000.0).kp_km
    assert (np.diff(kp) > -2.0 * config.seismic.site_spacing_km).all()
    assert SEISMIC.blocks.sizes(context(tmp_path, inputs, (), config)) == ()


def test_a_source_out_of_reach_costs_no_table_and_changes_no_digit(config):
    near = PointSources("p", np.array([0.0]), np.array([0.0]), np.ones(1), 0.1, 1.0, 5.0, 7.0, ((10.0, 1.0),), "SS")
    far = PointSources("q", np.array([900.0]), np.array([0.0]), np.ones(1), 0.1, 1.0, 5.0, 7.0, ((10.0, 1.0),), "SS")
    tables, where = RateTables([760.0], config.seismic), (np.array([10.0]), np.zeros(1))
    both = hazard_curves(tables, [near, far], *where)
    assert list(tables._made) == [near]
    np.testing.assert_array_equal(both[:1], hazard_curves(tables, [near], *where))
    assert not both[1].any()


def test_a_raster_whose_soil_band_rests_on_synthetic_soil_says_so(tmp_path, shaken, config):
    _, _, inputs, zones, _ = shaken
    modelled = SourceFiles(zones.name, zones.section.model_copy(update={"provenance": "modelled"}), zones.paths)
    facts = run_in_blocks(SEISMIC, context(tmp_path / "out", inputs, (modelled,), config, facts=FACTS))
    assert facts["provenance"] == "modelled"
    with rasterio.open(tmp_path / "out" / "pga_475yr.tif") as file:
        assert file.tags()["provenance"] == "synthetic"


def test_curves_fall_and_double_with_the_rate(config):
    one = PointSources("p", np.array([0.0]), np.array([0.0]), np.ones(1), 0.1, 1.0, 5.0, 7.0, ((10.0, 1.0),), "SS")
    where = (np.array([10.0, 50.0]), np.zeros(2))
    curves = hazard_curves(RateTables([760.0], config.seismic), [one, one.scaled(2.0)], *where)
    assert curves.shape == (2, 1, 2, len(LEVELS_G))
    assert (np.diff(curves, axis=-1) <= 0).all()
    assert curves[1] == pytest.approx(2.0 * curves[0])
    assert (curves[0, 0, 0] >= curves[0, 0, 1]).all()
    assert curves[0, 0, 0, 0] <= 0.1 * (1 + 1e-9)


def test_no_digit_of_a_curve_depends_on_how_many_sites_are_computed_with_it(config):
    # Matrix products add in an order that depends on shapes and threads; a published digit must not.
    x, y = (axis.ravel() for axis in np.meshgrid(np.arange(0.0, 60.0, 7.0), np.arange(0.0, 60.0, 7.0)))
    zone = PointSources("made", x, y, np.full(len(x), 1 / len(x)), 0.1, 1.0, 5.0, 7.0, ((10.0, 1.0),), "SS")
    sites = np.linspace(-20.0, 90.0, 40)
    tables = RateTables([760.0], config.seismic)
    together = hazard_curves(tables, [zone], sites, sites)
    for site in (0, 13, 39):
        alone = hazard_curves(tables, [zone], sites[[site]], sites[[site]])
        np.testing.assert_array_equal(alone[:, :, 0], together[:, :, site])


def test_nodes_interpolate_and_surround():
    x, y = np.array([100.0, 12_500.0, -3000.0]), np.array([200.0, 7_000.0, 9_999.0])
    nodes = Nodes.around(x, y, 5.0)
    assert nodes.weights.sum(axis=1) == pytest.approx([1.0, 1.0, 1.0])
    plane = np.exp(nodes.x_km * 0.01 + nodes.y_km * 0.02)
    assert nodes.at_points(plane) == pytest.approx(np.exp(x * 1e-5 + y * 2e-5))


def safety(name, slope=2.0, pga=0.3, depth=50.0, coarse=False):
    config = Config()
    shaken, resting = slope_safety(
        np.array([name]), np.array([slope]), np.array([pga]), np.array([depth]), np.array([coarse]),
        config.soil, config.seismic.stability,
    )  # fmt: skip
    return float(shaken[0]), float(resting[0])


def test_clay_takes_strength_at_the_slip_plane():
    su, beta = 6.0 + 1.9 * 3.0, np.radians(2.0)
    driving = 4.6 * 3.0 * np.sin(beta) * np.cos(beta)
    inertia = 0.15 * 14.5 * 3.0 * np.cos(beta) ** 2
    assert safety("mud") == pytest.approx((su / (driving + inertia), su / driving))


def test_unknown_is_mud_rock_is_not_a_slide_and_mixed_is_its_worst_part():
    assert safety("unknown") == safety("mud")
    assert np.isnan(safety("rock")).all()
    drained = np.tan(np.radians(30.0 + 3.0 * 15 / 20)) / np.tan(np.radians(2.0))
    assert safety("mixed")[1] == pytest.approx(
        min(drained, (15 + 5.7) / (8.1 * 3 * np.sin(np.radians(2)) * np.cos(np.radians(2))))
    )


@pytest.mark.parametrize("change", [{"slope": np.nan}, {"depth": -1.0}, {"depth": np.nan}])
def test_land_and_missing_slope_are_blank(change):
    assert np.isnan(safety("mud", **change)).all()


def test_without_ground_motion_only_the_factor_at_rest_is_known():
    shaken, resting = safety("mud", pga=np.nan)
    assert np.isnan(shaken)
    assert resting > 1.0


def test_coarse_grids_are_taken_as_steeper_and_level_beds_are_capped():
    steep = np.degrees(np.arctan(1.5 * np.tan(np.radians(2.0))))
    assert safety("mud", coarse=True) == pytest.approx(safety("mud", slope=steep))
    assert safety("sand", slope=0.0, pga=0.0) == (99.0, 99.0)


def test_stability_step_marks_and_writes(tmp_path, shaken):
    root, made, inputs, _, facts = shaken
    steps = {**inputs, "seismic": root / "out"}
    told = stability_step.run(context(tmp_path / "out", steps, facts={**FACTS, "seismic": facts}))
    table = pd.read_parquet(tmp_path / "out" / "stations.parquet")
    assert list(table.columns) == ["station", "slope_fs", "slope_fs_static", "slope_class"]
    assert set(table["slope_class"]) <= {"high", "medium", "low"}
    assert (table["slope_fs"] < table["slope_fs_static"]).all()
    assert told["assessed"]
    assert sum(told["km_by_class"].values()) == pytest.approx(made.route.length_km, abs=0.01)
    raster = read_band(tmp_path / "out" / "slope_stability.tif")
    assert np.isfinite(raster).sum() == len(made.cells)
    with rasterio.open(tmp_path / "out" / "slope_stability.tif") as file:
        assert file.tags()["sources"] == "made, seismic_zones"
        assert file.tags()["provenance"] == "synthetic"


def test_stability_without_ground_motion_is_not_assessed(tmp_path, shaken, config):
    _, _, inputs, _, _ = shaken
    facts = run_in_blocks(SEISMIC, context(tmp_path / "blank", inputs, (), config))
    steps = {**inputs, "seismic": tmp_path / "blank"}
    told = stability_step.run(context(tmp_path / "out", steps, facts={**FACTS, "seismic": facts}))
    table = pd.read_parquet(tmp_path / "out" / "stations.parquet")
    assert not told["assessed"]
    assert table["slope_fs"].isna().all()
    assert table["slope_fs_static"].notna().all()
    assert set(table["slope_class"]) == {""}
