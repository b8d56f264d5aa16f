"""Runs of equal values along the route."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pipeline.geo import Floats, Ints


def runs_of(values: Sequence[Any]) -> Ints:
    """Return the index where each run of equal values starts."""
    changes = [index for index in range(1, len(values)) if values[index] != values[index - 1]]
    return np.array([0, *changes], dtype=np.int64)


def merge_short_runs(starts: Ints, length_km: Floats, minimum_km: float) -> Ints:
    """Join runs shorter than a minimum, the shortest first, to their longer neighbour.

    Parameters
    ----------
    starts : ndarray of int
        Index where each run starts.
    length_km : ndarray, shape (stations,)
        Length of each station.
    minimum_km : float
        Shortest run that stands alone.

    Returns
    -------
    ndarray of int
        The starts that remain.
    """
    kept = starts.tolist()
    lengths = np.add.reduceat(length_km, starts).tolist()
    while len(kept) > 1 and min(lengths) < minimum_km - 1e-9:
        short = lengths.index(min(lengths))
        before = lengths[short - 1] if short else -1.0
        after = lengths[short + 1] if short + 1 < len(kept) else -1.0
        left = short - 1 if before >= after else short
        lengths[left : left + 2] = [lengths[left] + lengths[left + 1]]
        del kept[left + 1]
    return np.array(kept, dtype=np.int64)
