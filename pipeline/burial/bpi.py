"""The burial protection index, as an operational definition (METHODS 3.2, E); the published chart is not digitised."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd

from pipeline.geo import Floats

_TWO_TONNES_KG = 2000.0


def anchor_sizes_m(anchors: pd.DataFrame, quantile: float) -> tuple[float, float]:
    """Return the fluke lengths of a 2-tonne anchor and of all but the largest anchors of the corridor.

    Parameters
    ----------
    anchors : DataFrame
        ``anchor_kg fluke_length_m strike_per_km_yr`` of all places.
    quantile : float
        Share of the strikes that the second length covers.

    Returns
    -------
    tuple of float
        Metres; NaN where there is no anchor. The first by geometric similarity with the table's own anchors.
    """
    struck = anchors[anchors["strike_per_km_yr"] > 0].sort_values("fluke_length_m", kind="stable")
    if struck.empty:
        return (np.nan, np.nan)
    shape = float((struck["fluke_length_m"] / np.cbrt(struck["anchor_kg"])).median())
    share = struck["strike_per_km_yr"].cumsum() / struck["strike_per_km_yr"].sum()
    largest = struck["fluke_length_m"].iloc[int(np.searchsorted(share.to_numpy(), quantile - 1e-12))]
    return (shape * float(np.cbrt(_TWO_TONNES_KG)), float(largest))


def burial_protection_index(
    depth_m: Floats, penetration_f: Floats, gear_penetration_m: Floats, sizes_m: tuple[float, float]
) -> Floats:
    """Return the index at a depth of lowering, 0 (surface-laid) to 3.

    Index 1 is at twice the gear's penetration, 2 at the penetration of a 2-tonne anchor, 3 at that of the largest;
    linear between, and never falling where a corridor's largest anchor is lighter than 2 tonnes. Surface-laid is 0
    even where no gear is used, whose penetration of 0 would otherwise count as reached. NaN where a threat is not
    assessed.
    """
    first = 2.0 * gear_penetration_m
    second = np.maximum(penetration_f * sizes_m[0], first)
    third = np.maximum(penetration_f * sizes_m[1], second)
    steps = (np.zeros_like(first), first, second, third)
    index = np.where(np.isnan(depth_m + third), np.nan, 0.0)
    for below, above in itertools.pairwise(steps):
        span = above - below
        part = np.divide(depth_m - below, span, out=(depth_m >= above).astype(float), where=span > 0)
        index = index + np.clip(part, 0.0, 1.0)
    return np.where(depth_m <= 0.0, 0.0 * index, index)
