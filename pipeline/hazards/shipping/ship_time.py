"""Reading the ship-time of an exposure table, ship after ship, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pipeline.geo import Ints
from pipeline.hazards.shipping.alike import Alike

BATCH_ROWS = 1 << 20
"""Rows read at once; no digit depends on it."""
HELD_ROWS = 50_000_000
"""Rows held at once, 12 bytes each; the table is read once more for each further such part. No digit depends on it."""


@dataclass(frozen=True, eq=False)
class ShipTime:
    """Ship-time of some groups of ships, by rank of ship.

    Attributes
    ----------
    groups : range
        Which groups of the fleet.
    first : ndarray of int, shape (ships + 1,)
        Rows ``first[r]`` to ``first[r + 1]`` are the ship of rank r of these groups, in order of place.
    place : ndarray of int32, shape (rows,)
        Station or cell.
    time_us : ndarray of int64, shape (rows,)
        Ship-time times direction factor, microseconds.
    """

    groups: range
    first: Ints
    place: NDArray[np.int32]
    time_us: Ints

    @classmethod
    def read(
        cls, path: Path, key: str, alike: Alike, *, time: str = "hours_us", held_rows: int = HELD_ROWS
    ) -> Iterator[ShipTime]:
        """Read a place, a ship and a time; once to count the rows of each ship, then part by part.

        Parameters
        ----------
        path : Path
            Parquet, in order of ``key``; rows in another order give the same, more slowly.
        key : str
            ``"station"`` or ``"cell"``.
        alike : Alike
            The fleet in groups.
        time : str
            The column of ship-time.
        held_rows : int
            Rows of a part, or all of one group that has more.
        """
        count = np.zeros(len(alike.rank) + 1, dtype=np.int64)
        for (ship,) in _batches(path, ["ship"]):
            count += np.bincount(alike.rank[ship] + 1, minlength=len(count))
        first = np.cumsum(count)
        part = (first[alike.first[1:]] - 1) // held_rows
        starts = np.flatnonzero(np.diff(part, prepend=-1))
        for start, end in pairwise([*starts.tolist(), len(alike)]):
            yield cls._read_part(path, [key, "ship", time], alike, range(start, end), first)

    @classmethod
    def _read_part(cls, path: Path, columns: list[str], alike: Alike, groups: range, first: Ints) -> ShipTime:
        from pipeline.hazards.shipping.sweep import place_rows

        low, high = alike.first[groups.start], alike.first[groups.stop]
        rows = int(first[high] - first[low])
        place, time_us = np.empty(rows, dtype=np.int32), np.empty(rows, dtype=np.int64)
        next_row = first[low:high] - first[low]
        sorted_so_far = True
        last = np.full(high - low, -1, dtype=np.int32)
        for at, ship, held in _batches(path, columns):
            rank = alike.rank[ship] - low
            own = (rank >= 0) & (rank < high - low)
            if not own.all():
                at, rank, held = at[own], rank[own], held[own]
            sorted_so_far &= place_rows(at, rank, held, next_row, last, place, time_us)
        if not sorted_so_far:
            owner = np.repeat(np.arange(low, high), np.diff(first[low : high + 1]))
            order = np.lexsort((time_us, place, owner))
            place, time_us = place[order], time_us[order]
        return cls(groups, first - first[low], place, time_us)


def _batches(path: Path, columns: list[str]) -> Iterator[list[NDArray[Any]]]:
    with pq.ParquetFile(path) as table:
        for batch in table.iter_batches(BATCH_ROWS, columns=columns, use_threads=False):
            yield [np.ascontiguousarray(batch.column(name).to_numpy()) for name in columns]
