"""Telling a seabed from a level surface: some global grids show a lake's water surface where its bed should be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.geo import Floats

# Heights less than this above the water surface may still be sea: levels, datums and grids differ by metres.
_NEAR_SURFACE_M = 5.0
# Real beds, even rounded to whole metres, share their commonest height with a few percent of cells; a grid without
# depths shares it with nearly all. Half lies far from both.
_LEVEL_SHARE = 0.5
_LEAST_CELLS = 20


@dataclass(frozen=True)
class LevelBed:
    """A sea whose bed is said to be level.

    Attributes
    ----------
    level_m : float
        The commonest elevation, Baltic 1977.
    share : float
        Its share of the sea.
    is_water_surface : bool
        It lies within metres of the water surface: the raster has no depths at all.
    """

    level_m: float
    share: float
    is_water_surface: bool


def level_bed(bed_m: Floats, surface_m: float) -> LevelBed | None:
    """Return the level that most of a sea has exactly, or None where the bed has relief or too few cells are sea.

    Parameters
    ----------
    bed_m : ndarray
        Bed elevations as the raster has them (not interpolated), Baltic 1977; NaN where it has none.
    surface_m : float
        Water surface, Baltic 1977.
    """
    sea = bed_m[np.isfinite(bed_m) & (bed_m < surface_m + _NEAR_SURFACE_M)]
    if sea.size < _LEAST_CELLS:
        return None
    levels, counts = np.unique(sea, return_counts=True)
    commonest = int(np.argmax(counts))
    share = float(counts[commonest] / sea.size)
    if share <= _LEVEL_SHARE:
        return None
    level_m = float(levels[commonest])
    return LevelBed(level_m, share, abs(level_m - surface_m) <= _NEAR_SURFACE_M)
