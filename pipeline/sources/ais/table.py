"""A file's reports as a table of the database, column by column as the file has them; and what each value means."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duckdb
import pyarrow as pa

from pipeline.config.ais import AisSection
from pipeline.sources.ais.codes import is_station, is_type_unknown, known_state, ship_type, state
from pipeline.sources.ais.fates import SHIP_MMSI
from pipeline.sources.ais.layouts.layout import HELPFUL
from pipeline.sources.ais.layouts.registry import Known
from pipeline.sources.ais.near_part import NO_STATUS
from pipeline.sources.ais.times import TimeForm

NUMBERS = (
    "lat", "lon", "sog", "heading", "draught", "length", "beam", "to_bow", "to_stern", "to_port", "to_starboard",
)  # fmt: skip
"""Quantities that are numbers in every layout."""
WORDS = ("status", "imo", "vessel_type", "name", "mobile")
"""Quantities that are text in some."""
OF_SHIP = ("imo", "vessel_type", "length", "beam", "draught", "name", "to_bow", "to_stern", "to_port", "to_starboard")
"""Quantities that tell of the ship itself."""
HELD = {"time_us": "BIGINT", "mmsi": "BIGINT", **dict.fromkeys(NUMBERS, "DOUBLE"),
        **dict.fromkeys(WORDS, "VARCHAR")}  # fmt: skip
"""Columns of a file's reports: numbers in knots, metres and degrees, words as the file writes them."""
STREAMED = ("time_us", "mmsi", "lat", "lon", "sog", "heading", "draught", "status", "kind")
"""Columns that reports are judged by: what is not known is NaN, and 0 as a time and as a number."""
_MOST = 1e6  # nothing here is larger; NaN, which the database takes for the largest number, is
_LEAST_MB = 100  # a database works with
_BATCH_ROWS = 1 << 16
_KINDS = {"Out of Memory Error": duckdb.OutOfMemoryException, "IO Error": duckdb.IOException}
_MOST_TYPES = 100  # different types of a file that are not understood, of which is told
_IMO = (1_000_000, 9_999_999)


@dataclass(frozen=True)
class Table:
    """The reports of a file.

    Attributes
    ----------
    rows : str
        SQL of a relation with the columns of ``HELD``, whose words may be numbers in a file that types them.
    words : frozenset of str
        Which of ``WORDS`` are text.
    present : frozenset of str
        The quantities that the file has.
    particulars_only : str
        SQL that tells of a row whether it says what a ship is and, by its kind, no place.
    beside : mapping of str to int
        By fate, what the file holds beside the rows.
    findings : tuple of str
        What is to be told of the file.
    """

    rows: str
    words: frozenset[str]
    present: frozenset[str]
    particulars_only: str = "FALSE"
    beside: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    findings: tuple[str, ...] = ()


def connect(section: AisSection, scratch: str, threads: int = 1, at_once: int = 1) -> Any:
    """Return a connection that spills into ``scratch`` and keeps threads busy.

    It holds its share of what the section allows where several work at once.
    """
    connection = duckdb.connect()
    # Bare times are UTC, as the layouts say; an offset written behind a time is honoured.
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET autoinstall_known_extensions = false")
    connection.execute("SET preserve_insertion_order = false")
    connection.execute("SET enable_progress_bar = false")
    connection.execute(f"SET threads = {threads}")
    connection.execute(f"SET memory_limit = '{max(section.memory_mb // at_once, _LEAST_MB)}MB'")
    connection.execute(f"SET temp_directory = {quoted(scratch)}")
    return connection


def arrow_of(connection: Any, query: str) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    """Return the columns of a query and, as Arrow batches, its rows.

    Raises
    ------
    duckdb.Error
        If it fails, then or while rows are taken.
    """
    reader = connection.sql(query).to_arrow_reader(_BATCH_ROWS)
    return reader.schema, _batches(reader)


