"""The cells of the swath on the map: every picture of it, and what a click finds, is read from the same cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.geo import Floats, Frame, Ints, read_cells
from pipeline.mapping.pictures import Picture, indexed_picture, warp_values
from pipeline.mapping.ramps import NOT_ASSESSED_COLOURS

_STRIPE_PX = 3
"""Width of a stripe of what is not assessed, pixels of the picture."""


@dataclass(frozen=True, eq=False)
class SwathGrid:
    """Which cell lies under each pixel of a picture of the swath.

    Attributes
    ----------
    cell : ndarray of int32, shape (rows, cols)
        Numbers of cells on the map's own projection; -1 outside the swath.
    bounds : list[list[float]]
        As in ``Picture``.
    row, col : ndarray of int, shape (cells,)
        The cells in the rasters of the analysis grid.
    """

    cell: NDArray[np.int32]
    bounds: list[list[float]]
    row: Ints
    col: Ints

    @classmethod
    def of(cls, frame: Frame, max_px: int) -> SwathGrid:
        """Lay the cells of a frame on the map, the longest side of pictures no more than ``max_px`` pixels."""
        row, col = frame.cells["row"].to_numpy(), frame.cells["col"].to_numpy()
        numbers = frame.grid.full(row, col, np.arange(len(row)), np.nan, "float64")
        placed = warp_values(numbers, frame.grid.transform, frame.grid.crs, max_px=max_px, categorical=True)
        cell = np.where(np.isfinite(placed.values), placed.values, -1.0).astype(np.int32)
        return cls(cell, placed.bounds, row, col)

    def read(self, path: Path, band: int = 1) -> Floats:
        """Return a band of a raster of the analysis grid at the cells; NaN where it has no value."""
        return np.asarray(read_cells(path, self.row, self.col, band), np.float64)

    def picture(self, classes: NDArray[np.int64], colours: Sequence[str]) -> Picture:
        """Return cells in the colours of their classes; a class of -1, not assessed, is hatched.

        Parameters
        ----------
        classes : ndarray of int, shape (cells,)
            Places in ``colours``.
        colours : sequence of str
            At most 250.
        """
        inside = self.cell >= 0
        of = np.where(inside, classes[np.where(inside, self.cell, 0)], -2)
        rows, cols = np.indices(self.cell.shape)
        stripe = (rows + cols) // _STRIPE_PX % 2
        index = np.where(of >= 0, of + 1, np.where(inside, len(colours) + 1 + stripe, 0))
        return indexed_picture(index.astype(np.uint8), [*colours, *NOT_ASSESSED_COLOURS], self.bounds)


def classes_of(values: Floats, breaks: Sequence[float], *, right: bool = False) -> NDArray[np.int64]:
    """Return the class of each value by rising limits, -1 where there is none.

    Parameters
    ----------
    values : ndarray, shape (cells,)
        NaN is not assessed.
    breaks : sequence of float
        Limits.
    right : bool
        A value at a limit belongs to the class below it (as depths on a ladder do).
    """
    known = np.isfinite(values)
    return np.where(known, np.digitize(np.where(known, values, 0.0), breaks, right=right), -1)


def codes_of(values: Floats, codes: Sequence[int]) -> NDArray[np.int64]:
    """Return the place of each code in a list, -1 where it is none of them."""
    found = np.full(len(values), -1, np.int64)
    for place, code in enumerate(codes):
        found[values == code] = place
    return found
