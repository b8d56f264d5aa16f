"""Terrain layers in one pass: streamed from a survey's tiles, or of a raster in memory.

Slope after Horn (1981); roughness, the highest less the lowest of 3 x 3; position index, a cell less the mean of its
eight neighbours, all as gdaldem has them; curvature from the quadratic that fits the 3 x 3 best (Evans 1972), along
and across the cable. A layer is blank where one of the nine heights is missing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.geo import Floats, Grid, Route
from pipeline.seabed.relief_sums import UNITS, Box, ReliefSums
from pipeline.sources.rasters.lattice import NODE_PIXELS, Lattice
from pipeline.sources.rasters.lattice_tiles import HALO, LatticeTile
from pipeline.sources.rasters.mosaic import Mosaic

SIMPLE = ("slope_deg", "roughness_m", "position_index_m")
LAYERS = (*SIMPLE, "curvature_along_per_km", "curvature_across_per_km")
"""Names of the layers. Position index is positive on a rise; curvature is positive in a hollow, negative on a crest."""
Layers = NDArray[np.float32]

BLOCK = 512
"""Layers are written in blocks of this side."""
WINDOW_PIXELS = 1 << 19
"""About how many pixels a window has."""


@dataclass(frozen=True, eq=False)
class Cells:
    """A box of analysis cells, and the direction of the cable in each of them.

    Attributes
    ----------
    grid : Grid
        The analysis grid.
    box : Box
        Part of it.
    direction : ndarray, shape (2, box rows, box cols)
        Sine and cosine of the cable's azimuth.
    """

    grid: Grid
    box: Box
    direction: Floats

    @classmethod
    def along(cls, route: Route, grid: Grid, box: Box | None = None) -> Cells:
        """Return cells with the bearing of the nearest point of a route; the whole grid without a box."""
        top, bottom, left, right = box = box or (0, grid.rows, 0, grid.cols)
        row, col = np.mgrid[top:bottom, left:right]
        bearing = np.radians(route.locate(*grid.centres(row.ravel(), col.ravel())).bearing_deg) if row.size else row
        direction = np.array([np.sin(bearing), np.cos(bearing)]).reshape(2, *row.shape)
        return cls(grid, box, direction)

    def part(self, box: Box) -> Cells:
        """Return the part of these cells that lies in a box."""
        top, bottom, left, right = (
            max(box[0], self.box[0]), min(box[1], self.box[1]), max(box[2], self.box[2]), min(box[3], self.box[3]),
        )  # fmt: skip
        bottom, right = max(top, bottom), max(left, right)
        rows, cols = (slice(top - self.box[0], bottom - self.box[0]), slice(left - self.box[2], right - self.box[2]))
        return Cells(self.grid, (top, bottom, left, right), np.ascontiguousarray(self.direction[:, rows, cols]))


@dataclass(frozen=True, eq=False)
class Window:
    """Layers and sums of one window.

    Attributes
    ----------
    row, col : int
        Its first pixel.
    layers : ndarray of float32, shape (layers, rows, cols)
        As many of ``LAYERS`` as were wanted.
    sums : ReliefSums
        Sums over its cells.
    """

    row: int
    col: int
    layers: Layers
    sums: ReliefSums


def box_of(grid: Grid, x_m: Floats, y_m: Floats) -> Box:
    """Return the cells around points, as far as the grid has them."""
    lie = np.isfinite(x_m) & np.isfinite(y_m)  # a projection does not reach all the Earth
    if not lie.any():
        return 0, 0, 0, 0
    x, y = x_m[lie], y_m[lie]
    row, col = grid.cell_of(np.array([x.min(), x.max()]), np.array([y.max(), y.min()]))
    top, bottom = max(int(row[0]), 0), min(int(row[1]) + 1, grid.rows)
    left, right = max(int(col[0]), 0), min(int(col[1]) + 1, grid.cols)
    return top, max(top, bottom), left, max(left, right)


def derive(
    heights: NDArray[np.floating],
    lattice: Lattice,
    at: tuple[int, int],
    cells: Cells,
    *,
    layers: int = len(LAYERS),
    counted: NDArray[np.bool_] | None = None,
    blank: float = np.nan,
) -> tuple[Layers, ReliefSums]:
    """Derive the layers of a window, and the sums of its cells.

    Parameters
    ----------
    heights : ndarray, shape (rows + 2, cols + 2)
        With a halo of one pixel; metres, up; NaN where missing.
    lattice : Lattice
        Its pixels.
    at : tuple of int
        Row and column, in the lattice, of the first pixel inside the halo.
    cells : Cells
        Analysis cells.
    layers : int
        How many of ``LAYERS``: 0, 3 (the simple ones) or 5.
    counted : ndarray of bool, shape (rows, cols), optional
        Pixels that go into the sums; without it there are none.
    blank : float
        What layers hold where they have no value.

    Returns
    -------
    layers : ndarray of float32, shape (layers, rows, cols)
        ``blank`` where missing.
    sums : ReliefSums
        Of the cells that the window lies in.
    """
    from pipeline.seabed.kernels import one_pass

    rows, cols = heights.shape[0] - 2 * HALO, heights.shape[1] - 2 * HALO
    grid = cells.grid
    x, y = lattice.nodes(*at, (rows, cols), grid.crs)
    cells = cells.part(box_of(grid, x, y))
    found = np.empty((layers, rows, cols), np.float32)
    sums = ReliefSums.empty(cells.box)
    use = np.zeros((rows, cols), bool) if counted is None else np.ascontiguousarray(counted)
    corner = np.array([
        grid.west_m + cells.box[2] * grid.cell_m, grid.north_m - cells.box[0] * grid.cell_m, grid.cell_m,
    ])  # fmt: skip
    into = (at[0] % NODE_PIXELS, at[1] % NODE_PIXELS)
    one_pass(
        np.ascontiguousarray(heights, np.float32), use, counted is not None, x, y, *into, NODE_PIXELS, corner, UNITS,
        cells.direction, found, blank, sums.sums, sums.peaks, sums.steps,
    )  # fmt: skip
    return found, sums


def stream(
    mosaic: Mosaic,
    cells: Cells,
    *,
    rows: tuple[int, int] | None = None,
    sign: float = 1.0,
    layers: int = 0,
    summing: bool = True,
    blank: float = np.nan,
    threads: int = 1,
) -> Iterator[Window]:
    """Derive a tile window by window; what comes out does not depend on windows or threads.

    Parameters
    ----------
    mosaic : Mosaic
        The tile amid its neighbours.
    cells : Cells
        Analysis cells.
    rows : tuple of int, optional
        First row of some ``bands``, and the row after their last; without it all.
    sign : float
        -1 where values are depths.
    layers : int
        How many of ``LAYERS`` are wanted.
    summing : bool
        Whether sums are.
    blank : float
        What layers hold where they have no value.
    threads : int
        How many compute, while the one that calls reads; with one, that does both.

    Yields
    ------
    Window
        In order: west to east, then north to south. The layers are blank where the tile has no value.
    """
    tile = mosaic.own

    def work(row: int, col: int, values: NDArray[np.float32], own: NDArray[np.bool_]) -> Window:
        at = (tile.row + row, tile.col + col)
        heights = values if sign > 0 else -values
        counted = own if summing else None
        found, sums = derive(heights, tile.lattice, at, cells, layers=layers, counted=counted, blank=blank)
        return Window(row, col, found, sums)

    wanted = (
        (row, col, shape)
        for row, col, shape in windows((tile.file.height, tile.file.width), mosaic.block, rows)
        if layers or lies_in(cells.box, cells.grid, tile, row, col, shape)
    )
    if threads == 1:
        for row, col, shape in wanted:
            yield work(row, col, *mosaic.read(row, col, shape))
        return
    waiting: deque[Future[Window]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        for row, col, shape in wanted:
            waiting.append(pool.submit(work, row, col, *mosaic.read(row, col, shape)))
            if len(waiting) > threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def lies_in(box: Box, grid: Grid, tile: LatticeTile, row: int, col: int, shape: tuple[int, int]) -> bool:
    """Tell whether a window of a tile lies in a box of analysis cells; sums of one that does not are empty."""
    own = box_of(grid, *tile.lattice.nodes(tile.row + row, tile.col + col, shape, grid.crs))
    return max(own[0], box[0]) < min(own[1], box[1]) and max(own[2], box[2]) < min(own[3], box[3])


def bands(shape: tuple[int, int], block: tuple[int, int]) -> list[tuple[int, int]]:
    """Return the rows of a raster in bands that are whole windows, and whole blocks of ours.

    Parameters
    ----------
    shape : tuple of int
        Rows and columns of the raster.
    block : tuple of int
        Rows and columns of the blocks in which it is stored.

    Returns
    -------
    list of tuple
        First row, and the row after the last.
    """
    _, _, step = _window_of(shape[1], block)
    return [(top, min(top + step, shape[0])) for top in range(0, shape[0], step)]


def windows(
    shape: tuple[int, int], block: tuple[int, int], rows: tuple[int, int] | None = None
) -> Iterator[tuple[int, int, tuple[int, int]]]:
    """Return first row, first column and shape of windows of about ``WINDOW_PIXELS``, all or those of some bands.

    They are whole blocks of ours. Of a raster that is stored in rows, they are whole rows: each is read once, or twice
    where it is not of a whole block of ours.
    """
    tall, wide, step = _window_of(shape[1], block)
    first, last = rows or (0, shape[0])
    for top in range(first, last, step):
        bottom = min(top + step, last)
        for row in range(top, bottom, tall):
            for col in range(0, shape[1], wide):
                yield row, col, (min(tall, bottom - row), min(wide, shape[1] - col))


def _window_of(cols: int, block: tuple[int, int]) -> tuple[int, int, int]:
    """Return how tall and wide windows are, and how tall bands."""
    wide = min(-(-cols // BLOCK), max(1, WINDOW_PIXELS // BLOCK**2)) * BLOCK
    tall = max(1, WINDOW_PIXELS // (wide * BLOCK)) * BLOCK
    if block[1] >= cols > wide:
        wide, tall = cols, max(1, WINDOW_PIXELS // (cols * block[0])) * block[0]
    return tall, wide, -(-tall // BLOCK) * BLOCK
