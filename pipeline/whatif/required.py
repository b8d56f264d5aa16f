"""Required depths at every limit, for the page to draw: curves of few knots.

A required depth exceeds x where its critical rate of x (``critical``) exceeds limit over traffic. Asked of depths so
close together that it hardly matters where between two of them a required depth lies, the critical rates are the curve
of that depth over the limit. Where the rates of a level and drop speed are a multiple of others, so are their critical
rates, and one curve serves both.
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
from pipeline.whatif.critical import drawn_factor, multiples, order_statistics, ranks, smallest
from pipeline.whatif.knots import Samples, fit

_DRAWS_TOGETHER = 8000  # of stations that are worked on at once; no digit depends on it
_DECISIONS = 1.0 + 1e-9  # that of ``burial.montecarlo``: strikes at the limit do not exceed it
_ASKED = 0.55  # of what is allowed lies between depths that are asked of
_LINE = 0.45  # of what is allowed lies between a line, its ends in whole units, and the depths that it passes
_UNIT_MM = 3.0
_COARSE = 16.0  # steps of places: fewer numbers pack better


@dataclass(frozen=True)
class Closeness:
    """How close a curve is to be, and where.

    Attributes
    ----------
    within_m, within_share : float
        A required depth may be so far off, or by this share of it, whichever is more.
    lowest, highest : float
        Ratios of limit over traffic to the configured limit that curves reach over.
    least, most : float
        Rates that are fewer or more times others do not share a curve with them: it would be that much longer.
    place_step : float
        Of the natural logarithm of such a ratio: knots lie at whole numbers of it.
    """

    within_m: float
    within_share: float
    lowest: float
    highest: float
    least: float
    most: float
    place_step: float

    @property
    def places_below(self) -> int:
        """Return how many places lie below that of the configured limit."""
        return int(np.ceil(-np.log(self.lowest) / self.place_step)) + 1

    def allowed_m(self, depth_m: Floats) -> Floats:
        """Return how far off required depths may be."""
        return np.maximum(self.within_m, self.within_share * depth_m)

    def depths_m(self, deepest_m: float) -> Floats:
        """Return 0 and depths down to one that is no less than the deepest, as far apart as they may be off."""
        found = [0.0]
        while found[-1] < deepest_m:
            found.append(found[-1] + _ASKED * max(self.within_m, self.within_share * found[-1]))
        return np.array(found)


@dataclass(frozen=True, eq=False)
class Strikes:
    """Strikes of anchors at n stations.

    Attributes
    ----------
    fluke_length_m : ndarray, shape (sizes,)
        Ascending.
    rates_per_km_yr : ndarray, shape (levels, speeds, n, sizes + 1)
        Of anchors of each size or larger, and of larger ones than all: 0. No NaN.
    limit_per_km_yr : ndarray, shape (n,)
        The configured limit.
    level, speed : int
        Which are the configured ones.
    """

    fluke_length_m: Floats
    rates_per_km_yr: Floats
    limit_per_km_yr: Floats
    level: int
    speed: int


@dataclass(frozen=True, eq=False)
class Required:
    """Curves of the required depth against anchors. Curve 0 is that of stations where none is ever required.

    Attributes
    ----------
    curve : ndarray of int, shape (levels, speeds, n)
        Number of the curve of a station.
    multiple : ndarray, shape (levels, speeds, n)
        How many times those of the curve the rates are.
    start : ndarray, shape (percentiles, curves)
        Ratio to the configured limit below which anything is required.
    knots : ndarray of int, shape (percentiles, curves)
        How many there are of each.
    place, depth_mm : ndarray of int
        Of the knots, percentile by percentile and curve by curve. Places are logarithms of the ratio in steps, and
        fall; the first lies at ``start`` or right above it, and before it nothing is required.
    """

    curve: Ints
    multiple: Floats
    start: Floats
    knots: Ints
    place: Ints
    depth_mm: Ints


@dataclass(frozen=True, eq=False)
class _Block:
    """Curves of some stations, counted from 0; -1 is none. Knots by percentile."""

    at: Ints
    curve: Ints
    multiple: Floats
    start: Floats
    knots: list[tuple[Ints, Ints, Ints]]


def required_curves(
    strikes: Strikes, close: Closeness, station: Ints, soil: PlaceFactors, uncertainty: UncertaintySection, threads: int
) -> Required:
    """Return the curves; no digit depends on the number of threads.

    Parameters
    ----------
    strikes : Strikes
        At all levels and drop speeds.
    close : Closeness
        What is wanted.
    station : ndarray of int, shape (n,)
        Whose draws each uses.
    soil : PlaceFactors
        Penetration of the stations.
    uncertainty : UncertaintySection
        Spreads, and how many draws.
    threads : int
        How many may be kept busy.
    """
    rates, percentiles = strikes.rates_per_km_yr, range(len(PERCENTILES))
    struck = np.flatnonzero(rates[..., 0].any(axis=(0, 1)))

    together = max(_DRAWS_TOGETHER // uncertainty.draws, 1)

    def some(start: int) -> _Block:
        at = struck[start : start + together]
        return _block(strikes, close, at, soil, draw(uncertainty, station[at]), ranks(uncertainty))

    with ThreadPoolExecutor(threads) as pool:
        blocks = list(pool.map(some, range(0, len(struck), together)))
    curve, multiple, count = np.zeros(rates.shape[:3], np.int64), np.ones(rates.shape[:3]), 1
    for block in blocks:
        curve[..., block.at] = np.where(block.curve < 0, 0, block.curve + count)
        multiple[..., block.at] = block.multiple
        count += block.start.shape[1]
    knots = np.zeros((len(percentiles), count), np.int64)
    knots[:, 1:] = np.concatenate([np.zeros((len(percentiles), 0), np.int64), *(
        np.stack([np.bincount(of, minlength=block.start.shape[1]) for of, _, _ in block.knots]) for block in blocks
    )], axis=1)  # fmt: skip
    start = np.concatenate([np.zeros((len(percentiles), 1)), *(block.start for block in blocks)], axis=1)
    start[knots == 0] = 0.0  # it begins beyond the lowest ratio
    flat = [
        np.concatenate([np.zeros(0, np.int64), *(block.knots[p][which] for p in percentiles for block in blocks)])
        for which in (1, 2)
    ]
    return Required(curve, multiple, start, knots, *flat)


def _block(
    strikes: Strikes, close: Closeness, at: Ints, soil: PlaceFactors, draws: Draws, ranked: Sequence[int]
) -> _Block:
    rates, limit = strikes.rates_per_km_yr[:, :, at], strikes.limit_per_km_yr[at] * _DECISIONS
    curve, multiple, members = _shared(rates, strikes.level, strikes.speed, close)
    factor = drawn_factor(soil, at, draws)
    depth_m = close.depths_m(_deepest_m(strikes.fluke_length_m, rates, limit * close.lowest, factor, draws, ranked))
    reaching = smallest(strikes.fluke_length_m, np.broadcast_to(depth_m, (len(at), len(depth_m))), factor)
    ratio, exact_m = [], []
    for level, speed, own in members:
        found = rates[level, speed, own]
        ratio.append(_critical(found, reaching[own], draws.traffic[own], ranked) / limit[own])
        exact_m.append(
            _at_limit_m(strikes.fluke_length_m, found, limit[own], factor[own], draws.traffic[own], ranked)
        )  # fmt: skip
    ratios, exact = np.concatenate(ratio, axis=2), np.concatenate(exact_m, axis=1)
    knots = [_knots(close, depth_m, ratios[p].T, exact[p]) for p in range(len(ranked))]
    return _Block(at, curve, multiple, ratios[:, 0], knots)


def _critical(rates: Floats, reaching: Ints, traffic: Floats, ranked: Sequence[int]) -> Floats:
    """Return critical rates, shape (ranks, depths, n): of depth 0 exactly, of the others in single precision."""
    exact = order_statistics(rates[None], reaching[:, :1], traffic, ranked)[0]
    sizes = rates.shape[1]
    first = (np.arange(len(rates)) * sizes)[:, None, None]
    drawn = np.take(rates.astype(np.float32), reaching[:, 1:] + first, mode="clip")
    drawn *= traffic.astype(np.float32)[:, None]
    drawn.partition(sorted(set(ranked)), axis=2)
    return np.concatenate([exact, drawn[:, :, list(ranked)].transpose(2, 1, 0)], axis=1)


def _shared(
    rates: Floats, level: int, speed: int, close: Closeness
) -> tuple[Ints, Floats, list[tuple[int, int, Ints]]]:
    """Return the curve of each level, drop speed and station, what multiple of it theirs is, and whose each is.

    A curve may be that of the configured level and speed, or of the configured speed at the same level.

    Returns
    -------
    ndarray of int, shape (levels, speeds, n)
        -1 where nothing strikes.
    ndarray, shape (levels, speeds, n)
    list of (level, speed, stations)
        Whose curves are told, in their order.
    """
    curve, multiple, count = np.full(rates.shape[:3], -1, np.int64), np.ones(rates.shape[:3]), 0
    members = []
    order = [(at, of) for at in starting_with(level, len(rates)) for of in starting_with(speed, rates.shape[1])]
    for at, of in order:
        struck = rates[at, of, :, 0] > 0.0
        for other in dict.fromkeys([(level, speed), (at, speed)]):
            times = multiples(np.stack([rates[other], rates[at, of]]))[1] * multiple[other]
            alike = struck & (curve[at, of] < 0) & (curve[other] >= 0) & (times >= close.least) & (times <= close.most)
            curve[at, of, alike], multiple[at, of, alike] = curve[other][alike], times[alike]
        new = np.flatnonzero(struck & (curve[at, of] < 0))
        curve[at, of, new] = np.arange(count, count + len(new))
        members.append((at, of, new))
        count += len(new)
    return curve, multiple, members


def starting_with(first: int, count: int) -> list[int]:
    """Return 0 ... count - 1 with one of them first."""
    return [first, *(other for other in range(count) if other != first)]


def _deepest_m(
    fluke_length_m: Floats, rates: Floats, limit: Floats, factor: Floats, draws: Draws, ranked: Sequence[int]
) -> float:
    """Return a depth that no percentile exceeds at a limit: that of the largest anchors that may matter."""
    most = rates.max(axis=(0, 1))[:, :-1] * draws.traffic.max(axis=1)[:, None] > limit[:, None]
    size = np.where(most, fluke_length_m, 0.0).max(axis=1, initial=0.0)
    deep = np.partition(factor, sorted(set(ranked)), axis=1)[:, max(ranked)]
    return float((deep * size).max(initial=0.0))


def _at_limit_m(
    fluke_length_m: Floats, rates: Floats, limit: Floats, factor: Floats, traffic: Floats, ranked: Sequence[int]
) -> Floats:
    """Return required depths at the limit, as ``burial.montecarlo`` does, shape (ranks, n)."""
    with np.errstate(divide="ignore"):
        to_exceed = limit[:, None] / rates[:, :-1]
    sizes = (traffic[:, None] > to_exceed[:, :, None]).sum(axis=1)
    required = factor * np.concatenate([[0.0], fluke_length_m])[sizes]
    return np.partition(required, sorted(set(ranked)), axis=1)[:, list(ranked)].T


def _knots(close: Closeness, depth_m: Floats, ratio: Floats, exact_m: Floats) -> tuple[Ints, Ints, Ints]:
    """Return curve, place and millimetres of the knots of some curves.

    Parameters
    ----------
    close : Closeness
        What is wanted.
    depth_m : ndarray, shape (depths,)
        Rising from 0.
    ratio : ndarray, shape (curves, depths)
        Critical rates of these over the limit.
    exact_m : ndarray, shape (curves,)
        Depth at the limit.
    """
    lowest, highest = np.log([close.lowest, close.highest]) / close.place_step
    with np.errstate(divide="ignore"):
        place = np.minimum(np.log(ratio) / close.place_step, np.floor(highest))
    rows, count = np.arange(len(place)), len(depth_m)
    height = np.broadcast_to(depth_m, place.shape).copy()
    last = (place >= lowest).sum(axis=1) - 1
    last[place[:, 0] < lowest] = -1
    # The curve goes on to the lowest ratio, on the line to the sample that lies beyond.
    beyond = np.minimum(last + 1, count - 1)
    cut = (last >= 0) & (last < count - 1) & np.isfinite(place[rows, beyond])
    at, before = beyond[cut], last[cut]
    own = rows[cut]
    share = (place[own, before] - lowest) / (place[own, before] - place[own, at])
    height[own, at] = height[own, before] + share * (height[own, at] - height[own, before])
    place[own, at] = lowest
    last[own] += 1
    first = (place >= place[:, :1]).sum(axis=1) - 1
    # The configured limit is a sample of its own, and a knot.
    known = (exact_m > 0.0) & (last >= 0)
    here = np.where(known, (place > 0.0).sum(axis=1), count)
    number = np.arange(count + 1)
    source = np.minimum(number - (number > here[:, None]), count - 1)
    is_here = number == here[:, None]
    places = np.where(is_here, np.where(known[:, None], 0.0, -np.inf), np.take_along_axis(place, source, axis=1))
    heights = np.where(is_here, exact_m[:, None], np.take_along_axis(height, source, axis=1))
    within_mm = np.where(is_here, 0.0, _LINE * close.allowed_m(heights) * 1000.0 - _UNIT_MM / 2.0)
    samples = Samples(places, heights * 1000.0, within_mm, first, last + known)
    return fit(samples, _COARSE, _UNIT_MM)
