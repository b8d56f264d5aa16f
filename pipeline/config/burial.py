"""``[burial]``, ``[uncertainty]`` and ``[cable]``: from risk to a depth that can be ordered."""

from __future__ import annotations

from typing import Literal

from pydantic import field_validator

from pipeline.config.fields import Section, quantity


class BurialSection(Section):
    """``[burial]``: ladder, tolerance, minimum and zones (METHODS 1.1, 11)."""

    ladder_m: tuple[float, ...] = quantity(
        (0.6, 1.0, 1.5, 2.0, 2.5, 3.0), unit="m", tag="E", source="METHODS 1.1: target depths that are ordered"
    )
    strike_depths_m: tuple[float, ...] = quantity(
        (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0, 2.25, 2.5, 2.75, 3.0, 3.5, 4.0),
        unit="m",
        tag="E",
        source="METHODS 1.2: depths that strike_by_depth tells P(strike) for, beside those of the ladder",
    )
    tolerance_m: float = quantity(0.1, unit="m", tag="E", source="METHODS 1.1: installation tolerance", ge=0)
    mobility_allowance_m: float = quantity(
        0.0, unit="m", tag="E", source="METHODS 3.5: megaripple height/2 + 0.2 where bedforms are mapped", ge=0
    )
    minimum_target_dol_m: tuple[tuple[float, float], ...] = quantity(
        ((20.0, 1.0), (200.0, 0.6)),
        unit="(water depth up to m, m)",
        tag="E",
        source="METHODS 1.1: 1.0 m under 20 m of water, 0.6 m from 20 to 200 m, none deeper",
    )
    minimum_zone_km: float = quantity(1.0, unit="km", tag="E", source="METHODS 11: merge toward deeper", ge=0)
    zone_rounding_m: float = quantity(50.0, unit="m", tag="E", source="METHODS 11: chainage rounding", gt=0)
    plough_slope_limit_deg: float = quantity(15.0, unit="deg", tag="E", source="METHODS 3.3: along the route", gt=0)
    plough_water_depth_limit_m: float = quantity(
        1500.0, unit="m", tag="S", source="METHODS 3.3: plough burial to about 1500-2000 m", gt=0
    )
    second_pass_gain_m: float = quantity(
        0.5, unit="m", tag="E", source="METHODS 3.3: gain of a second pass or a deeper trencher"
    )
    second_pass_from_m: float = quantity(
        1.0, unit="m", tag="E", source="soil takes a second pass where a standard tool reaches this depth", ge=0
    )
    mattress_length_km: float = quantity(
        0.5, unit="km", tag="E", source="METHODS 3.3: gaps up to this length are matted, longer ones rock-dumped", ge=0
    )
    cover_water_depth_limit_m: float = quantity(
        200.0, unit="m", tag="E", source="rock or mattress deeper than this costs more than another route", ge=0
    )
    largest_anchor_quantile: float = quantity(
        0.999, unit="-", tag="E", source="METHODS 3.2: BPI 3 protects from all but the largest anchors", gt=0, le=1
    )
    global_bound_per_km_yr: float = quantity(
        0.03 / 380.0, unit="1/km/yr", tag="S", source="METHODS 4.9: ICPC 2025, 0.03/yr over 380 km", gt=0
    )
    global_bound_factor: float = quantity(10.0, unit="-", tag="E", source="METHODS 4.9: warn outside a factor 10", gt=1)

    @field_validator("ladder_m")
    @classmethod
    def _rungs_ascend(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        if not value or value[0] <= 0.0 or list(value) != sorted(set(value)):
            raise ValueError("the ladder needs at least one depth; depths are above zero and ascend")
        return value

    @field_validator("strike_depths_m")
    @classmethod
    def _depths_of_curves(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        if list(value) != sorted(set(value)) or (value and value[0] < 0.0):
            raise ValueError("strike_depths_m ascend, and none is negative")
        return value

    @field_validator("minimum_target_dol_m")
    @classmethod
    def _depths_ascend(cls, value: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
        limits = [limit for limit, _ in value]
        if limits != sorted(set(limits)) or any(dol_m < 0.0 for _, dol_m in value):
            raise ValueError("rows (water depth up to, least target) ascend in water depth, and no target is negative")
        return value


class UncertaintySection(Section):
    """``[uncertainty]``: spreads of the Monte Carlo (METHODS 1.6)."""

    seed: int = quantity(20260101, unit="-", tag="E", source="seed of all draws", ge=0)
    draws: int = quantity(500, unit="-", tag="E", source="draws per station", ge=1)
    penetration_cov: float = quantity(
        0.25, unit="-", tag="E", source="METHODS 1.6: lognormal, the tabulated f is its P95", ge=0
    )
    traffic_cov: float = quantity(0.3, unit="-", tag="E", source="year-to-year traffic, lognormal, median 1", ge=0)
    soil_strength: bool = True


class CableTypeBand(Section):
    """A cable type for water depths up to a limit."""

    name: Literal["DA", "SA", "LWA", "LW", "RA", "LWP"]
    to_water_depth_m: float


class CableSection(Section):
    """``[cable]``: cable type by water depth (METHODS 5.3)."""

    types: tuple[CableTypeBand, ...] = quantity(
        (
            CableTypeBand(name="DA", to_water_depth_m=20.0),
            CableTypeBand(name="SA", to_water_depth_m=200.0),
            CableTypeBand(name="LWA", to_water_depth_m=1e4),
        ),
        unit="m",
        tag="E",
        source="METHODS 5.3: DA to 20 m and wherever burial falls short, SA to 200 m, LWA beyond",
    )
    deficit_type: Literal["DA", "SA", "RA"] = "DA"
