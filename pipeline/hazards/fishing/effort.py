"""Reading fishing effort in the Global Fishing Watch layout: cells, gears and hours a year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from pyproj import Geod

from pipeline.errors import DataError
from pipeline.geo import Floats
from pipeline.sources.tables.reading import NEEDED, PLACE, numbers, table_parts
from pipeline.sources.unpacking import Bounds
from pipeline.workspace import SourceFiles

DAYS_PER_YEAR = 365.0  # a year of 8760 hours, as in the anchor rates
_CELL_SIZES_DEG = (0.1, 0.01)
_HOURS_LIMIT = 1e6
_BINS_PER_DEG = 100.0
_CELL = ["lat_deg", "lon_deg"]
_DATE = r"\d{4}-\d\d-\d\d([T ].*)?$"
_REMEDY = 'Give the Global Fishing Watch daily layout, or rename columns: columns = { "theirs" = "date" }.'


@dataclass(frozen=True)
class Effort:
    """Fishing effort by cell and gear.

    Attributes
    ----------
    cells : DataFrame
        ``lat_deg lon_deg`` (south-west corner), ``area_km2``, ``geartype``, ``fishing_hours_per_yr``; sorted.
    cell_deg : float
        Side of the cells, degrees.
    days : int
        Days that the data cover.
    """

    cells: pd.DataFrame
    cell_deg: float
    days: int


def read_effort(
    source: SourceFiles, box_deg: tuple[float, float, float, float], cell_deg: float | None = None
) -> Effort:
    """Read effort and scale it to a year.

    Parameters
    ----------
    source : SourceFiles
        CSV or XLSX files with ``date, cell_ll_lat, cell_ll_lon, geartype, fishing_hours`` (fleet-daily layout), or
        the older ``lat_bin, lon_bin`` (south-west corners; whole numbers there are hundredths of a degree).
        ``columns`` of the source renames first: ``{ "name in the file" = "fishing_hours" }``.
    box_deg : tuple
        West, south, east, north: cells outside are left out. The period covered counts all rows.
    cell_deg : float, optional
        Side of the cells; else 0.01 or 0.1 degree, whichever the coordinates are multiples of.

    Returns
    -------
    Effort
        Hours are added up as whole milliseconds, so that row order cannot change a digit.

    Raises
    ------
    DataError
        If a column is missing, a value cannot be read, or the cell size cannot be told.
    """
    parts = [_read_file(path, source) for path in source.paths]
    days = _days(source, min(p.first for p in parts), max(p.last for p in parts))
    table = pd.concat([part.sums for part in parts], ignore_index=True)
    size = cell_deg or _cell_size(table, str(source.paths[0]))
    west, south, east, north = box_deg
    near = table["lon_deg"].between(west - size, east) & table["lat_deg"].between(south - size, north)
    sums = table[near].groupby(["lat_deg", "lon_deg", "geartype"], as_index=False, sort=True)["fishing_ms"].sum()
    cells = pd.DataFrame(
        {
            "lat_deg": sums["lat_deg"],
            "lon_deg": sums["lon_deg"],
            "area_km2": cell_area_km2(sums["lat_deg"].to_numpy(float), size),
            "geartype": sums["geartype"],
            "fishing_hours_per_yr": sums["fishing_ms"] / 3.6e6 * (DAYS_PER_YEAR / days),
        }
    )
    return Effort(cells[cells["fishing_hours_per_yr"] > 0].reset_index(drop=True), size, days)


def cell_area_km2(south_deg: Floats, cell_deg: float) -> Floats:
    """Return the area of latitude-longitude cells on the WGS84 ellipsoid, km2."""
    geod = Geod(ellps="WGS84")
    unique, inverse = np.unique(south_deg, return_inverse=True)
    areas = [
        abs(geod.polygon_area_perimeter([0, cell_deg, cell_deg, 0], [lat, lat, lat + cell_deg, lat + cell_deg])[0])
        for lat in unique
    ]
    return np.asarray(areas, float)[inverse] / 1e6


@dataclass(frozen=True)
class _Part:
    sums: pd.DataFrame
    first: date
    last: date
    binned: bool


def _read_file(path: Path, source: SourceFiles) -> _Part:
    """Add up the hours of a file by cell and gear, in parts: a file may be longer than the memory."""
    names = [name for choice in NEEDED["fishing_effort"] for name in choice]
    parts = [
        _sums(part, path)
        for part in table_parts(
            path,
            source.section.columns,
            needed=NEEDED["fishing_effort"],
            only=names,
            sheet=source.section.variable,
            bounds=Bounds.of(source.section),
        )
    ]
    sums = pd.concat([part.sums for part in parts], ignore_index=True)
    sums = _added_up(sums)
    # GFW's first layout gives whole hundredths of a degree in *_bin; files with decimals hold degrees.
    binned = parts[0].binned
    if binned and (sums[_CELL] == np.floor(sums[_CELL])).all(axis=None):
        sums[_CELL] /= _BINS_PER_DEG
    elif binned and (sums[_CELL].abs() > [90.0, 180.0]).any(axis=None):
        raise DataError(
            "lat_bin and lon_bin are neither whole hundredths of a degree nor degrees", where=str(path), remedy=_REMEDY
        )
    sums[_CELL] = sums[_CELL].round(6)
    return _Part(sums, min(part.first for part in parts), max(part.last for part in parts), binned)


def _sums(table: pd.DataFrame, path: Path) -> _Part:
    binned = "cell_ll_lat" not in table
    names, scale = (("lat_bin", "lon_bin"), _BINS_PER_DEG) if binned else (("cell_ll_lat", "cell_ll_lon"), 1.0)
    day = pd.to_datetime(table["date"].where(table["date"].str.match(_DATE)).str[:10], errors="coerce")
    if day.isna().any():
        at = int(day.isna().to_numpy().argmax())
        raise DataError(
            f"the date {table['date'].iloc[at]!r} of fishing effort cannot be read",
            where=f"{path}, line {table[PLACE].iloc[at]}",
            remedy="Write it as 2025-01-31, or delete the row.",
        )
    hours = numbers(table, "fishing_hours", path, low=0.0, high=_HOURS_LIMIT)
    rows = pd.DataFrame(
        {
            "lat_deg": numbers(table, names[0], path, low=-90.0 * scale, high=90.0 * scale),
            "lon_deg": numbers(table, names[1], path, low=-180.0 * scale, high=180.0 * scale),
            "geartype": table["geartype"].str.lower().replace("", "unknown"),
            "fishing_ms": np.rint(hours * 3.6e6).astype(np.int64),
        }
    )
    return _Part(_added_up(rows), day.min().date(), day.max().date(), binned)


def _added_up(rows: pd.DataFrame) -> pd.DataFrame:
    sums = rows.groupby([*_CELL, "geartype"], sort=True)["fishing_ms"].sum()
    return sums.reset_index()


def _days(source: SourceFiles, first: date, last: date) -> int:
    start, end = first, last
    if source.section.period:
        try:
            start, end = (date.fromisoformat(day) for day in source.section.period)
        except ValueError as error:
            raise DataError(
                f"the period of the source is not two dates: {error}",
                where=f"key sources.{source.name}.period",
                remedy='Write it as ["2025-01-01", "2025-12-31"].',
            ) from error
        if first < start or last > end:
            raise DataError(
                f"the data run from {first} to {last}, the configured period from {start} to {end}",
                where=f"{source.paths[0]} and key sources.{source.name}.period",
                remedy="Mend the period; hours are scaled to a year by it.",
            )
    return (end - start).days + 1


def _cell_size(table: pd.DataFrame, place: str) -> float:
    corners = np.concatenate([table["lat_deg"].to_numpy(float), table["lon_deg"].to_numpy(float)])
    for size in _CELL_SIZES_DEG:
        steps = corners / size
        if np.all(np.abs(steps - np.round(steps)) < 1e-3):
            return size
    raise DataError(
        "the corners of the effort cells are multiples of neither 0.1 nor 0.01 degree",
        where=place,
        remedy="Set cell_deg in [fishing].",
    )
