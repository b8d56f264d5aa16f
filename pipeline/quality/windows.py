"""Which parts of a raster the swath can use, and in which windows they are read.

What is counted is counted by chunks of fixed size and place, so that windows may be of any size and come in any order.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from pipeline.geo import Floats
from pipeline.quality.route import Stations
from pipeline.sources.rasters.raster_file import RasterFile, apply, positions

CHUNK = 64
"""Side of a chunk, pixels, counted from the first row and column of the file."""
HALO = 3
"""Pixels around a window that its own pixels are compared with."""

_WINDOW_PIXELS = 2_000_000
_THINNED = 4.0  # stations this many times in a half width are enough to tell what lies in the swath


def swath_chunks(file: RasterFile, stations: Stations) -> NDArray[np.bool_]:
    """Return which chunks of a raster touch the box around a station's part of the swath.

    Returns
    -------
    ndarray of bool, shape (ceil(height / CHUNK), ceil(width / CHUNK))
        A global grid has few that do.
    """
    shape = (-(-file.height // CHUNK), -(-file.width // CHUNK))
    left, right, top, bottom = _boxes(file, stations)
    first_col, last_col = np.floor(left / CHUNK).astype(np.int64), np.floor(right / CHUNK).astype(np.int64)
    first_row, last_row = np.floor(top / CHUNK).astype(np.int64), np.floor(bottom / CHUNK).astype(np.int64)
    meets = (last_row >= 0) & (first_row < shape[0]) & (last_col >= 0) & (first_col < shape[1])
    r0, c0 = np.maximum(first_row[meets], 0), np.maximum(first_col[meets], 0)
    r1, c1 = np.minimum(last_row[meets], shape[0] - 1) + 1, np.minimum(last_col[meets], shape[1] - 1) + 1
    steps = np.zeros((shape[0] + 1, shape[1] + 1), dtype=np.int64)
    for row, col, step in ((r0, c0, 1), (r1, c1, 1), (r0, c1, -1), (r1, c0, -1)):
        np.add.at(steps, (row, col), step)
    return steps.cumsum(axis=0).cumsum(axis=1)[:-1, :-1] > 0


def windows(file: RasterFile, chunks: NDArray[np.bool_], pixels: int = _WINDOW_PIXELS) -> list[Window]:
    """Return windows of whole chunks that hold all wanted chunks, each once; they are as wide as a stored strip is.

    Parameters
    ----------
    file : RasterFile
        The raster.
    chunks : ndarray of bool
        Wanted chunks.
    pixels : int
        About how many pixels a window may have.
    """
    wide = min(file.width, max(file.block[1], int(pixels**0.5)), max(pixels // CHUNK, CHUNK))
    cols = -(-wide // CHUNK)
    rows = max(pixels // (cols * CHUNK * CHUNK), 1)
    found = []
    for r in range(0, chunks.shape[0], rows):
        for c in range(0, chunks.shape[1], cols):
            if chunks[r : r + rows, c : c + cols].any():
                left, top = c * CHUNK, r * CHUNK
                found.append(
                    Window(left, top, min(cols * CHUNK, file.width - left), min(rows * CHUNK, file.height - top))
                )
    return found


def with_halo(file: RasterFile, window: Window) -> tuple[Window, int, int]:
    """Return a window and ``HALO`` pixels around it where the file has them, and the rows and columns added before."""
    above, before = min(HALO, window.row_off), min(HALO, window.col_off)
    below = min(HALO, file.height - window.row_off - window.height)
    after = min(HALO, file.width - window.col_off - window.width)
    return (
        Window(
            window.col_off - before, window.row_off - above,
            window.width + before + after, window.height + above + below,
        ),
        above,
        before,
    )  # fmt: skip


def chunks_of(window: Window, chunks: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the part of a mask of chunks that a window of whole chunks covers."""
    row, col = window.row_off // CHUNK, window.col_off // CHUNK
    return chunks[row : row - (-window.height // CHUNK), col : col - (-window.width // CHUNK)]


def pixel_centres(file: RasterFile, row: NDArray[np.int64], col: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return x and y of pixel centres in the CRS of the file."""
    return apply(file.transform, col.astype(float) + 0.5, row.astype(float) + 0.5)


def _boxes(file: RasterFile, stations: Stations) -> Iterator[Floats]:
    """Return lowest and highest column, lowest and highest row of the square around each of enough stations."""
    half = stations.half_width_m
    spacing_m = float(np.hypot(np.diff(stations.x_m), np.diff(stations.y_m)).max()) if stations.x_m.size > 1 else 1.0
    every = max(int(half / _THINNED / max(spacing_m, 1e-9)), 1)
    take = np.unique(np.append(np.arange(0, stations.x_m.size, every), stations.x_m.size - 1))
    reach = half + every * spacing_m
    x, y = stations.x_m[take], stations.y_m[take]
    corners = np.array([(dx, dy) for dx in (-1.0, 0.0, 1.0) for dy in (-1.0, 0.0, 1.0)]) * reach
    col, row = positions(file, x + corners[:, :1], y + corners[:, 1:], stations.crs)
    known = np.isfinite(col).all(axis=0) & np.isfinite(row).all(axis=0)
    for axis in (col[:, known], row[:, known]):
        yield axis.min(axis=0)
        yield axis.max(axis=0)
