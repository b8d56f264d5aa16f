"""Hours per square kilometre and year from density rasters: files averaged, sources in order of trust, gaps known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import ndimage
from scipy.spatial import cKDTree

from pipeline.config import CONFIG_NAME
from pipeline.errors import ConfigError
from pipeline.geo import Floats, Frame
from pipeline.sources.densities.density_sums import PER_HOUR
from pipeline.sources.densities.density_tile import CELLS, STATIONS
from pipeline.sources.rasters.tile import Tile
from pipeline.store.step import StepContext
from pipeline.workspace import SourceFiles

PER_YEAR = {"month": 12.0, "year": 1.0}
"""What hours per month or year are multiplied by."""


def hours_of(context: StepContext, sources: Sequence[SourceFiles], what: str, frame: Frame) -> Floats:
    """Return hours per km2 and year of one ship type: the best source, and where that has no value the next.

    Parameters
    ----------
    context : StepContext
        With what ``density_tile`` made of each file.
    sources : sequence of SourceFiles
        Sources of the ship type, best first. Files of one source are averaged where they overlap.
    what : {"stations", "cells"}
        Strips beside the stations, or cells of the swath.
    frame : Frame
        Stations and cells.

    Returns
    -------
    ndarray, shape (places,)
        NaN where no source has a value.

    Raises
    ------
    ConfigError
        If a file contradicts ``per``.
    """
    merged = np.full(len(getattr(frame, what)), np.nan)
    for source in sources:
        assert source.section.per is not None  # or the configuration were refused
        tiles = [Tile.kept(path, context.parts[source.name, path]) for path in source.paths]
        _refuse_other_time(source, tiles)
        mean = (_in_cells(tiles, frame) if what == "cells" else _in_strips(tiles)) * PER_YEAR[source.section.per]
        merged = np.where(np.isnan(merged), mean, merged)
    return merged


def _in_cells(tiles: Sequence[Tile], frame: Frame) -> Floats:
    """Return means over the parts of all files in each cell of the swath, by area: months and tiles alike."""
    hours, weight = np.zeros(frame.grid.shape), np.zeros(frame.grid.shape)
    for tile in tiles:
        box, (total, number) = tile.block(CELLS)
        hours[box] += total / PER_HOUR * tile.facts["part_m2"]
        weight[box] += number * tile.facts["part_m2"]
    at = frame.cells["row"].to_numpy(), frame.cells["col"].to_numpy()
    return _quotient(hours[at], weight[at])


def _in_strips(tiles: Sequence[Tile]) -> Floats:
    total, number = np.sum([tile.read(STATIONS) for tile in tiles], axis=0)  # whole numbers
    return _quotient(total / PER_HOUR, number.astype(float))


def _quotient(total: Floats, number: Floats) -> Floats:
    return np.where(number > 0, total / np.where(number > 0, number, 1.0), np.nan)


def too_dense(h_per_km2_yr: Floats, limit: float) -> str:
    """Return a remark where more ship-hours stand beside the cable than a sea is believed to have; else empty."""
    most = float(h_per_km2_yr.max(initial=0.0))
    if most <= limit:
        return ""
    return (
        f"up to {most:,.0f} ship-hours per km2 and year beside the cable, over {limit:,.0f}: as if {most / 8760.0:.2g} "
        "ships lay on every km2 all year; minutes or seconds instead of hours?"
    )


def nearest_on_line(values: Floats) -> Floats:
    """Return stations' values with those of the nearest known station where there is none.

    Smoothing would otherwise take what is not known for no ships, beside it. Such stations themselves stay blank.
    """
    known = np.flatnonzero(np.isfinite(values))
    if not len(known):
        return np.zeros(len(values))
    _, nearest = cKDTree(known[:, np.newaxis].astype(float)).query(np.arange(len(values))[:, np.newaxis].astype(float))
    return np.asarray(values[known[nearest]])


def nearest_in_swath(values: Floats, frame: Frame) -> Floats:
    """Return cells' values, filled as ``nearest_on_line`` does."""
    if not np.isfinite(values).any():
        return np.zeros(len(values))
    at = frame.cells["row"].to_numpy(), frame.cells["col"].to_numpy()
    grid = frame.grid.full(*at, values, np.nan, "float64")
    nearest = ndimage.distance_transform_edt(np.isnan(grid), return_distances=False, return_indices=True)
    return np.asarray(grid[tuple(nearest)][at])


def _refuse_other_time(source: SourceFiles, tiles: Sequence[Tile]) -> None:
    """Refuse a file whose unit names another time than the configuration."""
    for tile in tiles:
        unit, per = str(tile.facts["unit"]), str(source.section.per)
        named = {word for word in PER_YEAR if word in unit.lower()}
        if named and per not in named:
            raise ConfigError(
                f'the unit of {source.name_of(tile.path)} is "{unit}", and per is "{per}"',
                where=f"{CONFIG_NAME}, source '{source.name}'",
                remedy="Mend per, or the unit in the file.",
            )
