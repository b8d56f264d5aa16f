"""Synthetic fishing effort in the Global Fishing Watch fleet-daily layout, shaped by METHODS 2.3."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import rasterio
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from pipeline.synth import SURFACE_M
from pipeline.workspace import write_text

CELL_DEG = 0.01
COLUMNS = ("date", "cell_ll_lat", "cell_ll_lon", "flag", "geartype", "hours", "fishing_hours", "mmsi_present")


@dataclass(frozen=True)
class Ground:
    """A fishing ground and who works it.

    Attributes
    ----------
    box : tuple of float
        West, south, east, north in degrees.
    depth_m : tuple of float
        Least and greatest water depth fished.
    flag, gear : str
        Flag state (ISO 3166 alpha-3) and gear in the words of Global Fishing Watch.
    boats : int
        Boats on a working day.
    days : int
        Working days a year.
    cells : int
        Cells that a boat visits in a day.
    hours : float
        Mean fishing hours in each.
    season : tuple of int
        First and last month.
    """

    box: tuple[float, float, float, float]
    depth_m: tuple[float, float]
    flag: str
    gear: str
    boats: int
    days: int
    cells: int
    hours: float
    season: tuple[int, int] = (1, 12)


GROUNDS: tuple[Ground, ...] = (
    # Sprat by mid-water trawl on the western shelf, far from the corridor: the bulk of the effort.
    Ground((47.5, 41.9, 49.0, 43.6), (20.0, 80.0), "RUS", "trawlers", 7, 200, 14, 0.45, (3, 12)),
    # The young Kazakh sprat fishery from Kuryk: two boats.
    Ground((50.2, 42.5, 51.5, 44.3), (20.0, 75.0), "KAZ", "trawlers", 2, 40, 16, 0.25, (9, 12)),
    Ground((49.6, 40.6, 50.9, 41.3), (20.0, 90.0), "AZE", "trawlers", 1, 40, 14, 0.25, (4, 11)),
    Ground((49.6, 40.0, 51.2, 41.2), (25.0, 90.0), "AZE", "purse_seines", 1, 40, 3, 0.6, (4, 11)),
    Ground((50.2, 42.6, 51.5, 44.4), (4.0, 20.0), "KAZ", "set_gillnets", 2, 110, 5, 0.32, (3, 11)),
    Ground((49.3, 40.5, 50.3, 41.4), (3.0, 20.0), "AZE", "set_gillnets", 2, 130, 5, 0.32, (2, 11)),
    Ground((47.4, 41.9, 49.3, 43.6), (3.0, 20.0), "RUS", "set_gillnets", 6, 170, 5, 0.32, (3, 11)),
)
"""The grounds of a year."""


def effort(regional: Path, *, seed: int, year: int = 2025, grounds: tuple[Ground, ...] = GROUNDS) -> pd.DataFrame:
    """Return a year of effort, one row a day, cell, flag and gear.

    Parameters
    ----------
    regional : Path
        Regional bathymetry, EPSG:4326, metres above mean sea level: keeps each gear in its water depth.
    seed : int
        Seed.
    year : int
        The year.
    grounds : tuple of Ground
        Who fishes where.

    Returns
    -------
    DataFrame
        The columns of ``COLUMNS``; cell corners are the lower left ones, hours are hours.
    """
    with rasterio.open(regional) as source:
        bed, transform = source.read(1).astype(np.float64), source.transform
    frames = [
        _ground_effort(ground, np.random.default_rng([seed, 3, number]), year, bed, transform)
        for number, ground in enumerate(grounds)
    ]
    rows = pd.concat(frames, ignore_index=True)
    keys = ["date", "row", "col", "flag", "geartype"]
    rows = rows.groupby(keys, as_index=False).agg(
        hours=("hours", "sum"), fishing_hours=("fishing_hours", "sum"), mmsi_present=("boat", "nunique")
    )
    rows["cell_ll_lat"] = (rows["row"] * CELL_DEG).round(2)
    rows["cell_ll_lon"] = (rows["col"] * CELL_DEG).round(2)
    rows[["hours", "fishing_hours"]] = rows[["hours", "fishing_hours"]].round(3)
    return rows.sort_values(keys, ignore_index=True)[list(COLUMNS)]


def _ground_effort(
    ground: Ground, rng: np.random.Generator, year: int, bed: NDArray[np.float64], transform: rasterio.Affine
) -> pd.DataFrame:
    west, south, east, north = ground.box
    row, col = np.meshgrid(
        np.arange(round(south / CELL_DEG), round(north / CELL_DEG)),
        np.arange(round(west / CELL_DEG), round(east / CELL_DEG)), indexing="ij",
    )  # fmt: skip
    at_col = ((col + 0.5) * CELL_DEG - transform.c) / transform.a
    at_row = ((row + 0.5) * CELL_DEG - transform.f) / transform.e
    depth = SURFACE_M - map_coordinates(bed, [at_row - 0.5, at_col - 0.5], order=1, mode="nearest")
    fished = (depth >= ground.depth_m[0]) & (depth <= ground.depth_m[1])
    rows, cols = row[fished], col[fished]
    season = pd.date_range(f"{year}-{ground.season[0]:02d}-01", f"{year}-12-31", freq="D")
    season = season[season.month <= ground.season[1]]
    days = np.sort(rng.choice(len(season), min(ground.days, len(season)), replace=False))
    trips = len(days) * ground.boats
    home = rng.integers(0, len(rows), trips)
    # A day's tow is a walk of cells from where the boat starts; cells outside the ground are not fished.
    steps = rng.integers(-1, 2, (2, trips, ground.cells))
    steps[:, :, 0] = 0
    walk_row = rows[home][:, None] + np.cumsum(steps[0], axis=1)
    walk_col = cols[home][:, None] + np.cumsum(steps[1], axis=1)
    inside = (
        (walk_row >= row[0, 0]) & (walk_row <= row[-1, -1]) & (walk_col >= col[0, 0]) & (walk_col <= col[-1, -1])
    )  # fmt: skip
    inside[inside] = fished[walk_row[inside] - row[0, 0], walk_col[inside] - col[0, 0]]
    fishing = rng.gamma(2.0, ground.hours / 2.0, walk_row.shape)
    searching = rng.gamma(2.0, ground.hours / 6.0, walk_row.shape)
    trip = np.broadcast_to(np.arange(trips)[:, None], walk_row.shape)
    return pd.DataFrame(
        {
            "date": season[days].strftime("%Y-%m-%d").to_numpy()[(trip // ground.boats)[inside]],
            "row": walk_row[inside], "col": walk_col[inside], "flag": ground.flag, "geartype": ground.gear,
            "boat": (trip % ground.boats)[inside], "hours": (fishing + searching)[inside],
            "fishing_hours": fishing[inside],
        }
    )  # fmt: skip


def write_effort(path: Path, table: pd.DataFrame) -> None:
    """Write effort as CSV.

    Raises
    ------
    WriteError
        If the file cannot be written.
    """
    write_text(path, table.to_csv(index=False, lineterminator="\n"))
