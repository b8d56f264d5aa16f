"""``[quality]``: what ``corridor check`` takes for a fault; no number here changes a burial depth."""

from __future__ import annotations

from pipeline.config.fields import Section, quantity


class QualitySection(Section):
    """``[quality]``: limits of quality control; TVU is what ``[bathymetry.uncertainty.A]`` allows a survey."""

    coverage_bin_km: float = quantity(
        10.0, unit="km", tag="E", source="coverage is told for stretches of the route of this length", gt=0
    )
    spike_min_m: float = quantity(
        1.5, unit="m", tag="E", source="less from its neighbours is no spike: boulders, wrecks and rounding", gt=0
    )
    spike_tvu: float = quantity(2.0, unit="-", tag="E", source="nor less than this many times the TVU", ge=0)
    spike_slope_deg: float = quantity(
        5.0, unit="deg", tag="E", source="nor less than a real slope of this much rises over one cell", ge=0, lt=90
    )
    spike_spread: float = quantity(
        8.0, unit="-", tag="E", source="nor less than this many robust standard deviations of the 48 cells around", gt=0
    )
    hole_min_m2: float = quantity(
        25.0, unit="m^2", tag="E", source="smaller gaps inside a survey do not count: a trencher's footprint", ge=0
    )
    stripe_ratio: float = quantity(
        6.0,
        unit="-",
        tag="E",
        source="roughness of 2 to 4 cells in one direction over that in most others; white noise stays below 2",
        gt=1,
    )
    stripe_min_m: float = quantity(
        0.15, unit="m", tag="E", source="least difference between neighbouring lines that counts as striping", gt=0
    )
    stripe_tvu: float = quantity(0.2, unit="-", tag="E", source="nor less than this share of the TVU", ge=0)
    stripe_share: float = quantity(
        0.25, unit="-", tag="E", source="share of a file's samples that must be striped alike", gt=0, le=1
    )
    step_min_m: float = quantity(
        0.2, unit="m", tag="E", source="least median difference along the seam of two tiles that counts as a step", gt=0
    )
    step_tvu: float = quantity(0.5, unit="-", tag="E", source="nor less than this share of the TVU", ge=0)
    rounded_slope_deg: float = quantity(
        1.0,
        unit="deg",
        tag="E",
        source="whole metres are told where one metre from cell to cell is a steeper slope than this",
        gt=0,
    )
    zero_cells: int = quantity(
        100, unit="-", tag="E", source="so many cells of exactly 0 are probably nodata that was not declared", ge=1
    )
    unit_tolerance: float = quantity(
        0.05, unit="-", tag="E", source="how near the ratio of two sources must lie to that of two units", gt=0, lt=0.3
    )
    unit_min_depth_m: float = quantity(
        5.0, unit="m", tag="E", source="in shallower water ratios of depths say nothing", gt=0
    )
    exchanged_near_km: float = quantity(
        50.0, unit="km", tag="E", gt=0,
        source="points that come so near to the route by exchanging their coordinates, and are not, are exchanged",
    )  # fmt: skip
    soundings_fill: float = quantity(
        0.98, unit="-", tag="E", gt=0, le=1,
        source="where fewer cells of `grid_m` hold a sounding the grid is too fine, and empty cells are no holes",
    )  # fmt: skip
    places_named: int = quantity(3, unit="-", tag="E", source="places of one kind of fault named for each file", ge=1)
