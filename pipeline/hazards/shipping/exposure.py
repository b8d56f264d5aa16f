"""Ship-time beside the cable: how long each ship was in the panel of each station (METHODS 1.10).

Times are whole microseconds, so that sums are the same in any order of work.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from pipeline.geo import Floats, Frame, Ints
from pipeline.hazards.shipping.beside import Pieces
from pipeline.hazards.shipping.tracks import Segments

HOUR_US = 3.6e9
ISOTROPIC = 2.0 / np.pi
"""Mean of |sin| over all directions (Buffon)."""

Direction = Literal["cautious", "heading", "isotropic"]
BOUNDS: dict[Direction, tuple[float, float]] = {
    "cautious": (ISOTROPIC, 1.0), "heading": (0.0, 1.0), "isotropic": (ISOTROPIC, ISOTROPIC),
}  # fmt: skip
"""Least and most of the direction factor, which is the sine of the angle between track and cable held to them."""


def direction_factor(heading_deg: Floats, cable_bearing_deg: Floats, mode: Direction) -> Floats:
    """Return s for the angle between track and cable; that of a right angle where the track has no direction."""
    sine = np.abs(np.sin(np.radians(heading_deg - cable_bearing_deg)))
    return np.clip(np.where(np.isnan(sine), 1.0, sine), *BOUNDS[mode])


def panel_edges_km(frame: Frame) -> Floats:
    """Return the kilometre posts between stations, ends included: panel i lies from edge i to edge i+1."""
    kp = frame.stations["kp_km"].to_numpy()
    return np.concatenate([[0.0], (kp[1:] + kp[:-1]) / 2.0, [frame.route.length_km]])


def station_time(pieces: Pieces, segments: Segments, frame: Frame, half_width_m: float, mode: Direction) -> Ints:
    """Return ship-time in the panel of each station.

    Parameters
    ----------
    pieces, segments : Pieces, Segments
        Motions beside the route, one ship after the other; each is clipped exactly to |offset| <= half width and to
        the panels.
    frame : Frame
        Stations.
    half_width_m : float
        Half the width of a panel.
    mode : {"cautious", "heading", "isotropic"}
        Direction factor.

    Returns
    -------
    ndarray of int64, shape (n, 4)
        Station, ship, time, and time times the direction factor, microseconds: in order of ship, her stations in no
        promised order.
    """
    from pipeline.hazards.shipping.exposure_kernels import station_sums

    bearing = np.radians(frame.stations["bearing_deg"].to_numpy(float))
    found = station_sums(
        pieces.segment, pieces.start, pieces.end, pieces.kp0_km, pieces.kp1_km, pieces.offset0_m, pieces.offset1_m,
        segments.ship, segments.duration_us, segments.x1_m - segments.x0_m, segments.y1_m - segments.y0_m,
        panel_edges_km(frame), half_width_m, np.sin(bearing), np.cos(bearing), *BOUNDS[mode],
    )  # fmt: skip
    return found[found[:, 2] > 0]
