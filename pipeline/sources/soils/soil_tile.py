"""What one soil raster gives to stations and swath cells, as its own codes: their meaning may change without it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.config.corridor import SourceSection
from pipeline.geo import Floats, Grid
from pipeline.sources.rasters.code_counts import CodeCounts, Codes
from pipeline.sources.rasters.intake import inspect_raster
from pipeline.sources.rasters.raster_file import SAME_RESOLUTION, RasterFile
from pipeline.sources.rasters.reading import reach, read_through
from pipeline.sources.rasters.resample import sample
from pipeline.sources.rasters.tile import Arrays, keep, station_points
from pipeline.store import Facts, StepContext


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
    section = context.sources[0].section
    with inspect_raster(path, section, scratch=context.out).ready() as file:
        codes = Codes()
        counts = CodeCounts(file, grid, cells["row"].to_numpy(), cells["col"].to_numpy(), codes)
        finer = file.resolution_m < grid.cell_m
        x, y = station_points(route)
        read_through(file, reach(file, [grid], x, y, grid.crs), [counts if finer else codes])
        arrays = {"codes": np.sort(codes.met), **_at_points(file, "at stations", x, y, grid.crs)}
        if finer:
            arrays |= dict(zip(("count", "count code", "count cell"), counts.result(), strict=True))
        # Which of the two is taken is decided for all files of a layer alike: some may be a little finer or coarser.
        if SAME_RESOLUTION * file.resolution_m >= grid.cell_m:
            centres = grid.centres(cells["row"].to_numpy(), cells["col"].to_numpy())
            arrays |= _at_points(file, "at cells", *centres, grid.crs)
        keep(arrays, context.out)
        return {"resolution_m": file.resolution_m, "remarks": list(file.remarks)}


def read_soil(path: Path, section: SourceSection, x_m: Floats, y_m: Floats, crs: str) -> tuple[Facts, Arrays]:
    """Read one soil raster at stations only.

    Returns
    -------
    tuple
        Facts ``resolution_m remarks``, and arrays: ``codes`` (distinct values), ``at stations`` and ``at stations
        index``.

    Raises
    ------
    DataError
        If the file cannot be used, whatever its codes mean.
    """
    with inspect_raster(path, section).ready() as file:
        codes = Codes()
        read_through(file, reach(file, [], x_m, y_m, crs), [codes])
        arrays = {"codes": np.sort(codes.met), **_at_points(file, "at stations", x_m, y_m, crs)}
        return {"resolution_m": file.resolution_m, "remarks": list(file.remarks)}, arrays


def _at_points(file: RasterFile, name: str, x_m: Floats, y_m: Floats, crs: str) -> Arrays:
    values = sample(file, x_m, y_m, crs, bilinear=False)
    index = np.flatnonzero(~np.isnan(values))
    return {name: values[index].astype(np.float32), f"{name} index": index}
