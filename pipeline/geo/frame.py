"""The corridor frame that every step shares: route, stations, grid and the cells of the swath."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.geo.grid import Floats, Grid, Ints
from pipeline.geo.route import Route


@dataclass(frozen=True, eq=False)
class Frame:
    """Route, stations and cells.

    Attributes
    ----------
    route : Route
        The cable route.
    grid : Grid
        The analysis grid: the swath's bounding box.
    stations : DataFrame
        One row a station, in KP order: ``station kp_km lon lat x_m y_m bearing_deg length_km``; ``length_km`` is the
        length of cable that the station stands for, and adds up to the route.
    cells : DataFrame
        One row a cell of the swath, in row-major order: ``cell row col x_m y_m kp_km offset_m bearing_deg station``.
    """

    route: Route
    grid: Grid
    stations: pd.DataFrame
    cells: pd.DataFrame

    @classmethod
    def along(cls, route: Route, *, station_m: float, half_width_m: float, cell_m: float) -> Frame:
        """Lay stations along a route and cells over its swath."""
        kp = route.stations_kp_km(station_m)
        lon, lat = route.lonlat(kp)
        x, y = route.xy(kp)
        middle = (kp[1:] + kp[:-1]) / 2.0
        edges = np.concatenate([[0.0], middle, [route.length_km]])
        stations = pd.DataFrame(
            {
                "station": np.arange(len(kp), dtype=np.int32), "kp_km": kp, "lon": lon, "lat": lat, "x_m": x, "y_m": y,
                "bearing_deg": route.bearing_deg(kp), "length_km": np.diff(edges),
            }
        )  # fmt: skip
        grid = Grid.around(x, y, margin_m=half_width_m + cell_m, cell_m=cell_m, crs=route.crs)
        row, col = (index.ravel().astype(np.int64) for index in np.indices(grid.shape))
        cx, cy = grid.centres(row, col)
        near = _near(route, cx, cy, half_width_m)
        row, col, cx, cy = row[near], col[near], cx[near], cy[near]
        place = route.locate(cx, cy)
        inside = np.abs(place.offset_m) <= half_width_m
        nearest = np.clip(np.searchsorted(middle, place.kp_km), 0, len(kp) - 1)
        cells = pd.DataFrame(
            {
                "row": row, "col": col, "x_m": cx, "y_m": cy, "kp_km": place.kp_km, "offset_m": place.offset_m,
                "bearing_deg": place.bearing_deg, "station": nearest.astype(np.int32),
            }
        )[inside].reset_index(drop=True)  # fmt: skip
        cells.insert(0, "cell", np.arange(len(cells), dtype=np.int32))
        return cls(route, grid, stations, cells)

    def save(self, folder: Path) -> None:
        """Write the frame's four files into a folder."""
        self.route.save(folder / "route.json")
        self.grid.save(folder / "grid.json")
        self.stations.to_parquet(folder / "stations.parquet", index=False)
        self.cells.to_parquet(folder / "cells.parquet", index=False)

    @classmethod
    def load(cls, folder: Path) -> Frame:
        """Read a frame written by ``save``."""
        return cls(
            Route.load(folder / "route.json"),
            Grid.load(folder / "grid.json"),
            pd.read_parquet(folder / "stations.parquet"),
            pd.read_parquet(folder / "cells.parquet"),
        )


def _near(route: Route, x_m: Floats, y_m: Floats, half_width_m: float) -> Ints:
    """Return indices of points in the boxes around the route's 10 km pieces, so that few are located exactly."""
    kp = np.append(np.arange(0.0, route.length_km, 10.0), route.length_km)
    near = np.zeros(x_m.shape, dtype=bool)
    for start, end in itertools.pairwise(kp):
        px, py = route.xy(np.linspace(start, end, 101))
        near |= (
            (x_m >= px.min() - half_width_m) & (x_m <= px.max() + half_width_m)
            & (y_m >= py.min() - half_width_m) & (y_m <= py.max() + half_width_m)
        )  # fmt: skip
    return np.flatnonzero(near)
