"""The mean of files that overlap, place by place: the same in any order."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.geo import Floats, Ints
from pipeline.sources.rasters.tile import Box

# A power of two: depths as files hold them (float32) are exact in it, and so are the sums of some hundred of them.
_PARTS_PER_M = 2.0**30


class ExactMean:
    """Means of values from several files, summed in whole parts of a metre.

    Parameters
    ----------
    shape : tuple of int
        Of the places.
    """

    def __init__(self, shape: tuple[int, ...]) -> None:
        self._total, self._number = np.zeros(shape), np.zeros(shape, np.int32)

    def add(self, where: Ints | Box, values: NDArray[np.floating]) -> None:
        """Add one file's values, each place once; NaN where it has none."""
        known = ~np.isnan(values)
        with np.errstate(invalid="ignore"):  # what is infinite, no role takes
            self._total[where] += np.rint(np.where(known, values, 0.0) * _PARTS_PER_M)
        self._number[where] += known

    @property
    def values(self) -> Floats:
        """Means; NaN where no file has a value."""
        known = self._number > 0
        return np.where(known, self._total / _PARTS_PER_M / np.where(known, self._number, 1), np.nan)
