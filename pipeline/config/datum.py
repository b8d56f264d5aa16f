"""``[datum]``: what depth files are asked about their own datum and sign, and when the answer is believed."""

from __future__ import annotations

from pipeline.config.fields import Section, quantity


class Basin(Section):
    """A basin whose greatest depth is known, as a test of the datum of grids that cover it."""

    name: str = "South Caspian"
    west: float = quantity(50.0, unit="deg", tag="C", source="box around the deepest cells of ETOPO1", ge=-180, le=180)
    south: float = quantity(38.0, unit="deg", tag="C", source="as west", ge=-90, le=90)
    east: float = quantity(51.5, unit="deg", tag="C", source="as west", ge=-180, le=180)
    north: float = quantity(39.5, unit="deg", tag="C", source="as west", ge=-90, le=90)
    greatest_depth_m: float = quantity(
        1025.0, unit="m", tag="S", source="METHODS 7.1: greatest known depth; 0 switches the test off", ge=0
    )
    level_m: float = quantity(-28.0, unit="m Baltic 1977", tag="K", source="the level that this depth is counted from")
    tolerance_m: float = quantity(
        10.0, unit="m", tag="E", source="one percent of the depth; less than half of what datums differ by", gt=0
    )
    fine_cell_m: float = quantity(
        2000.0, unit="m", tag="E",
        gt=0, source="METHODS 7.1: only cells this fine show the deepest place whole; 6-minute ETOPO1 loses 28 m",
    )  # fmt: skip


class DatumSection(Section):
    """``[datum]``: shoreline, basin, sign and overlaps as witnesses of the datum."""

    basin: Basin = Basin()
    shore_within_km: float = quantity(
        200.0, unit="km", tag="C", gt=0,
        source="shoreline so near to the route is asked: 2000 points in the default corridor",
    )  # fmt: skip
    shore_spacing_m: float = quantity(1000.0, unit="m", tag="E", source="one point in so much of shoreline", gt=0)
    shore_least: int = quantity(20, unit="pixels", tag="E", source="fewer pixels on the shoreline decide nothing", ge=3)
    shore_spread_m: float = quantity(
        10.0, unit="m", tag="C", gt=0,
        source="half of the heights must lie in so narrow a band: ETOPO1 has 3 m near the route, at worst 7",
    )  # fmt: skip
    shore_tolerance_m: float = quantity(
        6.0, unit="m", tag="C", gt=0,
        source="age of the shoreline (levels of 1977 to 2025 span 3 m), msl against Baltic (0.5 m), coarse cells (2 m)",
    )  # fmt: skip
    sign_share: float = quantity(
        0.9, unit="-", tag="E", gt=0.5, le=1,
        source="so much of a file dry as configured, and wet with the other sign, is a wrong sign",
    )  # fmt: skip
    sign_height_m: float = quantity(
        10.0, unit="m", tag="E", ge=0,
        source="nor unless half of it lies so high above the water: a route's ends on real land seldom do",
    )  # fmt: skip
    sign_least: int = quantity(20, unit="places", tag="E", source="fewer places decide nothing", ge=1)
    offset_tolerance_m: float = quantity(
        0.5, unit="m", tag="E", source="a bias so near to a difference of two datums is taken for one", gt=0
    )
    offset_spread: float = quantity(
        0.25, unit="-", tag="E", gt=0, le=1,
        source="only where the differences scatter about their bias by no more than this share of it",
    )  # fmt: skip
    offset_refused_m: float = quantity(
        10.0, unit="m", tag="E", gt=0,
        source="such a bias is refused from here on; below it is a finding, for levels of other years differ as much",
    )  # fmt: skip
    growth: float = quantity(
        0.05, unit="-", tag="E", source="a difference that grows with depth by more than this share is told", gt=0
    )
    unit_tolerance: float = quantity(
        0.05, unit="-", tag="E", gt=0, lt=0.3,
        source="values so near to a known multiple of another source's are taken for another unit",
    )  # fmt: skip
    unit_spread: float = quantity(
        0.1, unit="-", tag="E", gt=0, le=1,
        source="refused only where the multiple scatters by no more than this share; GEBCO against surveys has 0.03",
    )  # fmt: skip
    unit_slope_tolerance: float = quantity(
        0.15, unit="-", tag="E", gt=0, lt=1,
        source="nor unless depths grow by the same multiple, which tells a unit from a datum",
    )  # fmt: skip
    unit_places: int = quantity(50, unit="-", tag="E", source="nor with fewer places in common", ge=3)
    unit_min_depth_m: float = quantity(5.0, unit="m", tag="E", source="in shallower water ratios say nothing", gt=0)
