"""AIS in Parquet: columns by the names and types of the schema; nothing is copied, the file itself is scanned."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import DataError
from pipeline.sources.ais.layouts.registry import Known, recognise
from pipeline.sources.ais.messages import no_number, no_time, of_database
from pipeline.sources.ais.table import WORDS, Table, columns_of, identifier, one_file, quoted
from pipeline.sources.ais.times import FIRST_US, SHORTEST, TimeForm, no_form, number_form, text_form, typed_form
from pipeline.workspace import SourceFiles

_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT",
            "FLOAT", "DOUBLE", "DECIMAL")  # fmt: skip


@dataclass(frozen=True)
class Rows:
    """A Parquet file of which some row groups are read; places of rows are those in the file.

    Attributes
    ----------
    path : Path
        The file.
    starts : sequence of int
        The place of the first row of each row group, and the number of rows.
    """

    path: Path
    starts: Sequence[int]

    def of(self, first_group: int, end_group: int) -> str:
        """Return the SQL of the rows of some row groups; the database reads no others."""
        options = "binary_as_string = true, file_row_number = true, hive_partitioning = false"
        scan = f"read_parquet({quoted(one_file(self.path))}, {options})"
        first, end = (self.starts[min(group, len(self.starts) - 1)] for group in (first_group, end_group))
        if (first, end) == (0, self.starts[-1]):
            return scan
        return f"(SELECT * FROM {scan} WHERE file_row_number >= {first} AND file_row_number < {end})"

    def from_the_first(self) -> Iterator[str]:
        """Give the SQL of the first row group, then of twice as many after it, and so on to the last."""
        first, size = 0, 1
        while first < max(1, len(self.starts) - 1):
            yield self.of(first, first + size)
            first, size = first + size, 2 * size


def row_groups(path: Path) -> tuple[list[str], list[int]]:
    """Return the names of the columns as the file has them, and the rows of each row group.

    Raises
    ------
    DataError
        If it is damaged, or no Parquet.
    """
    try:
        with pq.ParquetFile(path) as file:
            names, head = list(file.schema_arrow.names), file.metadata
            return names, [head.row_group(number).num_rows for number in range(head.num_row_groups)]
    except (pa.ArrowException, OSError) as error:
        raise DataError(
            f"the Parquet file cannot be read: {str(error).splitlines()[0].rstrip(' .')}",
            where=str(path),
            remedy="It is damaged or cut short, or no Parquet: copy or download it again.",
        ) from error


def load_parquet(connection: Any, path: Path, source: SourceFiles, groups: tuple[int, int] | None) -> Table:
    """Lay a view over row groups of a Parquet file.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        To any database.
    path : Path
        The file.
    source : SourceFiles
        Its source: layout and renamed columns.
    groups : tuple of int, optional
        The first row group, and the one after the last; all without it. How times are written is asked of the file.

    Raises
    ------
    DataError
        If it is damaged, of no known layout, or a column is of a type that holds no such value; names the column.
    """
    names, sizes = row_groups(path)
    # The database numbers names that stand twice.
    if "file_row_number" in (name.casefold() for name in names):
        raise DataError(
            "the Parquet file has a column file_row_number, which is the reader's own name for the place of a row",
            where=str(path),
            remedy="Rename or drop that column.",
        )
    rows = Rows(path, (0, *itertools.accumulate(sizes)))
    scan = rows.of(*(groups or (0, len(sizes))))
    try:
        schema = connection.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()
        types_of = {name: kind for name, kind, *_ in schema if name != "file_row_number"}
        known = recognise(names, source.section.columns, source.section.layout, str(path))
        types = {quantity: types_of[column.name] for quantity, column in known.columns.items()}
        _refuse_types(known, types, path)
        form = _form(connection, rows, known, types["time"])
        columns = columns_of(known, form, types)
        _refuse_bad(connection, scan, known, columns.bad, path)
    except duckdb.Error as error:
        raise of_database(error, str(path)) from error
    words = frozenset(name for name in WORDS if types.get(name, "VARCHAR") == "VARCHAR")
    return Table(f"({columns.filled(f'(SELECT {columns.select} FROM {scan})')})", words, frozenset(known.columns))


def _refuse_bad(connection: Any, scan: str, known: Known, bad: dict[str, str], path: Path) -> None:
    """Refuse the first value that cannot be read, column by column."""
    for quantity, test in bad.items():
        name = known.columns[quantity].name
        ((first,),) = connection.execute(f"SELECT min(file_row_number) FROM {scan} WHERE {test}").fetchall()
        if first is None:
            continue
        ((value,),) = connection.execute(
            f"SELECT {identifier(name)} FROM {scan} WHERE file_row_number = {first}"
        ).fetchall()
        where = f"{path}, row {first + 1}"
        if quantity == "time":
            raise no_time(str(value), name, where, "of another form")
        if quantity == "mmsi":
            raise no_number(str(value), name, where)
        raise DataError(
            f"the {name} {value!r} is not a number",
            where=where,
            remedy="Write it with a decimal point, or leave the cell empty.",
        )


def _refuse_types(known: Known, types: dict[str, str], path: Path) -> None:
    for quantity, kind in types.items():
        good = kind == "VARCHAR" or kind.startswith("DECIMAL") or kind in _NUMBERS
        if quantity == "time":
            good = good or kind.startswith("TIMESTAMP")
        if quantity == "mmsi" and kind == "FLOAT":
            raise DataError(
                f"the column {known.columns[quantity].name!r} is of the type FLOAT, which rounds numbers of ships",
                where=str(path),
                remedy="Write it as a whole number (INT32 or INT64) from where it was not yet rounded.",
            )
        if not good:
            raise DataError(
                f"the column {known.columns[quantity].name!r} is of the type {kind}, which holds no {quantity}",
                where=str(path),
                remedy="Write it as a timestamp, a number or text." if quantity == "time" else "Write numbers or text.",
            )


def _form(connection: Any, rows: Rows, known: Known, kind: str) -> TimeForm:
    """Return how the file writes times: by their type, or by the first row group that tells it."""
    if kind.startswith("TIMESTAMP"):
        return typed_form()
    time = known.columns["time"]
    value = identifier(time.name)
    # A stray zero or small number decides nothing where there are others.
    if kind == "VARCHAR":
        asked = [
            f"arg_min({value}, file_row_number) FILTER (length(trim({value})) >= {shortest})" for shortest in SHORTEST
        ]
    else:
        large, any_but_none = f"abs({value}) >= {FIRST_US // 1_000_000}", f"{value} <> 0"
        asked = [f"min(abs({value})) FILTER ({which})" for which in (large, any_but_none)]
    for one in asked:
        for scan in rows.from_the_first():
            ((first,),) = connection.execute(f"SELECT {one} FROM {scan}").fetchall()
            if first is None:
                continue
            if kind == "VARCHAR":
                form = text_form(first, day_first=known.layout.day_first, unit=time.unit)
            else:
                form = number_form(float(first), unit=time.unit)
            if form is None:
                raise no_time(str(first), time.name, str(rows.path))
            return form
    return no_form()
