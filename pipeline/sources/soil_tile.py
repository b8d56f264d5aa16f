"""What one soil raster gives to stations and swath cells, as its own codes: their meaning may change without it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.config.corridor import SourceSection
from pipeline.geo import Floats, Grid, Ints
from pipeline.sources.intake import inspect_raster
from pipeline.sources.rasters import SAME_RESOLUTION, RasterFile, read_through
from pipeline.sources.resample import parts_in_cells, sample, windows_on_grid
from pipeline.sources.tile import Arrays, keep, station_points
from pipeline.store import Facts, StepContext

# Counting needs memory for every key between the first and the last; sorting is slower, and needs none.
_MOST_COUNTERS = 16_000_000


def run(context: StepContext) -> Facts:
    """Read one soil raster.

    Raises
    ------
    DataError
        If the file cannot be used, whatever its codes mean.
    """
    ((path,),) = (source.paths for source in context.sources)
    route = context.inputs["route"]
    grid, cells = Grid.load(route / "grid.json"), pd.read_parquet(route / "cells.parquet", columns=["row", "col"])
    file = inspect_raster(path, context.sources[0].section)
    facts, arrays = _at_stations(file, *station_points(route), grid.crs)
    keep(arrays | _on_cells(file, grid, cells["row"].to_numpy(), cells["col"].to_numpy(), arrays["codes"]), context.out)
    return facts


def read_soil(path: Path, section: SourceSection, x_m: Floats, y_m: Floats, crs: str) -> tuple[Facts, Arrays]:
    """Read one soil raster at stations only.

    Returns
    -------
    tuple
        Fact ``resolution_m``, and arrays: ``codes`` (distinct values), ``at stations`` and ``at stations index``.

    Raises
    ------
    DataError
        If the file cannot be used, whatever its codes mean.
    """
    return _at_stations(inspect_raster(path, section), x_m, y_m, crs)


def _at_stations(file: RasterFile, x_m: Floats, y_m: Floats, crs: str) -> tuple[Facts, Arrays]:
    codes = np.array(read_through(file, codes=True).codes, dtype=np.float32)
    arrays = {"codes": codes, **_at_points(file, "at stations", x_m, y_m, crs)}
    return {"resolution_m": file.resolution_m}, arrays


def _on_cells(file: RasterFile, grid: Grid, row: Ints, col: Ints, codes: NDArray[np.float32]) -> Arrays:
    """Return how many pixels of which code lie in cells, or the code at the centre of each; near the limit both.

    Which of them is taken is decided for all files of a layer alike, and those may be a little finer or coarser.
    """
    arrays: Arrays = {}
    if file.resolution_m < grid.cell_m:
        arrays |= _counts(file, grid, row, col, codes)
    if SAME_RESOLUTION * file.resolution_m >= grid.cell_m:
        arrays |= _at_points(file, "at cells", *grid.centres(row, col), grid.crs)
    return arrays


def _at_points(file: RasterFile, name: str, x_m: Floats, y_m: Floats, crs: str) -> Arrays:
    values = sample(file, x_m, y_m, crs, bilinear=False)
    index = np.flatnonzero(~np.isnan(values))
    return {name: values[index].astype(np.float32), f"{name} index": index}


def _counts(file: RasterFile, grid: Grid, row: Ints, col: Ints, codes: NDArray[np.float32]) -> Arrays:
    """Return the ``count`` of parts of pixels that have a ``count code`` (NaN: no value) in a ``count cell``."""
    cell_at = np.full(grid.rows * grid.cols, -1, dtype=np.int32)
    cell_at[row * grid.cols + col] = np.arange(row.size, dtype=np.int32)
    kinds = codes.size + 1  # the last one is for no value
    keys, numbers = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    with file.open() as dataset:
        for piece, window in windows_on_grid(file, grid):
            values = file.read(dataset, window).ravel()
            kind = np.searchsorted(codes, values)
            kind[np.append(codes, np.float32(np.nan))[kind] != values] = codes.size
            for place, part in parts_in_cells(file, window, grid, piece):
                cell = cell_at[place].astype(np.int64)
                found, number = _tally((cell * kinds + kind[part])[cell >= 0])
                keys.append(found)
                numbers.append(number)
    key, same = np.unique(np.concatenate(keys), return_inverse=True)
    count = np.zeros(key.size, dtype=np.int64)
    np.add.at(count, same, np.concatenate(numbers))
    code = np.append(codes, np.float32(np.nan))[key % kinds]
    return {"count": count, "count code": code, "count cell": key // kinds}


def _tally(keys: Ints) -> tuple[Ints, Ints]:
    """Return distinct keys and how often each occurs."""
    if not keys.size:
        return keys, keys
    low = int(keys.min())
    if int(keys.max()) - low >= _MOST_COUNTERS:
        found, number = np.unique(keys, return_counts=True)
        return found, number.astype(np.int64)
    counts = np.bincount(keys - low)
    found = np.flatnonzero(counts)
    return found + low, counts[found]
