"""Reading a raster through, block by block and once: a file may open and still be truncated."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from pipeline.errors import DataError
from pipeline.geo import Floats, Grid
from pipeline.sources.rasters.raster_file import AT_ONCE_PIXELS, RasterFile, positions

BATCH_PIXELS = AT_ONCE_PIXELS // 2
"""So many pixels are read at a time, or one block where that is larger."""
WHOLE_PIXELS = 100_000_000
"""Of a raster with more pixels only the blocks are read that stations and grids can use."""

_EDGE_POINTS = 257  # along each side of a box: a straight side is a curve in another CRS


@dataclass(frozen=True)
class Contents:
    """What reading every block of a raster told.

    Attributes
    ----------
    valid, read, total : int
        Pixels with a value, pixels that were read, and all pixels.
    low, high : float
        Smallest and largest value; NaN where there is none.
    """

    valid: int
    read: int
    total: int
    low: float
    high: float


class Taker(Protocol):
    """What gathers something from the pixels that go by."""

    def add(self, window: Window, values: NDArray[np.float32]) -> None:
        """Take a window of the raster; NaN is no value."""


def read_through(file: RasterFile, within: Sequence[Window] | None = None, takers: Sequence[Taker] = ()) -> Contents:
    """Read a raster's blocks once, and hand them to all that gather something from them.

    Parameters
    ----------
    file : RasterFile
        The raster.
    within : sequence of Window, optional
        What can be used (see ``reach``): of a raster of more than ``WHOLE_PIXELS`` no more than that is read. Any
        other is read whole, so that damage shows wherever it is.
    takers : sequence of Taker
        What gathers.

    Raises
    ------
    DataError
        If a block cannot be read, or no pixel of a raster that was read whole has a value.
    """
    whole = [Window(0, 0, file.width, file.height)]
    total = file.width * file.height
    boxes = whole if within is None or total <= WHOLE_PIXELS else within
    valid, read, low, high = 0, 0, math.inf, -math.inf
    with file.open() as dataset:
        for window in (window for box in boxes for window in batches(file, box)):
            file.verify(dataset, window)
            values = file.read(dataset, window)
            read += values.size
            known = values[~np.isnan(values)]
            if known.size:
                valid += known.size
                low, high = min(low, float(known.min())), max(high, float(known.max()))
            for taker in takers:
                taker.add(window, values)
    if not valid and boxes is whole:
        raise DataError(
            "the raster has no value in any cell: all of it is nodata",
            where=str(file.path),
            remedy="Check its nodata value, or take the file out of the source.",
        )
    return Contents(valid, read, total, low if valid else math.nan, high if valid else math.nan)


def batches(file: RasterFile, box: Window) -> Iterator[Window]:
    """Give windows that hold each pixel of a box once, each made of whole blocks but for the box's edges."""
    tall, wide = file.block
    top, left = box.row_off // tall * tall, box.col_off // wide * wide
    bottom, right = box.row_off + box.height, box.col_off + box.width
    blocks = max(1, BATCH_PIXELS // (tall * wide))
    across = min(blocks, math.ceil((right - left) / wide))
    down = max(1, blocks // across)
    for row in range(top, bottom, down * tall):
        for col in range(left, right, across * wide):
            r0, c0 = max(row, box.row_off), max(col, box.col_off)
            r1, c1 = min(row + down * tall, bottom), min(col + across * wide, right)
            yield Window(c0, r0, c1 - c0, r1 - r0)


def reach(file: RasterFile, grids: Sequence[Grid], x_m: Floats, y_m: Floats, crs: str) -> list[Window]:
    """Return the parts of a raster that grids and points can use, none of them twice."""
    boxes = [box for grid in grids if (box := window_under(file, grid.bounds, grid.crs)) is not None]
    if x_m.size:
        around = (float(x_m.min()), float(y_m.min()), float(x_m.max()), float(y_m.max()))
        box = window_under(file, around, crs)
        boxes += [box] if box is not None else []
    if not boxes:
        return []
    top, bottom = min(box.row_off for box in boxes), max(box.row_off + box.height for box in boxes)
    left, right = min(box.col_off for box in boxes), max(box.col_off + box.width for box in boxes)
    if right - left >= file.width:
        return [Window(0, top, file.width, bottom - top)]
    # A box that runs over the seam of a raster that wraps is two.
    spans = [(max(left - turn, 0), min(right - turn, file.width)) for turn in (-file.width, 0, file.width)]
    return [Window(first, top, last - first, bottom - top) for first, last in spans if last > first]


def window_under(file: RasterFile, bounds: tuple[float, float, float, float], crs: str) -> Window | None:
    """Return the raster's pixels under a box and two around them; None where there are none.

    Of a raster that wraps, the window may run beyond its first or last column.
    """
    west, south, east, north = bounds
    along = np.linspace(0.0, 1.0, _EDGE_POINTS)
    x = np.concatenate([west + (east - west) * along] * 2 + [np.full(along.size, west), np.full(along.size, east)])
    y = np.concatenate([np.full(along.size, north), np.full(along.size, south)] + [south + (north - south) * along] * 2)
    col, row = positions(file, x, y, crs, together=True)
    if not (np.isfinite(col).all() and np.isfinite(row).all()):
        return Window(0, 0, file.width, file.height)
    c0, c1 = int(np.floor(col.min())) - 2, int(np.ceil(col.max())) + 2
    r0, r1 = max(int(np.floor(row.min())) - 2, 0), min(int(np.ceil(row.max())) + 2, file.height)
    if not file.wraps:
        c0, c1 = max(c0, 0), min(c1, file.width)
    return Window(c0, r0, c1 - c0, r1 - r0) if c1 > c0 and r1 > r0 else None
