"""Heights on a small square lattice, and what one pass makes of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from affine import Affine

from pipeline.geo import Grid
from pipeline.seabed.derivatives import Cells, derive
from pipeline.seabed.relief_sums import ReliefSums
from pipeline.sources.rasters.lattice import Lattice

CRS = "EPSG:32639"


def cells_over(side_m: float, number: int, bearing_deg: float = 0.0) -> Cells:
    """Square analysis cells south-east of the origin, with one bearing of the cable."""
    grid = Grid(number, number, 0.0, 0.0, side_m, CRS)
    bearing = np.radians(bearing_deg)
    direction = np.empty((2, number, number))
    direction[0], direction[1] = np.sin(bearing), np.cos(bearing)
    return Cells(grid, (0, number, 0, number), direction)


def layers_of(heights: np.ndarray, east_m: float, north_m: float | None = None, *, bearing_deg: float = 0.0):
    """Return the five layers of heights whose outermost rows and columns are the halo."""
    lattice = Lattice(CRS, Affine(east_m, 0.0, 0.0, 0.0, -(north_m or east_m), 0.0))
    layers, _ = derive(heights, lattice, (0, 0), cells_over(1e6, 1, bearing_deg))
    return dict(zip(("slope", "roughness", "tpi", "along", "across"), layers, strict=True))


def sums_of(
    height: Callable[[np.ndarray, np.ndarray], np.ndarray],
    pixel_m: float,
    *,
    cells: int = 5,
    noise_m: float = 0.0,
    seed: int = 0,
) -> ReliefSums:
    """Return the sums of cells of 250 m under a surface of x and y, with white noise on it."""
    number = round(250.0 * cells / pixel_m)
    row, col = np.mgrid[-1 : number + 1, -1 : number + 1]
    heights = height((col + 0.5) * pixel_m, -(row + 0.5) * pixel_m)
    heights = heights + np.random.default_rng(seed).normal(0.0, noise_m, heights.shape)
    counted = np.ones((number, number), bool)
    lattice = Lattice(CRS, Affine(pixel_m, 0.0, 0.0, 0.0, -pixel_m, 0.0))
    _, sums = derive(heights, lattice, (0, 0), cells_over(250.0, cells), layers=0, counted=counted)
    return sums
