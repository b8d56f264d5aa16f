"""The compiled pass over track segments: each is walked from grid line to grid line, and its cells add up.

Import this module only where it runs: numba takes most of a second to import. Only additions, products, quotients and
roots are used, which every processor rounds alike.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pipeline.geo import Floats, Ints

PASSAGES, LENGTH_MM, MOVING_US, WEIGHTED_US, STILL_US = range(5)
"""Columns of the sums."""
_SUMS = 5


@njit(cache=True, nogil=True)
def _lines_between(low: float, high: float, lines: Floats, step: float) -> tuple[int, int]:
    """Return the first line above ``low`` and the first not below ``high``: indices, for lines in even steps."""
    last = len(lines)
    first = int(min(max((low - lines[0]) / step, 0.0), last - 1.0))
    while first > 0 and lines[first - 1] > low:
        first -= 1
    while first < last and lines[first] <= low:
        first += 1
    beyond = int(min(max((high - lines[0]) / step, 0.0), last - 1.0))
    while beyond > 0 and lines[beyond - 1] >= high:
        beyond -= 1
    while beyond < last and lines[beyond] < high:
        beyond += 1
    return first, max(beyond, first)


@njit(cache=True, nogil=True)
def _flush(
    ship: int, touched: NDArray[np.int32], count: int, sums: Ints, last_track: Ints, found: Ints, used: int
) -> tuple[Any, int]:
    """Append what one ship gave to each of her cells, and forget it."""
    while used + count > len(found):
        more = np.empty((2 * len(found) + count, found.shape[1]), np.int64)
        more[:used] = found[:used]
        found = more
    for at in range(count):
        cell = touched[at]
        found[used, 0], found[used, 1] = cell, ship
        for column in range(_SUMS):
            found[used, 2 + column] = sums[cell, column]
            sums[cell, column] = 0
        last_track[cell] = -1
        used += 1
    return found, used


@njit(cache=True, nogil=True)
def walk(
    ship: Ints,
    track: Ints,
    duration_us: Ints,
    x0: Floats,
    y0: Floats,
    x1: Floats,
    y1: Floats,
    stationary: NDArray[np.bool_],
    lines_x: Floats,
    lines_y: Floats,
    west: float,
    north: float,
    cell_m: float,
    cell_at: NDArray[np.int32],
    bearing_x: Floats,
    bearing_y: Floats,
    least: float,
    most: float,
) -> Ints:
    """Return the sums of every ship in every cell of the swath.

    Parameters
    ----------
    ship, track, duration_us, x0, y0, x1, y1, stationary : ndarray, shape (segments,)
        As in ``Segments``, one ship after the other.
    lines_x, lines_y : ndarray
        Ascending grid lines, metres.
    west, north, cell_m : float
        The grid's corner and the side of a cell.
    cell_at : ndarray of int32, shape (rows, cols)
        Number of the cell; -1 outside the swath.
    bearing_x, bearing_y : ndarray, shape (cells,)
        Unit vector along the cable.
    least, most : float
        Bounds of the direction factor.

    Returns
    -------
    ndarray of int64, shape (n, 7)
        Cell, ship and the sums, in order of the ships.
    """
    rows, cols = cell_at.shape
    cells = len(bearing_x)
    sums = np.zeros((cells, _SUMS), np.int64)
    last_track = np.full(cells, -1, np.int64)
    here = np.zeros(cells, np.bool_)
    touched, count = np.empty(cells, np.int32), 0
    found, used = np.empty((1024, 2 + _SUMS), np.int64), 0
    for i in range(len(ship)):
        if i > 0 and ship[i] != ship[i - 1]:
            found, used = _flush(ship[i - 1], touched, count, sums, last_track, found, used)
            for at in range(count):
                here[touched[at]] = False
            count = 0
        dx, dy = x1[i] - x0[i], y1[i] - y0[i]
        low_x, high_x = min(x0[i], x1[i]), max(x0[i], x1[i])
        low_y, high_y = min(y0[i], y1[i]), max(y0[i], y1[i])
        if not (high_x >= lines_x[0] and low_x <= lines_x[-1] and high_y >= lines_y[0] and low_y <= lines_y[-1]):
            continue
        length_m = math.sqrt(dx * dx + dy * dy)
        if not math.isfinite(length_m):
            continue
        first_x, beyond_x = _lines_between(low_x, high_x, lines_x, cell_m)
        first_y, beyond_y = _lines_between(low_y, high_y, lines_y, cell_m)
        nx, ny = beyond_x - first_x, beyond_y - first_y
        ix, iy, start = 0, 0, 0.0
        while start < 1.0:
            # The next grid line on either axis, in the order of the motion.
            at_x = at_y = 1.0
            if ix < nx:
                line = lines_x[first_x + ix] if dx > 0.0 else lines_x[beyond_x - 1 - ix]
                at_x = min(max((line - x0[i]) / dx, 0.0), 1.0)
            if iy < ny:
                line = lines_y[first_y + iy] if dy > 0.0 else lines_y[beyond_y - 1 - iy]
                at_y = min(max((line - y0[i]) / dy, 0.0), 1.0)
            end = min(at_x, at_y)
            if ix < nx and at_x <= end:
                ix += 1
            if iy < ny and at_y <= end:
                iy += 1
            if end <= start:
                continue
            middle = (start + end) / 2.0
            row = math.floor((north - (y0[i] + middle * dy)) / cell_m)
            col = math.floor((x0[i] + middle * dx - west) / cell_m)
            cell = cell_at[row, col] if 0 <= row < rows and 0 <= col < cols else -1
            if cell >= 0:
                if not here[cell]:
                    here[cell] = True
                    touched[count] = cell
                    count += 1
                time_us = np.int64(np.rint(end * duration_us[i])) - np.int64(np.rint(start * duration_us[i]))
                if stationary[i]:
                    sums[cell, STILL_US] += time_us
                else:
                    factor = 1.0  # of a motion without direction
                    if length_m > 0.0:
                        factor = abs(dx * bearing_y[cell] - dy * bearing_x[cell]) / length_m
                    factor = min(max(factor, least), most)
                    length_mm = length_m * 1000.0
                    sums[cell, LENGTH_MM] += np.int64(np.rint(end * length_mm)) - np.int64(np.rint(start * length_mm))
                    sums[cell, MOVING_US] += time_us
                    sums[cell, WEIGHTED_US] += np.int64(np.rint(time_us * factor))
                    if last_track[cell] != track[i]:
                        last_track[cell] = track[i]
                        sums[cell, PASSAGES] += 1
            start = end
    if len(ship):
        found, used = _flush(ship[-1], touched, count, sums, last_track, found, used)
    return found[:used]
