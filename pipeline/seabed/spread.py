"""Strength that was measured: its mean in the top metre, and how its spread widens with distance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import ndtri

from pipeline.config.soil import SoilSection
from pipeline.geo import Floats
from pipeline.seabed.penetration import SoilLayer
from pipeline.seabed.strength import StrengthKind

_Z90 = float(ndtri(0.9))
_TOP_METRE = 1.0


def percentiles_near(kind: StrengthKind, median: float, name: str, near: Floats, soil: SoilSection) -> Floats:
    """Return P10, P50 and P90 of strength around a measured median.

    Parameters
    ----------
    kind : {"su_kpa", "dr_pct"}
        What is measured.
    median : float
        Its value, kPa or percent.
    name : str
        The class of that soil.
    near : ndarray, shape (n,)
        Weight of the measurement, see ``weight``.
    soil : SoilSection
        Spread at the profile (``cpt_su_cov``, ``cpt_dr_sd_pct``) and of classes.

    Returns
    -------
    ndarray, shape (n, 3)
        With weight 1 the profile's spread; with 0 that of the class about the same median, where that is wider.
    """
    lower, upper = spread_near(kind, name, near, soil)
    middle = np.full(near.shape, median)
    if kind == "su_kpa":
        return np.column_stack([middle * np.exp(-lower), middle, middle * np.exp(upper)])
    around: Floats = np.column_stack([middle - lower, middle, middle + upper])
    return np.clip(around, 0.0, 100.0)


def spread_near(kind: StrengthKind, name: str, near: Floats, soil: SoilSection) -> tuple[Floats, Floats]:
    """Return how far P10 lies below the median and P90 above: in ln su, or in percent of Dr."""
    item = soil.classes[name]
    if kind == "su_kpa":
        own = _Z90 * float(np.sqrt(np.log1p(soil.cpt_su_cov**2)))
        low, middle, high = np.log(item.su_kpa) if item.su_kpa else np.zeros(3)
    else:
        own = _Z90 * soil.cpt_dr_sd_pct
        low, middle, high = item.dr_pct if item.dr_pct else np.zeros(3)
    below, above = float(middle - low), float(high - middle)
    return own + (1.0 - near) * max(below - own, 0.0), own + (1.0 - near) * max(above - own, 0.0)


def top_metre(layers: Sequence[SoilLayer]) -> tuple[StrengthKind, float]:
    """Return the strength that most of the top metre is told in, and its mean there (of su in the logarithm)."""
    thickness: dict[StrengthKind, float] = {}
    total: dict[StrengthKind, float] = {}
    for layer in layers:
        bottom = min(layer.bottom_m, _TOP_METRE)
        if bottom <= layer.top_m:
            continue
        share = (bottom - layer.top_m) / (layer.bottom_m - layer.top_m)
        end = layer.at_top + share * (layer.at_bottom - layer.at_top)
        middle = (layer.at_top + end) / 2.0
        deep = bottom - layer.top_m
        thickness[layer.kind] = thickness.get(layer.kind, 0.0) + deep
        total[layer.kind] = total.get(layer.kind, 0.0) + deep * (np.log(middle) if layer.kind == "su_kpa" else middle)
    kind = max(thickness, key=lambda one: (thickness[one], one))
    mean = total[kind] / thickness[kind]
    return kind, float(np.exp(mean)) if kind == "su_kpa" else float(mean)
