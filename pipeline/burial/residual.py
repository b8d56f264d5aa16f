"""The strikes that remain once the cable lies at a depth, and how often they come."""

from __future__ import annotations

import numpy as np

from pipeline.burial.curve import AnchorCurves
from pipeline.geo import Floats

_KILOMETRE = 1.0


def fishing_strike_at(depth_m: Floats, surface_per_km_yr: Floats, gear_penetration_m: Floats) -> Floats:
    """Return the fishing strikes at a depth: none below the gear's penetration, all above it (METHODS 2.2)."""
    below = depth_m > np.nan_to_num(gear_penetration_m, nan=np.inf)
    return np.where(np.isnan(depth_m), np.nan, np.where(below, 0.0 * surface_per_km_yr, surface_per_km_yr))


def strike_at(
    depth_m: Floats, curves: AnchorCurves, penetration_f: Floats, fishing_per_km_yr: Floats, gear_penetration_m: Floats
) -> Floats:
    """Return anchor plus fishing strikes per km and year at a depth.

    A threat that is not assessed adds nothing; where neither is assessed the sum is NaN.
    """
    return add_assessed(
        curves.strike_per_km_yr(depth_m, penetration_f),
        fishing_strike_at(depth_m, fishing_per_km_yr, gear_penetration_m),
    )


def add_assessed(first: Floats, second: Floats) -> Floats:
    """Add two rates, leaving out what is not assessed; NaN where neither is."""
    return np.where(np.isnan(first) & np.isnan(second), np.nan, np.nan_to_num(first) + np.nan_to_num(second))


def return_period_yr(strike_per_km_yr: Floats, length_km: Floats) -> Floats:
    """Return the years between strikes on the kilometre of cable around each station.

    The kilometre is centred on the station and shifted inward at the ends of the route. Where part of it is not
    assessed the rest stands for it. NaN where the station is not assessed or the period is infinite.
    """
    edges = np.concatenate([[0.0], np.cumsum(length_km)])
    known = ~np.isnan(strike_per_km_yr)
    middle = (edges[1:] + edges[:-1]) / 2.0
    route_km = edges[-1]
    start = np.clip(middle - _KILOMETRE / 2.0, 0.0, max(route_km - _KILOMETRE, 0.0))
    end = np.minimum(start + _KILOMETRE, route_km)

    def within(density: Floats) -> Floats:
        total = np.concatenate([[0.0], np.cumsum(density * length_km)])
        return np.asarray(np.interp(end, edges, total) - np.interp(start, edges, total), float)

    # A long route's cumulative sum would leave round-off where no strike is: ask whether any is, apart from how many.
    struck = np.where(known, strike_per_km_yr, 0.0)
    any_strike = within((struck > 0).astype(float)) > 1e-9
    strikes, assessed_km = within(struck), within(known.astype(float))
    usable = known & any_strike & (strikes > 0) & (assessed_km > 0)
    period = np.full(len(known), np.nan)
    period[usable] = assessed_km[usable] / strikes[usable] / _KILOMETRE
    return period
