"""A coarse look, in degrees, at which motions can come near the route, so that few are projected."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pyproj import Transformer

from pipeline.geo import Floats, Route
from pipeline.hazards.shipping.located import locate

_STEP_DEG = 0.01
_SLACK = 0.98  # of distances, for what bends between the places where they are taken


@dataclass(frozen=True)
class Coarse:
    """Lower bounds of the distance to the route.

    Attributes
    ----------
    west_deg, south_deg, step_deg : float
        Where the cells lie.
    least_m : ndarray of float32, shape (rows, cols)
        From every place of a cell the route is no nearer, projected metres. Cells go up in latitude and longitude; a
        place outside is no nearer than the cell at the edge beside it.
    metres_per_m : float
        The most projected metres in a metre on the ground.
    """

    west_deg: float
    south_deg: float
    step_deg: float
    least_m: np.ndarray
    metres_per_m: float

    @classmethod
    def around(cls, route: Route, reach_m: float) -> Coarse:
        """Look at the surroundings of a route, out to beyond ``reach_m``."""
        lon, lat = route.lonlat(np.linspace(0.0, route.length_km, 2001))
        up = 1.5 * reach_m / 110_000.0 + 0.1
        along = up / np.cos(np.radians(min(float(np.abs(lat).max()) + up, 85.0)))
        west, east = float(lon.min()) - along, float(lon.max()) + along
        south, north = float(lat.min()) - up, float(lat.max()) + up
        step = max(_STEP_DEG, (east - west) / 2000.0, (north - south) / 2000.0)
        cols, rows = int(np.ceil((east - west) / step)), int(np.ceil((north - south) / step))
        to_xy = Transformer.from_crs("EPSG:4326", route.crs, always_xy=True)
        edge_lon, edge_lat = np.meshgrid(west + np.arange(cols + 1) * step, south + np.arange(rows + 1) * step)
        x, y = (np.asarray(axis) for axis in to_xy.transform(edge_lon, edge_lat))
        middle_x, middle_y = (_middles(axis) for axis in (x, y))
        half = np.max([np.hypot(_corner(x, k) - middle_x, _corner(y, k) - middle_y) for k in range(4)], axis=0)
        place = locate(route, middle_x.ravel(), middle_y.ravel())
        least = np.abs(place.offset_m).reshape(half.shape) - half
        return cls(west, south, step, np.maximum(least * _SLACK, 0.0).astype(np.float32), _scale(edge_lat, step, x, y))


def _corner(values: Floats, k: int) -> Floats:
    return values[k // 2 : values.shape[0] - 1 + k // 2, k % 2 : values.shape[1] - 1 + k % 2]


def _middles(values: Floats) -> Floats:
    return np.asarray(np.mean([_corner(values, k) for k in range(4)], axis=0))


def _scale(lat: Floats, step: float, x: Floats, y: Floats) -> float:
    """Return the most that a step of longitude or latitude is stretched by the projection, with a little to spare."""
    metre = 6_335_000.0 * np.radians(step)  # the least that a degree measures on WGS84, up the meridian
    up = np.hypot(np.diff(x, axis=0), np.diff(y, axis=0)).max() / metre
    along = np.hypot(np.diff(x, axis=1), np.diff(y, axis=1)) / (metre * np.cos(np.radians(lat[:, 1:])))
    return float(max(up, along.max())) * 1.01
