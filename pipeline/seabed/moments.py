"""Moments of a survey's heights and gradients in windows of analysis cells, about their means, from exact integers."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pipeline.geo import Floats
from pipeline.seabed.relief_sums import (
    CURVATURE_PER_1_M,
    GRADIENT_PER_1,
    HEIGHT_PER_M,
    INDEX_PER_M,
    PLACE_PER_M,
    SUMS,
    Integers,
    ReliefSums,
)

_PER_UNIT = {
    "z": HEIGHT_PER_M, "u": PLACE_PER_M, "v": PLACE_PER_M, "gx": GRADIENT_PER_1, "gy": GRADIENT_PER_1,
}  # fmt: skip
_SQUARES = {"index_2": INDEX_PER_M, "along_2": CURVATURE_PER_1_M, "across_2": CURVATURE_PER_1_M}


Part = tuple[slice, ...]


@dataclass(frozen=True, eq=False)
class Moments:
    """Sums of windows, one around each cell.

    Attributes
    ----------
    sums : ndarray of int64, shape (rows, cols, len(SUMS))
        As in ``ReliefSums``, with u and v from the middle of the window's middle cell.
    """

    sums: Integers

    @classmethod
    def in_windows(cls, cells: ReliefSums, side: int, cell_m: float) -> Moments:
        """Return the sums of windows of ``side`` x ``side`` cells around each cell of a box."""
        step = round(cell_m * PLACE_PER_M)
        total = np.zeros_like(cells.sums)
        for here, there, down, right in _shifts(cells.sums.shape[:2], side):
            total[here] += _moved(cells.sums[there], right * step, -down * step)
        return cls(total)

    @property
    def pixels(self) -> Integers:
        """How many pixels a window has."""
        return self._of("pixels")

    def mean(self, name: str) -> Floats:
        """Return the mean of z, u, v, gx or gy; NaN where there is no pixel."""
        return self._of(name) / _per_pixel(self.pixels) / _PER_UNIT[name]

    def mean_square(self, name: str) -> Floats:
        """Return the mean of ``index_2``, ``along_2`` or ``across_2``, in m2 or 1/m2; NaN where there is no pixel."""
        count = self.pixels if name == "index_2" else self._of("curved")
        return self._of(name) / _per_pixel(count) / _SQUARES[name] ** 2

    def covariance(self, one: str, other: str) -> Floats:
        """Return the mean product of two quantities about their means; NaN where there is no pixel."""
        product = one + other if one != other else one[0] + one if one in ("z", "u", "v") else one + one[1]
        product = {"gxgy": "gxy"}.get(product, product)
        n, a, b = self.pixels, self._of(one), self._of(other)
        count = np.maximum(n, 1)
        at_a, at_b = a // count, b // count  # whole numbers near the means: about them, products are small
        about = self._of(product) - at_a * b - at_b * a + n * at_a * at_b
        number = _per_pixel(n)
        rest = ((a - n * at_a) / number) * ((b - n * at_b) / number)
        return np.asarray((about / number - rest) / (_PER_UNIT[one] * _PER_UNIT[other]))

    def _of(self, name: str) -> Integers:
        return self.sums[..., SUMS.index(name)]


def over_windows(values: Integers, side: int, of_two: np.ufunc) -> Integers:
    """Reduce the values of the cells of each window to one, from 0 on."""
    reduced = np.zeros_like(values)
    for here, there, _, _ in _shifts(values.shape, side):
        of_two(reduced[here], values[there], out=reduced[here])
    return reduced


def _shifts(shape: tuple[int, ...], side: int) -> Iterator[tuple[Part, Part, int, int]]:
    """Give, for each cell of a window, the cells that have such a one, where that lies, and how far down and right."""
    half = side // 2
    for down, right in itertools.product(range(-half, half + 1), repeat=2):
        here, there = (
            tuple(
                slice(max(0, -sign * by), max(0, size - max(0, sign * by)))
                for size, by in zip(shape, (down, right), strict=False)
            )
            for sign in (1, -1)
        )
        yield here, there, down, right


def _per_pixel(count: Integers) -> Floats:
    return np.asarray(np.where(count > 0, count, np.nan))


def _moved(sums: Integers, east: int, north: int) -> Integers:
    """Return sums with u and v counted from a place so far to the west and south."""
    moved = sums.copy()
    n, u, v, uu, uv, vv, uz, vz, z = (
        SUMS.index(name) for name in ("pixels", "u", "v", "uu", "uv", "vv", "uz", "vz", "z")
    )
    moved[..., uu] += 2 * east * sums[..., u] + east * east * sums[..., n]
    moved[..., vv] += 2 * north * sums[..., v] + north * north * sums[..., n]
    moved[..., uv] += east * sums[..., v] + north * sums[..., u] + east * north * sums[..., n]
    moved[..., uz] += east * sums[..., z]
    moved[..., vz] += north * sums[..., z]
    moved[..., u] += east * sums[..., n]
    moved[..., v] += north * sums[..., n]
    return moved
