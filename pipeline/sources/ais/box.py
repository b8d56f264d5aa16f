"""The part of the world whose reports can matter to the corridor."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
from pyproj import Transformer
from scipy.spatial import KDTree

from pipeline.config.ais import AisSection
from pipeline.geo import Floats, Frame, Mask

Receiver = Literal["terrestrial", "satellite"]
_MINUTE_M_PER_KN = 1852.0 / 60.0
_STEP_DEG = 0.05
_MOST_STEPS = 200  # across the box; the cells are larger where that is not enough
_SLACK = 1.02  # of distances, for what projections stretch and bend


@dataclass(frozen=True, eq=False)
class Box:
    """A box of longitude and latitude, degrees WGS84, and what of it is near.

    Attributes
    ----------
    west, south, east, north : float
        Its sides, which belong to it.
    step_deg : float
        Side of the cells, counted from west and south.
    cells : ndarray of bool, shape (rows, cols)
        Which are near, rows from the south; without any, all of the box is.
    """

    west: float
    south: float
    east: float
    north: float
    step_deg: float = math.inf
    cells: Mask = field(default_factory=lambda: np.ones((1, 1), bool))


def gap_min(section: AisSection, receiver: Receiver) -> float:
    """Return the silence that ends a track, minutes, by who heard the reports."""
    return section.gap_satellite_min if receiver == "satellite" else section.gap_min


@lru_cache(maxsize=4)  # asked for every file; what a step has written stays as it is
def corridor_box(route: Path, section: AisSection, receiver: Receiver) -> Box:
    """Return the swath's box and what of it is as near as a ship can come from between two reports.

    Parameters
    ----------
    route : Path
        Output of the ``route`` step.
    section : AisSection
        Silence that ends a track, and the speed that no ship has; how far stops are looked for.
    receiver : {"terrestrial", "satellite"}
        Which silence holds.

    Notes
    -----
    A cell is near unless every place of it is certainly farther from the swath. Of a motion that reaches the swath,
    both reports are near: it is no longer than that distance (METHODS 1.10).
    """
    frame = Frame.load(route)
    box = box_around(frame.grid.bounds, frame.grid.crs, section, receiver)
    step = max(_STEP_DEG, (box.east - box.west) / _MOST_STEPS, (box.north - box.south) / _MOST_STEPS)
    # One more than fit exactly, so that the eastern and northern side lie in a cell too.
    cols, rows = int((box.east - box.west) / step) + 1, int((box.north - box.south) / step) + 1
    to_xy = Transformer.from_crs("EPSG:4326", frame.grid.crs, always_xy=True)
    lon, lat = np.meshgrid(box.west + (np.arange(cols) + 0.5) * step, box.south + (np.arange(rows) + 0.5) * step)

    def places(east: float, north: float) -> Floats:
        return np.stack(to_xy.transform(lon.ravel() + east * step, lat.ravel() + north * step), axis=1)

    middle = places(0.0, 0.0)
    corners = (places(east, north) for east in (-0.5, 0.5) for north in (-0.5, 0.5))
    half_m = np.max([np.hypot(*(corner - middle).T) for corner in corners], axis=0)
    reach_m = max(_margin_m(section, receiver), section.stop_reach_m) + frame.grid.cell_m
    away_m, _ = KDTree(frame.cells[["x_m", "y_m"]].to_numpy()).query(middle)
    near = (away_m <= (reach_m + half_m) * _SLACK).reshape(rows, cols)
    return Box(box.west, box.south, box.east, box.north, step, near)


def box_around(bounds_m: tuple[float, float, float, float], crs: str, section: AisSection, receiver: Receiver) -> Box:
    """Return a box and as far around it as a ship can come from between two reports.

    Parameters
    ----------
    bounds_m : tuple of float
        West, south, east and north of the swath in metres of ``crs``.
    crs : str
        A projected CRS.
    section : AisSection
        Silence that ends a track, and the speed that no ship has.
    receiver : {"terrestrial", "satellite"}
        Which silence holds.
    """
    west, south, east, north = bounds_m
    margin_m = _margin_m(section, receiver)
    to_lonlat = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    return Box(*to_lonlat.transform_bounds(west - margin_m, south - margin_m, east + margin_m, north + margin_m))


def _margin_m(section: AisSection, receiver: Receiver) -> float:
    return section.max_jump_kn * gap_min(section, receiver) * _MINUTE_M_PER_KN
