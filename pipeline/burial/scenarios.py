"""Scenarios that are told beside the totals and are never part of them (METHODS 1.4)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from pipeline.burial.curve import AnchorCurves
from pipeline.burial.totals import per_yr
from pipeline.config.shipping import ShippingSection
from pipeline.geo import Floats


def accidental_release(stations: pd.DataFrame, released: AnchorCurves, section: ShippingSection) -> dict[str, Any]:
    """Return the strikes of anchors that are let go under way, on the seabed and buried.

    Parameters
    ----------
    stations : DataFrame
        ``length_km penetration_f target_dol_m achievable_dol_m`` and ``accidental_strike_per_km_yr``.
    released : AnchorCurves
        Of the scenario: at depth z those anchors strike whose penetration f L_f exceeds z, as for all others.
    section : ShippingSection
        The scenario.

    Returns
    -------
    dict
        ``strike_per_yr_surface_laid strike_per_yr_at_target strike_per_yr_as_trenchable`` of the route, None where
        shipping is not assessed, and ``text``, which says what the scenario is.
    """
    length, f = stations["length_km"].to_numpy(float), stations["penetration_f"].to_numpy(float)
    target = stations["target_dol_m"].to_numpy(float)
    laid = np.minimum(target, stations["achievable_dol_m"].to_numpy(float))

    def at(depth_m: Floats) -> float | None:
        return per_yr(released.strike_per_km_yr(depth_m, f), length)

    return {
        "strike_per_yr_surface_laid": per_yr(stations["accidental_strike_per_km_yr"].to_numpy(float), length),
        "strike_per_yr_at_target": at(target),
        "strike_per_yr_as_trenchable": at(laid),
        "text": f"accidental release: {section.accidental_per_ship_yr:g} anchors let go under way per ship and year, "
        f"each dragged {section.accidental_drag_m:g} m; not in the totals",
    }
