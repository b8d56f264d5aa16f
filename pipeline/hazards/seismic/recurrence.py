"""How often earthquakes of each size happen: b-values and the truncated Gutenberg-Richter law (METHODS 4.1)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from pipeline.geo import Floats

LN10 = float(np.log(10.0))


def b_aki_utsu(mw: ArrayLike, mc: float, bin_width: float) -> float:
    """Return b by maximum likelihood with Utsu's correction for binning: log10(e)/(mean - (Mc - dM/2))."""
    return float(np.log10(math.e) / (np.mean(np.asarray(mw, float)) - (mc - bin_width / 2.0)))


def b_sigma_aki(b: float, count: int) -> float:
    """Return Aki's standard error, b/sqrt(N)."""
    return float(b / np.sqrt(count))


def b_sigma_shi_bolt(mw: ArrayLike, b: float, factor: float = 2.30) -> float:
    """Return the standard error of Shi & Bolt (1982); ``factor`` is 2.30 as printed, or ln 10."""
    m = np.asarray(mw, float)
    return float(factor * b**2 * np.sqrt(np.sum((m - m.mean()) ** 2) / (len(m) * (len(m) - 1))))


def b_tinti_mulargia(mw: ArrayLike, mc: float, bin_width: float) -> float:
    """Return b of grouped magnitudes (Tinti & Mulargia): ln(1 + dM/(mean - Mc)) / (ln 10 dM)."""
    excess = float(np.mean(np.asarray(mw, float)) - mc)
    return float(np.log1p(bin_width / excess) / (LN10 * bin_width))


def weichert(mw: Floats, bins: Floats, bin_years: Floats) -> tuple[float, float]:
    """Return b and the yearly rate from the lowest bin up, for unequal periods of observation (Weichert 1980).

    Parameters
    ----------
    mw : ndarray, shape (n,)
        Magnitudes of complete events.
    bins : ndarray, shape (k,)
        Centres of equally wide magnitude bins.
    bin_years : ndarray, shape (k,)
        Years for which each bin is complete.

    Raises
    ------
    ValueError
        If all events lie in the lowest or in the highest bin: b is then unbounded.
    """
    mean, shifted = float(np.mean(mw)), bins - bins[0]

    def gap(beta: float) -> float:
        weight = bin_years * np.exp(-beta * shifted)
        return float(np.sum(weight * bins) / np.sum(weight) - mean)

    if not bins[0] < mean < bins[-1] or gap(0.05) <= 0.0:
        raise ValueError("the magnitudes do not bound b")
    beta = float(brentq(gap, 0.05, 20.0, xtol=1e-12))
    weight = np.exp(-beta * shifted)
    rate = len(mw) * float(np.sum(weight)) / float(np.sum(bin_years * weight))
    return beta / LN10, rate


def truncated_rate(m: ArrayLike, nu0: float, b: float, m0: float, mmax: float) -> Floats:
    """Return the yearly number of events of at least ``m`` under the truncated Gutenberg-Richter law.

    ``nu0 [10^(-b(m-m0)) - 10^(-b(mmax-m0))] / [1 - 10^(-b(mmax-m0))]`` (METHODS 4.1, 5); ``nu0`` from ``m0`` up.
    """
    size = np.clip(np.asarray(m, float), m0, mmax)
    tail = 10.0 ** (-b * (mmax - m0))
    return np.asarray(nu0 * (10.0 ** (-b * (size - m0)) - tail) / (1.0 - tail))


def magnitude_bins(
    nu0: float, b: float, m0: float, mmax: float, *, bin_width: float, minimum: float
) -> tuple[Floats, Floats]:
    """Return centres and yearly rates of bins from ``max(m0, minimum)`` to ``mmax``; the last may be narrow."""
    start = max(m0, minimum)
    if start >= mmax:
        return np.zeros(0), np.zeros(0)
    count = int(np.ceil((mmax - start) / bin_width - 1e-9))
    edges = np.append(start + bin_width * np.arange(count), mmax)
    return (edges[:-1] + edges[1:]) / 2.0, -np.diff(truncated_rate(edges, nu0, b, m0, mmax))


def complete_since(mw: ArrayLike, completeness: Sequence[tuple[float, float]]) -> Floats:
    """Return the year since which events of a size are complete; infinity where they never are."""
    table = sorted(completeness)
    limits, years = np.array([row[0] for row in table]), np.array([row[1] for row in table])
    band = np.searchsorted(limits, np.asarray(mw, float) + 1e-9, side="right") - 1
    return np.where(band >= 0, years[np.maximum(band, 0)], np.inf)
