"""Ports and shipping lanes of the synthetic traffic: waypoints at sea with the spread of ships around them.

Places are public and approximate; who sails where and how often is shaped by METHODS 7.4 and made up beyond that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pyproj import Transformer
from scipy.ndimage import gaussian_filter1d

from pipeline.synth import CRS

Floats = NDArray[np.float64]

ABSHERON = ((50.13, 40.06, 1.2), (50.42, 40.12, 0.6), (50.47, 40.27, 0.5), (50.48, 40.42, 0.7), (50.56, 40.62, 1.6))
"""From the bay of Baku round the Absheron peninsula through the strait west of Chilov island."""
EAST_OF_OIL_ROCKS = ((51.05, 40.55, 3.0), (51.25, 40.15, 2.5), (51.2, 39.6, 4.0))
"""North to south, outside the oil fields."""

PORTS: dict[str, tuple[float, float]] = {
    "Baku": (49.90, 40.33),
    "Alat": (49.47, 39.94),
    "Aktau": (51.205, 43.602),
    "Kuryk": (51.62, 43.165),
    "Turkmenbashi": (52.87, 39.93),
    "Makhachkala": (47.55, 42.99),
    "Volga-Caspian roads": (47.95, 44.85),
    "Anzali": (49.47, 37.51),
    "Amirabad": (53.37, 36.92),
    "Bautino": (50.22, 44.57),
    "Sumqayit": (49.65, 40.645),
    "Darwin Bank": (50.50, 40.56),
    "Guneshli": (51.30, 40.20),
    "Kuryk grounds": (50.95, 42.95),
    "Absheron grounds": (50.05, 40.95),
    "Derbent grounds": (48.45, 42.05),
}
"""Where lanes end (longitude, latitude): berths, roads, oil fields and fishing grounds."""

OPEN_WATER = frozenset(
    {"Volga-Caspian roads", "Darwin Bank", "Guneshli", "Kuryk grounds", "Absheron grounds", "Derbent grounds"}
)
"""Ends of lanes that have no berth: ships lie at anchor there."""

ANCHORAGES: dict[str, tuple[float, float]] = {
    "Aktau": (51.165, 43.565), "Kuryk": (51.585, 43.135), "Baku": (49.93, 40.25), "Alat": (49.55, 39.88),
    "Makhachkala": (47.60, 42.95), "Turkmenbashi": (52.75, 39.85), "Anzali": (49.50, 37.54), "Amirabad": (53.36, 36.98),
}  # fmt: skip
"""Where ships wait (longitude, latitude)."""

_DAGESTAN = ((48.5, 42.4, 4.0), (49.2, 41.55, 3.0), (49.85, 41.12, 2.5))

LANES: dict[str, tuple[tuple[float, float, float], ...]] = {
    "Alat-Kuryk": (*ABSHERON, (50.85, 41.5, 3.0), (51.0, 42.5, 3.0), (51.3, 43.05, 1.5)),
    "Alat-Aktau": (*ABSHERON, (50.7, 41.3, 3.0), (50.85, 42.4, 3.5), (50.9, 43.3, 2.0)),
    "Baku-Aktau": (*ABSHERON, (50.7, 41.3, 3.5), (50.85, 42.4, 4.0), (50.9, 43.3, 2.5)),
    "Alat-Turkmenbashi": ((50.0, 39.8, 2.0), (51.3, 39.75, 3.0), (52.4, 39.82, 1.5)),
    "Baku-Turkmenbashi": ((50.13, 40.0, 1.5), (51.3, 39.8, 3.0), (52.4, 39.84, 1.5)),
    "Turkmenbashi-Makhachkala": (
        (52.3, 39.85, 1.5), (51.35, 40.25, 2.0), (51.05, 40.65, 3.0), (50.35, 41.15, 4.0), (49.2, 42.0, 4.0),
    ),
    "Turkmenbashi-Volga-Caspian roads": (
        (52.3, 39.85, 1.5), (51.35, 40.3, 2.0), (50.95, 40.85, 3.0), (50.1, 41.7, 4.0), (48.9, 43.4, 4.0),
    ),
    "Makhachkala-Aktau": ((48.6, 43.2, 4.0), (50.2, 43.55, 4.0), (50.9, 43.6, 2.0)),
    "Makhachkala-Baku": ((47.85, 42.95, 1.5), *_DAGESTAN, (50.35, 40.85, 2.0), *ABSHERON[::-1]),
    "Volga-Caspian roads-Baku": ((48.35, 43.6, 4.0), *_DAGESTAN, (50.35, 40.85, 2.0), *ABSHERON[::-1]),
    "Volga-Caspian roads-Anzali": (
        (48.6, 43.5, 4.0), (49.6, 42.0, 4.0), (50.4, 41.1, 4.0), *EAST_OF_OIL_ROCKS, (50.0, 38.3, 4.0),
    ),
    "Volga-Caspian roads-Amirabad": (
        (48.7, 43.5, 4.0), (49.8, 42.0, 4.0), (50.6, 41.1, 4.0), *EAST_OF_OIL_ROCKS, (52.2, 38.2, 5.0),
    ),
    "Aktau-Anzali": ((50.95, 43.2, 2.5), (51.15, 42.2, 4.0), (51.2, 41.2, 4.0), *EAST_OF_OIL_ROCKS, (50.0, 38.3, 4.0)),
    "Aktau-Amirabad": (
        (50.95, 43.2, 2.5), (51.25, 42.2, 4.0), (51.4, 41.2, 4.0), *EAST_OF_OIL_ROCKS, (52.2, 38.2, 5.0),
    ),
    "Aktau-Bautino": ((51.05, 43.605, 0.8), (50.95, 43.7, 2.0), (50.1, 43.95, 2.5), (49.75, 44.4, 2.0)),
    "Sumqayit-Darwin Bank": ((49.85, 40.70, 0.8), (50.2, 40.68, 1.5)),
    "Baku-Guneshli": ((50.1, 40.08, 1.0), (50.6, 40.08, 1.0)),
    "Kuryk-Kuryk grounds": ((51.4, 43.05, 1.5), (51.15, 42.98, 6.0)),
    "Sumqayit-Absheron grounds": ((49.85, 40.72, 2.0), (49.95, 40.85, 5.0)),
    "Makhachkala-Derbent grounds": ((47.85, 42.95, 1.5), (48.25, 42.6, 4.0)),
}  # fmt: skip
"""Waypoints between the two ports in the name: longitude, latitude, spread of tracks (one sigma) in kilometres."""


@dataclass(frozen=True, eq=False)
class Lane:
    """A lane as a smooth line at a pitch of 1 km.

    Attributes
    ----------
    start, end : str
        Ports.
    along_m : ndarray, shape (n,)
        Distance from ``start``.
    x_m, y_m : ndarray, shape (n,)
        Projected metres.
    spread_m : ndarray, shape (n,)
        One sigma of the tracks about the line; 0 at the ports.
    """

    start: str
    end: str
    along_m: Floats
    x_m: Floats
    y_m: Floats
    spread_m: Floats

    @property
    def length_m(self) -> float:
        """Length in metres."""
        return float(self.along_m[-1])

    def positions(self, along_m: Floats, offset_sigmas: Floats) -> tuple[Floats, Floats]:
        """Return x and y at distances along the lane, set off to starboard by so many sigmas of the local spread."""
        dx, dy = np.gradient(self.x_m, self.along_m), np.gradient(self.y_m, self.along_m)
        norm = np.hypot(dx, dy)
        off = offset_sigmas * np.interp(along_m, self.along_m, self.spread_m)
        x = np.interp(along_m, self.along_m, self.x_m) + off * np.interp(along_m, self.along_m, dy / norm)
        y = np.interp(along_m, self.along_m, self.y_m) - off * np.interp(along_m, self.along_m, dx / norm)
        return x, y


def lane(name: str) -> Lane:
    """Return a lane of ``LANES``, rounded at its waypoints.

    Raises
    ------
    KeyError
        If there is no such lane.
    """
    waypoints = LANES[name]
    start = next(port for port in PORTS if name.startswith(f"{port}-") and name[len(port) + 1 :] in PORTS)
    end = name[len(start) + 1 :]
    table = np.array([(*PORTS[start], 0.0), *waypoints, (*PORTS[end], 0.0)])
    x, y = Transformer.from_crs("EPSG:4326", CRS, always_xy=True).transform(table[:, 0], table[:, 1])
    corner = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    pitch = np.linspace(0.0, corner[-1], max(int(corner[-1] / 1000.0), 8) + 1)
    smooth = [_rounded(np.interp(pitch, corner, values)) for values in (x, y)]
    along = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(smooth[0]), np.diff(smooth[1])))])
    spread = gaussian_filter1d(np.interp(pitch, corner, table[:, 2] * 1000.0), 4.0, mode="nearest")
    ends = np.clip(np.minimum(along, along[-1] - along) / 8000.0, 0.0, 1.0)
    return Lane(start, end, along, smooth[0], smooth[1], spread * ends)


def _rounded(values: Floats) -> Floats:
    """Smooth over about 4 km and keep both ends."""
    soft = gaussian_filter1d(values, 4.0, mode="nearest")
    t = np.linspace(0.0, 1.0, len(values))
    return np.asarray(soft + (values[0] - soft[0]) * (1.0 - t) + (values[-1] - soft[-1]) * t)