def _batches(reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    while True:
        try:
            batch = reader.read_next_batch()
        except StopIteration:
            return
        except (pa.ArrowException, OSError) as error:  # what the database says, in an error of Arrow's own kind
            kinds = (kind for title, kind in _KINDS.items() if str(error).startswith(title))
            raise next(kinds, duckdb.DatabaseError)(str(error)) from error
        yield batch


@dataclass(frozen=True)
class Columns:
    """The columns of ``HELD`` as SQL over those of a file.

    Attributes
    ----------
    made : dict of str to str
        By name, those that the file has.
    bad : dict of str to str
        By quantity, what tells that a value that is not blank cannot be read.
    """

    made: dict[str, str]
    bad: dict[str, str]

    @property
    def select(self) -> str:
        """The columns, for SELECT."""
        return ", ".join(f"{value} AS {name}" for name, value in self.made.items())

    def filled(self, held: str) -> str:
        """Return the SQL of a relation with all columns of ``HELD`` over one that has only those of the file."""
        absent = "".join(f", CAST(NULL AS {kind}) AS {name}" for name, kind in HELD.items() if name not in self.made)
        return f"SELECT {', '.join(name for name in HELD if name in self.made)}{absent} FROM {held}"


def columns_of(known: Known, form: TimeForm, types: dict[str, str]) -> Columns:
    """Return the columns of ``HELD`` over those of a file.

    Parameters
    ----------
    known : Known
        Which column is what.
    form : TimeForm
        How times are written.
    types : dict of str to str
        By quantity, ``VARCHAR`` for text; anything else is a number, or the file's own type of time.
    """
    made: dict[str, str] = {}
    bad: dict[str, str] = {}
    for quantity, column in known.columns.items():
        value, is_text = identifier(column.name), types[quantity] == "VARCHAR"
        blank = f"trim({value}) <> ''" if is_text else f"{value} IS NOT NULL"
        if quantity == "time":
            made["time_us"] = form.time_us(value)
            if form.is_other is not None:
                bad[quantity] = f"{blank} AND {form.is_other(value)}"
        elif quantity in WORDS:
            made[quantity] = value
        elif quantity == "mmsi":
            made[quantity] = _whole(value) if is_text else f"TRY_CAST({value} AS BIGINT)"
            if is_text:
                bad[quantity] = f"{blank} AND {made[quantity]} IS NULL"
            elif types[quantity] == "DOUBLE" or types[quantity].startswith("DECIMAL"):
                bad[quantity] = f"{blank} AND {value} <> floor({value})"
        else:
            same = types[quantity] == HELD[quantity]
            number = value if same else f"TRY_CAST({value} AS {HELD[quantity]})"
            if is_text:
                bad[quantity] = f"{blank} AND {number} IS NULL"
            made[quantity] = number if column.factor == 1.0 else f"{number} * {column.factor!r}"
    return Columns({name: made[name] for name in HELD if name in made}, bad)


def _whole(text: str) -> str:
    """Return the SQL of a whole number in text; NULL where it is written otherwise.

    The database itself would round 9.99E+08, which a spreadsheet makes of a ship's number, and so merge ships.
    """
    number = f"TRY_CAST({text} AS BIGINT)"
    plain = f"CAST({number} AS VARCHAR) = {text}"  # the fast way for nearly all
    return f"CASE WHEN {plain} OR regexp_full_match({text}, '\\s*-?\\d+([.]0*)?\\s*') THEN {number} END"


def streamed(table: Table) -> str:
    """Return the SQL of a table's reports with the columns of ``STREAMED``, as ``fates_kernels.judge`` takes them."""
    numbers = (f"coalesce({name}, 'NaN'::DOUBLE) AS {name}" for name in ("lat", "lon", "sog", "heading", "draught"))
    status = (
        state("status")
        if "status" in table.words
        else f"CAST(CASE WHEN {known_state('status')} THEN status END AS UTINYINT)"
    )
    station = is_station("mobile") if "mobile" in table.present else "FALSE"
    kind = f"CASE WHEN {table.particulars_only} THEN 2 WHEN {station} THEN 1 ELSE 0 END"
    return (
        f"SELECT coalesce(time_us, 0) AS time_us, coalesce(mmsi, 0) AS mmsi, {', '.join(numbers)}, "
        f"coalesce({status}, {NO_STATUS}::UTINYINT) AS status, CAST({kind} AS UTINYINT) AS kind FROM {table.rows}"
    )


def missing(present: frozenset[str]) -> tuple[str, ...]:
    """Return, in words, what a file does not tell that ships are judged by."""
    sized = {"length": {"to_bow", "to_stern"}, "beam": {"to_port", "to_starboard"}}
    return tuple(
        words
        for name, words in HELPFUL.items()
        if name not in present and not (name in sized and sized[name] <= present)
    )


def said(table: Table) -> str:
    """Return the SQL of what ships say of themselves, as it is written, with the number of ``reports`` that say it."""
    # All rows, whatever is judged of them: a ship that has lost its position still knows its length.
    keys = ", ".join(("mmsi", *(name for name in OF_SHIP if name in table.present)))
    absent = "".join(f", CAST(NULL AS {HELD[name]}) AS {name}" for name in OF_SHIP if name not in table.present)
    return f"SELECT {keys}{absent}, count(*) AS reports FROM {table.rows} GROUP BY {keys}"


def types(found: str) -> str:
    """Return the SQL of ship types as they are written, ``kind``, their ``code`` and ``reports``, from ``said``."""
    kinds = f"SELECT CAST(vessel_type AS VARCHAR) AS kind, sum(reports) AS reports FROM {found} GROUP BY kind"
    return f"SELECT kind, {ship_type('kind')} AS code, CAST(reports AS BIGINT) AS reports FROM ({kinds})"


def statics(table: Table, found: str, kinds: str) -> str:
    """Return the SQL of what ``said`` and ``types`` of a table, given as relations, mean."""
    imo = "TRY_CAST(ltrim(imo, 'IMOimo :') AS DOUBLE)" if "imo" in table.words else "CAST(imo AS DOUBLE)"
    name = "CAST(name AS VARCHAR)"
    length, beam = _size("length"), _size("beam")
    if "to_bow" in table.present and "to_stern" in table.present:
        length = f"coalesce({length}, {_size('(to_bow + to_stern)')})"
    if "to_port" in table.present and "to_starboard" in table.present:
        beam = f"coalesce({beam}, {_size('(to_port + to_starboard)')})"
    return (
        f"SELECT mmsi, CASE WHEN {imo} BETWEEN {_IMO[0]} AND {_IMO[1]} THEN {imo} END AS imo, "
        f"CASE WHEN code > 0 AND code < {_MOST} THEN code END AS vessel_type, "
        f"{length} AS length_m, {beam} AS beam_m, {_size('draught')} AS draught_m, CASE WHEN lower({name}) "
        f"IN ('unknown', 'undefined') THEN '' ELSE coalesce(trim({name}, ' @'), '') END AS name, "
        f"CAST(sum(reports) AS BIGINT) AS reports FROM {found} LEFT JOIN (SELECT kind, code FROM {kinds}) "
        f"ON kind = CAST(vessel_type AS VARCHAR) WHERE mmsi BETWEEN {SHIP_MMSI[0]} AND {SHIP_MMSI[1]} GROUP BY ALL"
    )


def types_unknown(kinds: str) -> str:
    """Return the SQL of ship types that are not understood and of their ``reports``, from ``types`` as a relation."""
    return f"SELECT kind, reports FROM {kinds} WHERE {is_type_unknown('kind', 'code')}"


def most_types(found: str) -> str:
    """Return the SQL of the types of most reports, from ``types_unknown`` of all blocks as a relation."""
    return (
        f"SELECT kind, CAST(sum(reports) AS BIGINT) AS reports FROM {found} GROUP BY kind "
        f"ORDER BY reports DESC, kind LIMIT {_MOST_TYPES}"
    )


def _size(value: str) -> str:
    """Return the SQL of a length; zero is what a ship sends that does not know it."""
    return f"CASE WHEN {value} > 0 AND {value} < {_MOST} THEN CAST({value} AS DOUBLE) END"


def identifier(name: str) -> str:
    """Return a column's name as SQL."""
    return '"' + name.replace('"', '""') + '"'


def quoted(value: str) -> str:
    """Return a text as SQL."""
    return "'" + value.replace("'", "''") + "'"


def one_file(path: Path) -> str:
    """Return a path so that the database finds that file and no other: it takes ``* ? [`` for a pattern."""
    return re.sub(r"([*?\[])", r"[\1]", str(path))
