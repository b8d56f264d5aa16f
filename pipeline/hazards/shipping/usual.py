"""What the ships of a type usually are: their median, where enough of them state a value (METHODS 1.5)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.geo import Floats, Ints


@dataclass(frozen=True)
class Median:
    """The median of each ship's type, shape (ships,) each.

    Attributes
    ----------
    value : ndarray of float64
        NaN where too few ships of the type state a value.
    ships : ndarray of int64
        How many do.
    """

    value: Floats
    ships: Ints

    @classmethod
    def of(cls, stated: Floats, type_at: Ints, least_ships: int) -> Median:
        """Take the medians of values, NaN where not stated; ``type_at`` is the type of each ship."""
        by_type = pd.Series(stated).groupby(type_at)
        ships = by_type.transform("count").to_numpy(np.int64)
        return cls(np.where(ships >= least_ships, by_type.transform("median").to_numpy(), np.nan), ships)

    def or_more(self, typical: Floats) -> Floats:
        """Return the larger of median and typical value: small or ballasted company makes no ship lighter."""
        return np.fmax(self.value, typical)
