"""Critical rates: how strict the limit must be for a required depth to exceed a given depth.

In a draw the required depth is f L, L being the fluke length that the strike-depth curve asks for at the limit over the
traffic multiplier (``burial.montecarlo``). So it exceeds x if, and only if, traffic P(x / f) exceeds the limit, with P
the strikes by anchors of a fluke longer than x / f. Of all draws, a percentile of the required depth exceeds x just where
the same order statistic of traffic P(x / f) exceeds the limit. That number is told for each x; no limit is in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from pipeline.burial.factors import PlaceFactors
from pipeline.burial.montecarlo import PERCENTILES, draw
from pipeline.config.burial import UncertaintySection
from pipeline.geo import Floats, Ints

_TOGETHER = 32  # stations whose draws are held at once: they stay in the processor's cache; no digit depends on it
_SAME = 1e-12


@dataclass(frozen=True, eq=False)
class Asked:
    """What critical rates are asked of, at n stations.

    Attributes
    ----------
    fluke_length_m : ndarray, shape (sizes,)
        Ascending.
    rates_per_km_yr : ndarray, shape (variants, n, sizes + 1)
        Strikes by anchors of each size or larger, and by larger ones than all: 0. No NaN.
    depth_m : ndarray, shape (n, depths)
        Depths x.
    """

    fluke_length_m: Floats
    rates_per_km_yr: Floats
    depth_m: Floats


def critical_rates(
    asked: Asked, station: Ints, soil: PlaceFactors, uncertainty: UncertaintySection, threads: int
) -> Floats:
    """Return critical rates; no digit depends on the number of threads.

    Parameters
    ----------
    asked : Asked
        Curves and depths. Variants whose rates are a multiple of the first one's at a station have multiples of its
        critical rates there.
    station : ndarray of int, shape (n,)
        Whose draws each uses.
    soil : PlaceFactors
        Penetration of the stations.
    uncertainty : UncertaintySection
        Spreads, and how many draws.
    threads : int
        How many may be kept busy.

    Returns
    -------
    ndarray, shape (variants, percentiles, depths, n)
        1/km/yr.
    """
    starts = range(0, len(station), _TOGETHER)

    def some(start: int) -> Floats:
        at = np.arange(start, min(start + _TOGETHER, len(station)))
        draws = draw(uncertainty, station[at])
        factor = np.empty_like(draws.penetration)
        for name in sorted(set(soil.group[at].tolist())):
            own = soil.group[at] == name
            factor[own] = soil.draws(name, draws.strength_u[own]) * draws.penetration[own]
        return _of_draws(asked, at, factor, draws.traffic, _ranks(uncertainty.draws))

    with ThreadPoolExecutor(threads) as pool:
        return np.concatenate([np.zeros((len(asked.rates_per_km_yr), 3, asked.depth_m.shape[1], 0)),
                               *pool.map(some, starts)], axis=3)  # fmt: skip


def _ranks(draws: int) -> list[int]:
    """Return which of the draws in ascending order each percentile is, as ``required_percentiles_m`` takes them."""
    return [max(int(np.ceil(p / 100.0 * draws)) - 1, 0) for p in PERCENTILES]


def _of_draws(asked: Asked, at: Ints, factor: Floats, traffic: Floats, ranks: Sequence[int]) -> Floats:
    rates = asked.rates_per_km_yr[:, at]
    with np.errstate(divide="ignore", invalid="ignore"):
        needed_m = np.where(factor[:, None] > 0.0, asked.depth_m[at][:, :, None] / factor[:, None], np.inf)
    smallest = np.searchsorted(asked.fluke_length_m, needed_m, side="right")
    multiple = _multiples(rates)
    found = np.zeros((len(rates), len(ranks), asked.depth_m.shape[1], len(at)))
    for variant, own in enumerate(rates):
        new = np.flatnonzero(np.isnan(multiple[variant]) & own.any(axis=1))
        same = np.flatnonzero(~np.isnan(multiple[variant]))
        found[variant][..., same] = found[0][..., same] * multiple[variant][same]
        if len(new):
            drawn = np.take_along_axis(own[new][:, None], smallest[new], axis=2) * traffic[new][:, None]
            drawn.partition(sorted(set(ranks)), axis=2)
            found[variant][..., new] = drawn[:, :, list(ranks)].transpose(2, 1, 0)
    return found


def _multiples(rates: Floats) -> Floats:
    """Return how many times those of the first variant the rates of each are at each station; NaN where it varies."""
    first = rates[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(first > 0.0, rates / first, np.nan)
    low, high = np.fmin.reduce(share, axis=2), np.fmax.reduce(share, axis=2)
    shifted = ((first == 0.0) & (rates > 0.0)).any(axis=2)
    multiple = np.where((high - low <= _SAME * high) & ~shifted, high, np.nan)
    multiple[0] = np.nan
    return np.asarray(multiple)
