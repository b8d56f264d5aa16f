"""The compiled sort of near reports by their ship.

Import this module only where it runs: numba takes most of a second to import. All that a loop depends on is here or
passed to it: numba keeps it by this file alone.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

_BITS = 10  # of a digit; a number of a ship has three


@njit(cache=True, nogil=True)
def order_of(mmsi: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the places of numbers of ships in their order, of equal ones as they come."""
    n = len(mmsi)
    order, other = np.arange(n).astype(np.int32), np.empty(n, np.int32)
    for shift in range(0, 3 * _BITS, _BITS):
        at = np.zeros((1 << _BITS) + 1, np.int64)
        for i in range(n):
            at[((mmsi[i] >> shift) & ((1 << _BITS) - 1)) + 1] += 1
        at = np.cumsum(at)
        for i in range(n):
            digit = (mmsi[order[i]] >> shift) & ((1 << _BITS) - 1)
            other[at[digit]] = order[i]
            at[digit] += 1
        order, other = other, order
    return order
