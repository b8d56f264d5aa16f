"""Strikes in the cells of the swath, as if the cable lay there."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from pipeline.geo import Floats, Frame, Ints, Mask
from pipeline.hazards.shipping.alike import Alike
from pipeline.hazards.shipping.anchor_rates import AnchorRates
from pipeline.hazards.shipping.depth_modifier import holds
from pipeline.hazards.shipping.group_sums import group_sums
from pipeline.hazards.shipping.incident import strike_of_dragged
from pipeline.hazards.shipping.routine import Anchorings, add_routine
from pipeline.hazards.shipping.ship_time import HELD_ROWS, ShipTime
from pipeline.hazards.shipping.spread import Spread
from pipeline.hazards.shipping.tables import CELL_ANCHORS, shaped
from pipeline.hazards.shipping.threat import Threat

RATES = ("strike_per_km_yr", "routine_strike_per_km_yr")


def cell_strikes(
    frame: Frame,
    ships: pd.DataFrame,
    exposure: tuple[Path, str],
    threat: Threat,
    depth_m: Floats,
    holding: Ints,
    years: float,
    anchorings: Anchorings | None = None,
    *,
    land: Mask | None = None,
    held_rows: int = HELD_ROWS,
) -> pd.DataFrame:
    """Return strikes per kilometre and year if the cable lay in each cell, along the nearest stretch of the route.

    Parameters
    ----------
    frame : Frame
        Cells and grid.
    ships : DataFrame
        The fleet.
    exposure : tuple of Path and str
        Parquet with ``cell ship``, and its column of ship-time times direction factor, microseconds.
    threat : Threat
        Drag and depth reach of the fleet.
    depth_m, holding : ndarray, shape (cells,)
        Water depth and column of the soil's holding kind in ``threat``.
    years : float
        What the ship-time covers.
    anchorings : Anchorings, optional
        Ships at anchor; None where they are not assessed or not wanted.
    land : ndarray of bool, shape (cells,), optional
        Cells that ship-time is not divided by; none without.
    held_rows : int
        Rows held at once.

    Returns
    -------
    DataFrame
        ``CELL_ANCHORS`` in order of cell and anchor.

    Notes
    -----
    Exposure is smoothed by a box of ``smoothing_km``, normalised by the water of it that lies in the swath.
    """
    section = threat.section
    alike = Alike.of(ships, by_class=False)
    path, column = exposure
    time = ShipTime.read(path, "cell", alike, time=column, held_rows=held_rows)
    spread = Spread.over_cells(frame, section.smoothing_km, land, section.least_water_share)
    rates = AnchorRates.of(ships, RATES, len(depth_m))
    size, chain_m = rates.size_of(alike.table), alike.table["chain_m"].to_numpy(float)
    reads = holding[:, None]
    for group, at, sums in group_sums(alike, time, threat, spread, depth_m, threat.drag_m, reads, years):
        strike = strike_of_dragged(sums[:, 0], holds(depth_m[at], chain_m[group], section), section)
        rates.add(at, int(size[group]), strike_per_km_yr=strike)
    if anchorings is not None:
        add_routine(rates, anchorings, ships, frame.cells[["x_m", "y_m"]].to_numpy(), depth_m, section)
    return shaped(rates.table("cell"), CELL_ANCHORS)
