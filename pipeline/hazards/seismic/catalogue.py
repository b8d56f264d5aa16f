"""Reading an earthquake catalogue in the USGS ComCat layout, on one magnitude scale and without duplicates."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from pyproj import Geod

from pipeline.errors import DataError
from pipeline.geo import Floats, Ints
from pipeline.sources.tables.reading import NEEDED, PLACE, numbers, read_table
from pipeline.sources.unpacking import Bounds
from pipeline.workspace import SourceFiles

# A bare number is no time: numpy would take milliseconds since 1970 for a year.
_TIME = re.compile(r"-?\d{1,4}(-\d\d(-\d\d([T ]\d\d(:\d\d(:\d\d(\.\d*)?)?)?)?)?)?")
# Preference among duplicate records: moment magnitude first.
_RANK = {"mw": 0, "ms": 1, "mb": 2, "other": 3}


def magnitude_kind(mag_type: str) -> str:
    """Return ``mw``, ``ms``, ``mb`` or ``other`` for a ComCat magnitude type."""
    kind = mag_type.strip().lower()
    return kind[:2] if kind[:2] in ("mw", "ms", "mb") else "other"


def to_mw(magnitude: ArrayLike, kind: ArrayLike) -> tuple[Floats, NDArray[np.bool_]]:
    """Return moment magnitudes and a flag where the conversion is extrapolated or assumed.

    Scordilis (2006), METHODS 4.1: Mw = 0.85 mb + 1.03 (3.5 to 6.2); 0.67 Ms + 2.07 (3.0 to 6.1);
    0.99 Ms + 0.08 (6.2 to 8.2). Other scales (local, unknown) are taken as they stand and flagged.
    """
    m, scale = np.asarray(magnitude, float), np.asarray(kind)
    from_ms = np.where(m < 6.15, 0.67 * m + 2.07, 0.99 * m + 0.08)
    mw = np.where(scale == "mb", 0.85 * m + 1.03, np.where(scale == "ms", from_ms, m))
    flagged = (
        (scale == "other") | ((scale == "mb") & ((m < 3.5) | (m > 6.2))) | ((scale == "ms") & ((m < 3.0) | (m > 8.2)))
    )
    return np.asarray(np.round(mw, 4), float), np.asarray(flagged, bool)


def read_catalogue(source: SourceFiles, *, duplicate_seconds: float, duplicate_km: float) -> pd.DataFrame:
    """Read the events of a source.

    Returns
    -------
    DataFrame
        ``time_s`` (Unix seconds), ``year`` (decimal), ``lat_deg lon_deg depth_km mag kind mw flagged``, by time.
        ``attrs``: ``rows``, ``duplicates``, ``without_magnitude``, ``flagged``.

    Raises
    ------
    DataError
        If a column is missing or a value cannot be read.
    """
    table = pd.concat([_read_file(path, source) for path in source.paths], ignore_index=True)
    rows = len(table)
    table = table[table["mag"].notna()]
    unmeasured = rows - len(table)
    table["kind"] = [magnitude_kind(value) for value in table["mag_type"]]
    table["mw"], table["flagged"] = to_mw(table["mag"].to_numpy(float), table["kind"].to_numpy())
    table = table.sort_values(["time_s", "lat_deg", "lon_deg", "mw", "id"], kind="stable", ignore_index=True)
    kept = table[~_duplicates(table, duplicate_seconds, duplicate_km)].drop(columns=["mag_type"])
    kept = kept.reset_index(drop=True)
    kept.attrs = {
        "rows": rows,
        "duplicates": rows - unmeasured - len(kept),
        "without_magnitude": unmeasured,
        "flagged": int(kept["flagged"].sum()),
    }
    return kept


def _read_file(path: Path, source: SourceFiles) -> pd.DataFrame:
    section = source.section
    raw = read_table(
        path,
        section.columns,
        needed=NEEDED["earthquakes"],
        sheet=section.variable,
        may_be_empty=True,
        bounds=Bounds.of(section),
    )
    blank = pd.Series([""] * len(raw))
    seconds = _seconds(raw, path)
    return pd.DataFrame(
        {
            "id": raw.get("id", blank),
            "time_s": seconds,
            "year": 1970.0 + seconds / (365.2425 * 86400.0),
            "lat_deg": numbers(raw, "latitude", path, low=-90, high=90),
            "lon_deg": numbers(raw, "longitude", path, low=-180, high=180),
            "depth_km": numbers(raw, "depth", path, low=-10, high=800, optional=True),
            "mag": numbers(raw, "mag", path, low=-2, high=10, optional=True),
            "mag_type": raw.get("magType", blank),
        }
    )


def _seconds(table: pd.DataFrame, path: Path) -> Floats:
    values = np.empty(len(table))
    for row, (value, line) in enumerate(zip(table["time"], table[PLACE], strict=True)):
        stripped = value.removesuffix("Z")
        try:
            if not _TIME.fullmatch(stripped):
                raise ValueError("no date and time")
            # numpy's calendar reaches before 1678, pandas' nanoseconds do not; ComCat times are UTC.
            values[row] = np.datetime64(stripped, "ms").astype(np.int64) / 1000.0
        except ValueError as error:
            raise DataError(
                f"the time {value!r} of an earthquake cannot be read" if value else "an earthquake has no time",
                where=f"{path}, line {line}",
                remedy="Write it in UTC as 2000-11-25T18:09:11Z, or delete the row.",
            ) from error
    return values


def _duplicates(table: pd.DataFrame, seconds: float, distance_km: float) -> NDArray[np.bool_]:
    """Flag records of one event: the same id, or close in time and place; the best magnitude scale stays."""
    drop = (table["id"] != "").to_numpy() & table["id"].duplicated().to_numpy()
    time = table["time_s"].to_numpy(float)
    lon, lat = table["lon_deg"].to_numpy(float), table["lat_deg"].to_numpy(float)
    rank = np.array([_RANK[kind] for kind in table["kind"]])
    last = np.searchsorted(time, time + seconds, side="right")
    geod = Geod(ellps="WGS84")
    for first in np.flatnonzero(last > np.arange(len(time)) + 1):
        near: Ints = np.arange(first + 1, last[first])
        near = near[~drop[near]]
        if drop[first] or not len(near):
            continue
        _, _, metres = geod.inv(np.full(len(near), lon[first]), np.full(len(near), lat[first]), lon[near], lat[near])
        for other in near[np.asarray(metres) <= distance_km * 1000.0]:
            worse = other if rank[first] <= rank[other] else first
            drop[worse] = True
            if worse == first:
                break
    return drop
