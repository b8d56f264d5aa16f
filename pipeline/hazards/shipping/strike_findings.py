"""What a reader of the strikes must know of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.config.shipping import ShippingSection
from pipeline.geo import Floats, Frame
from pipeline.hazards.shipping.incident import growth_factor
from pipeline.hazards.shipping.routine import Anchorings


def strike_findings(
    frame: Frame,
    depth_m: Floats,
    soil_class: pd.Series,
    columns: dict[str, Floats],
    section: ShippingSection,
    anchorings: Anchorings | None,
) -> list[str]:
    """Return findings in sentences, the most important first.

    Parameters
    ----------
    frame : Frame
        Stations.
    depth_m, soil_class
        Of the stations.
    columns : dict
        Rates at the stations.
    section : ShippingSection
        Factors that differ from 1 are told.
    anchorings : Anchorings or None
        Ships at anchor; None where they are not counted.
    """
    length_km = frame.stations["length_km"].to_numpy()
    wet = depth_m > 0.0
    told = []
    if not wet.all():
        told.append(
            f"{length_km[~wet].sum():.1f} km on dry land, or without depth, ship density or any AIS report near: "
            "strikes are blank there"
        )
    rock = wet & (soil_class == "rock").to_numpy()
    if rock.any():
        told.append(
            f"{length_km[rock].sum():.1f} km of rock: anchors are taken to drag there as far as in sand; on bare rock "
            "they hold less and drag further (METHODS 1.7)"
        )
    if section.coverage_factor != 1.0:
        told.append(f"strikes are scaled by {section.coverage_factor:g} for gaps in AIS")
    if section.traffic_growth_pct != 0.0:
        told.append(
            f"strikes are scaled by {growth_factor(section):g} for a growth of traffic by "
            f"{section.traffic_growth_pct:g} percent; passages are those of the data"
        )
    if anchorings is None:
        why = "no tracks tell of ships at anchor" if section.routine_anchoring else "routine_anchoring is off"
        told.append(f"routine anchoring is not assessed: {why}")
    else:
        rate = np.nan_to_num(columns["routine_strike_per_km_yr"])
        if rate.any():
            told.append(
                f"{(rate * length_km).sum():.3g} strikes a year by ships that mean to anchor, on "
                f"{length_km[rate > 0.0].sum():.1f} km; {section.routine_disregard:g} of today's anchorings are "
                "expected to go on over a charted cable (routine_disregard)"
            )
    return told
