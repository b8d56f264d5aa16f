"""The grain of values: whole metres, exact zeros, and areas that are no measurement because they are level or plane."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pipeline.geo import Ints
from pipeline.quality.windows import CHUNK

_PLANE_ULPS = 2.0  # rounding of float32 lets a plane bend by so many units in the last place


@dataclass(frozen=True)
class Grain:
    """What values look like, chunk by chunk.

    Attributes
    ----------
    valid, whole, zero, level, plane : ndarray of int64, shape (rows of chunks, columns of chunks)
        Cells with a value; of those, whole metres; exactly 0; equal to the next cell in row and column; and in one
        plane with their neighbours, which those that are level are too.
    """

    valid: Ints
    whole: Ints
    zero: Ints
    level: Ints
    plane: Ints


def grain_of(values: NDArray[np.float32], core: tuple[int, int, int, int]) -> Grain:
    """Return the grain of one window.

    Parameters
    ----------
    values : ndarray of float32
        Values of the file with the cells around the window; NaN without a value.
    core : tuple of int
        First row, row after the last, first column, column after the last of the window itself.
    """
    counts = _count(values, core, CHUNK)
    return Grain(*counts)


@njit(cache=True, nogil=True)
def _count(values: NDArray[np.float32], core: tuple[int, int, int, int], chunk: int) -> NDArray[np.int64]:
    """Return the five counts of every chunk, shape (5, rows of chunks, columns of chunks)."""
    rows, cols = values.shape
    top, bottom, left, right = core
    counts = np.zeros((5, -(-(bottom - top) // chunk), -(-(right - left) // chunk)), np.int64)
    for row in range(top, bottom):
        for col in range(left, right):
            here = values[row, col]
            if math.isnan(here):
                continue
            i, j = (row - top) // chunk, (col - left) // chunk
            counts[0, i, j] += 1
            counts[1, i, j] += here == np.floor(here)
            counts[2, i, j] += here == 0.0
            if 0 < row < rows - 1 and 0 < col < cols - 1:
                after, below = values[row, col + 1], values[row + 1, col]
                counts[3, i, j] += here == after and here == below
                limit = _PLANE_ULPS * 1.2e-7 * abs(here)
                bend_col = abs(after + values[row, col - 1] - here - here)
                bend_row = abs(below + values[row - 1, col] - here - here)
                twist = abs(values[row + 1, col + 1] + here - after - below)
                counts[4, i, j] += max(bend_col, bend_row, twist) <= limit
    return counts
