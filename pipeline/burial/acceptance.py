"""The tolerable strikes per kilometre and year: how the tolerance of the whole cable is shared along it."""

from __future__ import annotations

import numpy as np

from pipeline.burial.runs import merge_short_runs, runs_of
from pipeline.config.corridor import AcceptanceSection
from pipeline.geo import Floats


def limit_per_km_yr(
    acceptance: AcceptanceSection, length_km: Floats, soil_class: list[str], minimum_section_km: float
) -> Floats:
    """Share the tolerable rate along the route (METHODS 1.2).

    Parameters
    ----------
    acceptance : AcceptanceSection
        ``length``: in proportion to length, one limit per km everywhere. ``section``: every section of one soil class
        gets an equal share. ``none``: every reference length may use the whole tolerance.
    length_km : ndarray, shape (stations,)
        Cable that each station stands for.
    soil_class : list of str
        Soil of each station; makes the sections.
    minimum_section_km : float
        Shorter runs of soil join their longer neighbour.

    Returns
    -------
    ndarray, shape (stations,)
        Limit, strikes per km and year.
    """
    tolerance = acceptance.route_strikes_per_yr
    if acceptance.allocation == "length":
        return np.full(len(length_km), uniform_limit_per_km_yr(acceptance, float(length_km.sum())))
    if acceptance.allocation == "none":
        return np.full(len(length_km), tolerance / acceptance.reference_length_km)
    starts = merge_short_runs(runs_of(soil_class), length_km, minimum_section_km)
    section_km = np.add.reduceat(length_km, starts)
    share = tolerance / len(starts) / section_km
    return np.repeat(share, np.diff([*starts, len(length_km)]))


def uniform_limit_per_km_yr(acceptance: AcceptanceSection, route_km: float) -> float:
    """Return the tolerance of the route over its length, to be read beside the surface-laid total (METHODS 1.2)."""
    return acceptance.route_strikes_per_yr / route_km
