"""The analysis grid: one value that describes a raster's shape and place."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from affine import Affine
from numpy.typing import NDArray

from pipeline.workspace import write_json

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Grid:
    """A north-up raster of square cells in a projected CRS.

    Attributes
    ----------
    rows, cols : int
        Shape, north to south and west to east.
    west_m, north_m : float
        Outer corner of the first cell, metres in ``crs``.
    cell_m : float
        Side of a cell, metres.
    crs : str
        The projected CRS.
    """

    rows: int
    cols: int
    west_m: float
    north_m: float
    cell_m: float
    crs: str

    @classmethod
    def around(cls, x_m: Floats, y_m: Floats, *, margin_m: float, cell_m: float, crs: str) -> Grid:
        """Return the grid that covers points and a margin, snapped to whole multiples of the cell."""
        west = math.floor((float(x_m.min()) - margin_m) / cell_m) * cell_m
        north = math.ceil((float(y_m.max()) + margin_m) / cell_m) * cell_m
        cols = math.ceil((float(x_m.max()) + margin_m - west) / cell_m)
        rows = math.ceil((north - float(y_m.min()) + margin_m) / cell_m)
        return cls(rows, cols, west, north, cell_m, crs)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return (self.rows, self.cols)

    @property
    def transform(self) -> Affine:
        """Affine from (column, row) to (x, y)."""
        return Affine(self.cell_m, 0.0, self.west_m, 0.0, -self.cell_m, self.north_m)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north in metres."""
        return (
            self.west_m,
            self.north_m - self.rows * self.cell_m,
            self.west_m + self.cols * self.cell_m,
            self.north_m,
        )

    def centres(self, row: Ints, col: Ints) -> tuple[Floats, Floats]:
        """Return x and y of cell centres, metres."""
        x = self.west_m + (np.asarray(col, float) + 0.5) * self.cell_m
        y = self.north_m - (np.asarray(row, float) + 0.5) * self.cell_m
        return x, y

    def cell_of(self, x_m: Floats, y_m: Floats) -> tuple[Ints, Ints]:
        """Return row and column of the cells that hold points; may lie outside the shape."""
        row = np.floor((self.north_m - np.asarray(y_m)) / self.cell_m).astype(np.int64)
        col = np.floor((np.asarray(x_m) - self.west_m) / self.cell_m).astype(np.int64)
        return row, col

    def full(self, row: Ints, col: Ints, values: NDArray[Any], fill: float, dtype: str = "float32") -> NDArray[Any]:
        """Return a raster that holds ``values`` at cells and ``fill`` elsewhere."""
        raster = np.full(self.shape, fill, dtype=dtype)
        raster[row, col] = values
        return raster

    def save(self, path: Path) -> None:
        """Write the grid as JSON."""
        write_json(path, vars(self))

    @classmethod
    def load(cls, path: Path) -> Grid:
        """Read a grid written by ``save``."""
        return cls(**json.loads(path.read_text(encoding="utf-8")))
