"""Compiled loops over the reports of a ship: which of them can be hers, and in which order she sailed them.

Import this module only where it runs: numba takes most of a second to import. All that a loop depends on is here or
passed to it: numba keeps it by this file alone.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pipeline.geo import Floats, Ints

_AXIS_M, _E2 = 6378137.0, 6.69437999014e-3  # of WGS84
_KNOT_M_S = 1852.0 / 3600.0
_OPEN = 4  # strands of one MMSI that are followed at once
_ANCHORED, _MOORED = 1, 5  # ITU-R M.1371


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
    split_reports: int,
    before: NDArray[np.int32],
    step_m: Floats,
    order: NDArray[np.int32],
    totals: Ints,
) -> int:
    """Lay the reports of each MMSI into strands that one ship can have sailed; see ``tracks.segments``.

    Parameters
    ----------
    ship, time_us, lon, lat, satellite : ndarray, shape (n,)
        Reports in the order of ship and time.
    gap_us : ndarray, shape (2,)
        Longest silence of a terrestrial and of a satellite report.
    max_jump_kn : float
        What no ship exceeds.
    split_reports : int
        Fewer reports than this, beside another strand, are jumps.
    before : ndarray of int32, shape (n,)
        Filled with the report before each in its strand; -1 at its first, -2 of a duplicate.
    step_m : ndarray, shape (n,)
        Filled with the distance from it, metres on the ground.
    order : ndarray of int32, shape (n,)
        Filled with the used reports: ships in order, their strands in order, each in the order of time.
    totals : ndarray of int64, shape (4,)
        Gets duplicates, jumps, strands beyond a ship's first, and ships with strands that overlap in time, added.

    Returns
    -------
    int
        The number of used reports.
    """
    n = len(ship)
    after = np.full(n, -1, np.int32)
    used = 0
    last = np.empty(_OPEN, np.int32)
    size = np.empty(_OPEN, np.int64)
    name = np.empty(_OPEN, np.int64)
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
            if i > first and time_us[i] == time_us[i - 1]:
                before[i] = -2
                totals[0] += 1
                continue
            best, best_rank, best_m = -1, 9, 0.0
            for k in range(alive):
                j = last[k]
                metres = ground_m(lon[j], lat[j], lon[i], lat[i])
                seconds = (time_us[i] - time_us[j]) / 1e6
                if metres > max_jump_kn * _KNOT_M_S * seconds:
                    continue
                silent = time_us[i] - time_us[j] > max(gap_us[satellite[i]], gap_us[satellite[j]])
                rank = 2 if silent else (0 if size[k] > 1 else 1)
                if rank < best_rank or (rank == best_rank and metres < best_m):
                    best, best_rank, best_m = k, rank, metres
            if best < 0:
                if number == len(heads):
                    heads, counts, ends = _longer(heads), _longer_count(counts), _longer(ends)
                if alive < _OPEN:
                    best = alive
                    alive += 1
                else:  # the one that was heard of longest ago is given up
                    best = 0
                    for k in range(1, alive):
                        if time_us[last[k]] < time_us[last[best]]:
                            best = k
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
        kept, shared, reach = 0, False, np.int64(-1)
        for s in range(number):
            if number > 1 and counts[s] < split_reports:
                totals[1] += counts[s]
                continue
            shared = shared or (kept > 0 and time_us[heads[s]] < reach)
            reach = max(reach, time_us[ends[s]])
            kept += 1
            i = heads[s]
            while i >= 0:
                order[used] = i
                used += 1
                i = after[i]
        totals[2] += max(kept - 1, 0)
        totals[3] += shared
        first = end
    return used


@njit(cache=True, nogil=True)
def _longer(values: NDArray[np.int32]) -> NDArray[np.int32]:
    out = np.empty(2 * len(values), np.int32)
    out[: len(values)] = values
    return out


@njit(cache=True, nogil=True)
def _longer_count(values: Ints) -> Ints:
    out = np.empty(2 * len(values), np.int64)
    out[: len(values)] = values
    return out


@njit(cache=True, nogil=True)
def _still(status: int) -> bool:
    return status in (_ANCHORED, _MOORED)


@njit(cache=True, nogil=True)
def legs(
    order: NDArray[np.int32],
    before: NDArray[np.int32],
    time_us: Ints,
    step_m: Floats,
    sog_kn: NDArray[np.float32],
    status: NDArray[np.uint8],
    satellite: NDArray[np.uint8],
    gap_us: Ints,
    stationary_kn: float,
    manoeuvring_kn: float,
    kind: NDArray[np.uint8],
    length_m: Floats,
) -> int:
    """Say of each used report what leads to it: 0 nothing, 1 a silence, 2 a motion, 3 standing still.

    Fills ``kind`` and ``length_m`` in the order of ``order`` and returns the number of silences.
    """
    silences = 0
    for at in range(len(order)):
        i = order[at]
        j = before[i]
        kind[at], length_m[at] = 0, 0.0
        if j < 0:
            continue
        lapse = time_us[i] - time_us[j]
        length_m[at] = step_m[i]
        if lapse > max(gap_us[satellite[i]], gap_us[satellite[j]]):
            kind[at] = 1
            silences += 1
            continue
        made_good = step_m[i] / (lapse / 1e6) / _KNOT_M_S
        reported = max(sog_kn[i], sog_kn[j])
        if np.isnan(sog_kn[i]) or np.isnan(sog_kn[j]):
            still = made_good < stationary_kn
        elif reported < stationary_kn:
            still = made_good < manoeuvring_kn
        else:
            # She yaws at her anchor faster than she moves, and says that she lies there.
            told = _still(status[i]) and _still(status[j])
            still = told and reported < manoeuvring_kn and made_good < stationary_kn
        kind[at] = 3 if still else 2
    return silences


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


@njit(cache=True, nogil=True)
def track_names(
    order: NDArray[np.int32],
    ship: NDArray[np.int32],
    kind: NDArray[np.uint8],
    first: Ints,
    last: Ints,
    stops: int,
    track: Ints,
    at_stop: NDArray[np.bool_],
) -> None:
    """Fill the number of the run, without silence, break or stop, of the leg that leads to each report."""
    stop = 0
    number = 0
    for at in range(len(order)):
        while stop < stops and at > last[stop]:
            stop += 1
        inside = stop < stops and first[stop] < at <= last[stop]
        if at == 0 or ship[order[at]] != ship[order[at - 1]]:
            number = 0
        elif kind[at] < 2 or inside != at_stop[at - 1] or (inside and at == first[stop] + 1):
            number += 1
        track[at], at_stop[at] = number, inside


@njit(cache=True, nogil=True)
def last_known(order: NDArray[np.int32], before: NDArray[np.int32], value: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return each report's value, or the last before it in its strand; NaN where none was sent yet."""
    out = value.copy()
    for at in range(len(order)):
        i = order[at]
        if np.isnan(out[i]) and before[i] >= 0:
            out[i] = out[before[i]]
    return out
