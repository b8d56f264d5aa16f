"""What one survey tile gives to terrain: sums in analysis cells, and its own layers where they are wanted."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.config.corridor import SourceSection
from pipeline.errors import DataError
from pipeline.geo import Grid
from pipeline.seabed.derivatives import LAYERS, Cells, bands, box_of, lies_in, stream, windows
from pipeline.seabed.native_layers import NODATA, LayerRows, put_together
from pipeline.seabed.relief_sums import Box, ReliefSums
from pipeline.sources.rasters.lattice_tiles import LatticeTile, tile_of
from pipeline.sources.rasters.mosaic import Mosaic
from pipeline.sources.rasters.raster_file import RasterFile
from pipeline.store import Facts, StepContext

NATIVE = "layers.tif"
"""File of a tile's own layers."""

# Deriving a pixel takes 0.11 us; packing its five layers as well, 0.41 us.
_WITH_LAYERS = 4.0


def sizes(context: StepContext) -> list[float]:
    """Return how many pixels each band of a survey's tile has to derive, those with layers counted fourfold.

    There is no band where the file is too coarse to tell of relief in cells, lies beside the corridor, or cannot be
    used.
    """
    path, section = _file_of(context)
    grid, terrain = Grid.load(context.inputs["route"] / "grid.json"), context.config.terrain
    try:
        tile = tile_of(path, section)
    except DataError:
        return []  # what is wrong with it is said by ``run``
    box = _box_under(tile, grid)
    if tile.file.resolution_m * terrain.pixels_across_cell > grid.cell_m or not ReliefSums.empty(box).sums.size:
        return []
    shape, cost = (tile.file.height, tile.file.width), _WITH_LAYERS if terrain.native_layers else 1.0
    return [
        sum(
            cost * rows * cols
            for row, col, (rows, cols) in windows(shape, tile.file.block, band)
            if terrain.native_layers or lies_in(box, grid, tile, row, col, (rows, cols))
        )
        for band in _bands(tile.file)
    ]


def run_block(context: StepContext) -> Facts:
    """Derive bands of one file of depths.

    Raises
    ------
    DataError
        If the file, or a tile that touches it, cannot be used.
    """
    path, section = _file_of(context)
    grid, native = Grid.load(context.inputs["route"] / "grid.json"), context.config.terrain.native_layers
    sign = 1.0 if section.values == "elevation_m" else -1.0
    with Mosaic.around(path, context.beside, section, scratch=context.out) as mosaic:
        tile = mosaic.own
        own = _bands(tile.file)[slice(*context.block)]
        rows = (own[0][0], own[-1][1])
        cells = swath_cells(context.inputs["route"], grid, _box_under(tile, grid, rows))
        sums, count, threads = ReliefSums.empty(cells.box), len(LAYERS) if native else 0, context.threads
        packed = LayerRows.create(context.out / NATIVE, tile.file, rows, threads=threads) if native else nullcontext()
        with packed as layers:
            for window in stream(mosaic, cells, rows=rows, sign=sign, layers=count, blank=NODATA, threads=threads):
                sums.add(window.sums)
                if layers:
                    layers.write(window)
    sums.save(context.out)
    return {}


def run(context: StepContext) -> Facts:
    """Put together what was derived of one file of depths; nothing of one that has no bands.

    Raises
    ------
    DataError
        If the file cannot be used.
    """
    path, section = _file_of(context)
    tile = tile_of(path, section)
    facts: Facts = {"resolution_m": tile.file.resolution_m, "pixels": 0, "native": False}
    if not context.blocks:
        return facts
    grid = Grid.load(context.inputs["route"] / "grid.json")
    sums = ReliefSums.empty(_box_under(tile, grid))
    for part in context.blocks:
        sums.add(ReliefSums.load(part.folder))
    sums.save(context.out)
    native = context.config.terrain.native_layers
    if native:
        put_together(context.out / NATIVE, tile.file, section, [part.folder / NATIVE for part in context.blocks])
    middle = (tile.row + tile.file.height // 2, tile.col + tile.file.width // 2)
    facts["pixel_area_m2"] = tile.lattice.pixel_area_m2(*middle, grid.crs)
    return {**facts, "pixels": int(sums.of("pixels").sum()), "native": native}


def _file_of(context: StepContext) -> tuple[Path, SourceSection]:
    ((path, section),) = ((path, source.section) for source in context.sources for path in source.paths)
    return path, section


def _box_under(tile: LatticeTile, grid: Grid, rows: tuple[int, int] | None = None) -> Box:
    """Return the cells of a grid around a tile, or around some of its rows."""
    first, last = rows or (0, tile.file.height)
    return box_of(grid, *tile.lattice.nodes(tile.row + first, tile.col, (last - first, tile.file.width), grid.crs))


def _bands(file: RasterFile) -> list[tuple[int, int]]:
    return bands((file.height, file.width), file.block) if file.divisible else [(0, file.height)]


def swath_cells(route: Path, grid: Grid, box: Box | None = None) -> Cells:
    """Return cells of a frame's folder with the cable's bearing in those of the swath; NaN beside it."""
    top, bottom, left, right = box = box or (0, grid.rows, 0, grid.cols)
    table = pd.read_parquet(route / "cells.parquet", columns=["row", "col", "bearing_deg"])
    table = table[table["row"].between(top, bottom - 1) & table["col"].between(left, right - 1)]
    direction = np.full((2, bottom - top, right - left), np.nan)
    bearing = np.radians(table["bearing_deg"].to_numpy())
    direction[:, table["row"].to_numpy() - top, table["col"].to_numpy() - left] = np.sin(bearing), np.cos(bearing)
    return Cells(grid, box, direction)
