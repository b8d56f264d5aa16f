"""AIS reports out of core: typed reading, cleaning by rule, and a count of every row by its fate (METHODS 1.10)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from pipeline.config.ais import AisSection
from pipeline.errors import DataError
from pipeline.geo import Floats, Ints
from pipeline.sources.ais.layout import TYPES, Header, read_header
from pipeline.sources.ais.period import Interval, configured_period
from pipeline.workspace import SourceFiles

FATES = ("no_position", "invalid_mmsi", "not_a_ship", "too_fast", "outside_period", "outside_corridor", "near")
_SHIP_FATES = ("too_fast", "outside_period", "outside_corridor", "near")
_HALF_STEP_KN = 0.05  # SOG is sent in tenths of a knot; "not available" may arrive as 102.30000305


@dataclass(frozen=True)
class Box:
    """The part of the world whose reports can matter, degrees WGS84."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True)
class Reports:
    """Reports of whole ships, sorted by ship, time and then place.

    Attributes
    ----------
    ship : ndarray of int64, shape (n,)
        Index of the ship: the rank of its MMSI.
    time_us : ndarray of int64, shape (n,)
        Microseconds since 1970 UTC.
    lon, lat : ndarray, shape (n,)
        Degrees, WGS84.
    sog_kn : ndarray, shape (n,)
        Reported speed over ground, knots; NaN where not available.
    """

    ship: Ints
    time_us: Ints
    lon: Floats
    lat: Floats
    sog_kn: Floats


@dataclass(frozen=True)
class Positions:
    """Cleaned reports near the corridor, held by the database.

    Attributes
    ----------
    rows : dict[str, int]
        Rows by fate (``FATES``), which add up to the rows read.
    statics : DataFrame
        Distinct static reports (``particulars.STATICS``) of the ships near the corridor.
    mmsi : ndarray of int64
        Those ships, ascending.
    intervals : list[Interval]
        What each source covers: its period, or its first to last position.
    """

    rows: dict[str, int]
    statics: pd.DataFrame
    mmsi: Ints
    intervals: list[Interval]
    connection: Any

    def chunks(self, size: int) -> Iterator[Reports]:
        """Give the reports in chunks of whole ships, each of about ``size`` reports or one ship."""
        counts = self.connection.execute("SELECT mmsi, count(*) FROM near GROUP BY mmsi ORDER BY mmsi").fetchnumpy()
        numbers, per_ship = (np.asarray(column, dtype=np.int64) for column in counts.values())
        chunk = (np.cumsum(per_ship) - per_ship) // size
        for index in np.unique(chunk):
            inside = numbers[chunk == index]
            found = self.connection.execute(
                "SELECT mmsi, t_us, lon, lat, coalesce(sog, 'nan'::DOUBLE) AS sog FROM near "
                "WHERE mmsi BETWEEN ? AND ? ORDER BY mmsi, t_us, lon, lat, sog",
                [int(inside[0]), int(inside[-1])],
            ).fetchnumpy()
            ship = np.searchsorted(self.mmsi, np.asarray(found["mmsi"], dtype=np.int64))
            yield Reports(
                ship,
                np.asarray(found["t_us"], dtype=np.int64),
                *(np.asarray(found[name], dtype=np.float64) for name in ("lon", "lat", "sog")),
            )


@contextmanager
def open_positions(sources: Sequence[SourceFiles], box: Box, section: AisSection, scratch: Path) -> Iterator[Positions]:
    """Read and clean the AIS sources.

    Parameters
    ----------
    sources : sequence of SourceFiles
        Sources of role ``ais``; a report that stands in several of them counts once.
    box : Box
        Reports outside it are counted and let go.
    section : AisSection
        Limits, and the memory the database may hold.
    scratch : Path
        A folder for what does not fit into memory; emptied at the end.

    Raises
    ------
    DataError
        If a file cannot be read, lacks a column, or holds a value that cannot be parsed; names file and line.
    """
    selects = [select for index, source in enumerate(sources) for select in _selects(index, source)]
    with TemporaryDirectory(prefix=".ais-", dir=scratch) as spill, duckdb.connect() as connection:
        _set_up(connection, section, spill)
        connection.execute(f"CREATE TEMP VIEW reports AS {' UNION ALL '.join(selects)}")
        connection.execute(f"CREATE TEMP VIEW judged AS SELECT *, {_fate(box, section)} AS fate FROM reports")
        sog = f"CASE WHEN abs(sog - {section.unknown_sog_kn!r}) < {_HALF_STEP_KN} THEN NULL ELSE sog END AS sog"
        try:
            connection.execute(
                f"CREATE TEMP TABLE near AS SELECT mmsi, t_us, lon, lat, {sog} FROM judged WHERE fate = 'near'"
            )
            told = connection.execute(
                "SELECT source, fate, mmsi, vessel_type, length_m, beam_m, draught_m, name, count(*) AS reports, "
                "min(t_us) AS first_us, max(t_us) AS last_us FROM judged GROUP BY ALL"
            ).fetch_df()
        except duckdb.Error as error:
            raise _complaint(error, sources) from error
        yield _positions(connection, told, sources)


