"""How each quantity differs, station by station; a blank that became a value is a change of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.config.changes import ChangeTolerance
from pipeline.geo import Ints
from pipeline.releases.changes.places import Flags, Match
from pipeline.releases.changes.quantities import QUANTITIES, Quantity

SAME: Final = 0
CHANGED: Final = 1
ASSESSED: Final = 2
UNASSESSED: Final = 3


@dataclass(frozen=True, eq=False)
class Difference:
    """A quantity at the new stations.

    Attributes
    ----------
    quantity : Quantity
        Which.
    old, new : ndarray, shape (n,)
        Values: floats with NaN, or texts with None. Old ones are those of the nearest old station.
    exact : ndarray of bool, shape (n,)
        The values differ at all.
    state : ndarray of int, shape (n,)
        ``SAME CHANGED ASSESSED UNASSESSED``, beyond the tolerance.
    """

    quantity: Quantity
    old: NDArray[Any]
    new: NDArray[Any]
    exact: Flags
    state: Ints


def differences(old: pd.DataFrame, new: pd.DataFrame, match: Match, changes: ChangeTolerance) -> list[Difference]:
    """Compare all quantities at the stations that have an old place.

    Between two old stations a value is the same that lies between theirs: where on the cable it is read is no change.
    """
    return [_difference(quantity, old, new, match, changes) for quantity in QUANTITIES]


def _difference(
    quantity: Quantity, old: pd.DataFrame, new: pd.DataFrame, match: Match, changes: ChangeTolerance
) -> Difference:
    was, now = old[quantity.column].to_numpy(), new[quantity.column].to_numpy()
    one, other = was[match.below], was[match.above]
    blank, blank_one, blank_other = pd.isna(now), pd.isna(one), pd.isna(other)
    appears, vanishes = ~blank & blank_one & blank_other, blank & ~blank_one & ~blank_other
    both = ~blank & ~(blank_one & blank_other)
    if quantity.kind == "text":
        exact = differs = both & (now != one) & (now != other)
    else:
        low, high = np.fmin(one, other), np.fmax(one, other)
        beyond = np.where(both, np.maximum(np.maximum(low - now, now - high), 0.0), 0.0)
        absolute, relative, floor = quantity.tolerance(changes)
        coarser = np.where(match.same, 1.0, changes.by_place_factor if not quantity.stepped else 1.0)
        size = np.where(both, np.maximum(np.abs(now), np.abs(np.where(now > high, high, low))), 0.0)
        exact = beyond > 0.0
        # Decimal tolerances are not exact in binary: a difference of just the tolerance is none.
        differs = (beyond > absolute * coarser * (1.0 + 1e-9)) & (beyond > relative * coarser * size) & (size > floor)
    state = np.select([appears, vanishes, differs], [ASSESSED, UNASSESSED, CHANGED], SAME)
    comparable = match.comparable
    return Difference(
        quantity, was[match.nearest], now, (exact | appears | vanishes) & comparable, np.where(comparable, state, SAME)
    )
