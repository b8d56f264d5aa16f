"""``[whatif]``: which other settings the map can decide for by itself."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from pipeline.config.fields import Section, quantity

_Speed = Annotated[float, Field(gt=0)]


class WhatIfSection(Section):
    """``[whatif]``: levels of the sea, drop speeds and ranges of the map's sliders."""

    offered: bool = True
    surface_changes_m: tuple[float, ...] = quantity(
        (1.0, 0.0, -1.0),
        unit="m relative to surface_m",
        tag="E",
        source="levels of the sea that the map can decide for, beside 0 and those of [water] scenarios_m",
    )
    drop_speeds_kn: tuple[_Speed, ...] = quantity(
        (2.0, 3.0, 4.0, 5.0, 6.0),
        unit="kn",
        tag="E",
        source="METHODS 1.7: 2 to 6; beside [shipping] drop_speed_kn, which is always among them",
    )
    strike_years: tuple[float, float] = quantity(
        (10.0, 100_000.0),
        unit="yr",
        tag="E",
        source="least and most years between strikes on the whole route that the map may be asked to accept; the "
        "configured acceptance is always within",
    )
    growth_pct: tuple[float, float] = quantity(
        (-50.0, 200.0),
        unit="percent",
        tag="E",
        source="least and most growth of traffic that the map may be asked about; the configured one is always within",
    )
    required_within_m: float = quantity(
        0.01,
        unit="m",
        tag="E",
        source="how close a what-if's required depth is drawn, or `required_within_pct` of it, but where it falls at "
        "once (docs/limits.md); no decision rests on it",
        ge=0.005,
    )
    required_within_pct: float = quantity(
        0.5, unit="percent", tag="E", source="of a required depth, see `required_within_m`", ge=0
    )
    most_stations: int = quantity(
        4000,
        unit="-",
        tag="E",
        source="a longer route has no what-if: its page shows fewer stations than are decided",
        ge=1,
    )

    @field_validator("strike_years", "growth_pct")
    @classmethod
    def _ascend(cls, value: tuple[float, float]) -> tuple[float, float]:
        if value[0] >= value[1]:
            raise ValueError(f"the two numbers must ascend, and are {value[0]:g} and {value[1]:g}")
        return value

    @field_validator("strike_years")
    @classmethod
    def _above_zero(cls, value: tuple[float, float]) -> tuple[float, float]:
        if value[0] <= 0.0:
            raise ValueError("years between strikes must be above 0")
        return value

    @field_validator("growth_pct")
    @classmethod
    def _some_traffic_is_left(cls, value: tuple[float, float]) -> tuple[float, float]:
        if value[0] <= -100.0:
            raise ValueError("a growth of -100 percent leaves no traffic; give more")
        return value
