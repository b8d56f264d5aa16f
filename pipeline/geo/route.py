"""The cable route: geodesic kilometre posts, and the place of any point along and beside it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod, Transformer
from scipy.spatial import cKDTree

from pipeline.workspace import write_json

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

WGS84 = Geod(ellps="WGS84")
_VERTEX_SPACING_M = 100.0


@dataclass(frozen=True)
class Place:
    """Where points lie in the route's own coordinates.

    Attributes
    ----------
    kp_km : ndarray, shape (n,)
        Kilometre post of the nearest route point.
    offset_m : ndarray, shape (n,)
        Distance from the route, positive to starboard going up KP, metres in the projected CRS.
    bearing_deg : ndarray, shape (n,)
        Grid azimuth of the cable at that point, degrees clockwise from grid north.
    beyond : ndarray of bool, shape (n,)
        The nearest route point is an end of the route, and the point lies past it.
    """

    kp_km: Floats
    offset_m: Floats
    bearing_deg: Floats
    beyond: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Route:
    """A route along geodesics through the positions of an RPL.

    Attributes
    ----------
    lon_deg, lat_deg : ndarray, shape (positions,)
        Positions of the RPL, WGS84.
    crs : str
        Projected CRS of the metric coordinates.
    """

    lon_deg: Floats
    lat_deg: Floats
    crs: str

    @cached_property
    def _to_xy(self) -> Transformer:
        return Transformer.from_crs("EPSG:4326", self.crs, always_xy=True)

    @cached_property
    def position_kp_km(self) -> Floats:
        """KP of every RPL position: cumulative geodesic distance from the first, kilometres."""
        _, _, leg_m = WGS84.inv(self.lon_deg[:-1], self.lat_deg[:-1], self.lon_deg[1:], self.lat_deg[1:])
        return np.concatenate([[0.0], np.cumsum(leg_m)]) / 1000.0

    @property
    def length_km(self) -> float:
        """Geodesic length, kilometres."""
        return float(self.position_kp_km[-1])

    def lonlat(self, kp_km: Floats) -> tuple[Floats, Floats]:
        """Return WGS84 longitude and latitude at kilometre posts (clamped to the route)."""
        kp = np.clip(np.asarray(kp_km, float), 0.0, self.length_km)
        leg = np.clip(np.searchsorted(self.position_kp_km, kp, side="right") - 1, 0, len(self.lon_deg) - 2)
        azimuth, _, _ = WGS84.inv(self.lon_deg[:-1], self.lat_deg[:-1], self.lon_deg[1:], self.lat_deg[1:])
        into_m = (kp - self.position_kp_km[leg]) * 1000.0
        lon, lat, _ = WGS84.fwd(self.lon_deg[leg], self.lat_deg[leg], azimuth[leg], into_m)
        return np.asarray(lon), np.asarray(lat)

    def xy(self, kp_km: Floats) -> tuple[Floats, Floats]:
        """Return projected metres at kilometre posts."""
        x, y = self._to_xy.transform(*self.lonlat(kp_km))
        return np.asarray(x), np.asarray(y)

    def stations_kp_km(self, station_m: float) -> Floats:
        """Return the KP of stations: every ``station_m`` from 0, and the end of the route."""
        steps = int(np.floor(self.length_km * 1000.0 / station_m + 1e-9))
        kp = np.round(np.arange(steps + 1) * station_m / 1000.0, 6)
        return kp if self.length_km - kp[-1] < 1e-6 else np.append(kp, self.length_km)

    @cached_property
    def _vertices(self) -> tuple[Floats, Floats, Floats]:
        """KP, x and y of a fine polyline that keeps every RPL position."""
        fine = np.arange(0.0, self.length_km, _VERTEX_SPACING_M / 1000.0)
        kp = np.unique(np.concatenate([fine, self.position_kp_km]))
        kp = kp[np.concatenate([[True], np.diff(kp) > 1e-6])]
        kp[-1] = self.length_km
        x, y = self.xy(kp)
        return kp, x, y

    @property
    def vertices(self) -> tuple[Floats, Floats, Floats]:
        """KP and projected x and y of the line that ``locate`` measures from, at most 100 m apart."""
        return self._vertices

    @cached_property
    def _tree(self) -> cKDTree:
        _, x, y = self._vertices
        return cKDTree(np.column_stack([x, y]))

    def bearing_deg(self, kp_km: Floats) -> Floats:
        """Return the grid azimuth of the cable at kilometre posts, degrees."""
        kp, x, y = self._vertices
        at = np.clip(np.searchsorted(kp, np.asarray(kp_km, float), side="right") - 1, 0, len(kp) - 2)
        return np.degrees(np.arctan2(np.diff(x)[at], np.diff(y)[at])) % 360.0

    def locate(self, x_m: Floats, y_m: Floats) -> Place:
        """Return the place of points in route coordinates.

        Parameters
        ----------
        x_m, y_m : ndarray, shape (n,)
            Projected metres in ``crs``.

        Returns
        -------
        Place
            KP, offset and cable bearing of the nearest route point.

        Notes
        -----
        The nearest vertex of a polyline of 100 m pitch is found with a KD-tree; the point is then projected on
        the two legs that meet there.
        """
        kp, vx, vy = self._vertices
        px, py = np.asarray(x_m, float), np.asarray(y_m, float)
        _, nearest = self._tree.query(np.column_stack([px, py]), workers=-1)
        best_distance = np.full(px.shape, np.inf)
        best_kp, best_offset, best_leg = np.zeros(px.shape), np.zeros(px.shape), np.zeros(px.shape, dtype=np.int64)
        best_beyond = np.zeros(px.shape, dtype=bool)
        for leg in (np.clip(nearest - 1, 0, len(kp) - 2), np.clip(nearest, 0, len(kp) - 2)):
            dx, dy = vx[leg + 1] - vx[leg], vy[leg + 1] - vy[leg]
            length = np.hypot(dx, dy)
            raw = ((px - vx[leg]) * dx + (py - vy[leg]) * dy) / length**2
            along = np.clip(raw, 0.0, 1.0)
            ex, ey = px - (vx[leg] + along * dx), py - (vy[leg] + along * dy)
            distance = np.hypot(ex, ey)
            side = np.sign(ex * dy - ey * dx)
            beyond = ((leg == 0) & (raw < 0.0)) | ((leg == len(kp) - 2) & (raw > 1.0))
            better = distance < best_distance
            best_distance = np.where(better, distance, best_distance)
            best_kp = np.where(better, kp[leg] + along * (kp[leg + 1] - kp[leg]), best_kp)
            best_offset = np.where(better, distance * np.where(side == 0, 1.0, side), best_offset)
            best_leg = np.where(better, leg, best_leg)
            best_beyond = np.where(better, beyond, best_beyond)
        bearing = np.degrees(np.arctan2(vx[best_leg + 1] - vx[best_leg], vy[best_leg + 1] - vy[best_leg])) % 360.0
        return Place(best_kp, best_offset, bearing, best_beyond)

    def save(self, path: Path) -> None:
        """Write the route as JSON."""
        write_json(path, {"crs": self.crs, "lon_deg": self.lon_deg.tolist(), "lat_deg": self.lat_deg.tolist()})

    @classmethod
    def load(cls, path: Path) -> Route:
        """Read a route written by ``save``."""
        data = json.loads(path.read_text(encoding="utf-8"))
        return cls(np.array(data["lon_deg"]), np.array(data["lat_deg"]), data["crs"])
