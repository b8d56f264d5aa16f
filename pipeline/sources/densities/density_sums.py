"""The mean of a raster in the cells of a grid, whichever of the two is finer: pixels are cut, parts counted."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from pipeline.geo import Grid
from pipeline.sources.rasters.cell_sums import nodes
from pipeline.sources.rasters.raster_file import RasterFile

PER_HOUR = 10_000.0
"""Units of a sum in one hour per km2: a third of a second."""
MOST_H_PER_KM2_YR = 5_000_000.0
"""Some 570 ships on every square kilometre all year; no harbour holds more."""

_PARTS_PER_CELL, _MOST_PARTS = 16.0, 512
# Corners of pixels are transformed at this distance, and interpolated between: so far a projection is as good as flat.
_NODE_M, _MOST_NODE = 8000.0, 32


class DensitySums:
    """Sums and numbers of a raster's parts in the cells of a grid.

    A pixel is cut into 2 x 2, 4 x 4 ... parts until a part is at most a sixteenth of a cell; each counts in the cell
    that holds its centre. All is in whole numbers, so that the order of reading changes no digit.

    Attributes
    ----------
    total : ndarray of int64, shape ``grid.shape``
        Sum of values over parts, in units of 1 / ``PER_HOUR``.
    number : ndarray of int64, shape ``grid.shape``
        Number of parts with a value.
    """

    def __init__(self, file: RasterFile, grid: Grid) -> None:
        self._file, self._grid, self._parts = file, grid, 1
        while self._parts < _MOST_PARTS and _PARTS_PER_CELL * file.resolution_m > self._parts * grid.cell_m:
            self._parts *= 2
        self._node = int(min(max(_NODE_M / file.resolution_m, 1.0), _MOST_NODE))
        self.total = np.zeros(grid.shape, dtype=np.int64)
        self.number = np.zeros(grid.shape, dtype=np.int64)

    @property
    def part_m2(self) -> float:
        """Ground area of a part, square metres, as good as the file's pixel size tells it."""
        return (self._file.resolution_m / self._parts) ** 2

    def add(self, window: Window, values: NDArray[np.float32]) -> None:
        """Add a window of the raster; NaN is no value."""
        rows, cols, first = nodes(self._file, window, self._grid, self._node)
        from pipeline.sources.rasters.pixel_kernels import add_pixels

        add_pixels(
            values, rows, cols, *first, self._node, self._parts, PER_HOUR, self._parts**2, MOST_H_PER_KM2_YR,
            self.total, self.number,
        )  # fmt: skip
