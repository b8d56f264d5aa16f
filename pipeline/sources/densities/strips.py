"""Points over the strip of seabed beside each station, where a raster is asked for its mean."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pipeline.geo import Floats, Frame, Ints

_STATIONS_AT_ONCE = 5_000
_LEAST_ALONG, _LEAST_ACROSS = 8, 32  # a strip is narrow: of a pixel's edge across it, an eighth is well told


def strip_points(frame: Frame, half_width_m: float, pixel_m: float) -> Iterator[tuple[Ints, Floats, Floats]]:
    """Give points spread evenly over the strips, at least two to the side of a pixel within reason.

    Parameters
    ----------
    frame : Frame
        Route, stations and grid.
    half_width_m : float
        Half the width of a strip; along the route it is what the station stands for.
    pixel_m : float
        Side of the raster's pixels.

    Yields
    ------
    tuple of ndarray
        Station, x and y (m) of the points of some thousand stations, in order of KP.
    """
    step_m = min(max(pixel_m / 2.0, frame.grid.cell_m / 16.0), frame.grid.cell_m / 4.0)
    kp = frame.stations["kp_km"].to_numpy()
    edges = np.concatenate([[0.0], (kp[1:] + kp[:-1]) / 2.0, [frame.route.length_km]])
    along = max(_LEAST_ALONG, int(np.ceil(np.diff(edges).max() * 1000.0 / step_m)))
    across = max(_LEAST_ACROSS, int(np.ceil(2.0 * half_width_m / step_m)))
    share = (np.arange(along) + 0.5) / along
    offset = ((np.arange(across) + 0.5) / across - 0.5) * 2.0 * half_width_m
    for first in range(0, len(kp), _STATIONS_AT_ONCE):
        station = np.arange(first, min(first + _STATIONS_AT_ONCE, len(kp)))
        at = (edges[station, np.newaxis] + share * np.diff(edges)[station, np.newaxis]).ravel()
        x, y = frame.route.xy(at)
        bearing = np.radians(frame.route.bearing_deg(at))
        yield (
            np.repeat(station, along * across),
            (x[:, np.newaxis] + offset * np.cos(bearing)[:, np.newaxis]).ravel(),
            (y[:, np.newaxis] - offset * np.sin(bearing)[:, np.newaxis]).ravel(),
        )
