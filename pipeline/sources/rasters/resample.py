"""Values of a raster file at points and on a grid, reading no more of it than that takes.

A gap stays a gap: a place whose own pixel has no value gets none, and pixels without a value never weigh on the others.
Interpolation goes on into the tiles that touch the file: how a raster is cut into tiles leaves no seam.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from pipeline.geo import Floats, Grid, Ints
from pipeline.sources.rasters.cell_sums import PER_METRE, PER_PIXEL, CellSums
from pipeline.sources.rasters.raster_file import AT_ONCE_PIXELS, RasterFile, positions
from pipeline.sources.rasters.reading import batches, reach, window_under
from pipeline.sources.rasters.rim import Rim

Method = Literal["average", "bilinear", "nearest"]

_MAX_WINDOW_PIXELS = AT_ONCE_PIXELS
# Filling from neighbours takes several arrays of a window.
_MAX_FILLED_PIXELS = AT_ONCE_PIXELS // 8
_LEAST_PIXELS = 0.5
"""A grid cell takes an average only where at least half a source pixel lies in it."""
_CELLS_AT_ONCE = 1_000_000


def sample(
    file: RasterFile,
    x_m: Floats,
    y_m: Floats,
    crs: str,
    *,
    bilinear: bool = True,
    rim: Rim | None = None,
    rows: tuple[int, int] | None = None,
) -> Floats:
    """Return values at points.

    Parameters
    ----------
    file : RasterFile
        The raster.
    x_m, y_m : ndarray, shape (n,)
        Points in ``crs``; points near one another should follow one another, so that few windows are read.
    crs : str
        CRS of the points.
    bilinear : bool
        Interpolate between the four nearest pixels that have a value; else take the pixel that holds the point.
    rim : Rim, optional
        The file's neighbours, to interpolate with where it has no pixel of its own.
    rows : tuple of int, optional
        First row of the raster, and the row after the last, in which points get a value; the others get NaN.

    Returns
    -------
    ndarray, shape (n,)
        Values; NaN outside the raster and where the pixel that holds the point has no value.
    """
    values = np.full(np.shape(x_m), np.nan)
    col, row = positions(file, np.asarray(x_m, float), np.asarray(y_m, float), crs)
    top, bottom = rows or (0, file.height)
    inside = np.flatnonzero((col >= 0) & (col < file.width) & (row >= top) & (row < bottom))
    if inside.size:
        with file.open() as dataset:
            _gather(file, dataset, col, row, inside, values, bilinear, rim)
    return values


def warp_to_grid(file: RasterFile, grid: Grid, resampling: Method | None = None) -> NDArray[np.float32]:
    """Return a raster on a grid.

    Parameters
    ----------
    file : RasterFile
        The raster.
    grid : Grid
        Where to.
    resampling : {"average", "bilinear", "nearest"}, optional
        Default: average where the raster is finer than the grid, bilinear where it is coarser.

    Returns
    -------
    ndarray of float32, shape ``grid.shape``
        NaN where the raster has no value.
    """
    method = resampling or ("average" if file.resolution_m < grid.cell_m else "bilinear")
    if method == "average":
        return mean_of(*sums_on_grid(file, grid))
    return sample_grid(file, grid, bilinear=method == "bilinear")


def sample_grid(
    file: RasterFile, grid: Grid, *, bilinear: bool = True, rim: Rim | None = None, rows: tuple[int, int] | None = None
) -> NDArray[np.float32]:
    """Return values at the centres of a grid's cells, see ``sample``.

    Returns
    -------
    ndarray of float32, shape ``grid.shape``
        NaN where the raster has no value.
    """
    values = np.full(grid.shape, np.nan, dtype=np.float32)
    first, last = rows or (0, file.height)
    step = max(1, _CELLS_AT_ONCE // grid.cols)
    for top in range(0, grid.rows, step):
        row, col = np.mgrid[top : min(top + step, grid.rows), 0 : grid.cols]
        x, y = grid.centres(row, col)
        around = (float(x.min()), float(y.min()), float(x.max()), float(y.max()))
        under = window_under(file, around, grid.crs)
        if under is not None and under.row_off < last and first < under.row_off + under.height:
            points = sample(file, x.ravel(), y.ravel(), grid.crs, bilinear=bilinear, rim=rim, rows=rows)
            values[top : top + step] = points.reshape(x.shape)
    return values


def sums_on_grid(file: RasterFile, grid: Grid) -> tuple[Ints, Ints]:
    """Return the sum of a finer raster's values in every cell, and the number of pixels that it is made of.

    Both are whole numbers in the units of ``cell_sums``: those of several files add up, in any order, so that cells on
    the seam of two tiles get the mean over both.
    """
    sums = CellSums(file, grid)
    with file.open() as dataset:
        for box in reach(file, [grid], np.empty(0), np.empty(0), grid.crs):
            for window in batches(file, box):
                sums.add(window, file.read(dataset, window))
    return sums.total, sums.pixels


def mean_of(total: Ints, pixels: Ints) -> NDArray[np.float32]:
    """Return means (m) of sums and numbers of pixels; NaN where hardly anything lies in the cell."""
    enough = pixels >= _LEAST_PIXELS * PER_PIXEL
    return np.where(enough, total / np.where(enough, pixels, 1) / PER_METRE, np.nan).astype(np.float32)


def _gather(
    file: RasterFile,
    dataset: Any,
    col: Floats,
    row: Floats,
    index: Ints,
    values: Floats,
    bilinear: bool,
    rim: Rim | None,
) -> None:
    """Fill ``values`` at ``index``, halving the list of points until the window around them is small."""
    c, r = col[index], row[index]
    beyond = 1 if rim is not None and bilinear else 0
    left, right = int(np.floor(c.min() - 0.5)), int(np.floor(c.max() + 0.5)) + 1
    if not file.wraps:
        left, right = max(left, -beyond), min(right, file.width + beyond)
    top, bottom = int(np.floor(r.min() - 0.5)), int(np.floor(r.max() + 0.5)) + 1
    top, bottom = max(top, -beyond), min(bottom, file.height + beyond)
    most = _MAX_FILLED_PIXELS if beyond else _MAX_WINDOW_PIXELS
    if (right - left) * (bottom - top) > most and index.size > 1:
        for half in np.array_split(index, 2):
            _gather(file, dataset, col, row, half, values, bilinear, rim)
        return
    window = Window(left, top, right - left, bottom - top)
    pixels = _framed(file, dataset, window)
    own = pixels[np.floor(r).astype(np.int64) - top, np.floor(c).astype(np.int64) - left].astype(np.float64)
    if bilinear and rim is not None:
        rim.fill(window, pixels)
    values[index] = own if not bilinear else np.where(np.isnan(own), np.nan, _bilinear(pixels, c, r, left, top))


def _framed(file: RasterFile, dataset: Any, window: Window) -> NDArray[np.float32]:
    """Return a window that may go beyond the file's edge, where it is NaN; to be written into."""
    top, left = max(window.row_off, 0), window.col_off if file.wraps else max(window.col_off, 0)
    bottom = min(window.row_off + window.height, file.height)
    right = window.col_off + window.width if file.wraps else min(window.col_off + window.width, file.width)
    pixels = np.full((window.height, window.width), np.nan, np.float32)
    inside = (
        slice(top - window.row_off, bottom - window.row_off),
        slice(left - window.col_off, right - window.col_off),
    )
    pixels[inside] = file.read(dataset, Window(left, top, right - left, bottom - top))
    return pixels


def _bilinear(pixels: NDArray[np.float32], col: Floats, row: Floats, left: int, top: int) -> Floats:
    """Return the mean of the four nearest pixel centres, weighted bilinearly over those that have a value."""
    c0, r0 = np.floor(col - 0.5).astype(np.int64), np.floor(row - 0.5).astype(np.int64)
    across, down = col - 0.5 - c0, row - 0.5 - r0
    total, weight = np.zeros(col.shape), np.zeros(col.shape)
    for right, below in ((0, 0), (1, 0), (0, 1), (1, 1)):
        c, r = c0 + right - left, r0 + below - top
        there = (c >= 0) & (c < pixels.shape[1]) & (r >= 0) & (r < pixels.shape[0])
        value = np.where(
            there, pixels[np.clip(r, 0, pixels.shape[0] - 1), np.clip(c, 0, pixels.shape[1] - 1)], np.nan
        ).astype(np.float64)
        share = (across if right else 1.0 - across) * (down if below else 1.0 - down)
        share = np.where(np.isnan(value), 0.0, share)
        total += share * np.where(np.isnan(value), 0.0, value)
        weight += share
    return total / np.where(weight > 0.0, weight, np.nan)
