"""Curves as few knots: straight lines between them leave no sample of the curve further than it may be left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.geo import Floats, Ints, Mask


@dataclass(frozen=True, eq=False)
class Samples:
    """Samples of some curves that rise while their place falls; the place is told in steps of the knots.

    Attributes
    ----------
    place, height : ndarray, shape (curves, samples)
        Places fall or stay, heights rise.
    within : ndarray, shape (curves, samples)
        How far a line may pass above or below; 0 makes the sample a knot.
    first, last : ndarray of int, shape (curves,)
        The samples that a curve begins and ends at; a curve that ends before it begins has none.
    """

    place: Floats
    height: Floats
    within: Floats
    first: Ints
    last: Ints


class _Open:
    """The last knot of each curve, and the slopes that lines from there may have."""

    def __init__(self, place: Floats, height: Floats) -> None:
        self.place, self.height = place, height
        self.low, self.high = np.full(len(place), -np.inf), np.full(len(place), np.inf)

    def begin(self, curves: Any, place: Floats, height: Floats) -> None:
        """Begin a line at a new knot."""
        self.place[curves], self.height[curves] = place, height
        self.low[curves], self.high[curves] = -np.inf, np.inf

    def slopes(self, curves: Ints, place: Floats, height: Floats, within: Floats) -> tuple[Floats, Floats]:
        """Return the least and the largest slope of lines that pass close to a sample; none where it is too steep."""
        along, up = self.place[curves] - place, height - self.height[curves]
        with np.errstate(divide="ignore", invalid="ignore"):
            low, high = (up - within) / along, (up + within) / along
        beside = along <= 0.0
        low[beside], high[beside] = np.where(np.abs(up[beside]) <= within[beside], -np.inf, np.inf), np.inf
        return low, high


def fit(samples: Samples, coarse: float, unit: float) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the knots of some curves: whole places and heights.

    A line from the last knot goes on while there is a slope that passes all samples since; then it ends at the sample
    before, as near to it as it may be.

    Parameters
    ----------
    samples : Samples
        Of the curves.
    coarse : float
        Places are multiples of it, but where the curve is steep.
    unit : float
        Heights that need not be exact are multiples of it.

    Returns
    -------
    curve, place, height : ndarray of int, shape (knots,)
        Curve by curve, in the order of the samples.
    """
    place, height, count = samples.place, samples.height, samples.place.shape[1]
    rows = np.arange(len(place))
    first = np.minimum(samples.first, count - 1)
    start = np.ceil(place[rows, first])
    found: list[tuple[Ints, Floats, Floats]] = []

    def told(curves: Ints, at: Floats, up: Floats) -> None:
        found.append((curves, at, up))
        line.begin(curves, at, up)

    def ended(curves: Ints, until: Floats, rise: Floats, within: Floats) -> None:
        """End lines at the sample before; what comes after it is given."""
        along = line.place[curves] - before[curves]
        with np.errstate(divide="ignore", invalid="ignore"):
            slope = np.clip((above[curves] - line.height[curves]) / along, line.low[curves], line.high[curves])
            ahead = (rise - above[curves]) / (before[curves] - until)
        grain = np.where(np.fmax(slope, ahead) * coarse > within / 2.0, 1.0, coarse)
        at = np.minimum(np.ceil(before[curves] / grain) * grain, line.place[curves])
        up = np.where(at < line.place[curves], line.height[curves] + slope * (line.place[curves] - at), above[curves])
        told(curves, at, np.rint(up / unit) * unit)

    line = _Open(start.copy(), np.zeros(len(place)))
    there = samples.last >= samples.first
    told(rows[there], start[there], np.rint(height[rows, first][there] / unit) * unit)
    before, above = place[rows, first].copy(), height[rows, first].copy()
    since = np.zeros(len(place), bool)  # whether a sample lies between the last knot and here
    turns = _turns(samples)
    for number in range(1, count):
        curves = np.flatnonzero(turns[:, number])
        if not len(curves):
            continue
        at, up, within = place[curves, number], height[curves, number], samples.within[curves, number]
        low, high = line.slopes(curves, at, up, within)
        torn = np.fmax(low, line.low[curves]) > np.fmin(high, line.high[curves])
        over = torn & since[curves]
        ended(curves[over], at[over], up[over], within[over])
        low, high = line.slopes(curves, at, up, within)
        steep = np.isposinf(low)
        fixed = within == 0.0
        told(curves[steep], np.minimum(np.ceil(at[steep]), line.place[curves[steep]]), up[steep])
        low[steep], high[steep] = -np.inf, np.inf
        line.low[curves] = np.fmax(line.low[curves], low)
        line.high[curves] = np.fmin(line.high[curves], high)
        told(curves[fixed & ~steep], at[fixed & ~steep], up[fixed & ~steep])
        before[curves], above[curves] = at, up
        since[curves] = ~(steep | fixed)
    open_ = np.flatnonzero(there & since)
    ended(open_, before[open_] - 1.0, above[open_], samples.within[open_, samples.last[open_]])
    curve = np.concatenate([curves for curves, _, _ in found])
    order = np.argsort(curve, kind="stable")
    places = np.concatenate([at for _, at, _ in found])[order]
    heights = np.concatenate([up for _, _, up in found])[order]
    return curve[order], np.rint(places).astype(np.int64), np.rint(heights).astype(np.int64)


def _turns(samples: Samples) -> Mask:
    """Return which samples tell something: not those amid a step that is straight up."""
    place, count = samples.place, samples.place.shape[1]
    number = np.arange(count)
    own = (number > samples.first[:, None]) & (number <= samples.last[:, None])
    amid = np.zeros(place.shape, bool)
    amid[:, 1:-1] = (place[:, 1:-1] == place[:, :-2]) & (place[:, 1:-1] == place[:, 2:])
    return np.asarray(own & ~(amid & (samples.within > 0.0) & (number < samples.last[:, None])))
