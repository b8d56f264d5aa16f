"""One AIS file of any layout and container: what is near the corridor, what ships say of themselves, and counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from pipeline.config.ais import AisSection
from pipeline.errors import DataError
from pipeline.sources.ais.box import Box, corridor_box
from pipeline.sources.ais.containers import PARQUET_SUFFIXES, SUFFIXES, csv_files
from pipeline.sources.ais.csv_table import load_csv
from pipeline.sources.ais.fates import FATES, SHIP_FATES, SHIP_MMSI, Judge, judge
from pipeline.sources.ais.losses import near_if_swapped
from pipeline.sources.ais.messages import SCRATCH, of_database
from pipeline.sources.ais.nmea import SUFFIXES as NMEA_SUFFIXES
from pipeline.sources.ais.nmea import is_named_nmea
from pipeline.sources.ais.nmea_table import load_nmea
from pipeline.sources.ais.parquet_table import load_parquet
from pipeline.sources.ais.period import DAY_US, Day, configured_period, days_together
from pipeline.sources.ais.table import (
    HELD,
    OF_SHIP,
    Table,
    connect,
    judged,
    missing,
    near_columns,
    quoted,
    static_columns,
    unknown_types,
)
from pipeline.sources.unpacking import Bounds
from pipeline.store.step import Facts, StepContext
from pipeline.workspace import SourceFiles

NEAR = "near.parquet"
STATICS = "statics.parquet"


def run(context: StepContext) -> Facts:
    """Read one file of an AIS source, for the ``ais`` step to put together with the others.

    Writes ``near.parquet`` (reports that can matter: ``mmsi time_us lon lat sog_kn heading_deg draught_m status``, in
    no promised order, NULL where not known) and ``statics.parquet`` (``mmsi imo vessel_type length_m beam_m draught_m
    name reports``: what every ship of the file says of itself, near or not, since another file may have it near).

    Returns
    -------
    Facts
        ``rows`` by fate, which add up to the rows read; ``days`` with ships' rows (``period.Day``); ``swapped`` and
        ``unknown_types`` (see ``Look``); ``findings``.

    Raises
    ------
    DataError
        If the file cannot be used; names file, line or column.
    """
    ((source, path),) = ((source, path) for source in context.sources for path in source.paths)
    section = context.config.ais
    box = corridor_box(context.inputs["route"], section, source.section.receiver)
    with (
        TemporaryDirectory(prefix=f".{SCRATCH}", dir=context.out) as scratch,
        opened(path, source, section, scratch) as (
            connection,
            table,
        ),
    ):
        rules, reports = judge(box, section, configured_period(source)), f"({judged(table, section)})"
        try:
            told = _told(connection, table, reports, rules, box)
            # Not compressed: what is read once more and then sorted is not worth the time.
            near = f"SELECT {near_columns(table)} FROM {reports} WHERE {rules.near}"
            _write(connection, near, scratch, context.out / NEAR, ", COMPRESSION uncompressed")
            _write(connection, _statics(table), scratch, context.out / STATICS)
        except duckdb.Error as error:
            raise of_database(error, str(path)) from error
    return told


def _write(connection: Any, query: str, scratch: str, to: Path, options: str = "") -> None:
    """Write a table whole or not at all."""
    made = Path(scratch) / to.name
    connection.execute(f"COPY ({query}) TO {quoted(str(made))} (FORMAT parquet{options})")
    made.replace(to)


@contextmanager
def opened(path: Path, source: SourceFiles, section: AisSection, scratch: str) -> Iterator[tuple[Any, Table]]:
    """Open a file of any layout and container as a table of a database.

    Parameters
    ----------
    path : Path
        The file.
    source : SourceFiles
        Its source: layout, renamed columns, limits of unpacking.
    section : AisSection
        What the database may hold in memory.
    scratch : str
        A folder for what does not fit, and for what is unpacked.

    Yields
    ------
    tuple
        The connection, and the table.

    Raises
    ------
    DataError
        If the file cannot be used; names file, line or column.
    """
    name = path.name.casefold()
    if source.section.layout == "nmea" or (source.section.layout is None and is_named_nmea(path)):
        with connect(section, scratch) as connection:
            yield connection, load_nmea(path, source, section, Path(scratch))
        return
    if not name.endswith(SUFFIXES):
        raise DataError(
            f"AIS is read from {', '.join((*SUFFIXES, *NMEA_SUFFIXES))} only",
            where=str(path),
            remedy="Unpack it, or export the table as CSV or Parquet.",
        )
    if name.endswith(PARQUET_SUFFIXES):
        with connect(section, scratch) as connection:
            yield connection, load_parquet(connection, path, source)
        return
    # In memory, and what is beyond its limit in the scratch folder: a database on disk takes a third longer.
    with connect(section, scratch) as connection:
        files = enumerate(csv_files(path, Bounds.of(source.section), Path(scratch)))
        tables = [load_csv(connection, file, source, f"held_{number}") for number, file in files]
        rows = " UNION ALL ".join(table.rows for table in tables)
        yield connection, Table(f"({rows})", tables[0].words, frozenset().union(*(table.present for table in tables)))


def _told(connection: Any, table: Table, reports: str, rules: Judge, box: Box) -> Facts:
    """Count the rows by fate, and those of ships by day."""
    counted = connection.execute(
        f"SELECT {rules.fate} AS fate, time_us // {DAY_US} AS day, count(*), min(time_us), max(time_us) "
        f"FROM {reports} GROUP BY fate, day"
    ).fetchall()
    by_fate: Counter[str] = Counter(table.beside)
    days = []
    for fate, day, rows, first, last in counted:
        by_fate[FATES[fate]] += int(rows)
        if FATES[fate] in SHIP_FATES:
            days.append(Day(int(day), int(rows), int(first), int(last)))
    rows = {name: by_fate[name] for name in FATES}
    return {
        "rows": rows,
        "days": days_together(days),
        "swapped": 0 if rows["near"] else _count(connection, reports, near_if_swapped(box)),
        "unknown_types": unknown_types(connection, table),
        "findings": [*table.findings, *([] if rows["near"] else ["no report of a ship lies near the corridor"])],
    }


def _count(connection: Any, relation: str, condition: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {relation} WHERE {condition}").fetchone()[0])


def _statics(table: Table) -> str:
    """Return the SQL of the rows of ``statics.parquet``, in an order that they alone give."""
    # What every row says is gathered as it is written and made sense of once for all rows that say it. Rows are not
    # judged here, which would take twice as long: a ship that has lost its position still knows its length.
    keys = ", ".join(("mmsi", *(name for name in OF_SHIP if name in table.present)))
    absent = "".join(f", CAST(NULL AS {HELD[name]}) AS {name}" for name in OF_SHIP if name not in table.present)
    said = f"SELECT {keys}{absent}, count(*) AS reports FROM {table.rows} GROUP BY {keys}"
    return (
        f"SELECT mmsi, {static_columns(table)}, CAST(sum(reports) AS BIGINT) AS reports FROM ({said}) "
        f"WHERE mmsi BETWEEN {SHIP_MMSI[0]} AND {SHIP_MMSI[1]} GROUP BY ALL ORDER BY ALL"
    )


@dataclass(frozen=True)
class Look:
    """What a file holds.

    Attributes
    ----------
    rows : dict of str to int
        Rows by fate.
    findings : tuple of str
        What is to be told of it.
    missing : tuple of str
        Quantities that it does not have and that ships are judged by, in words.
    swapped : int
        Where none is near, rows that were near if latitude and longitude were exchanged.
    unknown_types : dict of str to int
        Rows by ship type that is not understood.
    """

    rows: dict[str, int]
    findings: tuple[str, ...]
    missing: tuple[str, ...]
    swapped: int = 0
    unknown_types: dict[str, int] = field(default_factory=dict)


def look_over(path: Path, source: SourceFiles, section: AisSection, box: Box | None) -> Look:
    """Read every value of a file as ``run`` does and keep none; without a box all places are near.

    Raises
    ------
    DataError
        If the file cannot be used; names file, line or column.
    """
    with TemporaryDirectory(prefix=SCRATCH) as scratch, opened(path, source, section, scratch) as (held, table):
        box = box or Box(-180.0, -90.0, 180.0, 90.0)
        rules = judge(box, section, configured_period(source))
        try:
            told = _told(held, table, f"({judged(table, section)})", rules, box)
        except duckdb.Error as error:
            raise of_database(error, str(path)) from error
        return Look(told["rows"], table.findings, missing(table.present), told["swapped"], dict(told["unknown_types"]))


def read_through(source: SourceFiles, section: AisSection) -> int:
    """Read every value of a source, keep none, and return the number of rows.

    Raises
    ------
    DataError
        If a file cannot be used; names file, line or column.
    """
    return sum(sum(look_over(path, source, section, None).rows.values()) for path in source.paths)
