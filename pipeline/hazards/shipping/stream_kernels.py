"""Compiled loops that put reports into the order of ship and time.

Import this module only where it runs: numba takes most of a second to import. All that a loop depends on is here or
passed to it: numba keeps it by this file alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pipeline.geo import Floats, Ints


@njit(cache=True, nogil=True)
def by_ship(records: NDArray[Any], mmsi: Ints, starts: Ints, out: NDArray[np.int32]) -> None:
    """Fill ``out`` with the records' indices in the order of ships, whose reports begin at ``starts``.

    Records come in runs that are in the order of ships; all are of one of the ascending ``mmsi``.
    """
    at = starts.copy()
    ship = 0
    for i in range(len(records)):
        number = records[i]["mmsi"]
        if number < mmsi[ship]:
            ship = 0
        while mmsi[ship] != number:
            ship += 1
        out[at[ship]] = i
        at[ship] += 1


@njit(cache=True, nogil=True)
def _less(a: float, b: float) -> int:
    """Return -1, 0 or 1 in the order of numbers, what is not one last."""
    if a == b or (np.isnan(a) and np.isnan(b)):
        return 0
    return -1 if a < b or np.isnan(b) else 1


@njit(cache=True, nogil=True)
def _before(records: NDArray[Any], satellite: NDArray[np.uint8], i: int, j: int) -> bool:
    """Say whether report i comes before report j of the same ship and time."""
    one, other = records[i], records[j]
    for order in (
        _less(one["lon"], other["lon"]), _less(one["lat"], other["lat"]), _less(one["sog_kn"], other["sog_kn"]),
        _less(one["heading_deg"], other["heading_deg"]), _less(one["draught_m"], other["draught_m"]),
    ):  # fmt: skip
        if order != 0:
            return order < 0
    if one["status"] != other["status"]:
        return bool(one["status"] < other["status"])
    return bool(satellite[i] < satellite[j])


@njit(cache=True, nogil=True)
def _merge_runs(time: Ints, rows: NDArray[np.int32]) -> None:
    """Sort ``time``, and ``rows`` with it, by merging the runs that are in order: files mostly are."""
    n = len(time)
    ends = np.empty(n, np.int64)
    runs = 0
    for i in range(1, n + 1):
        if i == n or time[i] < time[i - 1]:
            ends[runs] = i
            runs += 1
    if runs <= 1:
        return
    from_time, from_rows, to_time, to_rows = time, rows, np.empty(n, np.int64), np.empty(n, np.int32)
    while runs > 1:
        merged, begin = 0, 0
        for run in range(0, runs, 2):
            middle, end = ends[run], ends[min(run + 1, runs - 1)]
            left, right = begin, middle
            for i in range(begin, end):
                if left < middle and (right >= end or from_time[left] <= from_time[right]):
                    to_time[i], to_rows[i] = from_time[left], from_rows[left]
                    left += 1
                else:
                    to_time[i], to_rows[i] = from_time[right], from_rows[right]
                    right += 1
            ends[merged] = end
            merged += 1
            begin = end
        runs = merged
        from_time, from_rows, to_time, to_rows = to_time, to_rows, from_time, from_rows
    for i in range(n):
        time[i], rows[i] = from_time[i], from_rows[i]


@njit(cache=True, nogil=True)
def by_time(records: NDArray[Any], satellite: NDArray[np.uint8], rows: NDArray[np.int32], starts: Ints) -> None:
    """Sort each ship's ``rows`` by time and then by all that they say, so that their first order does not matter."""
    for ship in range(len(starts) - 1):
        own = rows[starts[ship] : starts[ship + 1]]
        time = np.empty(len(own), np.int64)
        for i in range(len(own)):
            time[i] = records[own[i]]["time_us"]
        _merge_runs(time, own)
        for i in range(1, len(own)):  # equal times are few: insertion
            at = i
            while at > 0 and time[at] == time[at - 1] and _before(records, satellite, own[at], own[at - 1]):
                own[at], own[at - 1] = own[at - 1], own[at]
                at -= 1


@njit(cache=True, nogil=True)
def take(
    records: NDArray[Any],
    from_satellite: NDArray[np.uint8],
    rows: NDArray[np.int32],
    time_us: Ints,
    lon: Floats,
    lat: Floats,
    sog_kn: NDArray[np.float32],
    heading_deg: NDArray[np.float32],
    draught_m: NDArray[np.float32],
    status: NDArray[np.uint8],
    satellite: NDArray[np.uint8],
) -> None:
    """Fill columns with the records of ``rows``."""
    for i in range(len(rows)):
        record = records[rows[i]]
        time_us[i], lon[i], lat[i] = record["time_us"], record["lon"], record["lat"]
        sog_kn[i], heading_deg[i], draught_m[i] = record["sog_kn"], record["heading_deg"], record["draught_m"]
        status[i], satellite[i] = record["status"], from_satellite[rows[i]]
