"""Ship-time at a station as a sum over the panels of the smoothing box, so that it can be redone on paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from pipeline.hazards.shipping.explain_words import n
from pipeline.hazards.shipping.exposure import HOUR_US

Terms = list[tuple[float, list[float]]]
"""Shares of panels that fall to the station, and the ship-hours of the panels of each share, along the route."""


def terms(time: pd.DataFrame) -> Terms:
    """Return ship-hours by share from rows of ``time_around``; of several ships they are added up by panel."""
    by_panel = time.groupby("station").agg(hours_us=("hours_us", "sum"), share=("share", "first"))
    by_share: dict[float, list[float]] = {}
    for hours_us, share in by_panel[by_panel["share"] > 0.0].itertuples(index=False):
        by_share.setdefault(float(n(share)), []).append(float(hours_us) / HOUR_US)
    return list(by_share.items())


def density_formula(parts: Terms, exposure: Mapping[str, Any]) -> str:
    """Return share times hours, over time and area of water, as ``(0.1 x (2 + 3)) / 1 / (0.2 x 2 x 0.9)``."""
    added = " + ".join(f"{n(share)} x ({' + '.join(map(n, hours))})" for share, hours in parts)
    width_km = 2.0 * exposure["half_width_m"] / 1000.0
    area = f"{n(exposure['panel_km'])} x {n(width_km)} x {n(exposure['water_share'])}"
    return f"({added or 0}) / {n(exposure['years'])} / ({area})"
