"""The lattice of pixels that tiles of one survey share, and where on the ground its pixels lie."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from affine import Affine

from pipeline.geo import Floats
from pipeline.sources.rasters.raster_file import RasterFile, apply, same_crs, transformer

NODE_PIXELS = 64
"""Ground coordinates are computed at every 64th pixel and interpolated between: over so few a projection is flat."""
# Lattices that run apart by less than this part of a pixel over a tile are the same.
_SAME_PIXEL = 0.02


@dataclass(frozen=True)
class Lattice:
    """Pixels of equal shape without end; a tile is a box of them.

    Rows and columns count from the origin of the CRS, so that every tile of a survey calls a pixel alike.

    Attributes
    ----------
    crs : str
        CRS of the ground coordinates.
    pixel : Affine
        How x and y go with columns and rows; its shift is where the pixel (0, 0) begins.
    """

    crs: str
    pixel: Affine

    @classmethod
    def of(cls, file: RasterFile) -> tuple[Lattice, int, int]:
        """Return the lattice of a raster, and the row and column of its first pixel."""
        step = _shifted(file.transform, 0.0, 0.0)
        at = apply(~step, np.array(file.transform.c), np.array(file.transform.f))
        col, row = (int(np.floor(axis + _SAME_PIXEL / 2)) for axis in at)
        # To a millionth of a pixel: what tiles of one survey differ by is rounding.
        into = (np.round(axis - whole, 6) for axis, whole in zip(at, (col, row), strict=True))
        return cls(file.crs, _shifted(step, *(float(axis) for axis in apply(step, *into)))), row, col

    def holds(self, other: Lattice, pixels: int) -> bool:
        """Tell whether another lattice has the same pixels, over so many from the first of a tile."""
        if not same_crs(self.crs, other.crs):
            return False
        back, theirs = ~self.pixel, other.pixel
        apart = np.array(apply(back, np.array(theirs.c), np.array(theirs.f)))
        steps = np.array([[theirs.a, theirs.b], [theirs.d, theirs.e]])
        drift = np.array([[back.a, back.b], [back.d, back.e]]) @ steps - np.eye(2)
        return bool(np.abs(apart - np.round(apart)).max() + np.abs(drift).max() * pixels < _SAME_PIXEL)

    def pixel_area_m2(self, row: int, col: int, crs: str) -> float:
        """Return the area of a pixel in a CRS."""
        x, y = apply(self.pixel, np.array([col, col + 1.0, col]), np.array([row, row, row + 1.0]))
        if not same_crs(self.crs, crs):
            x, y = (np.asarray(axis) for axis in transformer(self.crs, crs).transform(x, y))
        return float(abs((x[1] - x[0]) * (y[2] - y[0]) - (x[2] - x[0]) * (y[1] - y[0])))

    def nodes(self, row: int, col: int, shape: tuple[int, int], crs: str) -> tuple[Floats, Floats]:
        """Return x and y, in a CRS, of the pixel centres at every 64th row and column that frame a window.

        Nodes lie at the same pixels whichever window asks, so what is interpolated does not depend on windows.
        """
        rows, cols = (
            np.arange(first // NODE_PIXELS, (first + size - 1) // NODE_PIXELS + 2) * NODE_PIXELS
            for first, size in zip((row, col), shape, strict=True)
        )
        x, y = apply(self.pixel, *np.meshgrid(cols + 0.5, rows + 0.5))
        if not same_crs(self.crs, crs):
            x, y = (np.asarray(axis) for axis in transformer(self.crs, crs).transform(x, y))
        return np.ascontiguousarray(x), np.ascontiguousarray(y)


def _shifted(transform: Affine, x: float, y: float) -> Affine:
    """Return a transform with another shift."""
    return Affine(transform.a, transform.b, x, transform.d, transform.e, y)
