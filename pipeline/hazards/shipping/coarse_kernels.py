"""The compiled coarse look at legs; see ``coarse``.

Import this module only where it runs: numba takes most of a second to import. All that a loop depends on is here or
passed to it: numba keeps it by this file alone.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pipeline.geo import Floats


@njit(cache=True, nogil=True)
def least_distance(
    order: NDArray[np.int32],
    before: NDArray[np.int32],
    lon: Floats,
    lat: Floats,
    length_m: Floats,
    west: float,
    south: float,
    step: float,
    least_m: NDArray[np.float32],
    metres_per_m: float,
    out: Floats,
) -> None:
    """Fill a lower bound of how near each leg comes to the route, projected metres; infinite where none leads to it.

    Of a leg of length L whose ends lie D0 and D1 away, no point is nearer than (D0 + D1 - L) / 2.
    """
    for at in range(len(order)):
        i = order[at]
        j = before[i]
        out[at] = np.inf
        if j < 0:
            continue
        total = 0.0
        for p in (i, j):
            row = min(max(int((lat[p] - south) / step), 0), least_m.shape[0] - 1)
            col = min(max(int((lon[p] - west) / step), 0), least_m.shape[1] - 1)
            total += least_m[row, col]
        out[at] = (total - length_m[at] * metres_per_m) / 2.0
