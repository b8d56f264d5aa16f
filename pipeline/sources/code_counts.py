"""Counting which codes a raster of classes has, and how many pixels of each lie in which cell."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from pipeline.geo import Grid, Ints
from pipeline.sources.cell_sums import PER_PIXEL, parts_per_side, places
from pipeline.sources.rasters import RasterFile

# A raster of more codes than this is none of classes.
_MOST_CODES = 1000
# Counting needs memory for every key between the first and the last; sorting is slower, and needs none.
_MOST_COUNTERS = 16_000_000


class Codes:
    """The distinct values of a raster, up to 1000 of them."""

    def __init__(self) -> None:
        self._codes, self._known = np.zeros(_MOST_CODES, dtype=np.float32), 0

    def add(self, window: Window, values: NDArray[np.float32]) -> None:
        """Take a window of the raster."""
        self.kinds(values)

    def kinds(self, values: NDArray[np.float32]) -> NDArray[np.int32]:
        """Return which code each value is, counted from 1 in the order in which they were met; 0 for no value."""
        from pipeline.sources.pixel_kernels import number_codes

        kind = np.empty(values.shape, dtype=np.int32)
        self._known = number_codes(values.ravel(), self._codes, self._known, kind.ravel())
        return kind

    @property
    def met(self) -> NDArray[np.float32]:
        """Codes in the order in which they were met."""
        return self._codes[: self._known]


class CodeCounts:
    """How many pixels of each code lie in which cells.

    Parameters
    ----------
    file : RasterFile
        A raster that is finer than the grid.
    grid : Grid
        The grid.
    row, col : ndarray of int64, shape (cells,)
        The cells that count.
    codes : Codes
        Shared with whoever else needs to know them.
    """

    def __init__(self, file: RasterFile, grid: Grid, row: Ints, col: Ints, codes: Codes) -> None:
        self._file, self._grid, self._codes = file, grid, codes
        self._weight = PER_PIXEL // parts_per_side(file, grid) ** 2
        self._cell_at = np.full(grid.rows * grid.cols + 1, -1, dtype=np.int64)  # the last one is for what lies outside
        self._cell_at[row * grid.cols + col] = np.arange(row.size)
        self._keys, self._numbers = [np.empty(0, np.int64)], [np.empty(0, np.int64)]

    def add(self, window: Window, values: NDArray[np.float32]) -> None:
        """Take a window of the raster."""
        kind = self._codes.kinds(values)
        for place in places(self._file, window, self._grid):
            cell = self._cell_at[place]
            key, number = _tally((cell * (_MOST_CODES + 1) + kind)[cell >= 0])
            self._keys.append(key)
            self._numbers.append(number)

    def result(self) -> tuple[Ints, NDArray[np.float32], Ints]:
        """Return counts in units of 1 / ``PER_PIXEL`` pixel, with the code (NaN: no value) and the cell of each."""
        key, same = np.unique(np.concatenate(self._keys), return_inverse=True)
        count = np.zeros(key.size, dtype=np.int64)
        np.add.at(count, same, np.concatenate(self._numbers))
        cell, kind = np.divmod(key, _MOST_CODES + 1)
        code = np.append(np.float32(np.nan), self._codes.met)[kind]
        order = np.lexsort((code, cell))
        return count[order] * self._weight, code[order], cell[order]


def _tally(keys: Ints) -> tuple[Ints, Ints]:
    """Return distinct keys and how often each occurs."""
    if not keys.size:
        return keys, keys
    low = int(keys.min())
    if int(keys.max()) - low >= _MOST_COUNTERS:
        found, number = np.unique(keys, return_counts=True)
        return found, number.astype(np.int64)
    counts = np.bincount(keys - low)
    found = np.flatnonzero(counts)
    return found + low, counts[found]
