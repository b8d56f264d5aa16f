"""Tables of sources, from text or workbooks: all cells as text under the layout's names, and numbers out of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.config.corridor import SourceSection
from pipeline.errors import DataError
from pipeline.sources.remarks import Remark
from pipeline.sources.tables.header import HELPFUL, LAYOUT, NEEDED, PLACE, file_names, layout_names, refuse_no_header
from pipeline.sources.tables.numbers import decimal_commas, numbers
from pipeline.sources.tables.text_rows import ANY, Row, delimiter_of, text_rows
from pipeline.sources.tables.workbook_rows import workbook_rows
from pipeline.sources.unpacking import Bounds

__all__ = [
    "HELPFUL", "LAYOUT", "NEEDED", "PLACE", "TABLE_SUFFIXES", "decimal_commas", "file_names", "look_over", "numbers",
    "read_header", "read_table", "table_parts", "table_rows",
]  # fmt: skip

TABLE_SUFFIXES = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz", ".xlsx", ".xlsm")
"""Endings of files that ``read_table`` reads."""

_MOST_RECORDS = 5_000_000  # of a table that is held whole; longer ones are read in parts
_MOST_HELD_BYTES = 4_000_000_000  # as pandas counts them
_PART_BYTES = 64_000_000  # of a part: few rows fill it where cells are long
_CELL_BYTES = 8  # of a row for each cell, however short
_WORKBOOKS = (".xlsx", ".xlsm")
# What spreadsheets write where a formula failed; it survives the export to CSV.
_SHEET_ERRORS = ("#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!")


def table_rows(path: Path, *, sheet: str | None = None, comment: str = "", bounds: Bounds = ANY) -> Iterator[Row]:
    """Give the rows of a table that are not blank, by the driver of its ending; see ``text_rows``.

    Raises
    ------
    DataError
        If the ending is no table's, or at the place that cannot be read.
    """
    name = path.name.lower()
    if not name.endswith(TABLE_SUFFIXES):
        raise DataError(
            f"a table cannot be read from '{path.suffix or 'a file without an ending'}'",
            where=str(path),
            remedy="Give it as CSV (may be gzipped) or XLSX.",
        )
    if name.endswith(_WORKBOOKS):
        return workbook_rows(path, sheet=sheet)
    return text_rows(path, comment=comment, bounds=bounds)


def read_table(
    path: Path,
    columns: Mapping[str, str] | None = None,
    *,
    needed: Sequence[str | tuple[str, ...]] = (),
    only: Collection[str] | None = None,
    sheet: str | None = None,
    may_be_empty: bool = False,
    bounds: Bounds = ANY,
) -> pd.DataFrame:
    """Read a table whole.

    Parameters
    ----------
    path : Path
        CSV or TSV (comma, semicolon or tab; may be gzipped), or XLSX.
    columns : mapping of str, optional
        ``columns`` of the source: renames, see ``file_names``.
    needed : sequence, optional
        Columns that must be there, under the layout's names; a tuple holds alternatives.
    only : collection of str, optional
        Columns to keep; else all.
    sheet : str, optional
        Sheet of a workbook; else the first.
    may_be_empty : bool, optional
        Whether a header without rows is an answer, such as that of a search without hits.
    bounds : Bounds, optional
        How much a gzipped table may unpack to.

    Returns
    -------
    DataFrame
        All cells as stripped text (object, ``""`` where blank) under the layout's names, and ``line`` (int64): the line
        of the text or the row of the sheet where the record begins. A column that the file itself calls ``line``
        gives way. ``attrs["decimal_comma"]``: whether a comma in a number can only be its decimal sign.

    Raises
    ------
    DataError
        Naming file and place, if it cannot be read, is empty, too large, or has no usable header.
    """
    parts: list[pd.DataFrame] = []
    records, held_bytes = 0, 0
    for part in table_parts(
        path, columns, needed=needed, only=only, sheet=sheet, may_be_empty=may_be_empty, bounds=bounds
    ):
        parts.append(part)
        records, held_bytes = records + len(part), held_bytes + int(part.memory_usage(deep=True).sum())
        if records > _MOST_RECORDS or held_bytes > _MOST_HELD_BYTES:
            raise DataError(
                f"the table has more than {_MOST_RECORDS:,} rows, or takes more than {_MOST_HELD_BYTES / 1e9:g} GB",
                where=str(path),
                remedy="Keep those near the corridor.",
            )
    table = pd.concat(parts, ignore_index=True)
    table.attrs.update(parts[0].attrs)
    return table


def table_parts(
    path: Path,
    columns: Mapping[str, str] | None = None,
    *,
    needed: Sequence[str | tuple[str, ...]] = (),
    only: Collection[str] | None = None,
    sheet: str | None = None,
    may_be_empty: bool = False,
    bounds: Bounds = ANY,
    records: int = 100_000,
) -> Iterator[pd.DataFrame]:
    """Give a table of any length in parts of some records, fewer where they are long; each as of ``read_table``."""
    rows = table_rows(path, sheet=sheet, bounds=bounds)
    line, header = next(rows, (1, []))
    names = layout_names(header, columns, needed, f"{path}, line {line}")
    kept = {name: at for name, at in names.items() if name != PLACE and (only is None or name in only)}
    ragged = path.suffix.lower() in _WORKBOOKS  # a sheet does not store the blank cells at the end of a row
    attrs = {"decimal_comma": not ragged and delimiter_of(path, bounds=bounds) != ","}
    first = True
    while (part := _next_part(rows, records)) or first:
        if not part and not may_be_empty:
            raise DataError("the table has no rows below its header", where=str(path), remedy="Export it again.")
        _to_width(part, len(header), path, ragged=ragged)
        places, cells = ([place for place, _ in part], list(zip(*(cells for _, cells in part), strict=True)))
        table = pd.DataFrame({name: cells[at] if part else () for name, at in kept.items()}, dtype=object)
        _refuse_sheet_errors(table, places, path)
        table[PLACE] = np.array(places, dtype=np.int64)
        table.attrs.update(attrs)
        yield table
        first = False
        del part, cells, table  # before the next one is read


def look_over(path: Path, section: SourceSection) -> tuple[Remark, ...]:
    """Read a table of any length, and return what is to be said of how it is read.

    Raises
    ------
    DataError
        Naming file and place, if it cannot be read.
    """
    found: dict[str, None] = {}
    for part in table_parts(
        path, section.columns, sheet=section.variable, may_be_empty=True, bounds=Bounds.of(section)
    ):
        found |= dict.fromkeys(decimal_commas(part))
    if not found:
        return ()
    message = f"numbers of {', '.join(found)} are read with decimal commas"
    return (Remark("note", "line 1", message, "Export with decimal points to be sure."),)


def read_header(path: Path, *, sheet: str | None = None, bounds: Bounds = ANY) -> list[str]:
    """Return the column names in the first row of a table.

    Raises
    ------
    DataError
        If there is no readable header.
    """
    line, header = next(table_rows(path, sheet=sheet, bounds=bounds), (1, []))
    refuse_no_header(header, f"{path}, line {line}")
    return header


def _next_part(rows: Iterator[Row], records: int) -> list[Row]:
    """Take rows for a part: so many, or those that fill it."""
    part: list[Row] = []
    taken_bytes = 0
    while len(part) < records and taken_bytes < _PART_BYTES and (row := next(rows, None)):
        part.append(row)
        taken_bytes += _CELL_BYTES * len(row[1]) + sum(map(len, row[1]))
    return part


def _to_width(part: list[Row], width: int, path: Path, *, ragged: bool) -> None:
    """Give every row as many cells as the header, where only blank ones are missing or too many."""
    for place, cells in part:
        if len(cells) == width:
            continue
        if any(cells[width:]) or (len(cells) < width and not ragged):
            raise DataError(
                f"a row has {len(cells)} cells, and the header names {width} columns",
                where=f"{path}, line {place}",
                remedy="Mend that row, or copy the file again: it may be cut.",
            )
        cells[width:] = [""] * (width - len(cells))


def _refuse_sheet_errors(table: pd.DataFrame, places: list[int], path: Path) -> None:
    for column in table:
        failed = table[column].isin(_SHEET_ERRORS)
        if failed.any():
            at = int(failed.to_numpy().argmax())
            raise DataError(
                f"the {column} is a spreadsheet's error, {table[column].iloc[at]}",
                where=f"{path}, line {places[at]}",
                remedy="Mend the formula, and save or export again.",
            )
