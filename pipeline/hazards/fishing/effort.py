"""Reading fishing effort in the Global Fishing Watch layout: cells, gears and hours a year."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
from pyproj import Geod

from pipeline.errors import DataError
from pipeline.geo import Floats
from pipeline.sources.tables import line_of_record
from pipeline.workspace import SourceFiles

DAYS_PER_YEAR = 365.0  # a year of 8760 hours, as in the anchor rates
_CELL_SIZES_DEG = (0.1, 0.01)
_HOURS_LIMIT = 1e6
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
        CSV files with ``date, cell_ll_lat, cell_ll_lon, geartype, fishing_hours`` (fleet-daily layout), or the older
        ``lat_bin, lon_bin`` (south-west corners; whole numbers there are hundredths of a degree).
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
    parts = [_read_file(path, source.section.columns or {}) for path in source.paths]
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


def _read_file(path: Path, columns: dict[str, str]) -> _Part:
    try:
        return _sums(path, columns)
    except duckdb.Error as error:
        line = re.search(r"on Line: (\d+)", str(error))
        causes = [row for row in str(error).splitlines() if re.match(r"(Expected Number|Value with|Invalid uni)", row)]
        raise DataError(
            f"the file is not a readable CSV table: {(causes or str(error).splitlines())[0].rstrip(' .')}",
            where=f"{path}, line {line[1]}" if line else str(path),
            remedy=_REMEDY,
        ) from error


def _sums(path: Path, columns: dict[str, str]) -> _Part:
    names, binned = _columns(path, columns)
    quoted = {key: '"' + name.replace('"', '""') + '"' for key, name in names.items()}
    # GFW's first layout gives whole hundredths of a degree in *_bin; files with decimals hold degrees.
    scale = "CASE WHEN whole THEN 100.0 ELSE 1.0 END" if binned else "1.0"
    with duckdb.connect(":memory:") as connection:
        connection.execute(
            f"""CREATE TABLE rows AS SELECT row_number() OVER () - 1 AS record,
                try_cast({quoted["date"]} AS DATE) AS day, try_cast({quoted["lat"]} AS DOUBLE) AS lat,
                try_cast({quoted["lon"]} AS DOUBLE) AS lon,
                coalesce(nullif(lower(trim({quoted["geartype"]})), ''), 'unknown') AS geartype,
                try_cast({quoted["fishing_hours"]} AS DOUBLE) AS hours
                FROM read_csv(?, header = true, all_varchar = true, auto_detect = false, delim = ',', quote = '"',
                              escape = '"', columns = {_csv_columns(path)})""",
            [str(path)],
        )
        connection.execute(
            f"""CREATE TABLE cells AS WITH kind AS
                (SELECT coalesce(bool_and(lat = floor(lat) AND lon = floor(lon)), false) AS whole FROM rows)
                SELECT record, day, geartype, hours, lat / {scale} AS lat, lon / {scale} AS lon FROM rows, kind"""
        )
        bad = connection.execute(
            """SELECT record FROM cells WHERE day IS NULL OR lat IS NULL OR lon IS NULL OR hours IS NULL
               OR NOT (lat BETWEEN -90 AND 90) OR NOT (lon BETWEEN -180 AND 180) OR NOT (hours BETWEEN 0 AND ?)
               ORDER BY record LIMIT 1""",
            [_HOURS_LIMIT],
        ).fetchone()
        if bad:
            raise DataError(
                "a row of fishing effort has no readable date, position or hours (or hours below zero)",
                where=f"{path}, line {line_of_record(path, bad[0])}",
                remedy="Mend or delete the row.",
            )
        span = connection.execute("SELECT min(day), max(day) FROM cells").fetchone()
        if span is None or span[0] is None:
            raise DataError("the file of fishing effort has no rows", where=str(path), remedy=_REMEDY)
        sums = connection.execute(
            """SELECT round(lat, 6) AS lat_deg, round(lon, 6) AS lon_deg, geartype,
               sum(round(hours * 3600000)::BIGINT)::BIGINT AS fishing_ms
               FROM cells GROUP BY ALL ORDER BY ALL"""
        ).df()
    return _Part(sums, span[0], span[1])


def _header(path: Path) -> list[str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return next(csv.reader(file), [])
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"the file is not a CSV table: {error}", where=str(path), remedy=_REMEDY) from error


def _csv_columns(path: Path) -> str:
    """Return the header as DuckDB's column specification: no guessing of types or dialect."""
    return "{" + ", ".join("'" + name.replace("'", "''") + "': 'VARCHAR'" for name in _header(path)) + "}"


def _columns(path: Path, columns: dict[str, str]) -> tuple[dict[str, str], bool]:
    """Return the file's names of the columns that are read, and whether cells are given as bins."""
    header = _header(path)
    strangers = sorted(set(columns) - set(header))
    renamed = {columns.get(name, name): name for name in header}
    wanted = {
        "date": ("date",), "lat": ("cell_ll_lat", "lat_bin"), "lon": ("cell_ll_lon", "lon_bin"),
        "geartype": ("geartype",), "fishing_hours": ("fishing_hours",),
    }  # fmt: skip
    found = {key: next((choice for choice in choices if choice in renamed), "") for key, choices in wanted.items()}
    missing = [wanted[key][0] for key, choice in found.items() if not choice]
    if strangers or missing or len(renamed) != len(header) or len(set(header)) != len(header):
        cause = "a column name stands twice in the header"
        if strangers:
            cause = f"the source renames columns that the file does not have: {', '.join(strangers)}"
        elif missing:
            cause = f"columns are missing: {', '.join(missing)}"
        raise DataError(cause, where=f"{path}, line 1", remedy=_REMEDY)
    return {key: renamed[choice] for key, choice in found.items()}, found["lat"] == "lat_bin"


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
