"""The route's totals, and their comparison with what happens to cables worldwide."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from pipeline.config.burial import BurialSection
from pipeline.geo import Floats
from pipeline.store import Facts

_ROLE_OF_STEP = {"soil": ("soil",), "shipping": ("ais",), "fishing": ("fishing_effort",), "seismic": ("earthquakes",)}


def not_assessed(facts: Mapping[str, Facts]) -> list[str]:
    """Return the roles without data, by what the seabed and hazard steps told."""
    return sorted(
        role
        for step, roles in _ROLE_OF_STEP.items()
        if not facts.get(step, {}).get("assessed", False)
        for role in roles
    )


def route_totals(
    stations: pd.DataFrame, zones: pd.DataFrame, missing: list[str], burial: BurialSection
) -> dict[str, Any]:
    """Add up the route.

    Parameters
    ----------
    stations, zones : DataFrame
        Finished tables.
    missing : list of str
        Roles without data.
    burial : BurialSection
        The global bound.

    Returns
    -------
    dict
        ``totals`` of the manifest. A rate is None where no threat is assessed; otherwise it holds what is assessed.
        ``warnings`` says so where that is one threat of the two. ``dol_km`` counts each station's own target,
        ``zone_dol_km`` the zones'.
    """
    length = stations["length_km"].to_numpy(float)
    route_km = float(stations["kp_km"].iloc[-1])
    target = stations["target_dol_m"].to_numpy(float)
    surface = per_yr(stations["surface_strike_per_km_yr"].to_numpy(float), length)
    bound = global_bound(surface, route_km, missing, burial)
    deficit = stations["deficit_m"].to_numpy(float)
    return {
        "route_length_km": _rounded(route_km, 6),
        "strike_per_yr_surface_laid": surface,
        "strike_per_yr_at_target": per_yr(stations["target_strike_per_km_yr"].to_numpy(float), length),
        "strike_per_yr_as_trenchable": per_yr(stations["residual_strike_per_km_yr"].to_numpy(float), length),
        "dol_km": _km_by_depth(target, length),
        "zone_dol_km": _km_by_depth(zones["target_dol_m"].to_numpy(float), zones["length_km"].to_numpy(float)),
        "undecided_km": _rounded(float(length[np.isnan(target)].sum()), 6),
        "deficit_km": _rounded(float(length[deficit > 0].sum()), 6),
        "above_ladder_km": _rounded(float(length[stations["above_ladder_m"].to_numpy(float) > 0].sum()), 6),
        "zones": len(zones),
        "not_assessed": missing,
        "global_bound": bound,
        "warnings": [*half_assessed(missing), *([bound["text"]] if bound["inside"] is False else [])],
    }


def half_assessed(missing: list[str]) -> list[str]:
    """Return what must be said of totals and targets that hold one threat of the two; else nothing."""
    ships, boats = "ais" not in missing, "fishing_effort" not in missing
    if ships == boats:
        return []
    held, absent = ("anchors", "fishing is") if ships else ("fishing", "anchors are")
    return [
        f"strikes and targets hold {held} and the least depth by water depth only: {absent} not assessed, "
        "and 0 there is not the same as no risk"
    ]


def global_bound(
    surface_per_yr: float | None, route_km: float, missing: list[str], burial: BurialSection
) -> dict[str, Any]:
    """Compare the surface-laid total with the worldwide fault rate (METHODS 4.9, T16).

    Returns
    -------
    dict
        ``expected_per_yr``, ``inside`` (None where shipping and fishing are not both assessed) and ``text``.
    """
    expected = burial.global_bound_per_km_yr * route_km
    low, high = expected / burial.global_bound_factor, expected * burial.global_bound_factor
    if surface_per_yr is None or {"ais", "fishing_effort"} & set(missing):
        text = "not compared with the worldwide fault rate: shipping and fishing are not both assessed"
        return {"expected_per_yr": expected, "inside": None, "text": text}
    inside = low <= surface_per_yr <= high
    where = "inside" if inside else "outside"
    text = (
        f"surface-laid strikes of {surface_per_yr:.3g} a year are {where} the band {low:.2g} to {high:.2g} a year "
        f"that worldwide fault rates suggest for {route_km:.0f} km"
    )
    return {"expected_per_yr": expected, "inside": inside, "text": text}


def per_yr(rate_per_km_yr: Floats, length_km: Floats) -> float | None:
    """Return a rate added up along the cable, 1/yr; what is not assessed adds nothing, and None where nothing is."""
    known = ~np.isnan(rate_per_km_yr)
    return float((rate_per_km_yr[known] * length_km[known]).sum()) if known.any() else None


def _km_by_depth(target_m: Floats, length_km: Floats) -> dict[str, float]:
    depths = np.unique(target_m[~np.isnan(target_m)])
    return {f"{depth:g}": _rounded(float(length_km[target_m == depth].sum()), 6) for depth in depths}


def _rounded(value: float, digits: int) -> float:
    """Round off the last digits of a sum; the value keeps its meaning."""
    return round(value, digits)
