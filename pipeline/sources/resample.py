"""Values of a raster file at points and on a grid, reading no more of it than that takes.

A gap stays a gap: a place whose own pixel has no value gets none, and pixels without a value never weigh on the others.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from pipeline.geo import Floats, Grid, Ints
from pipeline.sources.rasters import AT_ONCE_PIXELS, RasterFile, apply, transformer

Method = Literal["average", "bilinear", "nearest"]
Piece = tuple[int, int, int, int]
"""Part of a grid: first row, row after the last, first column, column after the last."""

_MAX_WINDOW_PIXELS = AT_ONCE_PIXELS
_PARTS_PER_CELL = 8.0
_LEAST_PIXELS = 0.5
"""A grid cell takes an average only where at least half a source pixel lies in it."""


def sample(file: RasterFile, x_m: Floats, y_m: Floats, crs: str, *, bilinear: bool = True) -> Floats:
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

    Returns
    -------
    ndarray, shape (n,)
        Values; NaN outside the raster and where the pixel that holds the point has no value.
    """
    values = np.full(np.shape(x_m), np.nan)
    col, row = _pixel(file, np.asarray(x_m, float), np.asarray(y_m, float), crs)
    inside = np.flatnonzero((col >= 0) & (col < file.width) & (row >= 0) & (row < file.height))
    if inside.size:
        with file.open() as dataset:
            _gather(file, dataset, col, row, inside, values, bilinear)
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
    row, col = (index.ravel().astype(np.int64) for index in np.indices(grid.shape))
    x, y = grid.centres(row, col)
    values = sample(file, x, y, grid.crs, bilinear=method == "bilinear")
    return values.reshape(grid.shape).astype(np.float32)


def sums_on_grid(file: RasterFile, grid: Grid) -> tuple[Floats, Floats]:
    """Return the sum of a finer raster's values in every cell, and the number of pixels that it is made of.

    Sums and numbers of several files add up, so cells on the seam of two tiles get the mean over both. Pixels are cut
    into parts of at most an eighth of a cell and each part counts where its centre lies: ten times faster than GDAL's
    area-weighted warp, and equal to it but for those parts.
    """
    total, pixels = np.zeros(grid.shape), np.zeros(grid.shape)
    with file.open() as dataset:
        for piece, window in windows_on_grid(file, grid):
            values = file.read(dataset, window).astype(np.float64)
            for place, part in parts_in_cells(file, window, grid, piece):
                taken = values.ravel()[part]
                known = ~np.isnan(taken)
                place, taken = place[known], taken[known]
                if place.size:  # only the cells from the first to the last: a tile covers little of a grid
                    first = int(place.min())
                    number = np.bincount(place - first)
                    cells = slice(first, first + number.size)
                    total.ravel()[cells] += np.bincount(place - first, weights=taken)
                    pixels.ravel()[cells] += number
    parts = parts_per_side(file, grid) ** 2
    return total / parts, pixels / parts


def mean_of(total: Floats, pixels: Floats) -> NDArray[np.float32]:
    """Return means of sums and numbers of pixels; NaN where hardly anything lies in the cell."""
    enough = pixels >= _LEAST_PIXELS
    return np.where(enough, total / np.where(enough, pixels, 1.0), np.nan).astype(np.float32)


def windows_on_grid(file: RasterFile, grid: Grid) -> list[tuple[Piece, Window]]:
    """Return pieces of a grid with the window of the raster that each needs, all small enough to read at once."""
    found: list[tuple[Piece, Window]] = []
    pieces: list[Piece] = [(0, grid.rows, 0, grid.cols)]
    while pieces:
        piece = top, bottom, left, right = pieces.pop()
        window = _window(file, grid, piece)
        if window is None:
            continue
        tall, wide = bottom - top, right - left
        if window.width * window.height <= _MAX_WINDOW_PIXELS or (tall, wide) == (1, 1):
            found.append((piece, window))
        elif tall >= wide:
            middle = top + tall // 2
            pieces += [(top, middle, left, right), (middle, bottom, left, right)]
        else:
            middle = left + wide // 2
            pieces += [(top, bottom, left, middle), (top, bottom, middle, right)]
    return found


def parts_per_side(file: RasterFile, grid: Grid) -> int:
    """Return into how many parts the side of a pixel is cut, so that a part is at most an eighth of a cell."""
    return max(1, math.ceil(_PARTS_PER_CELL * file.resolution_m / grid.cell_m))


def parts_in_cells(file: RasterFile, window: Window, grid: Grid, piece: Piece) -> Iterator[tuple[Ints, Ints]]:
    """Give, for each part of the pixels in turn, the grid cells (flat) it lies in and the window's pixels (flat).

    Only cells of the piece are given, so that pieces never count a pixel twice.
    """
    top, bottom, left, right = piece
    parts = parts_per_side(file, grid)
    for down, across in itertools.product(range(parts), repeat=2):
        x, y = _centres(file, window, grid.crs, (across + 0.5) / parts, (down + 0.5) / parts)
        row, col = grid.cell_of(x, y)
        inside = np.flatnonzero(((row >= top) & (row < bottom) & (col >= left) & (col < right)).ravel())
        yield (row * grid.cols + col).ravel()[inside], inside


