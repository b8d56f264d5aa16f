"""One AIS file of any layout and container: what is near the corridor, what ships say of themselves, and counts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow.parquet as pq

from pipeline.config.ais import AisSection
from pipeline.errors import DataError
from pipeline.sources.ais.box import Box, corridor_box
from pipeline.sources.ais.containers import PACKED_SUFFIXES, PARQUET_SUFFIXES, SUFFIXES, csv_files
from pipeline.sources.ais.csv_table import load_csv
from pipeline.sources.ais.fates import FATES, rules_of
from pipeline.sources.ais.judging import Judging
from pipeline.sources.ais.messages import SCRATCH, of_database
from pipeline.sources.ais.near_part import near_parts
from pipeline.sources.ais.nmea import SUFFIXES as NMEA_SUFFIXES
from pipeline.sources.ais.nmea import is_named_nmea
from pipeline.sources.ais.nmea_table import load_nmea
from pipeline.sources.ais.parquet_table import load_parquet, row_groups
from pipeline.sources.ais.period import configured_period, days_together
from pipeline.sources.ais.table import (
    Table,
    arrow_of,
    connect,
    missing,
    most_types,
    one_file,
    quoted,
    said,
    statics,
    streamed,
    types,
    types_unknown,
)
from pipeline.sources.unpacking import Bounds
from pipeline.store.step import Facts, StepContext
from pipeline.workspace import SourceFiles

STATICS = "statics.parquet"
_TYPES = "types.parquet"
# What takes as long to read as a row of Parquet, and what packed text unpacks to; measured.
_CSV_ROWS_PER_BYTE, _NMEA_ROWS_PER_BYTE, _UNPACKED = 0.05, 1.25, 5.5


def sizes(context: StepContext) -> list[float]:
    """Return the rows of each row group of a Parquet file; of any other, as one unit, rows that take as long to read.

    A file that cannot be used is one unit too, and is refused when it is read.
    """
    source, path = _file(context)
    name = path.name.casefold()
    if name.endswith(PARQUET_SUFFIXES):
        with suppress(DataError):
            return [float(rows) for rows in row_groups(path)[1]] or [0.0]
    packed = _UNPACKED if name.endswith(PACKED_SUFFIXES) else 1.0
    per_byte = _NMEA_ROWS_PER_BYTE if _is_nmea(path, source) else _CSV_ROWS_PER_BYTE
    return [path.stat().st_size * packed * per_byte]


def block(context: StepContext) -> Facts:
    """Read row groups of a file, or all of one that has none, for ``run`` to put together with the others.

    Writes parts of near reports (``near_part``), ``statics.parquet`` as ``run`` does, and ``types.parquet``: ``kind
    reports`` of ship types that are not understood.

    Returns
    -------
    Facts
        ``rows days swapped findings``, see ``run``.

    Raises
    ------
    DataError
        If the file cannot be used; names file, line or column.
    """
    source, path = _file(context)
    section = context.config.ais
    rules = rules_of(
        corridor_box(context.inputs["route"], section, source.section.receiver), section, configured_period(source)
    )
    with (
        TemporaryDirectory(prefix=f".{SCRATCH}", dir=context.out) as scratch,
        opened(path, source, section, scratch, context.threads, context.block, context.at_once) as (connection, table),
    ):
        made = Path(scratch) / "made"
        made.mkdir()
        judging = Judging(rules, made)
        try:
            for batch in arrow_of(connection, streamed(table))[1]:
                judging.take(batch)
            connection.execute(f"CREATE TEMP TABLE said AS {said(table)}")
            connection.execute(f"CREATE TEMP TABLE kinds AS {types('said')}")
            _write(connection, statics(table, "said", "kinds"), made / STATICS)
            _write(connection, types_unknown("kinds"), made / _TYPES)
        except duckdb.Error as error:
            raise of_database(error, str(path)) from error
        judging.flush()
        for part in sorted(made.iterdir()):
            part.replace(context.out / part.name)
    return {
        "rows": judging.rows(table.beside),
        "days": judging.days,
        "swapped": judging.swapped,
        "findings": list(table.findings),
    }


def run(context: StepContext) -> Facts:
    """Put the blocks of a file together, for the ``ais`` step to put together with other files.

    Leaves parts of near reports (``near_part``), and ``statics.parquet`` (``mmsi imo vessel_type length_m beam_m
    draught_m name reports``: what every ship of the file says of itself, near or not, since another file may have it
    near), in an order that its rows alone give.

    Returns
    -------
    Facts
        ``rows`` by fate, which add up to the rows read; ``days`` with ships' rows (``period.Day``); ``swapped`` and
        ``unknown_types`` (see ``Look``); ``findings``.
    """
    near = (part for one in context.blocks for part in near_parts(one.folder, one.facts["rows"]["near"]))
    for number, part in enumerate(near):
        part.link(context.out, number)
    told = [one.facts for one in context.blocks]
    rows = {name: sum(one["rows"][name] for one in told) for name in FATES}
    with (
        TemporaryDirectory(prefix=f".{SCRATCH}", dir=context.out) as scratch,
        connect(context.config.ais, scratch, context.threads, context.at_once) as connection,
    ):
        alike = f"SELECT * REPLACE (sum(reports)::BIGINT AS reports) FROM {_all(context, STATICS)} GROUP BY ALL"
        try:
            _write(connection, f"{alike} ORDER BY ALL", Path(scratch) / STATICS)
            unknown = connection.execute(most_types(_all(context, _TYPES))).fetchall()
        except duckdb.Error as error:
            raise of_database(error, str(_file(context)[1])) from error
        (Path(scratch) / STATICS).replace(context.out / STATICS)
    findings = dict.fromkeys(text for one in told for text in one["findings"])
    return {
        "rows": rows,
        "days": days_together(day for one in told for day in one["days"]),
        "swapped": 0 if rows["near"] else sum(one["swapped"] for one in told),
        "unknown_types": dict(unknown),
        "findings": [*findings, *([] if rows["near"] else ["no report of a ship lies near the corridor"])],
    }


def _file(context: StepContext) -> tuple[SourceFiles, Path]:
    ((source, path),) = ((source, path) for source in context.sources for path in source.paths)
    return source, path


def _all(context: StepContext, name: str) -> str:
    """Return the SQL of a table that all blocks have written."""
    return f"read_parquet([{', '.join(quoted(one_file(one.folder / name)) for one in context.blocks)}])"


def _write(connection: Any, query: str, to: Path) -> None:
    # Not by the database's own COPY: its bytes depend on what it knows of the rows before it has read them.
    schema, batches = arrow_of(connection, query)
    with pq.ParquetWriter(to, schema) as writer:
        for batch in batches:
            writer.write_batch(batch)


def _is_nmea(path: Path, source: SourceFiles) -> bool:
    return source.section.layout == "nmea" or (source.section.layout is None and is_named_nmea(path))


@contextmanager
def opened(
    path: Path,
    source: SourceFiles,
    section: AisSection,
    scratch: str,
    threads: int,
    groups: tuple[int, int] | None = None,
    at_once: int = 1,
) -> Iterator[tuple[Any, Table]]:
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
    threads : int
        How many the database keeps busy.
    groups : tuple of int, optional
        Of a Parquet file: the first row group that is read, and the one after the last; all without it.
    at_once : int
        How many files are read at the same time, which share the memory.

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
    if _is_nmea(path, source):
        with connect(section, scratch, threads, at_once) as connection:
            yield connection, load_nmea(path, source, section, Path(scratch))
        return
    if not name.endswith(SUFFIXES):
        raise DataError(
            f"AIS is read from {', '.join((*SUFFIXES, *NMEA_SUFFIXES))} only",
            where=str(path),
            remedy="Unpack it, or export the table as CSV or Parquet.",
        )
    if name.endswith(PARQUET_SUFFIXES):
        with connect(section, scratch, threads, at_once) as connection:
            yield connection, load_parquet(connection, path, source, groups)
        return
    # In memory, and what is beyond its limit in the scratch folder: a database on disk takes a third longer.
    with connect(section, scratch, threads, at_once) as connection:
        files = enumerate(csv_files(path, Bounds.of(source.section), Path(scratch)))
        tables = [load_csv(connection, file, source, f"held_{number}") for number, file in files]
        rows = " UNION ALL ".join(table.rows for table in tables)
        yield connection, Table(f"({rows})", tables[0].words, frozenset().union(*(table.present for table in tables)))


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
    threads = os.cpu_count() or 1
    judging = Judging(rules_of(box or Box(-180.0, -90.0, 180.0, 90.0), section, configured_period(source)), None)
    with (
        TemporaryDirectory(prefix=SCRATCH) as scratch,
        opened(path, source, section, scratch, threads) as (held, table),
    ):
        try:
            for batch in arrow_of(held, streamed(table))[1]:
                judging.take(batch)
            held.execute(f"CREATE TEMP TABLE kinds AS {types(f'({said(table)})')}")
            unknown = held.execute(most_types(f"({types_unknown('kinds')})")).fetchall()
        except duckdb.Error as error:
            raise of_database(error, str(path)) from error
    rows = judging.rows(table.beside)
    swapped = 0 if rows["near"] else judging.swapped
    return Look(rows, table.findings, missing(table.present), swapped, dict(unknown))


def read_through(source: SourceFiles, section: AisSection) -> int:
    """Read every value of a source, keep none, and return the number of rows.

    Raises
    ------
    DataError
        If a file cannot be used; names file, line or column.
    """
    return sum(sum(look_over(path, source, section, None).rows.values()) for path in source.paths)
