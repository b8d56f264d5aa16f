"""Whole sums by place and ship: laid down piece by piece while ships are worked on, and put together in bounded memory.

A row is a place (station or cell), a ship, and sums. No two pieces share a ship, and they come in the order of ships.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.geo import Ints
from pipeline.hazards.shipping.in_order import in_order

ROWS = 1 << 20
"""Rows of a row group of what is written, and about so many in memory."""


@dataclass
class SumsWriter:
    """Takes the sums of ships one after the other and writes them down as pieces in the order of places.

    Attributes
    ----------
    folder, name : Path, str
        Where to, and what the files are called.
    rows : int
        About so many are held.
    """

    folder: Path
    name: str
    rows: int
    _held: list[Ints] = field(default_factory=list)
    _pieces: int = 0

    def add(self, sums: Ints) -> None:
        """Take sums, shape (n, columns), in the order of ships."""
        self._held.append(sums)
        if sum(map(len, self._held)) >= self.rows:
            self.close()

    def close(self) -> None:
        """Write what is held."""
        sums = _in_order_of_places(self._held)
        if len(sums):
            sums.tofile(self.folder / f"{self.name}_{self._pieces}.sums")
            self._pieces += 1
        self._held = []


@dataclass(frozen=True)
class SumsPiece:
    """A piece that was written down.

    Attributes
    ----------
    path : Path
        Its file.
    columns : int
        Of its rows.
    """

    path: Path
    columns: int

    @property
    def places(self) -> Ints:
        """The place of each row, ascending; mapped from the file."""
        return np.memmap(self.path, np.int64, "r").reshape(-1, self.columns)[:, 0]

    def read(self, first: int, end: int) -> Ints:
        """Read some of its rows."""
        count = (end - first) * self.columns
        return np.fromfile(self.path, np.int64, count, offset=first * self.columns * 8).reshape(-1, self.columns)


def pieces_of(folder: Path, name: str, columns: int) -> list[SumsPiece]:
    """Return the pieces that a ``SumsWriter`` left, in their order."""
    count = len(list(folder.glob(f"{name}_*.sums")))
    return [SumsPiece(folder / f"{name}_{number}.sums", columns) for number in range(count)]


def in_order_of_places(pieces: Sequence[SumsPiece], threads: int, rows: int = ROWS) -> Iterator[Ints]:
    """Give all sums in the order of places and, at a place, of pieces: about ``rows`` at once, or all of one place."""
    yield from in_order(_read, _ranges(pieces, rows), threads)


def _ranges(pieces: Sequence[SumsPiece], rows: int) -> Iterator[list[tuple[SumsPiece, int, int]]]:
    """Give which rows of which pieces hold the next places."""
    places = [piece.places for piece in pieces]
    ends = np.array([len(own) for own in places], np.int64)
    at = np.zeros(len(pieces), np.int64)
    while left := np.flatnonzero(at < ends).tolist():
        low, high = min(places[k][at[k]] for k in left), max(places[k][-1] for k in left)
        while low < high:  # the last place up to which there are no more rows than that; at least the first
            middle = (low + high + 1) // 2
            if sum(_up_to(places[k], middle) - at[k] for k in left) <= rows:
                low = middle
            else:
                high = middle - 1
        until = at.copy()
        until[left] = [_up_to(places[k], low) for k in left]
        yield [(pieces[k], int(at[k]), int(until[k])) for k in left]
        at = until


def _read(rows: Sequence[tuple[SumsPiece, int, int]]) -> Ints:
    return _in_order_of_places([piece.read(first, end) for piece, first, end in rows])


def write_sums(path: Path, sums: Iterable[Ints], columns: Mapping[str, str]) -> None:
    """Write sums as Parquet, in row groups of ``ROWS`` however they come.

    Parameters
    ----------
    path : Path
        Where to.
    sums : iterable of ndarray, shape (n, columns)
        In their order.
    columns : mapping of str to str
        Names and types of the columns.
    """
    schema = pa.schema([(name, pa.type_for_alias(kind)) for name, kind in columns.items()])
    with pq.ParquetWriter(path, schema, compression="lz4", use_dictionary=list(columns)[:2]) as writer:
        for group in _even(sums, ROWS):
            arrays = [pa.array(values.astype(kind)) for values, kind in zip(group.T, columns.values(), strict=True)]
            writer.write_table(pa.table(arrays, schema=schema), row_group_size=ROWS)


def _even(sums: Iterable[Ints], rows: int) -> Iterator[Ints]:
    held: list[Ints] = []
    for some in sums:
        held.append(some)
        while sum(map(len, held)) >= rows:
            joined = np.concatenate(held)
            yield joined[:rows]
            held = [joined[rows:]]
    if sum(map(len, held)):
        yield np.concatenate(held)


def _up_to(places: Ints, place: int) -> int:
    return int(np.searchsorted(places, place, side="right"))


def _in_order_of_places(tables: Sequence[Ints]) -> Ints:
    from pipeline.hazards.shipping.place_sums_kernel import by_place

    return by_place(np.concatenate(tables)) if tables else np.zeros((0, 2), np.int64)
