"""The ``route`` step: from a route position list to the frame that every other step shares."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pyproj import CRS

from pipeline.config import CONFIG_NAME
from pipeline.config.corridor import CorridorSection
from pipeline.errors import ConfigError, DataError
from pipeline.geo import Frame, Route
from pipeline.sources.routes.rpl import from_the_west, read_rpl, route_of
from pipeline.store import Facts, StepContext

RPL_COLUMNS = ["kp_km", "lon", "lat", "event", "cable_type", "slack_pct", "depth_m"]

# A UTM zone may be left by so much before its metres stretch by more than about half a percent.
_BEYOND_CRS_DEG = 3.0
# Rasters of the whole grid are held in memory several at a time; 60 million cells take some 2 GB.
_MOST_CELLS = 60_000_000
# Ten thousand kilometres every ten metres.
_MOST_STATIONS = 1_000_000


def run(context: StepContext) -> Facts:
    """Read the route, lay stations and cells along it, and write the frame and the route position list.

    Raises
    ------
    DataError
        If the positions make no route, or lie far from the corridor's CRS.
    ConfigError
        If the grid would be too large.
    """
    corridor, path = context.config.corridor, context.files["route"]
    table, turned = from_the_west(read_rpl(path))
    refuse_far_from_crs(table, corridor.crs, str(path))
    route = route_of(table, corridor.crs)
    refuse_too_fine(route, corridor)
    frame = Frame.along(route, station_m=corridor.station_m, half_width_m=corridor.half_width_m, cell_m=corridor.cell_m)
    frame.save(context.out)
    rpl = table.drop(columns="row")
    rpl.insert(0, "kp_km", route.position_kp_km)
    rpl[RPL_COLUMNS].to_parquet(context.out / "rpl.parquet", index=False)
    summary = (
        f"{route.length_km:.3f} km through {len(table)} positions, "
        f"{len(frame.stations)} stations, {len(frame.cells)} cells"
        + ("; the list ran from the east and was turned, so that KP counts from the western landing" if turned else "")
    )
    context.log(summary)
    return {
        "summary": summary,
        "label": context.config.route.label,
        "file": path.name,
        "length_km": round(route.length_km, 6),
        "positions": len(table),
        "stations": len(frame.stations),
        "cells": len(frame.cells),
        "reversed": turned,
    }


def refuse_far_from_crs(table: pd.DataFrame, crs: str, where: str) -> None:
    """Compare positions with the area that the corridor's CRS is made for.

    Raises
    ------
    DataError
        If they lie more than 3 degrees outside it, with a word on swapped coordinates where swapping would mend it.
    """
    area = CRS.from_user_input(crs).area_of_use
    if area is None:
        return
    lon, lat = table["lon"].to_numpy(), table["lat"].to_numpy()

    def far(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        away = np.maximum(np.maximum(area.west - x, x - area.east), np.maximum(area.south - y, y - area.north))
        return away > _BEYOND_CRS_DEG

    outside = far(lon, lat)
    if not outside.any():
        return
    at = int(np.flatnonzero(outside)[0])
    swapped = not far(lat, lon).any()
    raise DataError(
        f"the position {lat[at]:.4f} N {lon[at]:.4f} E lies far outside the area of {crs} "
        f"({area.west:g} to {area.east:g} E, {area.south:g} to {area.north:g} N)"
        + ("; longitude and latitude look swapped" if swapped else ""),
        where=f"{where}, {table['row'][at]}",
        remedy="Swap the columns' names."
        if swapped
        else "Mend the position, or set crs under [corridor] for its place.",
    )


def refuse_too_fine(route: Route, corridor: CorridorSection) -> None:
    """Compare stations and cells with what fits in memory.

    Raises
    ------
    ConfigError
        If there would be too many, naming the key and the least value that works.
    """
    stations = route.length_km * 1000.0 / corridor.station_m
    if stations > _MOST_STATIONS:
        raise ConfigError(
            f"a station every {corridor.station_m:g} m makes {stations / 1e6:.3g} million stations along "
            f"{route.length_km:.0f} km, and {_MOST_STATIONS / 1e6:g} million fit in memory",
            where=f"{CONFIG_NAME}, key corridor.station_m",
            remedy=f"Set station_m to {np.ceil(route.length_km * 1000.0 / _MOST_STATIONS):g} or more.",
        )
    x, y = route.xy(np.linspace(0.0, route.length_km, 200))
    margin_m = 2.0 * corridor.half_width_m
    area_m2 = (float(np.ptp(x)) + margin_m) * (float(np.ptp(y)) + margin_m)
    cells = area_m2 / corridor.cell_m**2
    if cells > _MOST_CELLS:
        least_m = float(np.ceil(np.sqrt(area_m2 / _MOST_CELLS)))
        raise ConfigError(
            f"cells of {corridor.cell_m:g} m make a grid of {cells / 1e6:.0f} million cells, "
            f"and {_MOST_CELLS / 1e6:.0f} million fit in memory",
            where=f"{CONFIG_NAME}, keys corridor.cell_m and corridor.half_width_m",
            remedy=f"Set cell_m to {least_m:g} or more, or make the swath narrower.",
        )
