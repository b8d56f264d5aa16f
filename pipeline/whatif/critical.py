"""Critical rates: how strict the limit must be for a required depth to exceed a given depth.

In a draw the required depth is f L, L being the fluke length that the strike-depth curve asks for at the limit over
the traffic multiplier (``burial.montecarlo``). So it exceeds x if, and only if, traffic P(x / f) exceeds the limit, P
being the strikes by anchors of a fluke longer than x / f. Of all draws, a percentile of the required depth exceeds x
just where the same order statistic of traffic P(x / f) exceeds the limit. That number is told for each x; no limit is
in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from pipeline.burial.factors import PlaceFactors
from pipeline.burial.montecarlo import PERCENTILES, Draws, draw
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
    rates_per_km_yr : ndarray, shape (levels, speeds, n, sizes + 1)
        Strikes by anchors of each size or larger, and by larger ones than all: 0. No NaN. The first speed is the one
        whose curves others may be multiples of.
    depth_m : ndarray, shape (n, depths)
        Depths x.
    own_depth_m : ndarray, shape (levels, n)
        One more depth at each level.
    """

    fluke_length_m: Floats
    rates_per_km_yr: Floats
    depth_m: Floats
    own_depth_m: Floats


def critical_rates(
    asked: Asked, station: Ints, soil: PlaceFactors, uncertainty: UncertaintySection, threads: int
) -> Floats:
    """Return critical rates; no digit depends on the number of threads.

    Parameters
    ----------
    asked : Asked
        Curves and depths. Where a speed's curve is a multiple of the first one's, so are its critical rates.
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
    ndarray, shape (levels, speeds, percentiles, depths + 1, n)
        1/km/yr; the last of the depths is the level's own.
    """
    ranked = ranks(uncertainty)
    rates, depths = asked.rates_per_km_yr, asked.depth_m.shape[1] + 1
    found = np.zeros((*rates.shape[:2], len(ranked), depths, len(station)))
    struck = np.flatnonzero(rates[..., 0].any(axis=(0, 1)))

    def some(start: int) -> None:
        at = struck[start : start + _TOGETHER]
        draws = draw(uncertainty, station[at])
        factor = drawn_factor(soil, at, draws)
        shared = smallest(asked.fluke_length_m, asked.depth_m[at], factor)
        for level, of_level in enumerate(rates[:, :, at]):
            own_depth = smallest(asked.fluke_length_m, asked.own_depth_m[level, at, None], factor)
            reaching = np.concatenate([shared, own_depth], axis=1)
            found[level][..., at] = order_statistics(of_level, reaching, draws.traffic, ranked)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(some, range(0, len(struck), _TOGETHER)))
    return found


def ranks(uncertainty: UncertaintySection) -> list[int]:
    """Return which of the sorted draws the percentiles are."""
    return [max(int(np.ceil(p / 100.0 * uncertainty.draws)) - 1, 0) for p in PERCENTILES]


def drawn_factor(soil: PlaceFactors, at: Ints, draws: Draws) -> Floats:
    """Return drawn penetration in fluke lengths of some of the stations, shape (stations, draws)."""
    factor = np.empty_like(draws.penetration)
    for name in sorted(set(soil.group[at].tolist())):
        own = soil.group[at] == name
        factor[own] = soil.draws(name, draws.strength_u[own]) * draws.penetration[own]
    return factor


def smallest(fluke_length_m: Floats, depth_m: Floats, factor: Floats) -> Ints:
    """Return the smallest size that reaches deeper than each depth in each draw, shape (n, depths, draws)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        needed_m = np.where(factor[:, None] > 0.0, depth_m[:, :, None] / factor[:, None], np.inf)
    return np.searchsorted(fluke_length_m, needed_m, side="right")


def order_statistics(rates: Floats, reaching: Ints, traffic: Floats, ranked: Sequence[int]) -> Floats:
    """Return critical rates at one level.

    Parameters
    ----------
    rates : ndarray, shape (speeds, n, sizes + 1)
        Of ``Asked``.
    reaching : ndarray of int, shape (n, depths, draws)
        From ``smallest``.
    traffic : ndarray, shape (n, draws)
        Multipliers.
    ranked : sequence of int
        Which of the sorted draws are told.

    Returns
    -------
    ndarray, shape (speeds, ranks, depths, n)
    """
    multiple = multiples(rates)
    found = np.zeros((len(rates), len(ranked), reaching.shape[1], len(traffic)))
    for speed, own in enumerate(rates):
        same = np.flatnonzero(~np.isnan(multiple[speed]))
        found[speed][..., same] = found[0][..., same] * multiple[speed][same]
        new = np.flatnonzero(np.isnan(multiple[speed]) & own.any(axis=1))
        drawn = np.take_along_axis(own[new][:, None], reaching[new], axis=2) * traffic[new][:, None]
        drawn.partition(sorted(set(ranked)), axis=2)
        found[speed][..., new] = drawn[:, :, list(ranked)].transpose(2, 1, 0)
    return found


def multiples(rates: Floats) -> Floats:
    """Return how many times those of the first speed the rates of each are at each station; NaN where it varies."""
    first = rates[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(first > 0.0, rates / first, np.nan)
    low, high = np.fmin.reduce(share, axis=2), np.fmax.reduce(share, axis=2)
    shifted = ((first == 0.0) & (rates > 0.0)).any(axis=2)
    multiple = np.where((high - low <= _SAME * high) & ~shifted, high, np.nan)
    multiple[0] = np.nan
    return np.asarray(multiple)
