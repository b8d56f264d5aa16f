"""AIS in Parquet: columns by the names and types of the schema; nothing is copied, the file itself is scanned."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import DataError
from pipeline.sources.ais.layouts.registry import Known, recognise
from pipeline.sources.ais.messages import no_number, no_time, of_database
from pipeline.sources.ais.table import WORDS, Table, columns_of, identifier, one_file, quoted
from pipeline.sources.ais.times import FIRST_US, TimeForm, first_text, no_form, number_form, text_form, typed_form
from pipeline.workspace import SourceFiles

_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT",
            "FLOAT", "DOUBLE", "DECIMAL")  # fmt: skip


def load_parquet(connection: Any, path: Path, source: SourceFiles) -> Table:
    """Lay a view over a Parquet file.

    Raises
    ------
    DataError
        If it is damaged, of no known layout, or a column is of a type that holds no such value; names the column.
    """
    options = "binary_as_string = true, file_row_number = true, hive_partitioning = false"
    scan = f"read_parquet({quoted(one_file(path))}, {options})"
    names = _names(path)
    try:
        schema = connection.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()
        types_of = {name: kind for name, kind, *_ in schema if name != "file_row_number"}
        known = recognise(names, source.section.columns, source.section.layout, str(path))
        types = {quantity: types_of[column.name] for quantity, column in known.columns.items()}
        _refuse_types(known, types, path)
        form = _form(connection, scan, known, types["time"], path)
        columns = columns_of(known, form, types)
        _refuse_bad(connection, scan, known, columns.bad, path)
    except duckdb.Error as error:
        raise of_database(error, str(path)) from error
    words = frozenset(name for name in WORDS if types.get(name, "VARCHAR") == "VARCHAR")
    return Table(f"({columns.filled(f'(SELECT {columns.select} FROM {scan})')})", words, frozenset(known.columns))


def _names(path: Path) -> list[str]:
    """Return the names of the columns as the file has them: the database numbers those that stand twice."""
    try:
        names = list(pq.read_schema(path).names)
    except (pa.ArrowException, OSError) as error:
        raise DataError(
            f"the Parquet file cannot be read: {str(error).splitlines()[0].rstrip(' .')}",
            where=str(path),
            remedy="It is damaged or cut short, or no Parquet: copy or download it again.",
        ) from error
    if "file_row_number" in (name.casefold() for name in names):
        raise DataError(
            "the Parquet file has a column file_row_number, which is the reader's own name for the place of a row",
            where=str(path),
            remedy="Rename or drop that column.",
        )
    return names


def _refuse_bad(connection: Any, scan: str, known: Known, bad: dict[str, str], path: Path) -> None:
    """Refuse the first value that cannot be read, column by column."""
    for quantity, test in bad.items():
        name = known.columns[quantity].name
        first = connection.execute(f"SELECT min(file_row_number) FROM {scan} WHERE {test}").fetchone()[0]
        if first is None:
            continue
        (value,) = connection.execute(
            f"SELECT {identifier(name)} FROM {scan} WHERE file_row_number = {first}"
        ).fetchone()
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


def _form(connection: Any, scan: str, known: Known, kind: str, path: Path) -> TimeForm:
    """Return how the file writes times: by their type, or by the first."""
    if kind.startswith("TIMESTAMP"):
        return typed_form()
    time = known.columns["time"]
    value = identifier(time.name)
    first: str | float | None
    if kind == "VARCHAR":
        first = first_text(connection, value, scan)
        form = no_form() if first is None else text_form(first, day_first=known.layout.day_first, unit=time.unit)
    else:
        # A stray small number decides nothing where there are others.
        least = connection.execute(
            f"SELECT coalesce(min(abs({value})) FILTER (abs({value}) >= {FIRST_US // 1_000_000}), "
            f"min(abs({value})) FILTER ({value} <> 0)) FROM {scan}"
        ).fetchone()[0]
        first = None if least is None else float(least)
        form = no_form() if first is None else number_form(first, unit=time.unit)
    if form is None:
        raise no_time(str(first), time.name, str(path))
    return form
