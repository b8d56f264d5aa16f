"""The compiled sort of near reports by their ship.

Import this module only where it runs: numba takes most of a second to import. All that a loop depends on is here or
passed to it: numba keeps it by this file alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

_BITS, _DIGITS = 10, 3  # a number of a ship has 30 bits


@njit(cache=True, nogil=True)
def order_of(mmsi: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the places of numbers of ships in their order, of equal ones as they come."""
    n, last = len(mmsi), (1 << _BITS) - 1
    at = np.zeros((_DIGITS, (1 << _BITS) + 1), np.int64)
    for i in range(n):
        for digit in range(_DIGITS):
            at[digit, ((mmsi[i] >> (digit * _BITS)) & last) + 1] += 1
    order, other = np.empty(n, np.int32), np.empty(n, np.int32)
    for i in range(n):
        order[i] = i
    for digit in range(_DIGITS):
        begins = np.cumsum(at[digit])
        for i in range(n):
            value = (mmsi[order[i]] >> (digit * _BITS)) & last
            other[begins[value]] = order[i]
            begins[value] += 1
        order, other = other, order
    return order


@njit(cache=True, nogil=True)
def lay(reports: NDArray[Any], order: NDArray[np.int32], out: NDArray[Any]) -> None:
    """Fill ``out`` with reports in an order, as they lie, gaps between fields included."""
    for i in range(len(order)):
        out[i] = reports[order[i]]
