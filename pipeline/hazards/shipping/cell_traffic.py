"""Traffic in the cells of the swath from track segments, never from reports: passages, metres and ship-time."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipeline.geo import Floats, Frame, Ints
from pipeline.hazards.shipping.exposure import BOUNDS, Direction
from pipeline.hazards.shipping.tracks import Segments


def cell_traffic(segments: Segments, frame: Frame, mode: Direction) -> Ints:
    """Return what each ship did in each cell of the swath, cut exactly at grid lines (METHODS 1.10).

    Parameters
    ----------
    segments : Segments
        Motions and stops of whole ships, one ship after the other, in order of time.
    frame : Frame
        Grid and cells.
    mode : {"cautious", "heading", "isotropic"}
        Direction factor.

    Returns
    -------
    ndarray of int64, shape (n, 7)
        ``tables.CELL_TRAFFIC`` in order of ship, her cells in no promised order. ``passages``: tracks that run through
        the cell, each once however often she reports there or comes back. ``length_mm``: whole millimetres sailed,
        projected. ``hours_us``: time under way, microseconds. ``weighted_us``: that time times the direction factor.
        ``still_us``: time at anchor or moored, which is in none of the others.

    Raises
    ------
    ValueError
        If ships are mixed.

    Notes
    -----
    A part of a segment gets the difference of rounded running totals, so that the parts of a segment add up to its own
    length and time exactly. Memory and time are linear in segments and cells. Tables of different ships add up.
    """
    if np.any(np.diff(segments.ship) < 0):
        raise ValueError("segments must come one ship after the other")
    from pipeline.hazards.shipping.cell_kernel import walk

    grid = frame.grid
    west, south, east, north = grid.bounds
    return walk(
        segments.ship, segments.track, segments.duration_us,
        segments.x0_m, segments.y0_m, segments.x1_m, segments.y1_m, segments.stationary,
        np.linspace(west, east, grid.cols + 1), np.linspace(south, north, grid.rows + 1),
        float(west), float(north), float(grid.cell_m), *_cells(frame), *BOUNDS[mode],
    )  # fmt: skip


@lru_cache(maxsize=2)
def _cells(frame: Frame) -> tuple[NDArray[np.int32], Floats, Floats]:
    """Return the number of the cell at every place of the grid, and unit vectors along the cable by cell."""
    cells = frame.cells
    number = cells["cell"].to_numpy()
    at = frame.grid.full(cells["row"].to_numpy(), cells["col"].to_numpy(), number, -1, "int32")
    bearing = np.radians(cells["bearing_deg"].to_numpy(float))
    return at, np.sin(bearing), np.cos(bearing)
