"""``[changes]``: what counts as a change between two releases."""

from __future__ import annotations

from pipeline.config.fields import Section, quantity


class ChangeTolerance(Section):
    """``[changes]``: tolerances of ``corridor diff``; no number here changes a burial depth."""

    dol_m: float = quantity(
        0.005, unit="m", tag="E", source="depths of lowering: half of the last digit that tables show", ge=0
    )
    water_depth_m: float = quantity(0.05, unit="m", tag="E", source="water depth: below what a survey resolves", ge=0)
    slope_deg: float = quantity(0.05, unit="deg", tag="E", source="slope: below what a grid cell resolves", ge=0)
    rate_percent: float = quantity(
        0.5, unit="%", tag="E", source="strike rates: far below the year-to-year spread of traffic", ge=0
    )
    rate_floor_per_km_yr: float = quantity(
        1e-9, unit="1/km/yr", tag="E", source="strike rates below this are no threat; they are not compared", ge=0
    )
    pga_g: float = quantity(0.001, unit="g", tag="E", source="ground motion: the last digit that is meant", ge=0)
    slope_fs: float = quantity(0.01, unit="-", tag="E", source="factor of safety: the last digit that is meant", ge=0)
    gap_km: float = quantity(
        0.3, unit="km", tag="E", source="ranges of the same change with a shorter gap are told as one", ge=0
    )
    same_station_m: float = quantity(1.0, unit="m", tag="E", source="stations this near are the same station", gt=0)
    same_place_m: float = quantity(
        100.0, unit="m", tag="E", source="a route farther than this from the old one runs elsewhere; not compared", gt=0
    )
    by_place_factor: float = quantity(
        10.0,
        unit="-",
        tag="E",
        source="by place, numbers at stations that are not the same are compared this much more coarsely",
        ge=1,
    )
    reach_km: float = quantity(
        1.0, unit="km", tag="E", source="an input acts this far beyond its own stations: dragging anchors, slopes", ge=0
    )
    most_rows: int = quantity(
        400, unit="-", tag="E", source="ranges on the map's page with row and popup; the table holds all of them", ge=1
    )
    most_ranges: int = quantity(
        20, unit="-", tag="E", source="ranges told in words on a terminal; the table holds all of them", ge=1
    )
