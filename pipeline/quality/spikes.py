"""Spikes: cells, alone or few together, that stand far out of the seabed around them.

A cell is compared with the median of the 48 cells around it, which a dozen bad ones among them hardly move, and with
their spread, so that steep and rough ground is judged by its own measure. Cells that many neighbours agree with belong
to the edge or the corner of something larger, and are no spike.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

_REACH = 3
_AROUND = (2 * _REACH + 1) ** 2 - 1
_LEAST_NEIGHBOURS = _AROUND // 4
_MOST_ALIKE = 0.25
"""Share of the neighbours that may lie nearer to the cell than to the median: of 48, those of a cluster of 3 x 4."""
_TO_DEVIATION = 1.4826  # of the median absolute deviation, for a normal distribution


@njit(cache=True, nogil=True)
def spikes(
    depth_m: NDArray[np.float32],
    core: tuple[int, int, int, int],
    least: tuple[float, float, float, float],
    times: float,
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Find spikes in one window.

    Parameters
    ----------
    depth_m : ndarray of float32, shape (rows, cols)
        Water depth, m, positive down, with the cells around the window; NaN without a value.
    core : tuple of int
        First row, row after the last, first column, column after the last of the window itself.
    least : tuple of float
        Least difference: metres, and a factor with ``a`` and ``b`` of the uncertainty ``sqrt(a^2 + (b depth)^2)``.
    times : float
        Least difference in robust standard deviations (1.4826 times the median absolute deviation) of the neighbours.

    Returns
    -------
    tuple
        Flat index in ``depth_m``, depth (m) and median depth of the neighbours (m) of every spike. Dry land, where
        that median is above the water, has none.

    Notes
    -----
    Only cells that differ from both of their neighbours in a row or column by the least difference (or from the only
    one) are looked at closely; so the inside of a cluster of more than two cells a side is not counted, its rim is.
    """
    min_m, factor, a_m, b = least
    rows, cols = depth_m.shape
    found = [(0, 0.0, 0.0)]
    around = np.empty(_AROUND, np.float64)
    for row in range(core[0], core[1]):
        for col in range(core[2], core[3]):
            here = depth_m[row, col]
            if math.isnan(here):
                continue
            left = depth_m[row, col - 1] if col > 0 else math.nan
            right = depth_m[row, col + 1] if col + 1 < cols else math.nan
            above = depth_m[row - 1, col] if row > 0 else math.nan
            below = depth_m[row + 1, col] if row + 1 < rows else math.nan
            if not (_stands_out(here, left, right, min_m) or _stands_out(here, above, below, min_m)):
                continue
            number = 0
            for i in range(max(row - _REACH, 0), min(row + _REACH + 1, rows)):
                for j in range(max(col - _REACH, 0), min(col + _REACH + 1, cols)):
                    value = depth_m[i, j]
                    if not math.isnan(value) and not (i == row and j == col):
                        around[number] = value
                        number += 1
            if number < _LEAST_NEIGHBOURS:
                continue
            median = np.median(around[:number])
            off = abs(here - median)
            if median <= 0.0 or off < max(min_m, factor * math.sqrt(a_m * a_m + (b * median) ** 2)):
                continue
            alike = 0
            for k in range(number):
                alike += 2.0 * (around[k] - median) * (here - median) > off * off
            spread = _TO_DEVIATION * np.median(np.abs(around[:number] - median))
            if off >= times * spread and alike <= _MOST_ALIKE * number:
                found.append((row * cols + col, float(here), median))
    count = len(found) - 1
    index, depth, beside = np.empty(count, np.int64), np.empty(count, np.float64), np.empty(count, np.float64)
    for k in range(count):
        index[k], depth[k], beside[k] = found[k + 1]
    return index, depth, beside


@njit(cache=True, nogil=True)
def _stands_out(here: float, one: float, other: float, least_m: float) -> bool:
    """Tell whether a cell lies half of the least difference off the mean of two neighbours, or off the only one."""
    if math.isnan(one) and math.isnan(other):
        return False
    if math.isnan(one):
        return abs(here - other) >= least_m
    if math.isnan(other):
        return abs(here - one) >= least_m
    return 2.0 * abs(here - 0.5 * (one + other)) >= least_m
