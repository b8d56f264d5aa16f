"""Strikes in the cells of the swath, ship by ship, in blocks of cells so that memory stays bounded."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.geo import Floats, Frame, Ints
from pipeline.hazards.shipping.exposure import HOUR_US
from pipeline.hazards.shipping.smoothing import band_matrix, box_weights
from pipeline.hazards.shipping.tables import CELL_ANCHORS, shaped
from pipeline.hazards.shipping.threat import Threat

_BLOCK, _SMALL_BLOCK, _MANY_SHIPS = 64, 16, 1000  # a block holds ships x cells numbers at once


def cell_strikes(
    frame: Frame, ships: pd.DataFrame, time: pd.DataFrame, threat: Threat, depth_m: Floats, soil: Ints, years: float
) -> tuple[pd.DataFrame, Floats]:
    """Return strikes per kilometre and year if the cable lay in each cell, along the nearest stretch of the route.

    Parameters
    ----------
    frame : Frame
        Cells and grid.
    ships : DataFrame
        The fleet.
    time : DataFrame
        ``cell ship hours_us``: ship-time times direction factor.
    threat : Threat
        Drag and depth reach of the fleet.
    depth_m, soil : ndarray, shape (cells,)
        Water depth and column of the soil class in ``threat``.
    years : float
        What the ship-time covers.

    Returns
    -------
    by_anchor : DataFrame
        ``CELL_ANCHORS`` in order of cell and anchor.
    total : ndarray, shape (cells,)
        Sum over anchors; NaN on dry land and where depth is unknown.

    Notes
    -----
    Exposure is smoothed by a box of ``smoothing_km``, normalised by the part of it that lies in the swath.
    """
    cells = frame.cells
    row, col = cells["row"].to_numpy(), cells["col"].to_numpy()
    weights = box_weights(threat.section.smoothing_km * 1000.0, frame.grid.cell_m)
    margin = len(weights) // 2
    size = _BLOCK if len(ships) <= _MANY_SHIPS else _SMALL_BLOCK
    side = size + 2 * margin
    matrix = band_matrix(size, weights)
    in_swath = np.zeros((frame.grid.rows + 2 * margin + size, frame.grid.cols + 2 * margin + size))
    in_swath[row + margin, col + margin] = 1.0
    area_km2 = (frame.grid.cell_m / 1000.0) ** 2

    at, ship, time_us = (time[name].to_numpy().astype(np.int64) for name in ("cell", "ship", "hours_us"))
    block_of = (row // size) * (frame.grid.cols // size + 1) + col // size
    tables = []
    total = np.where(depth_m > 0.0, 0.0, np.nan)
    for block in np.unique(block_of):
        own = np.flatnonzero(block_of == block)
        top, left = row[own[0]] // size * size, col[own[0]] // size * size
        # Cells, and so the table of times, are in row order: a block needs one run of it.
        first, last = np.searchsorted(at, np.searchsorted(row, [top - margin, top + size + margin]))
        near_col = col[at[first:last]] - left + margin
        near = first + np.flatnonzero((near_col >= 0) & (near_col < side))
        if not len(near):
            continue
        present, index = np.unique(ship[near], return_inverse=True)
        held = np.zeros((len(present), side, side))
        held[index, row[at[near]] - top + margin, col[at[near]] - left + margin] = time_us[near]
        spread = matrix @ held @ matrix.T
        mask = matrix @ in_swath[top : top + side, left : left + side] @ matrix.T
        here = row[own] - top, col[own] - left
        hours = spread[:, here[0], here[1]] / mask[here] / HOUR_US / years / area_km2
        p_wd = threat.p_wd(present[:, np.newaxis], depth_m[own])
        drag = threat.drag_m[present[:, np.newaxis], soil[own]]
        rate = np.where(depth_m[own] > 0.0, threat.strike(hours, drag, p_wd), 0.0)
        tables.append(_by_anchor(rate, ships.iloc[present], own))
        total[own] += rate.sum(axis=0)
    by_anchor = shaped(pd.concat(tables, ignore_index=True) if tables else None, CELL_ANCHORS)
    return by_anchor.sort_values(["cell", "anchor_kg"], kind="stable", ignore_index=True), total


def _by_anchor(rate: Floats, ships: pd.DataFrame, cells: Ints) -> pd.DataFrame:
    """Sum rates (ships, cells) over ships of equal anchor, leaving out what is zero."""
    order = np.argsort(ships["anchor_kg"].to_numpy(), kind="stable")
    anchor, starts = np.unique(ships["anchor_kg"].to_numpy()[order], return_index=True)
    fluke = ships["fluke_length_m"].to_numpy()[order][starts]
    summed = np.add.reduceat(rate[order], starts, axis=0)
    size, cell = np.nonzero(summed > 0.0)
    return pd.DataFrame(
        {
            "cell": cells[cell], "anchor_kg": anchor[size], "fluke_length_m": fluke[size],
            "strike_per_km_yr": summed[size, cell],
        }
    )  # fmt: skip
