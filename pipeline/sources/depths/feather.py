"""Feathered seams: how much a better layer counts near the places where it ends inside a lesser one."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from pipeline.config.bathymetry import BathymetrySection
from pipeline.geo import Floats, Grid
from pipeline.sources.rasters.tile import Box

Mask = NDArray[np.bool_]


def better_share(better: Mask, lesser: Mask, cell_m: float, section: BathymetrySection) -> Floats:
    """Return the share that the better of two layers has in the depth of every cell.

    It rises from the seam, where the lesser layer goes on alone, over ``feather_m``. Three things hold it narrower, so
    that a blend never reaches what it was not meant for: the middle of a narrow better layer keeps its own depths
    (``feather_share``); a small hole in it, filled by the lesser layer, works no further than it is wide; and the
    lesser layer fades where it ends itself, for a blend that stops short would be a new step.

    Parameters
    ----------
    better, lesser : ndarray of bool, shape (rows, cols)
        Where each has a depth.
    cell_m : float
        Side of a cell, metres.
    section : BathymetrySection
        ``feather_m`` and ``feather_share``.

    Returns
    -------
    ndarray, shape (rows, cols)
        0 to 1 where both have a depth; 1 where only the better has one; 0 elsewhere.
    """
    share = better.astype(np.float64)
    seam, alone = lesser & ~better, better & ~lesser
    both = better & lesser
    if section.feather_m <= 0.0 or not seam.any() or not both.any():
        return share
    farthest = section.feather_m / section.feather_share
    inside = np.minimum(_distance_m(seam, cell_m), farthest)
    width = np.minimum(section.feather_m, section.feather_share * _half_width_m(better, inside, farthest, cell_m))
    lesser_share = np.zeros(share.shape)
    for box, cells, reach_m in _seams(seam, section.feather_m, cell_m):
        own = 1.0 - _distance_m(cells, cell_m) / np.maximum(np.minimum(width[box], reach_m), 1e-9)
        lesser_share[box] = np.maximum(lesser_share[box], own)
    if alone.any():
        lesser_share = np.minimum(lesser_share, _distance_m(alone, cell_m) / section.feather_m)
    share[both] = 1.0 - np.clip(lesser_share[both], 0.0, 1.0)
    return share


def share_at(grid: Grid, share: Floats, better: Mask, x_m: Floats, y_m: Floats) -> Floats:
    """Return the better layer's share at points, interpolated between the cells in which it has a depth.

    Parameters
    ----------
    grid : Grid
        Where the cells lie.
    share, better : ndarray, shape ``grid.shape``
        As in ``better_share``.
    x_m, y_m : ndarray, shape (n,)
        Points in the grid's CRS.

    Returns
    -------
    ndarray, shape (n,)
        Shares; 1 where none of the four nearest cells has a depth of the better layer.
    """
    row, col = (grid.north_m - y_m) / grid.cell_m - 0.5, (x_m - grid.west_m) / grid.cell_m - 0.5
    total, weight = (
        ndimage.map_coordinates(values, [row, col], order=1, mode="nearest")
        for values in (np.where(better, share, 0.0), better.astype(np.float64))
    )
    known = weight > 0.0
    at: Floats = np.where(known, total / np.where(known, weight, 1.0), 1.0)
    return np.clip(at, 0.0, 1.0)


def _distance_m(away_from: Mask, cell_m: float) -> Floats:
    """Return the distance of each cell's centre from the edge of the nearest marked cell."""
    distance: Floats = np.maximum(ndimage.distance_transform_edt(~away_from) - 0.5, 0.0) * cell_m
    return distance


def _seams(seam: Mask, feather_m: float, cell_m: float) -> Iterator[tuple[Box, Mask, float]]:
    """Give the seams that differ in width: each hole that is narrower than the feather, and all others together.

    Yields the part of the grid that a seam can bear on, its cells there, and how far its blend reaches.
    """
    parts, number = ndimage.label(seam)
    widths = 2.0 * np.asarray(ndimage.maximum(_distance_m(~seam, cell_m), parts, np.arange(1, number + 1)))
    wide = np.isin(parts, 1 + np.flatnonzero(widths >= feather_m))
    if wide.any():
        yield (slice(None), slice(None)), wide, feather_m
    for index, box in enumerate(ndimage.find_objects(parts)):
        if widths[index] < feather_m:
            margin = math.ceil(widths[index] / cell_m) + 1
            around = tuple(slice(max(side.start - margin, 0), side.stop + margin) for side in box)
            yield (around[0], around[1]), parts[around] == index + 1, float(widths[index])


def _half_width_m(area: Mask, depth_inside_m: Floats, farthest_m: float, cell_m: float) -> Floats:
    """Return, for each cell of an area, how far the middle of its part of the area is from the edge.

    Parts that hang together count by themselves, so that a narrow strip is not taken to be as wide as its neighbour.
    """
    width = np.zeros(area.shape)
    size = 2 * math.ceil(farthest_m / cell_m) + 1
    parts, _ = ndimage.label(area)
    for number, box in enumerate(ndimage.find_objects(parts), start=1):
        own = parts[box] == number
        widest = ndimage.maximum_filter(np.where(own, depth_inside_m[box], 0.0), size=size, mode="constant")
        width[box][own] = widest[own]
    return width
