"""T15: water depth by level and datum (METHODS 7.1, 7.2)."""

from __future__ import annotations

import numpy as np
import pytest
from pyproj import Transformer

from pipeline.config.corridor import WaterSection
from pipeline.errors import DataError
from pipeline.sources.depths.datum import AIOC95_M, bed_baltic77_m, plane_m, refuse_contradiction, water_depth_m
from pipeline.sources.depths.datum_evidence import READINGS
from tests.sources.rasters_on_disk import depth_section

TABLE = {
    -60.0: (32.0, 30.7, 22.7, 16.7),
    -100.0: (72.0, 70.7, 62.7, 56.7),
    -250.0: (222.0, 220.7, 212.7, 206.7),
}


@pytest.mark.parametrize("bed", TABLE)
def test_T15_depth_is_surface_minus_bed(bed: float) -> None:
    for surface, expected in zip((-28.0, -29.3, -37.3, -43.3), TABLE[bed], strict=True):
        assert water_depth_m(np.array([bed]), surface)[0] == pytest.approx(expected, abs=0.05)


def test_land_has_negative_depth() -> None:
    assert water_depth_m(np.array([-20.0]), -29.3)[0] == pytest.approx(-9.3)


@pytest.mark.parametrize(
    ("kind", "datum", "value"),
    [
        ("elevation_m", "baltic77", -60.0),
        ("depth_m", "baltic77", 60.0),
        ("elevation_m", "caspian28", -32.0),
        ("depth_m", "caspian28", 32.0),
        ("elevation_m", "surface", -30.7),
        ("depth_m", "surface", 30.7),
        ("elevation_m", "msl", -60.4),
        ("depth_m", "msl", 60.4),
    ],
)
def test_every_datum_and_sign_leads_to_the_same_bed(kind: str, datum: str, value: float) -> None:
    water = WaterSection(surface_m=-29.3, msl_to_baltic77_m=0.4)
    bed = bed_baltic77_m(np.array([value]), kind, datum, water)  # type: ignore[arg-type]
    assert bed[0] == pytest.approx(-60.0)


@pytest.mark.parametrize("unit", ["ft", "feet", "fathom", "cm"])
def test_other_units_are_refused_naming_both_sides(unit: str) -> None:
    with pytest.raises(DataError, match=f"'{unit}'.*elevation_m, metres"):
        refuse_contradiction(depth_section(), vertical_epsg=None, unit=unit, where="a.tif")


@pytest.mark.parametrize("unit", ["", "m", "metre", "Meters"])
def test_metres_are_accepted(unit: str) -> None:
    refuse_contradiction(depth_section(), vertical_epsg=5705, unit=unit, where="a.tif")


def test_a_vertical_crs_that_contradicts_the_configuration_is_refused() -> None:
    with pytest.raises(DataError, match=r"5706 means depth_m on caspian28.*elevation_m on baltic77"):
        refuse_contradiction(depth_section(), vertical_epsg=5706, unit="m", where="a.tif")


@pytest.mark.parametrize("height_baltic", [-28.0, -60.0, -400.0])
def test_heights_and_depths_of_the_caspian_datum_are_those_of_epsg(height_baltic: float) -> None:
    """EPSG 5705 Baltic 1977 -> 5611 Caspian height -> 5706 Caspian depth; 5705 -> 5706 at once only flips the sign."""
    height_caspian = Transformer.from_crs(5705, 5611).transform(0.0, 0.0, height_baltic)[2]
    depth_caspian = Transformer.from_crs(5611, 5706).transform(0.0, 0.0, height_caspian)[2]
    water = WaterSection()
    for kind, value in (("elevation_m", height_caspian), ("depth_m", depth_caspian)):
        ours = bed_baltic77_m(np.array([value]), kind, "caspian28", water)  # type: ignore[arg-type]
        assert ours[0] == pytest.approx(height_baltic, abs=1e-9)
    assert height_caspian == pytest.approx(height_baltic + 28.0)


def test_the_aioc95_datum_lies_where_epsg_has_it() -> None:
    assert Transformer.from_crs(5797, 5705).transform(0.0, 0.0, 0.0)[2] == pytest.approx(AIOC95_M)


def test_T15_holds_from_whatever_datum_the_depths_come() -> None:
    for bed, depths in TABLE.items():
        for surface, expected in zip((-28.0, -29.3, -37.3, -43.3), depths, strict=True):
            water = WaterSection(surface_m=surface)
            for kind, datum in READINGS:
                sign = 1.0 if kind == "elevation_m" else -1.0
                value = np.array([sign * (bed - plane_m(datum, water))])
                depth = water_depth_m(bed_baltic77_m(value, kind, datum, water), surface)
                assert depth[0] == pytest.approx(expected, abs=0.05)