def read_through(source: SourceFiles, section: AisSection) -> int:
    """Read every value of a source as ``open_positions`` does, keep none, and return the number of rows.

    Raises
    ------
    DataError
        If a file cannot be read, lacks a column, or holds a value that cannot be parsed; names file and line.
    """
    reports = " UNION ALL ".join(_selects(0, source))
    values = ("mmsi", "t_us", "lat", "lon", "sog", "vessel_type", "length_m", "beam_m", "draught_m", "name")
    every = ", ".join(f"max({value})" for value in values)
    with duckdb.connect() as connection:
        _set_up(connection, section, "")  # the largest of each column needs no disk
        try:
            row = connection.execute(f"SELECT count(*), {every} FROM ({reports})").fetchone()
        except duckdb.Error as error:
            raise _complaint(error, (source,)) from error
    return int(row[0]) if row else 0


def _set_up(connection: Any, section: AisSection, spill: str) -> None:
    # Bare times are UTC, as the layout says; an offset written behind a time is honoured.
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET autoinstall_known_extensions = false")
    connection.execute("SET preserve_insertion_order = false")
    connection.execute("SET enable_progress_bar = false")
    connection.execute(f"SET memory_limit = '{section.memory_mb}MB'")
    connection.execute(f"SET temp_directory = {_text(spill)}")


def _positions(connection: Any, told: pd.DataFrame, sources: Sequence[SourceFiles]) -> Positions:
    by_fate = told.groupby("fate")["reports"].sum()
    rows = {fate: int(by_fate.get(fate, 0)) for fate in FATES}
    ships = told[told["fate"].isin(_SHIP_FATES)]
    near = ships.loc[ships["fate"] == "near", "mmsi"].unique()
    mmsi = np.sort(near.astype(np.int64))
    statics = ships[ships["mmsi"].isin(mmsi)].astype({"mmsi": np.int64})
    intervals = []
    for index, source in enumerate(sources):
        own = ships[ships["source"] == index]
        if (period := configured_period(source)) is not None:
            intervals.append(period)
        elif len(own):
            intervals.append((int(own["first_us"].min()), int(own["last_us"].max())))
    return Positions(rows, statics, mmsi, intervals, connection)


def _selects(index: int, source: SourceFiles) -> list[str]:
    groups: dict[Header, list[Path]] = defaultdict(list)
    for path in source.paths:
        groups[read_header(path, source)].append(path)
    period = configured_period(source)
    within = "TRUE" if period is None else f"t_us >= {period[0]} AND t_us < {period[1]}"
    selects = []
    for header, paths in groups.items():
        # Columns outside the layout are read as text under names of their own, whatever the file calls them.
        columns = ", ".join(
            f"'{name or f'unused_{at}'}': '{TYPES.get(name or '', 'VARCHAR')}'" for at, name in enumerate(header.known)
        )
        files = ", ".join(_text(str(path)) for path in paths)
        name = "VesselName" if "VesselName" in header.known else "''"
        selects.append(
            f"SELECT {index} AS source, MMSI AS mmsi, epoch_us(BaseDateTime) AS t_us, LAT AS lat, LON AS lon, "
            "SOG AS sog, VesselType AS vessel_type, Length AS length_m, Width AS beam_m, Draft AS draught_m, "
            f"{name} AS name, ({within}) AS in_period FROM read_csv([{files}], columns = {{{columns}}}, header = true, "
            "auto_detect = false, delim = ',', quote = '\"', escape = '\"')"
        )
    return selects


def _fate(box: Box, section: AisSection) -> str:
    """Return the SQL that names the first rule a row breaks, or 'near'."""
    placeholders = ", ".join(str(number) for number in (0, *section.placeholder_mmsi))
    country = "BETWEEN 201 AND 775"  # ITU maritime identification digits in use
    return f"""CASE
        WHEN t_us IS NULL OR lat IS NULL OR lon IS NULL OR abs(lat) > 90 OR abs(lon) > 180 THEN 'no_position'
        WHEN mmsi IS NULL OR mmsi IN ({placeholders}) OR mmsi < 0 OR mmsi > 999999999 THEN 'invalid_mmsi'
        WHEN mmsi // 10000 {country} OR mmsi // 100000 {country} THEN 'not_a_ship'
        WHEN mmsi < 100000000 THEN 'invalid_mmsi'
        WHEN mmsi // 1000000 IN (970, 972, 974)
          OR (mmsi // 1000000 = 111 AND (mmsi // 1000) % 1000 {country})
          OR (mmsi // 10000000 = 99 AND (mmsi // 10000) % 1000 {country}) THEN 'not_a_ship'
        WHEN sog > {section.max_sog_kn!r} AND abs(sog - {section.unknown_sog_kn!r}) >= {_HALF_STEP_KN} THEN 'too_fast'
        WHEN NOT in_period THEN 'outside_period'
        WHEN lon < {box.west!r} OR lon > {box.east!r} OR lat < {box.south!r} OR lat > {box.north!r}
          THEN 'outside_corridor'
        ELSE 'near' END"""


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _complaint(error: duckdb.Error, sources: Sequence[SourceFiles]) -> DataError:
    """Turn the database's page-long message into file, line and cause."""
    message = str(error)
    line = re.search(r"on Line: (\d+)", message)
    named = [str(p) for s in sources for p in s.paths if str(p) in message]
    path = max(named, key=len, default="")  # a.csv is also found in a.csv.gz
    causes = [
        row for row in message.splitlines() if re.match(r"(Error when|Expected Number|Value with|Invalid uni)", row)
    ]
    cause = causes[0] if causes else message.splitlines()[0]
    return DataError(
        f"the AIS table cannot be read: {cause.rstrip(' .')}",
        where=", ".join(part for part in (path, f"line {line[1]}" if line else "") if part),
        remedy="Mend or leave out that row, or copy the file again; every row needs the columns of the first line.",
    )
