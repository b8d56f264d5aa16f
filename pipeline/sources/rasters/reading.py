"""Reading a raster through, block by block and once: a file may open and still be truncated."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
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

    def plus(self, other: Contents) -> Contents:
        """Return what reading other blocks of the raster told as well."""
        low, high = float(np.fmin(self.low, other.low)), float(np.fmax(self.high, other.high))
        return Contents(self.valid + other.valid, self.read + other.read, self.total, low, high)


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
        What can be used of it, see ``usable``.
    takers : sequence of Taker
        What gathers.

    Raises
    ------
    DataError
        If a block cannot be read, or no pixel of a raster that was read whole has a value.
    """
    contents = read_rows(file, usable(file, within), (0, file.height), takers)
    refuse_empty(contents, file.path)
    return contents


def usable(file: RasterFile, within: Sequence[Window] | None) -> Sequence[Window]:
    """Return what is read of a raster of which some parts can be used (see ``reach``); all can without them.

    Of a raster of more than ``WHOLE_PIXELS`` no more than that is read. Any other is read whole, so that damage shows
    wherever it is.
    """
    if within is None or file.width * file.height <= WHOLE_PIXELS:
        return [Window(0, 0, file.width, file.height)]
    return within


def bands(file: RasterFile, boxes: Sequence[Window]) -> list[tuple[int, int]]:
    """Return the rows of a raster in bands, each of which can be read for itself: first row, and that after the last.

    Parameters
    ----------
    file : RasterFile
        The raster, not held in memory.
    boxes : sequence of Window
        What is to be read of it; a band has about ``BATCH_PIXELS`` of that.

    Returns
    -------
    list of tuple
        All rows, also those beside the boxes. A raster that is held in memory at once, or cannot be read in parts, is
        one band.
    """
    if not file.divisible or file.width * file.height <= AT_ONCE_PIXELS:
        return [(0, file.height)]
    starts = sorted({window.row_off for box in boxes for window in batches(file, box)})
    return list(pairwise([0, *starts[1:], file.height]))


def read_rows(
    file: RasterFile, boxes: Sequence[Window], rows: tuple[int, int], takers: Sequence[Taker] = ()
) -> Contents:
    """Read what lies of boxes in some rows of a raster, as ``read_through`` does.

    Raises
    ------
    DataError
        If a block cannot be read.
    """
    valid, read, low, high = 0, 0, math.nan, math.nan
    with file.open() as dataset:
        for window in (window for box in in_rows(boxes, rows) for window in batches(file, box)):
            file.verify(dataset, window)
            values = file.read(dataset, window)
            read += values.size
            known = values[~np.isnan(values)]
            if known.size:
                valid += known.size
                low, high = float(np.fmin(low, known.min())), float(np.fmax(high, known.max()))
            for taker in takers:
                taker.add(window, values)
    return Contents(valid, read, file.width * file.height, low, high)


def refuse_empty(contents: Contents, path: Path) -> None:
    """Refuse a raster that was read whole and has no value.

    Raises
    ------
    DataError
        If it is so.
    """
    if contents.read == contents.total and not contents.valid:
        raise DataError(
            "the raster has no value in any cell: all of it is nodata",
            where=str(path),
            remedy="Check its nodata value, or take the file out of the source.",
        )


def in_rows(boxes: Sequence[Window], rows: tuple[int, int]) -> Iterator[Window]:
    """Give what lies of boxes between a row and that after the last."""
    for box in boxes:
        top, bottom = max(box.row_off, rows[0]), min(box.row_off + box.height, rows[1])
        if top < bottom:
            yield Window(box.col_off, top, box.width, bottom - top)


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
