"""What depths say of their own datum and sign, on real ETOPO1 and on made values (METHODS 7.1)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from affine import Affine

from pipeline.config.corridor import SourceSection, WaterSection
from pipeline.config.datum import Basin, DatumSection
from pipeline.errors import DataError
from pipeline.sources.depths.datum_evidence import (
    READINGS,
    Evidence,
    Reading,
    basin,
    refuse_contradicting,
    shoreline,
    shortest_half,
    sign,
)
from pipeline.sources.depths.datum_points import BASIN, SHORE, datum_points
from pipeline.sources.depths.datum_tile import read_datum_points
from pipeline.workspace import SourceFiles
from tests.sources.rasters_on_disk import depth_section, write_raster

DEGREES = Affine(0.1, 0.0, 50.0, 0.0, -0.1, 43.0)
RAW = Path(__file__).parents[2] / "data" / "raw"
ETOPO1 = RAW / "bathymetry" / "etopo1_bed_6min_caspian.tif"
WATER, LIMITS = WaterSection(), DatumSection()
COASTS = ("gshhg_caspian_full", "gshhg_caspian_high", "osm_caspian_sea_simplified30m", "ne_10m_coastline_caspian")


def read_as(reading: Reading) -> SourceSection:
    return depth_section(values=reading[0], vertical_datum=reading[1])


def real_points(coast: Path) -> pd.DataFrame:
    route = pd.read_csv(RAW / "route" / "trans_caspian_rpl.csv", comment="#")
    source = SourceFiles("coast", SourceSection.model_validate({"role": "coastline", "files": "x"}), (coast,))
    return datum_points((source,), route["lon"].to_numpy(), route["lat"].to_numpy(), LIMITS)


def real_shoreline(points: pd.DataFrame, reading: Reading) -> Evidence:
    facts, arrays = read_datum_points(ETOPO1, read_as(reading), points)
    return shoreline(arrays[SHORE].astype(float), read_as(reading), WATER, LIMITS, facts["resolution_m"])


@pytest.fixture(scope="module")
def default_points() -> pd.DataFrame:
    return real_points(RAW / "basemap" / "world_atlas_land_10m_caspian.geojson")


@pytest.mark.parametrize("reading", READINGS)
def test_real_etopo1_is_believed_on_sea_level_alone(default_points: pd.DataFrame, reading: Reading) -> None:
    evidence = real_shoreline(default_points, reading)
    assert evidence.points > 1500
    if reading in (("elevation_m", "msl"), ("elevation_m", "baltic77")):
        assert evidence.verdict == "agrees"
        assert evidence.level_m == pytest.approx(-29.5, abs=1.0)
        refuse_contradicting(evidence, read_as(reading), "a.tif")
        return
    assert evidence.fitting == (("elevation_m", "msl"), ("elevation_m", "baltic77"))
    with pytest.raises(DataError) as caught:
        refuse_contradicting(evidence, read_as(reading), "a.tif")
    assert f"says {reading[0]} on {reading[1]}" in caught.value.cause
    assert f"shoreline lies at {evidence.level_m:.1f} m" in caught.value.cause
    assert "water stands at -29.3 m" in caught.value.cause
    assert 'values = "elevation_m", vertical_datum = "msl"' in caught.value.remedy


@pytest.mark.parametrize("coast", COASTS)
def test_any_shoreline_tells_the_same(shared_data: Path, coast: str) -> None:
    points = real_points(shared_data / "basemap" / f"{coast}.geojson")
    evidence = real_shoreline(points, ("elevation_m", "msl"))
    assert evidence.level_m == pytest.approx(-29.5, abs=1.0)
    assert evidence.spread_m is not None
    assert evidence.spread_m < 5.0


def test_real_etopo1_would_be_misjudged_by_its_deepest_cell_and_is_not(default_points: pd.DataFrame) -> None:
    """-1025 m looks as if it were counted from the lake; that is why a bed that is not deep enough decides nothing."""
    facts, arrays = read_datum_points(ETOPO1, read_as(("elevation_m", "msl")), default_points)
    deep = arrays[BASIN].astype(float)
    assert np.nanmin(deep) == -1025.0
    for reading in READINGS[:4]:
        found = basin(deep, read_as(reading), WATER, LIMITS, facts["resolution_m"])
        assert found is None or found.verdict != "contradicts"


def deep_basin(lowest: float, *, spikes: int = 0) -> np.ndarray:
    values = np.linspace(lowest, lowest + 400.0, 2500)
    values[100 : 100 + spikes] = -3000.0
    return values


@pytest.mark.parametrize(
    ("lowest", "reading", "verdict"),
    [
        (-1053.0, ("elevation_m", "msl"), "agrees"),
        (-1053.0, ("elevation_m", "surface"), "contradicts"),
        (-1053.0, ("elevation_m", "caspian28"), "contradicts"),
        (-1025.0, ("elevation_m", "caspian28"), "agrees"),
        (-1025.0, ("elevation_m", "surface"), "agrees"),
        (-1025.0, ("elevation_m", "msl"), "undecided"),
        (-900.0, ("elevation_m", "msl"), "undecided"),
    ],
)
def test_the_basin_as_fine_grids_have_it(lowest: float, reading: Reading, verdict: str) -> None:
    found = basin(deep_basin(lowest), read_as(reading), WATER, LIMITS, 450.0)
    assert found is not None
    assert found.verdict == verdict
    assert ("counted from the lake" in found.found) == (lowest == -1025.0 and verdict == "undecided")
    if verdict == "contradicts":
        assert ("elevation_m", "msl") in found.fitting


def test_a_few_spikes_are_no_basin_and_a_basin_can_be_switched_off() -> None:
    on_msl = read_as(("elevation_m", "msl"))
    found = basin(deep_basin(-1050.0, spikes=4), on_msl, WATER, LIMITS, 450.0)
    assert found is not None
    assert found.verdict == "agrees"
    off = DatumSection(basin=Basin(greatest_depth_m=0.0))
    assert basin(deep_basin(-2000.0), on_msl, WATER, off, 450.0) is None
    assert (real_points_without_basin(off)["kind"] == SHORE).all()


def real_points_without_basin(limits: DatumSection) -> pd.DataFrame:
    return datum_points((), np.array([51.0]), np.array([42.0]), limits)


def test_a_corridor_in_another_sea_is_not_judged_by_its_own_water_level() -> None:
    """A global grid read in a corridor of the ocean still has the Caspian in it, on the same datum."""
    ocean = WaterSection(surface_m=0.0)
    for datum in ("msl", "surface"):
        found = basin(deep_basin(-1050.0), read_as(("elevation_m", datum)), ocean, LIMITS, 450.0)  # type: ignore[arg-type]
        assert found is not None
        assert found.verdict == "agrees"


def test_few_or_scattered_heights_decide_nothing() -> None:
    section = read_as(("elevation_m", "msl"))
    few = shoreline(np.full(19, 0.0), section, WATER, LIMITS, 100.0)
    assert (few.verdict, few.level_m) == ("undecided", None)
    one_pixel = shoreline(np.full(100, 0.0), section, WATER, LIMITS, 11_000.0)  # 100 points in some nine pixels
    assert one_pixel.verdict == "undecided"
    steep = shoreline(np.linspace(-60.0, 200.0, 500), section, WATER, LIMITS, 100.0)
    assert steep.verdict == "undecided"
    assert "scatters over 130 m" in steep.found


def test_a_level_that_no_datum_explains_is_told_and_not_refused() -> None:
    odd = shoreline(np.full(500, 40.0), read_as(("elevation_m", "msl")), WATER, LIMITS, 100.0)
    assert odd.verdict == "undecided"
    assert odd.level_m == 40.0
    refuse_contradicting(odd, read_as(("elevation_m", "msl")), "a.tif")


@pytest.mark.parametrize(("reading", "value"), [(("elevation_m", "surface"), 0.0), (("depth_m", "caspian28"), 1.3)])
def test_lake_level_values_read_as_sea_level_are_refused(reading: Reading, value: float) -> None:
    values = np.random.default_rng(1).normal(value, 1.0, 300)
    assert shoreline(values, read_as(reading), WATER, LIMITS, 450.0).verdict == "agrees"
    wrong = shoreline(values, read_as(("elevation_m", "msl")), WATER, LIMITS, 450.0)
    assert wrong.verdict == "contradicts"
    assert reading in wrong.fitting


def test_the_shortest_half_is_found_among_land() -> None:
    values = np.concatenate([np.linspace(-30.0, -28.0, 60), np.linspace(-20.0, 300.0, 55)])
    middle, width = shortest_half(values)
    assert middle == pytest.approx(-29.0, abs=0.1)
    assert width < 2.1
    assert shortest_half(np.array([5.0])) == (5.0, 0.0)


def test_a_landfall_is_no_wrong_sign() -> None:
    """Land behind a beach at the ocean would be shallow sea with the other sign."""
    ocean, section = WaterSection(surface_m=0.0), read_as(("elevation_m", "surface"))
    assert sign(np.linspace(0.5, 9.0, 60), section, ocean, LIMITS) is None
    assert sign(np.linspace(5.0, 60.0, 60), section, ocean, LIMITS) is not None


def test_a_wrong_sign_is_told_from_dry_land() -> None:
    section = read_as(("elevation_m", "baltic77"))
    depths = np.linspace(40.0, 90.0, 60)  # depths, read as heights
    found = sign(depths, section, WATER, LIMITS)
    assert found is not None
    with pytest.raises(DataError, match=r"elevation_m on baltic77 100% of it is dry land.*depth_m on baltic77 100%"):
        refuse_contradicting(found, section, "a.tif")
    assert sign(-depths, section, WATER, LIMITS) is None
    assert sign(np.full(60, -10.0), section, WATER, LIMITS) is None  # dry under both
    assert sign(depths[:19], section, WATER, LIMITS) is None
    mixed = np.concatenate([depths, -depths])
    assert sign(mixed, section, WATER, LIMITS) is None


def test_points_keep_off_the_edge_of_a_clipped_file_and_near_the_route(tmp_path: Path) -> None:
    box = "[[50.0,41.0],[52.0,41.0],[52.0,43.0],[51.0,43.0],[51.0,42.0],[50.0,42.0],[50.0,41.0]]"
    coast = tmp_path / "land.geojson"
    coast.write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":'
        f'{{"type":"Polygon","coordinates":[{box}]}}}}]}}'
    )
    source = SourceFiles("coast", SourceSection.model_validate({"role": "coastline", "files": "x"}), (coast,))
    near = DatumSection(shore_within_km=50.0)
    points = datum_points((source,), np.array([51.0]), np.array([42.2]), near)
    shore = points[points["kind"] == SHORE]
    on_the_steps = np.isclose(shore["lon"], 51.0) | np.isclose(shore["lat"], 42.0)
    assert on_the_steps.all()
    assert len(shore) == pytest.approx(22 + 50 + 45, abs=3)  # up to 50 km north of the station, 45 km to the west
    assert (points["kind"] == BASIN).sum() == 2500


def test_values_are_those_of_the_pixels_and_blank_beside_the_file(tmp_path: Path) -> None:
    values = np.arange(100, dtype=np.float32).reshape(10, 10)
    path = write_raster(tmp_path / "a.tif", values, transform=DEGREES, crs="EPSG:4326")  # fmt: skip
    points = pd.DataFrame({"kind": [SHORE, SHORE], "lon": [50.25, 60.0], "lat": [42.75, 42.75]})
    facts, arrays = read_datum_points(path, depth_section(), points)
    assert arrays[SHORE][0] == 22.0
    assert np.isnan(arrays[SHORE][1])
    assert arrays[BASIN].size == 0
    assert facts["resolution_m"] > 5000.0
