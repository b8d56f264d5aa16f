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
_ANCHORED, _MOORED = 1, 5  # ITU-R M.1371


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
        middle_east, middle = np.median(east), np.median(lat[rows])
        away = np.hypot((east - middle_east) * np.cos(np.radians(middle)), lat[rows] - middle) * _M_PER_DEG
        away.sort()
        out[k, 0] = (lon[rows[0]] + middle_east + 540.0) % 360.0 - 180.0
        out[k, 1] = middle
        out[k, 2] = away[int(np.ceil(share * len(away))) - 1]
        for i in rows:
            said[k, 0] += status[i] == _ANCHORED
            said[k, 1] += status[i] == _MOORED
