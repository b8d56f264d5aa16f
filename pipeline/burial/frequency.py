"""Frequency categories of the DNV-RP-F107 ladder (METHODS 1.3, K)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.geo import Floats

_BOUNDS_PER_YR = (1e-5, 1e-4, 1e-3, 1e-2)
WORDING = {
    1: "negligible",
    2: "rarely expected",
    3: "not expected for one line, credible over many",
    4: "may occur in the life of one line",
    5: "may occur more than once in the life",
}


def frequency_category(rate_per_yr: Floats) -> NDArray[np.int8]:
    """Return the category 1 to 5 of annual frequencies; 0 where not assessed.

    Notes
    -----
    A rate on a bound belongs to the higher category: 1e-5 exactly is category 2 (METHODS 1.3, E).
    """
    rate = np.asarray(rate_per_yr, float)
    category = np.searchsorted(np.array(_BOUNDS_PER_YR), rate, side="right") + 1
    return np.where(np.isnan(rate), 0, category).astype(np.int8)
