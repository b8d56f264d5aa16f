"""Packed tiles of a TIFF: where they lie in the file, so that they can be moved to another without unpacking them."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

_OFFSETS, _LENGTHS = 324, 325
_TYPES: dict[int, np.dtype[Any]] = {3: np.dtype("<u2"), 4: np.dtype("<u4"), 16: np.dtype("<u8")}
_BIG = 43


@dataclass(frozen=True)
class _Table:
    at: int
    dtype: np.dtype[Any]
    number: int

    def read(self, stream: BinaryIO) -> NDArray[np.int64]:
        stream.seek(self.at)
        return np.frombuffer(stream.read(self.number * self.dtype.itemsize), self.dtype).astype(np.int64)


@dataclass(frozen=True)
class TileTables:
    """What a little-endian TIFF says of where its tiles are, and how long; of its first image.

    Attributes
    ----------
    offsets, lengths : ndarray of int64, shape (tiles,)
        In bytes; 0 for a tile that was never written. Tiles go from west to east, north to south, band by band.
    """

    offsets: NDArray[np.int64]
    lengths: NDArray[np.int64]
    _tables: tuple[_Table, _Table]

    @classmethod
    def read(cls, stream: BinaryIO) -> TileTables:
        """Return what a TIFF says that GDAL wrote here."""
        _, kind = _unpack("<HH", stream)
        first, count, entry, inline = ("<4xQ", "<Q", "<HHQQ", 8) if kind == _BIG else ("<I", "<H", "<HHII", 4)
        (directory,) = _unpack(first, stream)
        stream.seek(directory)
        (entries,) = _unpack(count, stream)
        found: dict[int, _Table] = {}
        for _ in range(entries):
            tag, kind, number, at = _unpack(entry, stream)
            if tag in (_OFFSETS, _LENGTHS):
                here = number * _TYPES[kind].itemsize <= inline
                found[tag] = _Table(stream.tell() - inline if here else at, _TYPES[kind], number)
        tables = found[_OFFSETS], found[_LENGTHS]
        return cls(tables[0].read(stream), tables[1].read(stream), tables)

    def write(self, stream: BinaryIO) -> None:
        """Put the tables back where they were read from."""
        for table, values in zip(self._tables, (self.offsets, self.lengths), strict=True):
            stream.seek(table.at)
            stream.write(values.astype(table.dtype).tobytes())


def _unpack(layout: str, stream: BinaryIO) -> tuple[int, ...]:
    return struct.unpack(layout, stream.read(struct.calcsize(layout)))
