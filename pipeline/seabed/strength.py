"""Soil strength and what it does to anchor penetration (METHODS 1.6 and 3.1).

A class is known by percentiles of undrained shear strength (clay) or relative density (sand). Around the class's own
penetration factor f, stronger draws penetrate less and weaker ones more, by the graded table of METHODS 1.6.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from scipy.special import ndtri

from pipeline.config.soil import Percentiles, SoilClass, SoilSection
from pipeline.geo import Floats

StrengthKind = Literal["su_kpa", "dr_pct", "none"]

_Z90 = float(ndtri(0.9))
"""Standard normal deviate of the 90th percentile; that of the 10th is its negative."""


def strength_kind(soil_class: SoilClass) -> StrengthKind:
    """Return which strength bends a class's factor: su where the class has it (mixed has both), else density."""
    if soil_class.su_kpa is not None:
        return "su_kpa"
    return "dr_pct" if soil_class.dr_pct is not None else "none"


def strength_through(kind: StrengthKind, percentiles: Percentiles, u: Floats) -> Floats:
    """Return strength at quantiles, by its P10, P50 and P90.

    Returns
    -------
    ndarray
        Undrained shear strength, kPa (lognormal through each pair of percentiles), or relative density, percent
        (linear in the normal deviate, kept within 0 to 100).
    """
    z = np.asarray(ndtri(np.asarray(u, dtype=np.float64)))
    if kind == "su_kpa":
        low, middle, high = np.log(percentiles)
        return np.asarray(np.exp(_through((low, middle, high), z)))
    return np.clip(_through(percentiles, z), 0.0, 100.0)


def graded_factor(soil: SoilSection, kind: StrengthKind, strength: Floats) -> Floats:
    """Return the graded penetration factor f of a strength, whatever the class (METHODS 1.6).

    Parameters
    ----------
    soil : SoilSection
        The tables of f by su (interpolated in ln su) and by Dr (linear); held beyond their ends.
    kind : {"su_kpa", "dr_pct"}
        Which strength is given.
    strength : ndarray
        Undrained shear strength, kPa, or relative density, percent.

    Raises
    ------
    ValueError
        If the kind has no table.
    """
    values = np.asarray(strength, dtype=np.float64)
    if kind == "su_kpa":
        su_kpa, f = np.array(sorted(soil.penetration_f_by_su_kpa)).T
        return np.asarray(np.interp(np.log(values), np.log(su_kpa), f))
    if kind == "dr_pct":
        dr_pct, f = np.array(sorted(soil.penetration_f_by_dr_pct)).T
        return np.asarray(np.interp(values, dr_pct, f))
    raise ValueError(f"no penetration table for strength of kind {kind!r}")


def factor_draws(soil: SoilSection, name: str, u: Floats) -> Floats:
    """Return the penetration factor of a class at quantiles of its strength.

    Parameters
    ----------
    soil : SoilSection
        Classes and tables.
    name : str
        Class name.
    u : ndarray
        Quantiles of strength in (0, 1); 0.5 gives exactly the class's own factor.

    Returns
    -------
    ndarray
        As ``bent_factor``. Classes without a strength (rock, unknown) keep their factor.

    Raises
    ------
    KeyError
        If there is no such class.
    """
    soil_class = soil.classes[name]
    kind = strength_kind(soil_class)
    percentiles = soil_class.su_kpa if kind == "su_kpa" else soil_class.dr_pct
    return bent_factor(soil, soil_class.penetration_f, kind, percentiles, u)


def bent_factor(
    soil: SoilSection, factor: float, kind: StrengthKind, percentiles: Percentiles | None, u: Floats
) -> Floats:
    """Return a penetration factor at quantiles of strength around the median that it holds for.

    Parameters
    ----------
    soil : SoilSection
        The graded tables.
    factor : float
        f at the median strength.
    kind, percentiles
        The strength and its P10, P50 and P90.
    u : ndarray
        Quantiles of strength in (0, 1); 0.5 gives exactly ``factor``.

    Returns
    -------
    ndarray
        ``factor`` times g(strength) / g(median strength), where g is the graded table, kept between the ends of that
        table (or ``factor`` where that lies outside). Falls, or stays, as u rises: stronger soil, shallower
        penetration. Without a strength ``factor`` itself.
    """
    quantiles = np.asarray(u, dtype=np.float64)
    if kind == "none" or percentiles is None:
        return np.full(quantiles.shape, factor)
    table = soil.penetration_f_by_su_kpa if kind == "su_kpa" else soil.penetration_f_by_dr_pct
    ends = [f for _, f in table] + [factor]
    own = graded_factor(soil, kind, strength_through(kind, percentiles, quantiles))
    median = graded_factor(soil, kind, strength_through(kind, percentiles, np.array(0.5)))
    return np.clip(factor * (own / median), min(ends), max(ends))


def _through(percentiles: Percentiles, z: Floats) -> Floats:
    """Interpolate P10, P50 and P90 linearly in the normal deviate, and go on with the outer slopes beyond them."""
    low, middle, high = percentiles
    slope = np.where(z < 0.0, middle - low, high - middle) / _Z90
    return np.asarray(middle + slope * z)
