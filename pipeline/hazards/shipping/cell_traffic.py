"""Traffic in the cells of the swath from track segments, never from reports: passages, metres and ship-time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.geo import Floats, Frame, Ints
from pipeline.hazards.shipping.exposure import BOUNDS, Direction
from pipeline.hazards.shipping.tracks import Segments


@dataclass(frozen=True, eq=False)
class CellGrid:
    """The grid with its cells of the swath, made once for many motions.

    Attributes
    ----------
    lines_x, lines_y : ndarray
        Ascending grid lines, metres.
    west_m, north_m, cell_m : float
        The grid's corner and the side of a cell.
    number : ndarray of int32, shape (rows, cols)
        Of the cell; -1 outside the swath.
    cable_x, cable_y : ndarray, shape (cells,)
        Unit vector along the cable.
    """

    lines_x: Floats
    lines_y: Floats
    west_m: float
    north_m: float
    cell_m: float
    number: NDArray[np.int32]
    cable_x: Floats
    cable_y: Floats

    @classmethod
    def of(cls, frame: Frame) -> CellGrid:
        """Lay the grid of a frame."""
        grid, cells = frame.grid, frame.cells
        west, south, east, north = (float(edge) for edge in grid.bounds)
        number = cells["cell"].to_numpy()
        at = grid.full(cells["row"].to_numpy(), cells["col"].to_numpy(), number, -1, "int32")
        bearing = np.radians(cells["bearing_deg"].to_numpy(float))
        return cls(
            np.linspace(west, east, grid.cols + 1), np.linspace(south, north, grid.rows + 1), west, north,
            float(grid.cell_m), at, np.sin(bearing), np.cos(bearing),
        )  # fmt: skip


def cell_traffic(segments: Segments, grid: CellGrid, mode: Direction) -> Ints:
    """Return what each ship did in each cell of the swath, cut exactly at grid lines (METHODS 1.10).

    Parameters
    ----------
    segments : Segments
        Motions and stops of whole ships, one ship after the other, in order of time.
    grid : CellGrid
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

    return walk(
        segments.ship, segments.track, segments.duration_us,
        segments.x0_m, segments.y0_m, segments.x1_m, segments.y1_m, segments.stationary,
        grid.lines_x, grid.lines_y, grid.west_m, grid.north_m, grid.cell_m, grid.number, grid.cable_x, grid.cable_y,
        *BOUNDS[mode],
    )  # fmt: skip
