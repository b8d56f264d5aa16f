"""The hazard integral: how often an acceleration is exceeded at sites (METHODS 4.2). Pure functions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import ndtr

from pipeline.geo import Floats, Ints
from pipeline.hazards.seismic.ground_motion import Branch
from pipeline.hazards.seismic.rupture import joyner_boore_km


def poisson_probability(rate_per_yr: Floats, years: float) -> Floats:
    """Return the probability of at least one event: 1 - exp(-lambda t)."""
    return np.asarray(-np.expm1(-np.asarray(rate_per_yr) * years))


def return_period_yr(probability: float, years: float) -> float:
    """Return the return period of a probability in a number of years: 10 percent in 50 years is 474.561 years."""
    return float(-years / np.log1p(-probability))


def exceedance(ln_level: Floats, ln_median: Floats, sigma: Floats, truncation: float) -> Floats:
    """Return the probability that ground motion exceeds levels, the normal truncated on both sides.

    With a sigma of 0 the median is certain. Arguments broadcast.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        epsilon = (ln_level - ln_median) / sigma
    epsilon = np.where(np.isnan(epsilon), -np.inf, epsilon)  # at the median itself with sigma 0
    top = ndtr(truncation)
    inside = (top - ndtr(np.clip(epsilon, -truncation, truncation))) / (2.0 * top - 1.0)
    return np.asarray(inside)


def rates_by_distance(
    magnitudes: Floats,
    rates_per_yr: Floats,
    distances_km: Floats,
    ln_levels: Floats,
    branches: Sequence[Branch],
    *,
    truncation: float,
    strikes: int,
) -> Floats:
    """Return how often levels are exceeded by a source at each epicentral distance.

    Parameters
    ----------
    magnitudes, rates_per_yr : ndarray, shape (k,)
        Magnitude bins of the source.
    distances_km : ndarray, shape (n,)
        Epicentral distances.
    ln_levels : ndarray, shape (a,)
        ln of accelerations, g.
    branches : sequence of Branch
        Logic tree for the depth, mechanism and site; weights multiply probabilities, not medians.
    truncation : float
        Standard deviations.
    strikes : int
        Strikes of finite ruptures, 0 for points.

    Returns
    -------
    ndarray, shape (n, a)
        Rates, 1/yr.
    """
    total = np.zeros((len(distances_km), len(ln_levels)))
    m, r = magnitudes[:, None], distances_km[None, :]
    for branch in branches:
        near = joyner_boore_km(m, r, strikes if branch.extended else 0)
        ln_median, sigma = branch.ground_motion(np.broadcast_to(m[..., None], near.shape), near)
        for index, level in enumerate(ln_levels):
            chance = exceedance(np.asarray(level), ln_median, sigma, truncation).mean(axis=2)
            # Not a matrix product: those add in an order that depends on the number of threads.
            total[:, index] += branch.weight * (rates_per_yr[:, None] * chance).sum(axis=0)
    return total


def distance_weights(
    source_x_km: Floats, source_y_km: Floats, share: Floats, site_x_km: Floats, site_y_km: Floats, nodes_km: Floats
) -> Floats:
    """Return the share of a source at each distance from each site, split linearly between nodes.

    No digit depends on which sites are asked for together.

    Returns
    -------
    ndarray, shape (sites, nodes)
        ``weights @ rates`` interpolates rates linearly; sources beyond the last node add nothing.
    """
    result = np.zeros((len(site_x_km), len(nodes_km)))
    reach = nodes_km[-1] + 1.0  # generous by a kilometre: what counts is decided site by site
    around = (source_x_km >= site_x_km.min() - reach) & (source_x_km <= site_x_km.max() + reach)
    around &= (source_y_km >= site_y_km.min() - reach) & (source_y_km <= site_y_km.max() + reach)
    if not around.any():
        return result
    source_x_km, source_y_km, share = source_x_km[around], source_y_km[around], share[around]
    for site, (x, y) in enumerate(zip(site_x_km, site_y_km, strict=True)):
        distance = np.hypot(source_x_km - x, source_y_km - y)
        near = distance <= nodes_km[-1]
        low: Ints = np.clip(np.searchsorted(nodes_km, distance[near], side="right") - 1, 0, len(nodes_km) - 2)
        into = (distance[near] - nodes_km[low]) / (nodes_km[low + 1] - nodes_km[low])
        result[site] += np.bincount(low, share[near] * (1.0 - into), minlength=len(nodes_km))
        result[site] += np.bincount(low + 1, share[near] * into, minlength=len(nodes_km))
    return result


def return_level(levels: Floats, rates_per_yr: Floats, period_yr: float) -> Floats:
    """Return the acceleration with a return period, interpolated log-log.

    Parameters
    ----------
    levels : ndarray, shape (a,)
        Rising accelerations, g.
    rates_per_yr : ndarray, shape (sites, a)
        Exceedance rates, falling along the second axis.
    period_yr : float
        Return period.

    Returns
    -------
    ndarray, shape (sites,)
        g; the first level where even that is exceeded less often (an upper bound), the last where it still is.
    """
    target = -np.log(period_yr)
    x = np.log(levels)
    result = np.empty(len(rates_per_yr))
    for site, curve in enumerate(rates_per_yr):
        y = np.log(np.maximum(curve, 1e-30))
        below = int(np.searchsorted(-y, -target, side="right"))
        if below == 0 or below == len(x):
            result[site] = levels[min(below, len(x) - 1)]
            continue
        drop = y[below - 1] - y[below]
        part = (y[below - 1] - target) / drop if drop > 0.0 else 0.0
        result[site] = np.exp(x[below - 1] + part * (x[below] - x[below - 1]))
    return result
