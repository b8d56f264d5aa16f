"""The compiled pass over a window of heights: every derivative of a cell, and the sums of its analysis cell, at once.

Import this module only where it runs: numba takes most of a second to import.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

_ON_THE_EDGE = 1e-6
"""Of a cell: a pixel whose centre lies this near a cell's edge lies on it, whatever rounding says."""

# Beyond these a value is a spike, not a bed; it is held to them in sums, not in layers.
_MOST_GRADIENT, _MOST_INDEX_M, _MOST_CURVATURE_PER_M = 10.0, 100.0, 1.0


@njit(cache=True, nogil=True, error_model="numpy")
def one_pass(
    z: NDArray[Any],
    counted: NDArray[np.bool_],
    summing: bool,
    x_nodes: NDArray[np.float64],
    y_nodes: NDArray[np.float64],
    into_row: int,
    into_col: int,
    node_pixels: int,
    place: NDArray[np.float64],
    units: NDArray[np.float64],
    direction: NDArray[np.float64],
    layers: NDArray[np.float32],
    blank: float,
    sums: NDArray[np.int64],
    peaks: NDArray[np.float64],
    steps: NDArray[np.int64],
) -> None:
    """Derive layers of a window and add its pixels to the sums of their analysis cells.

    Parameters
    ----------
    z : ndarray, shape (rows + 2, cols + 2)
        Heights with a halo of one pixel, metres up; NaN where missing.
    counted : ndarray of bool, shape (rows, cols)
        Pixels that go into the sums.
    summing : bool
        Whether any do.
    x_nodes, y_nodes : ndarray, shape (m, n)
        Ground coordinates of the pixel centres at every ``node_pixels``-th row and column.
    into_row, into_col : int
        How far the window's first pixel lies from the first node.
    node_pixels : int
        Pixels between nodes.
    place : ndarray, shape (3,)
        West and north edge of the box of analysis cells, and their side, metres.
    units : ndarray, shape (6,)
        Units of the fixed-point sums, see ``ReliefSums``. All that the compiled code depends on is in this module or
        passed to it: numba keeps it by this file alone.
    direction : ndarray, shape (2, box rows, box cols)
        Sine and cosine of the cable's grid azimuth in each cell of the box.
    layers : ndarray of float32, shape (0, 3 or 5, rows, cols)
        Filled: slope (deg), roughness (m), position index (m), curvature along and across (1/km).
    blank : float
        What layers hold where they have no value.
    sums : ndarray of int64, shape (box rows, box cols, len(SUMS))
        Added to.
    peaks : ndarray, shape (box rows, box cols, len(PEAKS))
        Raised.
    steps : ndarray of int64, shape (box rows, box cols)
        Brought down to common divisors.
    """
    rows, cols = counted.shape
    wanted = layers.shape[0]
    curved = wanted > 3 or summing
    box_rows, box_cols = direction.shape[1], direction.shape[2]
    west, north, side = place[0], place[1], place[2]
    per_side = 1.0 / side
    height_per_m, place_per_m, gradient_per_1 = units[0], units[1], units[2]
    slope_per_deg, index_per_m, curvature_per_1_m = units[3], units[4], units[5]
    step = 1.0 / node_pixels
    degrees, third = 180.0 / np.pi, 1.0 / 3.0
    for r in range(rows):
        node_row, down = divmod(r + into_row, node_pixels)
        t = down * step
        first = 0
        while first < cols:
            node_col = (first + into_col) // node_pixels
            last = min(cols, (node_col + 1) * node_pixels - into_col)
            x00, x01 = x_nodes[node_row, node_col], x_nodes[node_row, node_col + 1]
            x10, x11 = x_nodes[node_row + 1, node_col], x_nodes[node_row + 1, node_col + 1]
            y00, y01 = y_nodes[node_row, node_col], y_nodes[node_row, node_col + 1]
            y10, y11 = y_nodes[node_row + 1, node_col], y_nodes[node_row + 1, node_col + 1]
            # How ground coordinates go with columns and rows here, and back.
            xc, xr = 0.5 * step * (x01 - x00 + x11 - x10), 0.5 * step * (x10 - x00 + x11 - x01)
            yc, yr = 0.5 * step * (y01 - y00 + y11 - y10), 0.5 * step * (y10 - y00 + y11 - y01)
            area = xc * yr - xr * yc
            cx, cy, rx, ry = yr / area, -xr / area, -yc / area, xc / area
            x_left, x_right = x00 + t * (x10 - x00), x01 + t * (x11 - x01)
            y_left, y_right = y00 + t * (y10 - y00), y01 + t * (y11 - y01)
            for c in range(first, last):
                nw, n, ne = np.float64(z[r, c]), np.float64(z[r, c + 1]), np.float64(z[r, c + 2])
                w, m, e = np.float64(z[r + 1, c]), np.float64(z[r + 1, c + 1]), np.float64(z[r + 1, c + 2])
                sw, s, se = np.float64(z[r + 2, c]), np.float64(z[r + 2, c + 1]), np.float64(z[r + 2, c + 2])
                around = nw + n + ne + w + e + sw + s + se
                if not np.isfinite(around + m):
                    for layer in range(wanted):
                        layers[layer, r, c] = blank
                    continue
                by_col = 0.125 * ((ne + 2.0 * e + se) - (nw + 2.0 * w + sw))
                by_row = 0.125 * ((sw + 2.0 * s + se) - (nw + 2.0 * n + ne))
                gx, gy = by_col * cx + by_row * rx, by_col * cy + by_row * ry
                slope = degrees * np.arctan(np.sqrt(gx * gx + gy * gy))
                rough = max(nw, n, ne, w, m, e, sw, s, se) - min(nw, n, ne, w, m, e, sw, s, se)
                index = m - 0.125 * around
                if wanted > 0:
                    layers[0, r, c], layers[1, r, c], layers[2, r, c] = slope, rough, index
                if not curved:
                    continue
                k = (c + into_col - node_col * node_pixels) * step
                x, y = x_left + k * (x_right - x_left), y_left + k * (y_right - y_left)
                col = int(np.floor((x - west) * per_side + _ON_THE_EDGE))
                row = int(np.floor((north - y) * per_side + _ON_THE_EDGE))
                inside = 0 <= row < box_rows and 0 <= col < box_cols
                sine, cosine = np.nan, np.nan
                if inside:
                    sine, cosine = direction[0, row, col], direction[1, row, col]
                # Second derivatives of the quadratic that fits the nine best (Evans 1972), turned to the ground.
                cc = (nw + w + sw + ne + e + se - 2.0 * (n + m + s)) * third
                rr = (nw + n + ne + sw + s + se - 2.0 * (w + m + e)) * third
                cr = 0.25 * (se + nw - ne - sw)
                xx = cc * cx * cx + 2.0 * cr * cx * rx + rr * rx * rx
                yy = cc * cy * cy + 2.0 * cr * cy * ry + rr * ry * ry
                xy = cc * cx * cy + cr * (cx * ry + cy * rx) + rr * rx * ry
                along = xx * sine * sine + 2.0 * xy * sine * cosine + yy * cosine * cosine
                across = xx * cosine * cosine - 2.0 * xy * sine * cosine + yy * sine * sine
                known = np.isfinite(along)
                if wanted > 3:
                    layers[3, r, c] = 1000.0 * along if known else blank
                    layers[4, r, c] = 1000.0 * across if known else blank
                if summing and inside and counted[r, c]:
                    zi = _fixed(m, height_per_m)
                    u = _fixed(x - (west + (col + 0.5) * side), place_per_m)
                    v = _fixed(y - (north - (row + 0.5) * side), place_per_m)
                    gxi = _fixed(_held(gx, _MOST_GRADIENT), gradient_per_1)
                    gyi = _fixed(_held(gy, _MOST_GRADIENT), gradient_per_1)
                    pi = _fixed(_held(index, _MOST_INDEX_M), index_per_m)
                    sums[row, col, 0] += 1
                    sums[row, col, 1] += zi
                    sums[row, col, 2] += zi * zi
                    sums[row, col, 3] += u
                    sums[row, col, 4] += v
                    sums[row, col, 5] += u * u
                    sums[row, col, 6] += u * v
                    sums[row, col, 7] += v * v
                    sums[row, col, 8] += u * zi
                    sums[row, col, 9] += v * zi
                    sums[row, col, 10] += gxi
                    sums[row, col, 11] += gyi
                    sums[row, col, 12] += gxi * gxi
                    sums[row, col, 13] += gxi * gyi
                    sums[row, col, 14] += gyi * gyi
                    sums[row, col, 15] += _fixed(slope, slope_per_deg)
                    sums[row, col, 16] += pi * pi
                    if known:
                        ai = _fixed(_held(along, _MOST_CURVATURE_PER_M), curvature_per_1_m)
                        bi = _fixed(_held(across, _MOST_CURVATURE_PER_M), curvature_per_1_m)
                        sums[row, col, 17] += ai * ai
                        sums[row, col, 18] += bi * bi
                        sums[row, col, 19] += 1
                    step_of_cell = steps[row, col]
                    if step_of_cell != 1:  # what no longer changes costs nothing
                        steps[row, col] = _divisor(step_of_cell, abs(zi - _fixed(w, height_per_m)))
                    peaks[row, col, 0] = max(peaks[row, col, 0], slope)
                    peaks[row, col, 1] = max(peaks[row, col, 1], rough)
            first = last


@njit(cache=True, nogil=True)
def _fixed(value: float, per_unit: float) -> int:
    return np.int64(np.floor(value * per_unit + 0.5))  # type: ignore[return-value]


@njit(cache=True, nogil=True)
def _divisor(one: int, other: int) -> int:
    while other != 0:
        one, other = other, one % other
    return one


@njit(cache=True, nogil=True)
def _held(value: float, most: float) -> float:
    return min(max(value, -most), most)
