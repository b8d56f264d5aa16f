"""Adding up the pixels of a raster in the cells of a grid, each exactly once, in whole numbers.

Pixels wider than an eighth of a cell are cut into 2 x 2, 4 x 4 ... parts, and each part counts where its centre lies.
Sums are whole tenths of a millimetre and whole 256ths of a pixel, so that neither the order in which pixels come, nor
how a survey is cut into files, can change a digit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from pipeline.geo import Floats, Grid
from pipeline.sources.rasters.raster_file import RasterFile, apply, transformer

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
        from pipeline.sources.rasters.pixel_kernels import add_pixels

        add_pixels(
            values, rows, cols, *first, _NODE, self._parts, PER_METRE, PER_PIXEL, _LARGEST_M, self.total, self.pixels
        )


def places(file: RasterFile, window: Window, grid: Grid) -> list[NDArray[np.int32]]:
    """Return, for each part of the pixels of a window in turn, the grid cell (flat) that holds it; -1 outside.

    A part stands for ``PER_PIXEL`` / number of parts of a pixel.
    """
    from pipeline.sources.rasters.pixel_kernels import place_pixels

    rows, cols, first = nodes(file, window, grid)
    parts = parts_per_side(file, grid)
    shape = (window.height, window.width)
    found = []
    for down in range(parts):
        for across in range(parts):
            place = np.empty(shape, dtype=np.int32)
            at = ((down + 0.5) / parts, (across + 0.5) / parts)
            place_pixels(rows, cols, *first, _NODE, *at, grid.rows, grid.cols, place)
            found.append(place)
    return found


def nodes(file: RasterFile, window: Window, grid: Grid, every: int = _NODE) -> tuple[Floats, Floats, tuple[int, int]]:
    """Return row and column in a grid of every 32nd pixel corner around a window, and the window's place among them.

    Parameters
    ----------
    file, window, grid : RasterFile, Window, Grid
        Which pixels, and where to.
    every : int
        Of pixels too wide for that, another distance between the corners.

    Returns
    -------
    tuple
        Rows and columns, shape (nodes down, nodes across), NaN where the grid's CRS has no such place; and row and
        column of the window's first pixel, counted from the first node.
    """
    top, left = window.row_off // every, window.col_off // every
    bottom = (window.row_off + window.height - 1) // every + 1
    right = (window.col_off + window.width - 1) // every + 1
    col, row = np.meshgrid(np.arange(left, right + 1) * float(every), np.arange(top, bottom + 1) * float(every))
    x, y = apply(file.transform, col, row)
    if not file.crs_is(grid.crs):
        x, y = (np.asarray(axis) for axis in transformer(file.crs, grid.crs).transform(x, y))
    there = np.isfinite(x) & np.isfinite(y)
    rows = np.where(there, (grid.north_m - y) / grid.cell_m, np.nan) + _ON_EDGE
    cols = np.where(there, (x - grid.west_m) / grid.cell_m, np.nan) + _ON_EDGE
    return rows, cols, (window.row_off - top * every, window.col_off - left * every)
