"""AIS in CSV: the header, how cells are separated, and one typed pass into a table on disk."""

from __future__ import annotations

import csv
import itertools
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from pipeline.errors import DataError
from pipeline.sources.ais.layouts.registry import Known, recognise
from pipeline.sources.ais.messages import no_number, no_time, of_database
from pipeline.sources.ais.table import NUMBERS, WORDS, Table, columns_of, one_file, quoted
from pipeline.sources.ais.times import TimeForm, first_text, no_form, text_form
from pipeline.workspace import SourceFiles

_MOST_HEADER_CHARS = 1_000_000  # a longer line is no header; it must not fill the memory before anyone notices
_SEPARATORS = ",;\t"
_LOOKED_AT = 100  # rows at the head of a file, for its decimal sign
_UNREAD = -(2**62)  # a number that no time and no ship has
_MOST_BAD = 1000  # different values that cannot be read, of which the first in the file is sought
_CELL_TYPES = {**dict.fromkeys(NUMBERS, "DOUBLE")}


@dataclass(frozen=True)
class CsvFile:
    """A plain CSV file.

    Attributes
    ----------
    path : Path
        Where it lies; unpacked, if it was packed.
    where : str
        How messages call it: the file that the user knows, and the member of an archive.
    """

    path: Path
    where: str


def load_csv(connection: Any, file: CsvFile, source: SourceFiles, name: str) -> Table:
    """Read a CSV file into a table of its own.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        To a database that may spill: the table may be larger than the memory.
    file : CsvFile
        The file.
    source : SourceFiles
        Its source: layout and renamed columns.
    name : str
        Name for the table.

    Raises
    ------
    DataError
        If it is empty, not text, of no known layout, or holds a value that cannot be parsed; names file and line.
    """
    separator, header = _header(file)
    known = recognise(header, source.section.columns, source.section.layout, f"{file.where}, line 1")
    # Columns are read under names of our own, whatever the file calls them.
    own = Known(known.layout, {q: replace(column, name=f"c{column.at}") for q, column in known.columns.items()})
    types = {quantity: _CELL_TYPES.get(quantity, "VARCHAR") for quantity in own.columns}
    reader = _reader(file, separator, header, own, types)
    try:
        form = _form(connection, file, known, reader, separator)
        columns = columns_of(own, form, types)
        told_apart = {
            made: f"coalesce({columns.made[made]}, CASE WHEN {columns.bad[quantity]} THEN {_UNREAD} END)"
            for quantity, made in (("time", "time_us"), ("mmsi", "mmsi"))
            if quantity in columns.bad
        }
        columns = replace(columns, made={**columns.made, **told_apart})
        connection.execute(f"CREATE TABLE {name} AS SELECT {columns.select} FROM {reader}")
        (unread,) = connection.execute(
            f"SELECT count(*) FILTER (time_us = {_UNREAD}), count(*) FILTER (mmsi = {_UNREAD}) FROM {name}"
        ).fetchall()
        for quantity, count in zip(("time", "mmsi"), unread, strict=True):
            if count:
                column, rows = known.columns[quantity], f"{reader} WHERE {columns.bad[quantity]}"
                text, where = _first(connection, file, separator, column.at, rows)
                if quantity == "time":
                    raise no_time(text, column.name, where, form.title)
                raise no_number(text, column.name, where)
    except duckdb.Error as error:
        raise _mixed_ends(error, file) or of_database(error, file.where, header) from error
    return Table(columns.filled(name), frozenset(WORDS), frozenset(known.columns))


def _mixed_ends(error: duckdb.Error, file: CsvFile) -> DataError | None:
    """Return what is said of a file that is refused for line ends of two kinds; None where that is not why."""
    if "state machine" not in str(error):
        return None
    kinds = (b"\r\n", b"\n", b"\r")
    first, number = b"", 0
    with file.path.open("rb") as raw:
        for row in iter(lambda: raw.readline(_MOST_HEADER_CHARS), b""):
            number += 1
            end = next((kind for kind in kinds if row.endswith(kind)), b"")
            if first and end and end != first:
                return DataError(
                    "line ends are mixed: with and without a carriage return",
                    where=f"{file.where}, line {number}",
                    remedy="Convert them to one kind, for example with dos2unix, or export the table again.",
                )
            first = first or end
    return None


def _header(file: CsvFile) -> tuple[str, list[str]]:
    """Return what separates the cells, and the names of the columns."""
    try:
        with file.path.open(encoding="utf-8-sig", newline="") as text:
            line = text.readline(_MOST_HEADER_CHARS)
            separator = max(_SEPARATORS, key=re.sub('"[^"]*"', "", line).count)
            header = next(csv.reader([line], delimiter=separator), [])
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(
            f"the AIS table cannot be read: {error}", where=file.where, remedy="Copy the file again; save it as UTF-8."
        ) from error
    if line and not line.strip():
        raise DataError(
            "the first line of the AIS table is blank, and the names of the columns stand there",
            where=f"{file.where}, line 1",
            remedy="Take out the lines before the names of the columns.",
        )
    if not any(header):
        raise DataError("the AIS table is empty", where=file.where, remedy="Copy the file again.")
    return separator, header


def _reader(file: CsvFile, separator: str, header: list[str], own: Known, types: dict[str, str]) -> str:
    by_place = {column.at: types[quantity] for quantity, column in own.columns.items()}
    columns = ", ".join(f"'c{at}': '{by_place.get(at, 'VARCHAR')}'" for at in range(len(header)))
    decimal = ", decimal_separator = ','" if separator != "," and _decimal_commas(file, separator, own) else ""
    return (
        f"read_csv({quoted(one_file(file.path))}, columns = {{{columns}}}, header = true, auto_detect = false, "
        f"delim = {quoted(separator)}, quote = '\"', escape = '\"', compression = 'none'{decimal})"
    )


def _decimal_commas(file: CsvFile, separator: str, own: Known) -> bool:
    """Tell whether positions are written with decimal commas, which only a file without separating commas may do."""
    with file.path.open(encoding="utf-8-sig", errors="replace", newline="") as text:
        rows = csv.reader(itertools.islice(text, _LOOKED_AT), delimiter=separator)
        places = [own.columns[quantity].at for quantity in ("lat", "lon")]
        return any(re.fullmatch(r"\s*-?\d+,\d+\s*", row[at]) for row in rows for at in places if at < len(row))


def _form(connection: Any, file: CsvFile, known: Known, reader: str, separator: str) -> TimeForm:
    """Return how the file writes times, by the first that is not blank."""
    time = known.columns["time"]
    first = first_text(connection, f"c{time.at}", reader)
    if first is None:
        return no_form()
    form = text_form(first, day_first=known.layout.day_first, unit=time.unit)
    if form is None:
        rows = f"{reader} WHERE c{time.at} = {quoted(first)}"
        raise no_time(first, time.name, _first(connection, file, separator, time.at, rows)[1])
    return form


def _first(connection: Any, file: CsvFile, separator: str, at: int, bad_rows: str) -> tuple[str, str]:
    """Return the first value of a column that cannot be read, and its line."""
    query = f"SELECT DISTINCT c{at} FROM {bad_rows} LIMIT {_MOST_BAD}"
    bad = {row[0] for row in connection.execute(query).fetchall()}
    with file.path.open(encoding="utf-8-sig", errors="replace", newline="") as text:
        rows = csv.reader(text, delimiter=separator)
        begins = 1
        for row in rows:
            if begins > 1 and at < len(row) and row[at] in bad:
                return row[at], f"{file.where}, line {begins}"
            begins = rows.line_num + 1
    return min(bad, default=""), file.where
