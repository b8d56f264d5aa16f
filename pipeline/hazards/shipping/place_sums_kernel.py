"""The compiled sort of sums by place; import it only where it runs: numba takes most of a second to import."""

from __future__ import annotations

import numpy as np
from numba import njit

from pipeline.geo import Ints


@njit(cache=True, nogil=True)
def by_place(sums: Ints) -> Ints:
    """Return rows in the order of their first column, those of one place as they came."""
    out = np.empty_like(sums)
    if len(sums) == 0:
        return out
    least, most = sums[0, 0], sums[0, 0]
    for i in range(len(sums)):
        least, most = min(least, sums[i, 0]), max(most, sums[i, 0])
    at = np.zeros(most - least + 2, np.int64)
    for i in range(len(sums)):
        at[sums[i, 0] - least + 1] += 1
    at = np.cumsum(at)
    for i in range(len(sums)):
        place = sums[i, 0] - least
        out[at[place]] = sums[i]
        at[place] += 1
    return out