def _centres(file: RasterFile, window: Window, crs: str, across: float, down: float) -> tuple[Floats, Floats]:
    """Return x and y in ``crs`` of one point in every pixel of a window.

    Every 32nd pixel is transformed and the others are interpolated: over 32 pixels a map projection is as good as flat.
    """
    col, row = window.col_off + across + np.arange(window.width), window.row_off + down + np.arange(window.height)
    if file.crs_is(crs):
        return apply(file.transform, col[None, :] + 0.0 * row[:, None], row[:, None] + 0.0 * col[None, :])
    nodes_c, nodes_r = (np.linspace(edge[0], edge[-1], len(edge) // 32 + 2) for edge in (col, row))
    sx, sy = apply(file.transform, *np.meshgrid(nodes_c, nodes_r))
    x, y = transformer(file.crs, crs).transform(sx, sy)
    wide, tall = _weights(col, nodes_c), _weights(row, nodes_r)
    return np.asarray(tall @ x @ wide.T), np.asarray(tall @ y @ wide.T)


def _weights(at: Floats, nodes: Floats) -> Floats:
    """Return the matrix that interpolates linearly from nodes to points."""
    if nodes[-1] == nodes[0]:
        return np.eye(1, len(nodes)).repeat(len(at), axis=0)
    position = (at - nodes[0]) / (nodes[1] - nodes[0])
    weights: Floats = np.maximum(0.0, 1.0 - np.abs(position[:, None] - np.arange(len(nodes))[None, :]))
    return weights


def _pixel(file: RasterFile, x: Floats, y: Floats, crs: str) -> tuple[Floats, Floats]:
    """Return column and row (in pixels from the outer corner) of points."""
    px, py = transformer(crs, file.crs).transform(x, y)
    col, row = apply(~file.transform, _finite(px), _finite(py))
    return np.where(np.isfinite(col), col, -1.0), np.where(np.isfinite(row), row, -1.0)


def _gather(
    file: RasterFile, dataset: Any, col: Floats, row: Floats, index: Ints, values: Floats, bilinear: bool
) -> None:
    """Fill ``values`` at ``index``, halving the list of points until the window around them is small."""
    c, r = col[index], row[index]
    left, top = max(int(c.min() - 0.5), 0), max(int(r.min() - 0.5), 0)
    right, bottom = min(int(c.max() + 0.5) + 1, file.width), min(int(r.max() + 0.5) + 1, file.height)
    if (right - left) * (bottom - top) > _MAX_WINDOW_PIXELS and index.size > 1:
        for half in np.array_split(index, 2):
            _gather(file, dataset, col, row, half, values, bilinear)
        return
    pixels = file.read(dataset, Window(left, top, right - left, bottom - top))
    own = pixels[np.floor(r).astype(np.int64) - top, np.floor(c).astype(np.int64) - left].astype(np.float64)
    values[index] = own if not bilinear else np.where(np.isnan(own), np.nan, _bilinear(pixels, c - left, r - top))


def _bilinear(pixels: NDArray[np.float32], col: Floats, row: Floats) -> Floats:
    """Return the mean of the four nearest pixel centres, weighted bilinearly over those that have a value."""
    c0, r0 = np.floor(col - 0.5).astype(np.int64), np.floor(row - 0.5).astype(np.int64)
    across, down = col - 0.5 - c0, row - 0.5 - r0
    total, weight = np.zeros(col.shape), np.zeros(col.shape)
    for right, below in ((0, 0), (1, 0), (0, 1), (1, 1)):
        c, r = c0 + right, r0 + below
        there = (c >= 0) & (c < pixels.shape[1]) & (r >= 0) & (r < pixels.shape[0])
        value = np.where(
            there, pixels[np.clip(r, 0, pixels.shape[0] - 1), np.clip(c, 0, pixels.shape[1] - 1)], np.nan
        ).astype(np.float64)
        share = (across if right else 1.0 - across) * (down if below else 1.0 - down)
        share = np.where(np.isnan(value), 0.0, share)
        total += share * np.where(np.isnan(value), 0.0, value)
        weight += share
    return total / np.where(weight > 0.0, weight, np.nan)


def _window(file: RasterFile, grid: Grid, piece: Piece) -> Window | None:
    """Return the raster's pixels under a piece of a grid and one around them; None where there are none."""
    top, bottom, left, right = piece
    west, north = grid.west_m + left * grid.cell_m, grid.north_m - top * grid.cell_m
    east, south = grid.west_m + right * grid.cell_m, grid.north_m - bottom * grid.cell_m
    along = np.linspace(0.0, 1.0, 21)
    x = np.concatenate([west + (east - west) * along] * 2 + [np.full(21, west), np.full(21, east)])
    y = np.concatenate([np.full(21, north), np.full(21, south)] + [south + (north - south) * along] * 2)
    px, py = transformer(grid.crs, file.crs).transform(x, y)
    col, row = apply(~file.transform, _finite(px), _finite(py))
    if not (np.isfinite(col).all() and np.isfinite(row).all()):
        return Window(0, 0, file.width, file.height)
    c0, c1 = max(int(np.floor(col.min())) - 1, 0), min(int(np.ceil(col.max())) + 1, file.width)
    r0, r1 = max(int(np.floor(row.min())) - 1, 0), min(int(np.ceil(row.max())) + 1, file.height)
    return Window(c0, r0, c1 - c0, r1 - r0) if c1 > c0 and r1 > r0 else None


def _finite(values: Floats) -> Floats:
    """Return coordinates with NaN for those that the CRS cannot express (PROJ gives infinity)."""
    return np.where(np.isfinite(values), values, np.nan)
