"""Reading a route position list from a table or a vector file; every complaint names the file and the row."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from pipeline.errors import DataError
from pipeline.geo import WGS84, Route
from pipeline.sources.routes.coordinates import parse_degrees
from pipeline.sources.routes.rpl_vector import read_vector
from pipeline.sources.tables.reading import TABLE_SUFFIXES, table_rows
from pipeline.sources.tables.text_rows import Row
from pipeline.sources.vectors import VECTOR_SUFFIXES

COLUMNS = ("lon", "lat", "event", "cable_type", "slack_pct", "depth_m")
"""Columns of a route position list, in the order that ``read_rpl`` gives them."""

_ALIASES = {
    "lon": "lon", "long": "lon", "longitude": "lon", "lon_deg": "lon",
    "lat": "lat", "latitude": "lat", "lat_deg": "lat",
    "event": "event", "events": "event", "label": "event", "name": "event",
    "cable_type": "cable_type", "cable": "cable_type",
    "slack_pct": "slack_pct", "slack": "slack_pct", "slack_%": "slack_pct",
    "depth_m": "depth_m", "depth": "depth_m", "water_depth_m": "depth_m",
}  # fmt: skip
_HEADER_WITHIN_ROWS = 20
_SHORTEST_LEG_M = 0.5  # below the centimetres to decimetres that coordinates of an RPL are rounded to
_DOUBLING_BACK_DEG = 179.0

# No event has them, and neither XLSX nor GeoPackage takes them.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


def read_rpl(path: Path) -> pd.DataFrame:
    """Read a route position list.

    Parameters
    ----------
    path : Path
        CSV, XLSX, or any vector format of ``pipeline.sources.vectors``.

    Returns
    -------
    DataFrame
        One row a position in the file's order: ``lon lat`` (WGS84 degrees), ``event cable_type`` (text, empty where not
        given), ``slack_pct depth_m`` (NaN where not given), and ``row``, the place in the file for messages. Slack and
        cable type are those of the span that ends at the position.

    Raises
    ------
    DataError
        If the file is missing, unreadable, or its positions make no route.
    """
    if not path.is_file():
        raise DataError(
            "the route file does not exist",
            where=str(path),
            remedy='Name a route position list with file = "..." under [route].',
        )
    suffix = path.suffix.lower()
    if suffix in VECTOR_SUFFIXES:
        table = _typed(read_vector(path), path)
    elif path.name.lower().endswith(TABLE_SUFFIXES):
        table = _from_rows(table_rows(path, comment="#"), path)
    else:
        raise DataError(
            f"a route position list cannot be read from '{suffix or 'a file without an ending'}'",
            where=str(path),
            remedy="Give it as CSV, XLSX, GeoJSON, GPKG, FlatGeobuf, KML, KMZ, GeoParquet or Shapefile.",
        )
    _refuse_impossible(table, path)
    return table


def from_the_west(table: pd.DataFrame) -> tuple[pd.DataFrame, bool]:
    """Turn a route that is given from its eastern landing; KP counts from the western one (METHODS 5.1).

    Returns
    -------
    tuple of DataFrame and bool
        The table, and whether it was turned. Slack and cable type move with the spans that they describe.
    """
    if table["lon"].iloc[0] <= table["lon"].iloc[-1]:
        return table, False
    turned = table.iloc[::-1].reset_index(drop=True)
    for column, blank in (("slack_pct", np.nan), ("cable_type", "")):
        turned[column] = turned[column].shift(1, fill_value=blank)
    return turned, True


def _from_rows(rows: Iterable[Row], path: Path) -> pd.DataFrame:
    """Find the header among the first rows and take the positions below it."""
    header: dict[str, int] = {}
    records: list[dict[str, object]] = []
    for seen, (number, cells) in enumerate(rows):
        if not header:
            names = [_ALIASES.get(re.sub(r"[\s\-]+", "_", cell.lower())) for cell in cells]
            if {"lon", "lat"} <= set(names):
                _refuse_twice(names, path, number)
                header = {name: at for at, name in enumerate(names) if name}
            elif seen >= _HEADER_WITHIN_ROWS:
                break
            continue
        record = {name: cells[at] if at < len(cells) else "" for name, at in header.items()}
        if any(record.values()):
            records.append({**record, "row": f"row {number}"})
    if not header:
        raise DataError(
            "the table has no header with the columns lon and lat",
            where=str(path),
            remedy="Name the columns in its first row: lon,lat and, if you have them, "
            "event,cable_type,slack_pct,depth_m.",
        )
    return _typed(records, path)


def _refuse_twice(names: list[str | None], path: Path, number: int) -> None:
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise DataError(
            f"the header names {' and '.join(twice)} twice", where=f"{path}, row {number}", remedy="Keep one of them."
        )


def _typed(records: list[dict[str, object]], path: Path) -> pd.DataFrame:
    data: dict[str, list[object]] = {name: [] for name in (*COLUMNS, "row")}
    for record in records:
        row = str(record["row"])
        try:
            data["lon"].append(parse_degrees(record.get("lon"), "lon"))
            data["lat"].append(parse_degrees(record.get("lat"), "lat"))
            for name in ("slack_pct", "depth_m"):
                data[name].append(_number(record.get(name), name))
        except ValueError as error:
            raise DataError(
                str(error),
                where=f"{path}, {row}",
                remedy="Mend that row: decimal degrees (49.6686) or degrees and minutes (49 40.116 E).",
            ) from error
        for name in ("event", "cable_type"):
            value = record.get(name)
            data[name].append("" if value is None else _CONTROL.sub(" ", str(value)).strip())
        data["row"].append(row)
    types = {"lon": float, "lat": float, "event": str, "cable_type": str, "slack_pct": float, "depth_m": float}
    return pd.DataFrame(data).astype(types)


def _number(value: object, name: str) -> float:
    text = "" if value is None else str(value).strip().rstrip("%").strip()
    if not text:
        return float("nan")
    try:
        number = float(text.replace(",", ".")) if text.count(",") == 1 and "." not in text else float(text)
    except ValueError:
        raise ValueError(f"{name} {value!r} is not a number") from None
    if not np.isfinite(number):
        raise ValueError(f"{name} {value!r} is not a finite number")
    return number


def _refuse_impossible(table: pd.DataFrame, path: Path) -> None:
    if len(table) < 2:
        raise DataError(
            f"a route needs at least two positions, and the file has {len(table)}",
            where=str(path),
            remedy="Give the landings and every alter-course position between them.",
        )
    lon, lat = table["lon"].to_numpy(), table["lat"].to_numpy()
    azimuth, back, leg_m = WGS84.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])
    short = np.flatnonzero(leg_m < _SHORTEST_LEG_M)
    if short.size:
        at = int(short[0])
        raise DataError(
            f"two positions in a row are the same place ({lat[at]:.6f}, {lon[at]:.6f})",
            where=f"{path}, {table['row'][at]} and {table['row'][at + 1]}",
            remedy="Keep one of them; put both events into its event column.",
        )
    turn = np.abs((azimuth[1:] - (back[:-1] + 180.0) + 180.0) % 360.0 - 180.0)
    folded = np.flatnonzero(turn > _DOUBLING_BACK_DEG)
    if folded.size:
        raise DataError(
            "the route doubles back on itself, so that its kilometre posts are ambiguous",
            where=f"{path}, {table['row'][int(folded[0]) + 1]}",
            remedy="Put the positions in the order along the cable, and take out the one that turns back.",
        )


def crossings(table: pd.DataFrame) -> list[str]:
    """Return where legs of a route cross one another, in words; kilometre posts near there are ambiguous."""
    ends = table[["lon", "lat"]].to_numpy(float)
    legs = np.atleast_1d(np.asarray(shapely.linestrings(np.stack([ends[:-1], ends[1:]], axis=1)), dtype=object))
    one, other = shapely.STRtree(legs).query(legs, predicate="intersects")
    rows = table["row"].to_numpy()
    return [f"{rows[a]} to {rows[a + 1]} and {rows[b]} to {rows[b + 1]}"
            for a, b in sorted(zip(one.tolist(), other.tolist(), strict=True)) if b > a + 1]  # fmt: skip


def route_of(table: pd.DataFrame, crs: str) -> Route:
    """Return the route through the positions of a table."""
    return Route(table["lon"].to_numpy(float), table["lat"].to_numpy(float), crs)
