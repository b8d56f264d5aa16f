"""Compiled loops over the pixels of a raster: sums in cells, places in cells, numbers of codes.

Import this module only where it runs: numba takes most of a second to import, and must be told before where to keep
what it compiles. All that a loop depends on is here or passed to it: numba keeps it by this file alone.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pipeline.geo import Floats, Ints


@njit(cache=True, nogil=True)
def _between(nodes: Floats, at: float, node_pixels: int, out: Floats) -> None:
    """Fill ``out`` with nodes interpolated at a row."""
    first = min(int(at / node_pixels), nodes.shape[0] - 2)
    share = at / node_pixels - first
    for j in range(nodes.shape[1]):
        out[j] = nodes[first, j] + share * (nodes[first + 1, j] - nodes[first, j])


@njit(cache=True, nogil=True)
def add_pixels(
    values: NDArray[np.float32],
    node_rows: Floats,
    node_cols: Floats,
    first_row: int,
    first_col: int,
    node_pixels: int,
    parts: int,
    per_metre: float,
    per_pixel: int,
    largest_m: float,
    total: Ints,
    pixels: Ints,
) -> None:
    """Add pixels to the sums and numbers of the cells that hold their parts; see ``CellSums``."""
    rows, cols = total.shape
    weight = per_pixel // (parts * parts)
    row_line, col_line = np.empty(node_rows.shape[1]), np.empty(node_rows.shape[1])
    for r in range(values.shape[0]):
        for down in range(parts):
            at = first_row + r + (down + 0.5) / parts
            _between(node_rows, at, node_pixels, row_line)
            _between(node_cols, at, node_pixels, col_line)
            last_i, last_j, units, number = -1, -1, 0, 0  # of the run of pixels in one cell
            for c in range(values.shape[1]):
                value = values[r, c]
                if not abs(value) <= largest_m:
                    continue
                unit = int(np.rint(value * per_metre)) * weight
                for across in range(parts):
                    position = (first_col + c + (across + 0.5) / parts) / node_pixels
                    node = min(int(position), node_rows.shape[1] - 2)
                    share = position - node
                    i_at = row_line[node] + share * (row_line[node + 1] - row_line[node])
                    j_at = col_line[node] + share * (col_line[node + 1] - col_line[node])
                    if not (i_at >= 0.0 and j_at >= 0.0 and i_at < rows and j_at < cols):
                        continue
                    i, j = int(i_at), int(j_at)
                    if i != last_i or j != last_j:
                        if number:
                            total[last_i, last_j] += units
                            pixels[last_i, last_j] += number
                        last_i, last_j, units, number = i, j, 0, 0
                    units += unit
                    number += weight
            if number:
                total[last_i, last_j] += units
                pixels[last_i, last_j] += number


@njit(cache=True, nogil=True)
def place_pixels(
    node_rows: Floats,
    node_cols: Floats,
    first_row: int,
    first_col: int,
    node_pixels: int,
    down: float,
    across: float,
    rows: int,
    cols: int,
    place: NDArray[np.int32],
) -> None:
    """Fill ``place`` with the flat cell that holds a point of each pixel; -1 outside."""
    row_line, col_line = np.empty(node_rows.shape[1]), np.empty(node_rows.shape[1])
    for r in range(place.shape[0]):
        _between(node_rows, first_row + r + down, node_pixels, row_line)
        _between(node_cols, first_row + r + down, node_pixels, col_line)
        for c in range(place.shape[1]):
            position = (first_col + c + across) / node_pixels
            node = min(int(position), node_rows.shape[1] - 2)
            share = position - node
            i_at = row_line[node] + share * (row_line[node + 1] - row_line[node])
            j_at = col_line[node] + share * (col_line[node + 1] - col_line[node])
            inside = i_at >= 0.0 and j_at >= 0.0 and i_at < rows and j_at < cols
            place[r, c] = int(i_at) * cols + int(j_at) if inside else -1


@njit(cache=True, nogil=True)
def number_codes(values: NDArray[np.float32], codes: NDArray[np.float32], known: int, kind: NDArray[np.int32]) -> int:
    """Fill ``kind``, add new codes, and return how many are known."""
    last, last_kind = np.float32(np.nan), 0  # neighbours are mostly alike
    for n in range(values.size):
        value = values[n]
        if np.isnan(value):
            kind[n] = 0
            continue
        if value != last:
            last, last_kind = value, 0
            for k in range(known):
                if codes[k] == value:
                    last_kind = k + 1
                    break
            if last_kind == 0 and known < codes.size:
                codes[known] = value
                known += 1
                last_kind = known
        kind[n] = last_kind
    return known
