"""What the pixels of a survey add up to in analysis cells: integers, so that any order gives the same."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.geo import Floats

Box = tuple[int, int, int, int]
"""First row, row after the last, first column, column after the last of a part of the grid."""
Integers = NDArray[np.int64]

SUMS = (
    "pixels", "z", "zz", "u", "v", "uu", "uv", "vv", "uz", "vz", "gx", "gy", "gxx", "gxy", "gyy",
    "slope", "index_2", "along_2", "across_2", "curved",
)  # fmt: skip
"""Columns of the sums: heights z, metres u east and v north of the cell's middle, gradients, slope and squares."""
PEAKS = ("slope_deg", "roughness_m")
"""Columns of the largest values."""

# Units of the fixed-point sums. Squares may wrap around 2^64: what is made of them, moments about the mean, is small
# again, and integer arithmetic that wraps is exact in the end.
HEIGHT_PER_M, PLACE_PER_M, GRADIENT_PER_1 = 1e3, 1e2, 1e6
SLOPE_PER_DEG, INDEX_PER_M, CURVATURE_PER_1_M = 1e6, 1e4, 1e6
UNITS = np.array([HEIGHT_PER_M, PLACE_PER_M, GRADIENT_PER_1, SLOPE_PER_DEG, INDEX_PER_M, CURVATURE_PER_1_M])

_ARCHIVE = "cells.npz"


@dataclass(frozen=True)
class ReliefSums:
    """Sums of pixels in a box of analysis cells.

    Attributes
    ----------
    box : Box
        Where it lies in the grid.
    sums : ndarray of int64, shape (box rows, box cols, len(SUMS))
        Fixed-point sums.
    peaks : ndarray, shape (box rows, box cols, len(PEAKS))
        Largest values; 0 where there is no pixel.
    steps : ndarray of int64, shape (box rows, box cols)
        Greatest common divisor of the height differences of neighbouring pixels, in units of ``HEIGHT_PER_M``: what
        heights are rounded to. 0 where there is no difference.
    """

    box: Box
    sums: Integers
    peaks: Floats
    steps: Integers

    @classmethod
    def empty(cls, box: Box) -> ReliefSums:
        """Return sums of nothing."""
        shape = (max(box[1] - box[0], 0), max(box[3] - box[2], 0))
        return cls(
            box, np.zeros((*shape, len(SUMS)), np.int64), np.zeros((*shape, len(PEAKS))), np.zeros(shape, np.int64)
        )  # fmt: skip

    def add(self, part: ReliefSums) -> None:
        """Add sums whose box lies in this one, or is empty."""
        if not part.sums.size:
            return
        top, bottom, left, right = part.box
        here = (slice(top - self.box[0], bottom - self.box[0]), slice(left - self.box[2], right - self.box[2]))
        self.sums[here] += part.sums
        np.maximum(self.peaks[here], part.peaks, out=self.peaks[here])
        np.gcd(self.steps[here], part.steps, out=self.steps[here])

    def rows(self, top: int, bottom: int) -> ReliefSums:
        """Return the part in rows of the grid; empty where it has none of them."""
        first, last = max(top, self.box[0]), min(bottom, self.box[1])
        last = max(first, last)
        here = slice(first - self.box[0], last - self.box[0])
        return ReliefSums((first, last, *self.box[2:]), self.sums[here], self.peaks[here], self.steps[here])

    def of(self, name: str) -> Integers:
        """Return one column of the sums."""
        return self.sums[..., SUMS.index(name)]

    def save(self, folder: Path) -> None:
        """Write the cells that have pixels, for ``load``."""
        rows, cols = (np.flatnonzero((self.of("pixels") > 0).any(axis=axis)) for axis in (1, 0))
        top, bottom, left, right = (rows[0], rows[-1] + 1, cols[0], cols[-1] + 1) if rows.size else (0, 0, 0, 0)
        box = np.array([self.box[0] + top, self.box[0] + bottom, self.box[2] + left, self.box[2] + right])
        here = (slice(top, bottom), slice(left, right))
        arrays = {"box": box, "sums": self.sums[here], "peaks": self.peaks[here], "steps": self.steps[here]}
        np.savez(folder / _ARCHIVE, allow_pickle=False, **arrays)

    @classmethod
    def load(cls, folder: Path) -> ReliefSums:
        """Read what ``save`` wrote."""
        with np.load(folder / _ARCHIVE, allow_pickle=False) as arrays:
            top, bottom, left, right = arrays["box"].tolist()
            return cls((top, bottom, left, right), arrays["sums"], arrays["peaks"], arrays["steps"])
