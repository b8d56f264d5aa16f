"""Reading the ship-time of an exposure table, ship after ship, in bounded memory."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pipeline.geo import Ints

BATCH_ROWS = 1 << 20
"""Rows read at once; no digit depends on it."""


@dataclass(frozen=True, eq=False)
class ShipTime:
    """Ship-time by rank of ship, 12 bytes a row.

    Attributes
    ----------
    first : ndarray of int, shape (ships + 1,)
        Rows ``first[r]`` to ``first[r + 1]`` are the ship of rank r, in order of place.
    place : ndarray of int32, shape (rows,)
        Station or cell.
    time_us : ndarray of int64, shape (rows,)
        Ship-time times direction factor, microseconds.
    """

    first: Ints
    place: NDArray[np.int32]
    time_us: Ints

    @classmethod
    def read(
        cls, path: Path, key: str, rank: Ints, *, time: str = "hours_us", batch_rows: int = BATCH_ROWS
    ) -> ShipTime:
        """Read a place, a ship and a time in two passes, one that counts rows and one that places them.

        Parameters
        ----------
        path : Path
            Parquet, in order of ``key``; rows in another order give the same, more slowly.
        key : str
            ``"station"`` or ``"cell"``.
        rank : ndarray of int, shape (ships,)
            Rank of every ship.
        time : str
            The column of ship-time.
        batch_rows : int
            Rows held at once beside the result.
        """
        from pipeline.hazards.shipping.sweep import place_rows

        with pq.ParquetFile(path) as table:
            count = np.zeros(len(rank) + 1, dtype=np.int64)
            for batch in table.iter_batches(batch_rows, columns=["ship"], use_threads=False):
                count += np.bincount(rank[batch.column(0).to_numpy()] + 1, minlength=len(count))
            first = np.cumsum(count)
            place = np.empty(int(first[-1]), dtype=np.int32)
            time_us = np.empty(int(first[-1]), dtype=np.int64)
            next_row = first[:-1].copy()
            sorted_so_far = True
            last = np.full(len(rank), -1, dtype=np.int32)
            for batch in table.iter_batches(batch_rows, columns=[key, "ship", time], use_threads=False):
                at, ship, held = (np.ascontiguousarray(column.to_numpy()) for column in batch.columns)
                sorted_so_far &= place_rows(at, rank[ship], held, next_row, last, place, time_us)
        if not sorted_so_far:
            owner = np.repeat(np.arange(len(rank)), np.diff(first))
            order = np.lexsort((time_us, place, owner))
            place, time_us = place[order], time_us[order]
        return cls(first, place, time_us)
