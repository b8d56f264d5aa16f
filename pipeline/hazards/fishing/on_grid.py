"""Fishing effort laid on the analysis grid, and which source of it counts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pyproj import Transformer

from pipeline.config.fishing import FishingSection
from pipeline.geo import Floats, Frame, Grid
from pipeline.hazards.fishing.effort import Effort, read_effort
from pipeline.hazards.fishing.swept_area import crossings, track_length_km
from pipeline.workspace import SourceFiles


def effort_density(effort: Effort, grid: Grid, section: FishingSection) -> dict[str, Floats]:
    """Return crossings of a kilometre of cable a year, by gear of the configuration, on the grid.

    Every grid cell takes the track length per km2 of the effort cell that holds its centre.
    """
    row, col = np.indices(grid.shape)
    x, y = grid.centres(row.ravel(), col.ravel())
    lon, lat = Transformer.from_crs(grid.crs, "EPSG:4326", always_xy=True).transform(x, y)
    key = _key(np.asarray(lat), np.asarray(lon), effort.cell_deg)
    table = effort.cells.assign(
        gear=[gear if gear in section.gears else "unknown" for gear in effort.cells["geartype"]],
        # The corner itself may be a rounding below its cell: ask for the middle.
        key=_key(
            effort.cells["lat_deg"].to_numpy(float) + effort.cell_deg / 2,
            effort.cells["lon_deg"].to_numpy(float) + effort.cell_deg / 2,
            effort.cell_deg,
        ),
    )
    table = table[np.isin(table["key"], np.unique(key))]
    result = {}
    for gear, rows in table.groupby("gear", sort=True):
        hours = rows.groupby("key", sort=True).agg(hours=("fishing_hours_per_yr", "sum"), area=("area_km2", "first"))
        track = track_length_km(hours["hours"].to_numpy(float), section.gears[str(gear)].speed_kn)
        per_km = crossings(track, 1.0, hours["area"].to_numpy(float))
        keys = hours.index.to_numpy()
        at = np.minimum(np.searchsorted(keys, key), len(keys) - 1)
        result[str(gear)] = np.where(keys[at] == key, per_km[at], 0.0).reshape(grid.shape)
    return result


def _key(lat: Floats, lon: Floats, cell_deg: float) -> NDArray[np.int64]:
    return np.floor(lat / cell_deg).astype(np.int64) * 1_000_000 + np.floor(lon / cell_deg).astype(np.int64)


def best_effort(
    sources: tuple[SourceFiles, ...], frame: Frame, section: FishingSection
) -> tuple[SourceFiles, Effort, dict[str, Floats]] | None:
    """Return the best source with effort in the swath, its effort, and its density by gear on the grid; None without.

    Sources are not added up: they would count boats twice.
    """
    west, south, east, north = Transformer.from_crs(frame.grid.crs, "EPSG:4326", always_xy=True).transform_bounds(
        *frame.grid.bounds
    )
    swath = (frame.cells["row"].to_numpy(), frame.cells["col"].to_numpy())
    for source in sources:
        effort = read_effort(source, (west, south, east, north), section.cell_deg)
        density = effort_density(effort, frame.grid, section)
        if any(np.any(values[swath] > 0.0) for values in density.values()):
            return source, effort, density
    return None
