"""Compiled loops over the pieces of motions beside the route: ship-time at stations.

Import this module only where it runs: numba takes most of a second to import. All that a loop depends on is here or
passed to it: numba keeps it by this file alone.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pipeline.geo import Floats, Ints


@njit(cache=True, nogil=True)
def _band(offset0: float, offset1: float, half: float) -> tuple[float, float]:
    """Return the range of fractions in which a linear offset lies within the half width; empty as (0, 0)."""
    change = offset1 - offset0
    if change == 0.0:
        return (0.0, 1.0) if abs(offset0) <= half else (0.0, 0.0)
    one, other = (-half - offset0) / change, (half - offset0) / change
    return min(max(min(one, other), 0.0), 1.0), min(max(max(one, other), 0.0), 1.0)


@njit(cache=True, nogil=True)
def _time_us(duration_us: int, start: float, end: float, a: float, b: float) -> int:
    """Return the whole microseconds between fractions a and b of a piece, which lies from start to end of a motion.

    Each is the difference of rounded running times, so that the parts of a motion add up to it exactly.
    """
    first = end if a >= 1.0 else start + a * (end - start)
    last = end if b >= 1.0 else start + b * (end - start)
    return int(np.rint(last * duration_us)) - int(np.rint(first * duration_us))


@njit(cache=True, nogil=True)
def _lines_below(lines: Floats, value: float, or_at: bool) -> int:
    """Return how many of the ascending lines lie below a value, or at it."""
    low, high = 0, len(lines)
    while low < high:
        middle = (low + high) // 2
        if lines[middle] < value or (or_at and lines[middle] == value):
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=True, nogil=True)
def _flush(
    ship: int, touched: NDArray[np.int32], count: int, sums: Ints, here: NDArray[np.bool_], found: Ints, used: int
) -> tuple[Ints, int]:
    """Append what one ship gave to each of her stations, and forget it."""
    if used + count > len(found):
        more = np.empty((2 * len(found) + count, found.shape[1]), np.int64)
        more[:used] = found[:used]
        found = more
    for at in range(count):
        station = touched[at]
        here[station] = False
        found[used, 0], found[used, 1] = station, ship
        found[used, 2], found[used, 3] = sums[station, 0], sums[station, 1]
        sums[station, 0] = sums[station, 1] = 0
        used += 1
    return found, used


@njit(cache=True, nogil=True)
def station_sums(
    segment: Ints,
    start: Floats,
    end: Floats,
    kp0: Floats,
    kp1: Floats,
    offset0: Floats,
    offset1: Floats,
    ship: Ints,
    duration_us: Ints,
    dx: Floats,
    dy: Floats,
    edges: Floats,
    half_width_m: float,
    cable_x: Floats,
    cable_y: Floats,
    least: float,
    most: float,
) -> Ints:
    """Return ship-time in the panels of stations.

    Parameters
    ----------
    segment, start, end, kp0, kp1, offset0, offset1 : ndarray, shape (pieces,)
        As in ``Pieces``, one ship after the other.
    ship, duration_us, dx, dy : ndarray, shape (segments,)
        Ship, time and projected way of each motion.
    edges : ndarray, shape (stations + 1,)
        Kilometre posts between panels.
    half_width_m : float
        Half the width of a panel.
    cable_x, cable_y : ndarray, shape (stations,)
        Unit vector along the cable.
    least, most : float
        Bounds of the direction factor.

    Returns
    -------
    ndarray of int64, shape (n, 4)
        Station, ship, microseconds, and microseconds times the direction factor; ships in order.
    """
    stations = len(edges) - 1
    sums, here = np.zeros((stations, 2), np.int64), np.zeros(stations, np.bool_)
    touched, count = np.empty(stations, np.int32), 0
    found, used = np.empty((1024, 4), np.int64), 0
    for p in range(len(segment)):
        s = segment[p]
        if p > 0 and ship[s] != ship[segment[p - 1]]:
            found, used = _flush(ship[segment[p - 1]], touched, count, sums, here, found, used)
            count = 0
        a, last = _band(offset0[p], offset1[p], half_width_m)
        if last <= a:
            continue
        length = np.hypot(dx[s], dy[s])
        low, high = min(kp0[p], kp1[p]), max(kp0[p], kp1[p])
        first_line = _lines_below(edges, low, True)
        lines = max(_lines_below(edges, high, False) - first_line, 0)
        at = 0
        while a < last:
            b = last
            while at < lines:
                line = edges[first_line + at] if kp1[p] > kp0[p] else edges[first_line + lines - 1 - at]
                at += 1
                cut = min(max((line - kp0[p]) / (kp1[p] - kp0[p]), 0.0), 1.0)
                if a < cut < last:
                    b = cut
                    break
            middle = kp0[p] + (a + b) / 2.0 * (kp1[p] - kp0[p])
            station = min(max(_lines_below(edges, middle, True) - 1, 0), stations - 1)
            time = _time_us(duration_us[s], start[p], end[p], a, b)
            factor = 1.0  # of a motion without direction
            if length > 0.0:
                factor = abs(dx[s] * cable_y[station] - dy[s] * cable_x[station]) / length
            if not here[station]:
                here[station] = True
                touched[count] = station
                count += 1
            sums[station, 0] += time
            sums[station, 1] += np.int64(np.rint(time * min(max(factor, least), most)))
            a = b
    if len(segment):
        found, used = _flush(ship[segment[-1]], touched, count, sums, here, found, used)
    return found[:used]
