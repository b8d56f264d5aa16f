"""What one survey tile gives to terrain: sums in analysis cells, and its own layers where they are wanted."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.geo import Grid
from pipeline.seabed.derivatives import LAYERS, Cells, box_of, stream
from pipeline.seabed.native_layers import NODATA, NativeLayers
from pipeline.seabed.relief_sums import Box, ReliefSums
from pipeline.sources.rasters.mosaic import Mosaic
from pipeline.store import Facts, StepContext

NATIVE = "layers.tif"
"""File of a tile's own layers."""


def run(context: StepContext) -> Facts:
    """Derive one file of depths that is finer than the analysis grid; nothing of a coarser one.

    Raises
    ------
    DataError
        If the file, or a tile that touches it, cannot be used.
    """
    ((path, section),) = ((path, source.section) for source in context.sources for path in source.paths)
    grid = Grid.load(context.inputs["route"] / "grid.json")
    sign = 1.0 if section.values == "elevation_m" else -1.0
    with Mosaic.around(path, context.beside, section, scratch=context.out) as mosaic:
        tile = mosaic.own
        facts: Facts = {"resolution_m": tile.file.resolution_m, "pixels": 0, "native": False}
        if tile.file.resolution_m * context.config.terrain.pixels_across_cell > grid.cell_m:
            return facts
        box = box_of(grid, *tile.lattice.nodes(tile.row, tile.col, (tile.file.height, tile.file.width), grid.crs))
        sums = ReliefSums.empty(box)
        if not sums.sums.size:  # beside the corridor
            return facts
        cells = swath_cells(context.inputs["route"], grid, box)
        native = context.config.terrain.native_layers
        with NativeLayers.create(context.out / NATIVE, tile.file, section) if native else nullcontext() as layers:
            for window in stream(mosaic, cells, sign=sign, layers=len(LAYERS) if native else 0, blank=NODATA):
                sums.add(window.sums)
                if layers:
                    layers.write(window)
    sums.save(context.out)
    middle = (tile.row + tile.file.height // 2, tile.col + tile.file.width // 2)
    facts["pixel_area_m2"] = tile.lattice.pixel_area_m2(*middle, grid.crs)
    return {**facts, "pixels": int(sums.of("pixels").sum()), "native": native}


def swath_cells(route: Path, grid: Grid, box: Box | None = None) -> Cells:
    """Return cells of a frame's folder with the cable's bearing in those of the swath; NaN beside it."""
    top, bottom, left, right = box = box or (0, grid.rows, 0, grid.cols)
    table = pd.read_parquet(route / "cells.parquet", columns=["row", "col", "bearing_deg"])
    table = table[table["row"].between(top, bottom - 1) & table["col"].between(left, right - 1)]
    direction = np.full((2, bottom - top, right - left), np.nan)
    bearing = np.radians(table["bearing_deg"].to_numpy())
    direction[:, table["row"].to_numpy() - top, table["col"].to_numpy() - left] = np.sin(bearing), np.cos(bearing)
    return Cells(grid, box, direction)
