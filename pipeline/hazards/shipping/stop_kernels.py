"""The compiled look at each stop: where it was, how wide the ship swung, and what she said that she did.

Import this module only where it runs: numba takes most of a second to import. All that a loop depends on is here or
passed to it: numba keeps it by this file alone.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pipeline.geo import Floats, Ints

_M_PER_DEG = np.pi / 180.0 * 6371008.8
_MOST_M_PER_DEG = 111_700.0  # on WGS84, up the meridian near a pole
_ANCHORED, _MOORED = 1, 5  # ITU-R M.1371


@njit(cache=True, nogil=True)
def far_away(
    order: NDArray[np.int32],
    lon: Floats,
    lat: Floats,
    first: Ints,
    last: Ints,
    reach_m: float,
    west: float,
    south: float,
    step: float,
    least_m: NDArray[np.float32],
    metres_per_m: float,
    out: NDArray[np.bool_],
) -> None:
    """Say of each stop whether no place between its reports comes within ``reach_m`` of the route; see ``Coarse``."""
    for k in range(len(first)):
        i = order[first[k]]
        east, north = 0.0, 0.0
        for at in range(first[k], last[k] + 1):
            j = order[at]
            off = abs(lon[j] - lon[i])
            east, north = max(east, min(off, 360.0 - off)), max(north, abs(lat[j] - lat[i]))
        row = min(max(int((lat[i] - south) / step), 0), least_m.shape[0] - 1)
        col = min(max(int((lon[i] - west) / step), 0), least_m.shape[1] - 1)
        out[k] = least_m[row, col] - (east + north) * _MOST_M_PER_DEG * metres_per_m > reach_m


@njit(cache=True, nogil=True)
def _median(values: Floats) -> float:
    ordered = np.sort(values)
    half = len(ordered) // 2
    return float(ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2.0)


@njit(cache=True, nogil=True)
def places(
    order: NDArray[np.int32],
    lon: Floats,
    lat: Floats,
    status: NDArray[np.uint8],
    first: Ints,
    last: Ints,
    share: float,
    out: Floats,
    said: Ints,
) -> None:
    """Fill median longitude and latitude and the radius that holds a share of the reports, and counts by status.

    ``out`` has the shape (stops, 3), degrees and metres; ``said`` (stops, 2): reports at anchor and moored.
    """
    for k in range(len(first)):
        rows = order[first[k] : last[k] + 1]
        # Beside the first report, so that a stop on the antimeridian has its middle there.
        east = (lon[rows] - lon[rows[0]] + 540.0) % 360.0 - 180.0
        middle_east, middle = _median(east), _median(lat[rows])
        away = np.hypot((east - middle_east) * np.cos(np.radians(middle)), lat[rows] - middle) * _M_PER_DEG
        away = np.sort(away)
        out[k, 0] = (lon[rows[0]] + middle_east + 540.0) % 360.0 - 180.0
        out[k, 1] = middle
        out[k, 2] = away[int(np.ceil(share * len(away))) - 1]
        for i in rows:
            said[k, 0] += status[i] == _ANCHORED
            said[k, 1] += status[i] == _MOORED
