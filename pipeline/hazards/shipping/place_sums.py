"""Whole sums by place and ship: laid down piece by piece while ships are worked on, and put together in bounded memory.

A row is a place (station or cell), a ship, and sums. No two pieces share a ship, and they come in the order of ships.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.geo import Ints
from pipeline.hazards.shipping.in_order import in_order

ROWS = 1 << 20
"""Rows of a row group of what is written, and about so many in memory."""
_STRIDE = 512  # of the rows whose places tell where to look in a piece


@dataclass
class SumsWriter:
    """Takes the sums of ships one after the other and writes them down as pieces in the order of places.

    Attributes
    ----------
    folder, name : Path, str
        Where to, and what the files are called.
    rows : int
        About so many are held.
    pieces : list of int
        Rows of each that was written.
    """

    folder: Path
    name: str
    rows: int
    pieces: list[int] = field(default_factory=list)
    _held: list[Ints] = field(default_factory=list)

    def add(self, sums: Ints) -> None:
        """Take sums, shape (n, columns), in the order of ships."""
        self._held.append(sums)
        if sum(map(len, self._held)) >= self.rows:
            self.close()

    def close(self) -> None:
        """Write what is held."""
        sums = _in_order_of_places(self._held)
        if len(sums):
            piece = SumsPiece(self.folder / f"{self.name}_{len(self.pieces)}.sums", *sums.shape)
            sums.tofile(piece.path)
            sums[::_STRIDE, 0].tofile(piece.path_of_places)
            self.pieces.append(len(sums))
        self._held = []


@dataclass(frozen=True)
class SumsPiece:
    """A piece that was written down.

    Attributes
    ----------
    path : Path
        Its file.
    rows, columns : int
        How many.
    """

    path: Path
    rows: int
    columns: int

    @property
    def path_of_places(self) -> Path:
        """Where the place of every so many rows lies."""
        return self.path.with_suffix(".places")

    @cached_property
    def places(self) -> Ints:
        """The place of every so many rows, ascending."""
        return np.fromfile(self.path_of_places, np.int64)

    def read(self, low: int, high: int) -> Ints:
        """Read the rows of places from ``low`` up to, and without, ``high``.

        Raises
        ------
        EOFError
            If the file has fewer.
        """
        first, end = np.searchsorted(self.places, [low, high])
        first = max(int(first) - 1, 0) * _STRIDE
        count = (min(int(end) * _STRIDE, self.rows) - first) * self.columns
        rows = np.fromfile(self.path, np.int64, count, offset=first * self.columns * 8)
        if len(rows) != count:
            raise EOFError(f"{self.path} ends within its rows")
        rows = rows.reshape(-1, self.columns)
        return rows[slice(*np.searchsorted(rows[:, 0], [low, high]))]


def pieces_of(folder: Path, name: str, columns: int, pieces: Sequence[int]) -> list[SumsPiece]:
    """Return the pieces that a ``SumsWriter`` left and told, in their order."""
    return [SumsPiece(folder / f"{name}_{number}.sums", rows, columns) for number, rows in enumerate(pieces)]


def in_order_of_places(pieces: Sequence[SumsPiece], threads: int, rows: int = ROWS) -> Iterator[Ints]:
    """Give all sums in the order of places and, at a place, of pieces.

    About ``rows`` come at once, or all of one place: as many as the places that were noted tell, and of each piece up
    to two strides more. No file is held open.
    """
    noted = np.sort(np.concatenate([np.zeros(0, np.int64), *(piece.places for piece in pieces)]))
    edges = [*np.unique(noted[:: max(rows // _STRIDE, 1)]).tolist(), np.iinfo(np.int64).max]

    def read(places: tuple[int, int]) -> Ints:
        return _in_order_of_places([piece.read(*places) for piece in pieces])

    yield from in_order(read, pairwise(edges), threads)


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
    with pq.ParquetWriter(path, schema, compression="none", use_dictionary=list(columns)[:2]) as writer:
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


def _in_order_of_places(tables: Sequence[Ints]) -> Ints:
    from pipeline.hazards.shipping.place_sums_kernel import by_place

    return by_place(np.concatenate(tables)) if tables else np.zeros((0, 2), np.int64)
