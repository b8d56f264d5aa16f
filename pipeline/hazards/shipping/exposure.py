"""Ship-time beside the cable and in the cells of the swath, in whole microseconds (METHODS 1.10)."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from pipeline.geo import Floats, Frame, Ints
from pipeline.hazards.shipping.beside import Pieces
from pipeline.hazards.shipping.cut import cuts, parts, share_us, sum_by_key
from pipeline.hazards.shipping.tracks import Segments

ISOTROPIC = 2.0 / np.pi
"""Mean of |sin| over all directions (Buffon)."""

Direction = Literal["cautious", "heading", "isotropic"]


def direction_factor(heading_deg: Floats, cable_bearing_deg: Floats, mode: Direction) -> Floats:
    """Return s for the angle between track and cable; 1 where the track has no direction (METHODS 1.10)."""
    sine = np.abs(np.sin(np.radians(heading_deg - cable_bearing_deg)))
    sine = np.where(np.isnan(sine), 1.0, sine)
    if mode == "heading":
        return sine
    return np.maximum(sine, ISOTROPIC) if mode == "cautious" else np.full_like(sine, ISOTROPIC)


def panel_edges_km(frame: Frame) -> Floats:
    """Return the kilometre posts between stations, ends included: panel i lies from edge i to edge i+1."""
    kp = frame.stations["kp_km"].to_numpy()
    return np.concatenate([[0.0], (kp[1:] + kp[:-1]) / 2.0, [frame.route.length_km]])


def station_time(
    pieces: Pieces, segments: Segments, frame: Frame, half_width_m: float, mode: Direction | None
) -> pd.DataFrame:
    """Return ship-time in the panel of each station.

    Parameters
    ----------
    pieces, segments : Pieces, Segments
        Motions beside the route; each is clipped exactly to |offset| <= half width and to the panels.
    frame : Frame
        Stations.
    half_width_m : float
        Half the width of a panel.
    mode : str or None
        Direction factor; None for plain time.

    Returns
    -------
    DataFrame
        ``station ship hours_us`` in key order.
    """
    first, last = _band(pieces.offset0_m, pieces.offset1_m, half_width_m)
    edges = panel_edges_km(frame)
    owner, start, end = parts(first, last, *cuts(pieces.kp0_km, pieces.kp1_km, edges))
    middle = pieces.kp0_km[owner] + (start + end) / 2.0 * (pieces.kp1_km - pieces.kp0_km)[owner]
    station = np.clip(np.searchsorted(edges, middle, side="right") - 1, 0, len(edges) - 2)
    segment = pieces.segment[owner]
    time = share_us(segments.duration_us[segment], pieces.fraction(owner, start), pieces.fraction(owner, end))
    if mode is not None:
        bearing = frame.stations["bearing_deg"].to_numpy()[station]
        time = _weighted(time, direction_factor(segments.heading_deg[segment], bearing, mode))
    return _table("station", station, segments.ship[segment], time)


def cell_time(segments: Segments, frame: Frame, mode: Direction) -> pd.DataFrame:
    """Return ship-time in the cells of the swath, cut exactly at grid lines: ``cell ship hours_us`` in key order."""
    grid = frame.grid
    west, south, east, north = grid.bounds
    lines_x = np.linspace(west, east, grid.cols + 1)
    lines_y = np.linspace(south, north, grid.rows + 1)
    owner_x, at_x = cuts(segments.x0_m, segments.x1_m, lines_x)
    owner_y, at_y = cuts(segments.y0_m, segments.y1_m, lines_y)
    whole = np.zeros(len(segments)), np.ones(len(segments))
    owner, start, end = parts(*whole, np.concatenate([owner_x, owner_y]), np.concatenate([at_x, at_y]))
    middle = (start + end) / 2.0
    row, col = grid.cell_of(
        segments.x0_m[owner] + middle * (segments.x1_m - segments.x0_m)[owner],
        segments.y0_m[owner] + middle * (segments.y1_m - segments.y0_m)[owner],
    )
    cell_at = grid.full(
        frame.cells["row"].to_numpy(), frame.cells["col"].to_numpy(), frame.cells["cell"].to_numpy(), -1, "int32"
    )
    inside = (row >= 0) & (row < grid.rows) & (col >= 0) & (col < grid.cols)
    cell = np.where(inside, cell_at[np.where(inside, row, 0), np.where(inside, col, 0)], -1)
    swath = cell >= 0
    owner, start, end, cell = owner[swath], start[swath], end[swath], cell[swath].astype(np.int64)
    bearing = frame.cells["bearing_deg"].to_numpy()[cell]
    factor = direction_factor(segments.heading_deg[owner], bearing, mode)
    time = _weighted(share_us(segments.duration_us[owner], start, end), factor)
    return _table("cell", cell, segments.ship[owner], time)


def _band(offset0_m: Floats, offset1_m: Floats, half_width_m: float) -> tuple[Floats, Floats]:
    """Return the range of fractions in which a linear offset lies within the half width; empty as (0, 0)."""
    change = offset1_m - offset0_m
    with np.errstate(divide="ignore", invalid="ignore"):
        one, other = (-half_width_m - offset0_m) / change, (half_width_m - offset0_m) / change
    first, last = np.clip(np.fmin(one, other), 0.0, 1.0), np.clip(np.fmax(one, other), 0.0, 1.0)
    still = change == 0.0
    within = np.abs(offset0_m) <= half_width_m
    first = np.where(still, 0.0, first)
    return first, np.where(still, np.where(within, 1.0, 0.0), last)


def _weighted(time_us: Ints, factor: Floats) -> Ints:
    return np.rint(time_us * factor).astype(np.int64)


def _table(name: str, place: Ints, ship: Ints, time_us: Ints) -> pd.DataFrame:
    key, total = sum_by_key(place.astype(np.int64) << 32 | ship.astype(np.int64), time_us)
    some = total > 0
    key, total = key[some], total[some]
    return pd.DataFrame(
        {name: (key >> 32).astype(np.int32), "ship": (key & 0xFFFFFFFF).astype(np.int32), "hours_us": total}
    )
