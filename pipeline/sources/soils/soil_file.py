"""One soil file, whatever it is: a raster of codes, polygons with classes, or samples and profiles."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from pipeline.config.corridor import SourceSection
from pipeline.geo import Floats, Grid
from pipeline.sources.rasters.tile import Arrays, keep, station_points
from pipeline.sources.soils import soil_tile
from pipeline.sources.soils.soil_polygons import read_polygons
from pipeline.sources.soils.soil_samples import read_samples
from pipeline.sources.vectors import VECTOR_SUFFIXES
from pipeline.store import Facts, StepContext


def run(context: StepContext) -> Facts:
    """Read one soil file for ``Tile.kept``.

    Raises
    ------
    DataError
        If the file cannot be used, whatever its codes mean.
    """
    ((source, path),) = ((source, path) for source in context.sources for path in source.paths)
    if source.section.role == "soil" and not is_vector(path):
        return soil_tile.run(context)
    route = context.inputs["route"]
    if source.section.role == "soil_samples":
        facts, arrays = read_samples(path, source.section)
    else:
        grid, cells = Grid.load(route / "grid.json"), pd.read_parquet(route / "cells.parquet", columns=["x_m", "y_m"])
        places = {
            "at stations": station_points(route),
            "at cells": (cells["x_m"].to_numpy(), cells["y_m"].to_numpy()),
        }
        facts, arrays = read_polygons(path, source.section, places, grid.crs)
    keep(arrays, context.out)
    return facts


def is_vector(path: Path) -> bool:
    """Tell whether a soil file holds polygons, by its ending."""
    return path.suffix.lower() in VECTOR_SUFFIXES


def read_soil(path: Path, section: SourceSection, x_m: Floats, y_m: Floats, crs: str) -> tuple[Facts, Arrays]:
    """Read one soil raster or file of polygons at stations only.

    Returns
    -------
    tuple
        Facts and arrays of a ``Tile``: as of the step, without what it gives to cells.

    Raises
    ------
    DataError
        If the file cannot be used, whatever its codes mean.
    """
    if is_vector(path):
        return read_polygons(path, section, {"at stations": (x_m, y_m)}, crs)
    return soil_tile.read_soil(path, section, x_m, y_m, crs)
