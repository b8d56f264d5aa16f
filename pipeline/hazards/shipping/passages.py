"""Passages: one row each time a moving ship crosses the cable, however often she reports (METHODS 1.10)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.geo import Frame
from pipeline.hazards.shipping.beside import Pieces
from pipeline.hazards.shipping.exposure import panel_edges_km
from pipeline.hazards.shipping.tracks import Segments

_SLACK = 1.01  # a piece that crosses is no shorter than its two offsets together, but for the bend of the route


def passages(pieces: Pieces, segments: Segments, frame: Frame) -> pd.DataFrame:
    """Return the crossings of moving segments.

    Returns
    -------
    DataFrame
        ``station kp_km time_us speed_kn angle_deg ship``, in order of KP, time and ship. ``angle_deg`` lies between
        0 (along the cable) and 90 (square across).
    """
    across = (pieces.offset0_m < 0.0) != (pieces.offset1_m < 0.0)
    # Beside a sharp bend the nearest leg, and with it the sign, can change far from the route: that is no crossing.
    close = np.abs(pieces.offset0_m) + np.abs(pieces.offset1_m) <= _SLACK * pieces.length_m + 1.0
    rows = np.flatnonzero(across & close & ~segments.stationary[pieces.segment])
    segment = pieces.segment[rows]
    offset0, offset1 = pieces.offset0_m[rows], pieces.offset1_m[rows]
    along = offset0 / (offset0 - offset1)
    kp = pieces.kp0_km[rows] + along * (pieces.kp1_km[rows] - pieces.kp0_km[rows])
    fraction = pieces.fraction(rows, along)
    edges = panel_edges_km(frame)
    station = np.clip(np.searchsorted(edges, kp, side="right") - 1, 0, len(edges) - 2)
    theta = segments.heading_deg[segment] - frame.route.bearing_deg(kp)
    table = pd.DataFrame(
        {
            "station": station.astype(np.int32),
            "kp_km": np.round(kp, 6),
            "time_us": segments.start_us[segment] + np.rint(fraction * segments.duration_us[segment]).astype(np.int64),
            "speed_kn": segments.speed_kn[segment],
            "angle_deg": np.degrees(np.arcsin(np.abs(np.sin(np.radians(theta))))),
            "course_deg": segments.heading_deg[segment],
            "heading_deg": np.full(len(rows), np.nan),
            "draught_m": np.full(len(rows), np.nan),
            "ship": segments.ship[segment].astype(np.int32),
        }
    )
    return table.sort_values(["kp_km", "time_us", "ship"], kind="stable", ignore_index=True)
