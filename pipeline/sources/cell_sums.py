"""Adding up the pixels of a raster in the cells of a grid, each exactly once, in whole numbers.

Pixels wider than an eighth of a cell are cut into 2 x 2, 4 x 4 ... parts, and each part counts where its centre lies.
Sums are whole tenths of a millimetre and whole 256ths of a pixel, so that neither the order in which pixels come, nor
how a survey is cut into files, can change a digit.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray
from rasterio.windows import Window

from pipeline.geo import Floats, Grid, Ints
from pipeline.sources.rasters import RasterFile, apply, transformer

PER_METRE = 10_000.0
"""Units of a sum in a metre: a tenth of a millimetre is finer than any sounding."""
PER_PIXEL = 256
"""Units of a number of pixels in one pixel: the smallest part of a pixel is a sixteenth of its side."""

_PARTS_PER_CELL, _MOST_PARTS = 8.0, 16
# Coordinates are transformed at every 32nd pixel corner of the file and interpolated between: over 32 pixels a map
# projection is as good as flat, and the same corners are used whatever part of the file is read.
_NODE = 32
# A centre that lies on the edge of two cells, but for the last digits, belongs to the one east or south of it.
_ON_EDGE = 1e-6
# No bed on Earth; with it the sum of 36 million pixels in a cell still fits.
_LARGEST_M = 100_000.0


def parts_per_side(file: RasterFile, grid: Grid) -> int:
    """Return into how many parts the side of a pixel is cut, so that a part is at most an eighth of a cell."""
    parts = 1
    while parts < _MOST_PARTS and _PARTS_PER_CELL * file.resolution_m > parts * grid.cell_m:
        parts *= 2
    return parts


class CellSums:
    """Sums and numbers of a raster's pixels in the cells of a grid.

    Attributes
    ----------
    total : ndarray of int64, shape ``grid.shape``
        Sum of values, in units of 1 / (``PER_METRE`` * ``PER_PIXEL``) metre pixels.
    pixels : ndarray of int64, shape ``grid.shape``
        Number of pixels, in units of 1 / ``PER_PIXEL``.
    """

    def __init__(self, file: RasterFile, grid: Grid) -> None:
        self._file, self._grid, self._parts = file, grid, parts_per_side(file, grid)
        self.total = np.zeros(grid.shape, dtype=np.int64)
        self.pixels = np.zeros(grid.shape, dtype=np.int64)

    def add(self, window: Window, values: NDArray[np.float32]) -> None:
        """Add a window of the raster; NaN and what no bed can be is left out."""
        rows, cols, first = nodes(self._file, window, self._grid)
        _add(values, rows, cols, *first, self._parts, self.total, self.pixels)


def places(file: RasterFile, window: Window, grid: Grid) -> list[NDArray[np.int32]]:
    """Return, for each part of the pixels of a window in turn, the grid cell (flat) that holds it; -1 outside.

    A part stands for ``PER_PIXEL`` / number of parts of a pixel.
    """
    rows, cols, first = nodes(file, window, grid)
    parts = parts_per_side(file, grid)
    shape = (window.height, window.width)
    found = []
    for down in range(parts):
        for across in range(parts):
            place = np.empty(shape, dtype=np.int32)
            _place(rows, cols, *first, (down + 0.5) / parts, (across + 0.5) / parts, grid.rows, grid.cols, place)
            found.append(place)
    return found


def nodes(file: RasterFile, window: Window, grid: Grid) -> tuple[Floats, Floats, tuple[int, int]]:
    """Return row and column in a grid of every 32nd pixel corner around a window, and the window's place among them.

    Returns
    -------
    tuple
        Rows and columns, shape (nodes down, nodes across), NaN where the grid's CRS has no such place; and row and
        column of the window's first pixel, counted from the first node.
    """
    top, left = window.row_off // _NODE, window.col_off // _NODE
    bottom = (window.row_off + window.height - 1) // _NODE + 1
    right = (window.col_off + window.width - 1) // _NODE + 1
    col, row = np.meshgrid(np.arange(left, right + 1) * float(_NODE), np.arange(top, bottom + 1) * float(_NODE))
    x, y = apply(file.transform, col, row)
    if not file.crs_is(grid.crs):
        x, y = (np.asarray(axis) for axis in transformer(file.crs, grid.crs).transform(x, y))
    there = np.isfinite(x) & np.isfinite(y)
    rows = np.where(there, (grid.north_m - y) / grid.cell_m, np.nan) + _ON_EDGE
    cols = np.where(there, (x - grid.west_m) / grid.cell_m, np.nan) + _ON_EDGE
    return rows, cols, (window.row_off - top * _NODE, window.col_off - left * _NODE)


def _kernel(function: Any) -> Any:
    return njit(cache=True, nogil=True)(function)


@_kernel
def _between(nodes: Floats, at: float, out: Floats) -> None:
    """Fill ``out`` with nodes interpolated at a row."""
    first = min(int(at / _NODE), nodes.shape[0] - 2)
    share = at / _NODE - first
    for j in range(nodes.shape[1]):
        out[j] = nodes[first, j] + share * (nodes[first + 1, j] - nodes[first, j])


@_kernel
def _add(
    values: NDArray[np.float32],
    node_rows: Floats,
    node_cols: Floats,
    first_row: int,
    first_col: int,
    parts: int,
    total: Ints,
    pixels: Ints,
) -> None:
    rows, cols = total.shape
    weight = PER_PIXEL // (parts * parts)
    row_line, col_line = np.empty(node_rows.shape[1]), np.empty(node_rows.shape[1])
    for r in range(values.shape[0]):
        for down in range(parts):
            at = first_row + r + (down + 0.5) / parts
            _between(node_rows, at, row_line)
            _between(node_cols, at, col_line)
            last_i, last_j, units, number = -1, -1, 0, 0  # of the run of pixels in one cell
            for c in range(values.shape[1]):
                value = values[r, c]
                if not abs(value) <= _LARGEST_M:
                    continue
                unit = int(np.rint(value * PER_METRE)) * weight
                for across in range(parts):
                    position = (first_col + c + (across + 0.5) / parts) / _NODE
                    node = min(int(position), node_rows.shape[1] - 2)
                    share = position - node
                    i_at = row_line[node] + share * (row_line[node + 1] - row_line[node])
                    j_at = col_line[node] + share * (col_line[node + 1] - col_line[node])
                    if not (i_at >= 0.0 and j_at >= 0.0 and i_at < rows and j_at < cols):
                        continue
                    i, j = int(i_at), int(j_at)
                    if i != last_i or j != last_j:
                        if number:
                            total[last_i, last_j] += units
                            pixels[last_i, last_j] += number
                        last_i, last_j, units, number = i, j, 0, 0
                    units += unit
                    number += weight
            if number:
                total[last_i, last_j] += units
                pixels[last_i, last_j] += number


@_kernel
def _place(
    node_rows: Floats,
    node_cols: Floats,
    first_row: int,
    first_col: int,
    down: float,
    across: float,
    rows: int,
    cols: int,
    place: NDArray[np.int32],
) -> None:
    row_line, col_line = np.empty(node_rows.shape[1]), np.empty(node_rows.shape[1])
    for r in range(place.shape[0]):
        _between(node_rows, first_row + r + down, row_line)
        _between(node_cols, first_row + r + down, col_line)
        for c in range(place.shape[1]):
            position = (first_col + c + across) / _NODE
            node = min(int(position), node_rows.shape[1] - 2)
            share = position - node
            i_at = row_line[node] + share * (row_line[node + 1] - row_line[node])
            j_at = col_line[node] + share * (col_line[node + 1] - col_line[node])
            inside = i_at >= 0.0 and j_at >= 0.0 and i_at < rows and j_at < cols
            place[r, c] = int(i_at) * cols + int(j_at) if inside else -1
