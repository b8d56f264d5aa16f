"""Compiled loops over the reports of a ship: which of them can be hers, and in which order she sailed them.

Import this module only where it runs: numba takes most of a second to import. All that a loop depends on is here or
passed to it: numba keeps it by this file alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pipeline.geo import Floats, Ints

_AXIS_M, _E2 = 6378137.0, 6.69437999014e-3  # of WGS84
_KNOT_M_S = 1852.0 / 3600.0


@njit(cache=True, nogil=True)
def ground_m(lon0: float, lat0: float, lon1: float, lat1: float) -> float:
    """Return the distance of two places, metres: by the ellipsoid's curvature at their middle latitude.

    Within 0.5 percent to 100 km and 75 degrees north, which the limits of speed do not notice.
    """
    east = lon1 - lon0
    if abs(east) > 180.0:
        east -= np.copysign(360.0, east)
    middle = np.radians((lat0 + lat1) / 2.0)
    cosine = np.cos(middle)
    w = 1.0 - _E2 * (1.0 - cosine * cosine)
    root = np.sqrt(w)
    x = np.radians(east) * cosine * _AXIS_M / root
    y = np.radians(lat1 - lat0) * _AXIS_M * (1.0 - _E2) / (w * root)
    return float(np.sqrt(x * x + y * y))


@njit(cache=True, nogil=True)
def strands(
    ship: NDArray[np.int32],
    time_us: Ints,
    lon: Floats,
    lat: Floats,
    satellite: NDArray[np.uint8],
    gap_us: Ints,
    max_jump_kn: float,
    duplicate_m: float,
    split_reports: int,
    followed: int,
    lost_share: float,
    before: NDArray[np.int32],
    step_m: Floats,
    order: NDArray[np.int32],
    totals: Ints,
) -> int:
    """Lay the reports of each MMSI into strands that one ship can have sailed; see ``tracks.voyages``.

    Parameters
    ----------
    ship, time_us, lon, lat, satellite : ndarray, shape (n,)
        Reports in the order of ship and time.
    gap_us : ndarray, shape (2,)
        Longest silence of a terrestrial and of a satellite report.
    max_jump_kn : float
        What no ship exceeds.
    duplicate_m : float
        Of equal times, reports this near to one that stays are duplicates.
    split_reports : int
        Fewer reports than this, beside another strand, are jumps.
    followed : int
        How many strands are followed at once.
    lost_share : float
        An MMSI that loses a larger share of its reports as jumps is counted.
    before : ndarray of int32, shape (n,)
        Filled with the report before each in its strand; -1 at its first, -2 of a duplicate.
    step_m : ndarray, shape (n,)
        Filled with the distance from it, metres on the ground.
    order : ndarray of int32, shape (n,)
        Filled with the used reports: ships in order, their strands in order, each in the order of time.
    totals : ndarray of int64, shape (5,)
        Gets added: duplicates, jumps, strands beyond a ship's first, ships with strands that overlap in time, and
        ships that lost more than ``lost_share``.

    Returns
    -------
    int
        The number of used reports.
    """
    n = len(ship)
    after = np.full(n, -1, np.int32)
    used = 0
    last = np.empty(followed, np.int32)
    size = np.empty(followed, np.int64)
    name = np.empty(followed, np.int64)
    heads = np.empty(16, np.int32)
    counts = np.empty(16, np.int64)
    ends = np.empty(16, np.int32)
    first = 0
    while first < n:
        end = first + 1
        while end < n and ship[end] == ship[first]:
            end += 1
        number, alive = 0, 0
        for i in range(first, end):
            best, best_rank, best_m, duplicate = -1, 9, 0.0, False
            for k in range(alive):
                j = last[k]
                lapse = time_us[i] - time_us[j]
                silent = lapse > max(gap_us[satellite[i]], gap_us[satellite[j]])
                if silent and size[k] == 1 and alive > 1:
                    continue  # after a silence any two strays can be joined: they would make up a ship
                rank = 2 if silent else (0 if size[k] > 1 else 1)
                if rank > best_rank and lapse > 0:
                    continue
                metres = ground_m(lon[j], lat[j], lon[i], lat[i])
                if lapse == 0:
                    duplicate = duplicate or metres <= duplicate_m
                    continue  # no ship is at two places at once
                if metres > max_jump_kn * _KNOT_M_S * (lapse / 1e6):
                    continue
                if rank < best_rank or metres < best_m:
                    best, best_rank, best_m = k, rank, metres
            if duplicate:
                before[i] = -2
                totals[0] += 1
                continue
            if best < 0:
                if number == len(heads):
                    heads, counts, ends = _longer(heads), _longer(counts), _longer(ends)
                if alive < followed:
                    best = alive
                    alive += 1
                else:  # given up: a silent one, else a single one, else the one that was heard of longest ago
                    worst = 9
                    for k in range(alive):
                        j = last[k]
                        silent = time_us[i] - time_us[j] > max(gap_us[satellite[i]], gap_us[satellite[j]])
                        rank = 2 * (not silent) + (size[k] > 1)
                        if rank < worst or (rank == worst and time_us[j] < time_us[last[best]]):
                            best, worst = k, rank
                heads[number], counts[number] = i, 0
                name[best], size[best], last[best] = number, 0, -1
                number += 1
            else:
                after[last[best]] = i
            before[i], step_m[i] = last[best], best_m
            last[best] = i
            size[best] += 1
            counts[name[best]] += 1
            ends[name[best]] = i
        kept, lost, shared, reach = 0, 0, False, np.int64(-1)
        for s in range(number):
            if number > 1 and counts[s] < split_reports:
                lost += counts[s]
                continue
            shared = shared or (kept > 0 and time_us[heads[s]] < reach)
            reach = max(reach, time_us[ends[s]])
            kept += 1
            i = heads[s]
            while i >= 0:
                order[used] = i
                used += 1
                i = after[i]
        totals[1] += lost
        totals[2] += max(kept - 1, 0)
        totals[3] += shared
        totals[4] += lost > lost_share * (end - first)
        first = end
    return used


@njit(cache=True, nogil=True)
def _longer(values: NDArray[Any]) -> NDArray[Any]:
    out = np.empty(2 * len(values), values.dtype)
    out[: len(values)] = values
    return out


@njit(cache=True, nogil=True)
def drifts(
    order: NDArray[np.int32],
    time_us: Ints,
    lon: Floats,
    lat: Floats,
    sog_kn: NDArray[np.float32],
    length_m: Floats,
    least_us: int,
    radius_m: float,
    manoeuvring_kn: float,
    kind: NDArray[np.uint8],
) -> None:
    """Bound the way that a ship makes while standing still: legs of it that lead away get the kind 4.

    A halt begins with a leg of the kind 3 and ends before a silence, or before the first leg that leads further than
    ``radius_m`` from where it began. It was no halt if it is shorter than ``least_us`` and was left, or follows one
    that was left, standing still or slower than ``manoeuvring_kn``; see ``tracks.voyages``.
    """
    start, reach, followed = -1, 0.0, False
    for at in range(len(order) + 1):
        now = kind[at] if at < len(order) else 0
        if start >= 0 and now >= 2:
            reach += length_m[at]  # she is no further off than she has come: most need no distance
            if reach > radius_m:
                begun = order[start - 1]
                reach = ground_m(lon[begun], lat[begun], lon[order[at]], lat[order[at]])
            if reach <= radius_m:
                continue
        slow = now == 3
        if now == 2:
            fastest = np.fmax(sog_kn[order[at]], sog_kn[order[at - 1]])
            if np.isnan(fastest):
                fastest = length_m[at] / ((time_us[order[at]] - time_us[order[at - 1]]) / 1e6) / _KNOT_M_S
            slow = fastest < manoeuvring_kn
        if start >= 0:
            if (slow or followed) and time_us[order[at - 1]] - time_us[order[start - 1]] < least_us:
                for leg in range(start, at):
                    kind[leg] = 4 if kind[leg] == 3 else kind[leg]
            start, followed = -1, True
        followed = followed and slow
        if now == 3 and length_m[at] > radius_m:
            kind[at], followed = 4, True
        elif now == 3:
            start, reach = at, length_m[at]


@njit(cache=True, nogil=True)
def stays(
    order: NDArray[np.int32],
    kind: NDArray[np.uint8],
    time_us: Ints,
    lon: Floats,
    lat: Floats,
    least_us: int,
    join_us: int,
    radius_m: float,
    first: Ints,
    last: Ints,
) -> int:
    """Find the stops: fill ``first`` and ``last`` with places in ``order`` and return their number.

    A stop is standing still for ``least_us``. Two runs of it are one if no more than ``join_us`` lies between them and
    every report between, and the first of the second, lies within ``radius_m`` of the last of the first.
    """
    found = 0
    start, end = -1, -1
    for at in range(len(order) + 1):
        new = at == len(order) or kind[at] == 0
        if start >= 0:
            a, b = order[start], order[end]
            done = new
            if not done and kind[at] != 3:
                i = order[at]
                done = time_us[i] - time_us[b] > join_us or ground_m(lon[b], lat[b], lon[i], lat[i]) > radius_m
            if done:
                if time_us[b] - time_us[a] >= least_us:
                    first[found], last[found] = start, end
                    found += 1
                start, end = -1, -1
        if new or kind[at] != 3:
            continue
        if start < 0:
            start = at - 1
        end = at
    return found
