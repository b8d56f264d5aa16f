"""How ship-time spreads from where it was counted to where it is used, in two sparse steps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.geo import Floats, Frame, Ints, Mask
from pipeline.hazards.shipping.exposure import panel_edges_km
from pipeline.hazards.shipping.smoothing import along_route, box_weights

Links = tuple[Ints, NDArray[np.int32], Floats]
"""``start, slot, share``: entries ``start[i]`` to ``start[i + 1]`` link place i with slots."""


@dataclass(frozen=True, eq=False)
class Spread:
    """Smoothing as links from places to slots and back.

    Attributes
    ----------
    smear : Links
        Where the time of a place goes.
    gather : Links
        What is read at a place.
    back : tuple of ndarray
        ``start, place``: which places read a slot.
    slots : int
        Number of slots.
    area_km2 : ndarray, shape (places,)
        What a sum read at a place is divided by to give a density: area, and the part of the window that is covered.
    """

    smear: Links
    gather: Links
    back: tuple[Ints, NDArray[np.int32]]
    slots: int
    area_km2: Floats

    @classmethod
    def along(cls, frame: Frame, width_km: float, half_width_m: float, water_share: Floats | None = None) -> Spread:
        """Spread over a box along the route; totals are conserved (METHODS 1.2). Area is all water if none is told."""
        edges = panel_edges_km(frame)
        columns = along_route(edges, width_km).tocsc()
        columns.sort_indices()
        panels = len(edges) - 1
        smear = (columns.indptr.astype(np.int64), columns.indices.astype(np.int32), columns.data)
        itself = (np.arange(panels + 1), np.arange(panels, dtype=np.int32), np.ones(panels))
        area_km2 = np.diff(edges) * 2.0 * half_width_m / 1000.0
        return cls(
            smear, itself, _back(itself, panels), panels, area_km2 if water_share is None else area_km2 * water_share
        )

    @classmethod
    def over_cells(
        cls, frame: Frame, width_km: float, land: Mask | None = None, least_water_share: float = 0.0
    ) -> Spread:
        """Spread over a square of cells: along rows first, then down columns; divided by its water in the swath."""
        grid = frame.grid
        row, col = frame.cells["row"].to_numpy(), frame.cells["col"].to_numpy()
        weights = box_weights(width_km * 1000.0, grid.cell_m)
        margin = len(weights) // 2
        shift = np.arange(-margin, margin + 1)
        wide = grid.cols + 2 * margin
        key = (row * wide + col + margin)[:, None]
        slots, slot = np.unique(key + shift, return_inverse=True)
        start = np.arange(len(row) + 1) * len(weights)
        share = np.tile(weights, len(row))
        smear = (start, slot.reshape(-1).astype(np.int32), share)
        above = key + shift * wide
        found = np.minimum(np.searchsorted(slots, above), len(slots) - 1)
        there = slots[found] == above
        read = (
            np.concatenate([[0], np.cumsum(there.sum(axis=1))]).astype(np.int64),
            found[there].astype(np.int32),
            np.broadcast_to(weights, above.shape)[there],
        )

        def sums(counted: Floats) -> Floats:
            held = np.bincount(smear[1], weights=share * np.repeat(counted, len(weights)), minlength=len(slots))
            return np.asarray(np.add.reduceat(held[read[1]] * read[2], read[0][:-1]))

        covered = sums(np.ones(len(row)))
        if land is not None:
            covered = np.maximum(sums(np.where(land, 0.0, 1.0)), least_water_share * covered)
        return cls(smear, read, _back(read, len(slots)), len(slots), covered * (grid.cell_m / 1000.0) ** 2)


def _back(gather: Links, slots: int) -> tuple[Ints, NDArray[np.int32]]:
    start, slot, _ = gather
    place = np.repeat(np.arange(len(start) - 1, dtype=np.int32), np.diff(start))
    order = np.argsort(slot, kind="stable")
    return np.searchsorted(slot[order], np.arange(slots + 1)).astype(np.int64), place[order]
