"""Scenarios that are told beside the totals and are never part of them (METHODS 1.4)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from pipeline.burial.curve import AnchorCurves
from pipeline.burial.totals import per_yr
from pipeline.config.shipping import ShippingSection
from pipeline.geo import Floats

_AT_TARGET, _AS_TRENCHABLE = "released_at_target_per_km_yr", "released_as_trenchable_per_km_yr"


def released_at(decided: pd.DataFrame, released: AnchorCurves) -> dict[str, Floats]:
    """Return the strikes of anchors let go under way at the depths decided for stations, 1/km/yr, by column.

    Parameters
    ----------
    decided : DataFrame
        ``penetration_f target_dol_m achievable_dol_m``.
    released : AnchorCurves
        Of the scenario: at depth z those anchors strike whose penetration f L_f exceeds z, as for all others.
    """
    f, target = decided["penetration_f"].to_numpy(float), decided["target_dol_m"].to_numpy(float)
    laid = np.minimum(target, decided["achievable_dol_m"].to_numpy(float))
    depths = zip((_AT_TARGET, _AS_TRENCHABLE), (target, laid), strict=True)
    return {column: released.strike_per_km_yr(depth_m, f) for column, depth_m in depths}


def accidental_release(stations: pd.DataFrame, section: ShippingSection) -> dict[str, Any]:
    """Return the strikes of anchors that are let go under way, on the seabed and buried.

    Parameters
    ----------
    stations : DataFrame
        ``length_km accidental_strike_per_km_yr`` and what ``released_at`` gives.
    section : ShippingSection
        The scenario.

    Returns
    -------
    dict
        ``strike_per_yr_surface_laid strike_per_yr_at_target strike_per_yr_as_trenchable`` of the route, None where
        shipping is not assessed, and ``text``, which says what the scenario is.
    """
    length = stations["length_km"].to_numpy(float)
    return {
        "strike_per_yr_surface_laid": per_yr(stations["accidental_strike_per_km_yr"].to_numpy(float), length),
        "strike_per_yr_at_target": per_yr(stations[_AT_TARGET].to_numpy(float), length),
        "strike_per_yr_as_trenchable": per_yr(stations[_AS_TRENCHABLE].to_numpy(float), length),
        "text": f"accidental release: {section.accidental_per_ship_yr:g} anchors let go under way per ship and year, "
        f"each dragged {section.accidental_drag_m:g} m; not in the totals",
    }
