"""Ship-time at a station as a sum over the panels of the smoothing box, so that it can be redone on paper."""

from __future__ import annotations

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


def density_formula(parts: Terms, years: float, length_km: float, width_km: float) -> str:
    """Return share times hours, over the time and area that they lie in, as ``(0.1 x (2 + 3)) / 1 / (0.2 x 2)``."""
    added = " + ".join(f"{n(share)} x ({' + '.join(map(n, hours))})" for share, hours in parts)
    return f"({added or 0}) / {n(years)} / ({n(length_km)} x {n(width_km)})"
