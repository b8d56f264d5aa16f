"""Rows of one sheet of an XLSX workbook, one at a time; what a workbook can hide is refused with the cell's name."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from pipeline.errors import DataError
from pipeline.sources.tables.text_rows import Row

# What zipfile and openpyxl raise for workbooks that are cut, encrypted or no workbooks at all.
_BAD_WORKBOOK = (
    zipfile.BadZipFile, InvalidFileException, ParseError, zlib.error, KeyError, IndexError, TypeError, ValueError,
    AttributeError, NotImplementedError, RuntimeError, EOFError, OSError,
)  # fmt: skip
_REMEDY = "Open and save it again as XLSX, or as CSV."
_MOST_UNPACKED_BYTES = 1_000_000_000  # a full sheet of a million rows has less
_MOST_SHARED_TEXT_BYTES = 200_000_000  # this part is held in memory
_CHUNK_BYTES = 1 << 20


def workbook_rows(path: Path, *, sheet: str | None = None) -> Iterator[Row]:
    """Give the rows of a sheet that are not blank.

    Parameters
    ----------
    path : Path
        The workbook.
    sheet : str, optional
        Name of the sheet; else the first.

    Raises
    ------
    DataError
        If it cannot be read, has no such sheet, unpacks to more than a table needs, or a cell holds a formula without
        a saved value.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            formulas = _look_inside(archive, path)
        with closing(openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)) as book:
            found = _sheet(book, sheet, path)
            if not formulas:
                yield from _rows(found, path)
                return
            with closing(openpyxl.load_workbook(path, read_only=True, keep_links=False)) as unsolved:
                yield from _rows(found, path, formulas_of=_sheet(unsolved, sheet, path))
    except _BAD_WORKBOOK as error:
        raise DataError(f"the workbook cannot be read: {error}", where=str(path), remedy=_REMEDY) from error


def _look_inside(archive: zipfile.ZipFile, path: Path) -> bool:
    """Refuse a workbook that explodes or brings XML entities; return whether any sheet has formulas."""
    members = archive.infolist()
    shared = sum(item.file_size for item in members if item.filename.lower().endswith("sharedstrings.xml"))
    if sum(item.file_size for item in members) > _MOST_UNPACKED_BYTES or shared > _MOST_SHARED_TEXT_BYTES:
        raise DataError(
            f"the workbook unpacks to {sum(item.file_size for item in members) / 1e6:.0f} MB, too much for a table",
            where=str(path),
            remedy="Keep the sheet that is needed, or give it as CSV.",
        )
    formulas = False
    for item in members:
        if not item.filename.lower().endswith((".xml", ".rels")):
            continue
        with archive.open(item) as stream:
            if b"<!DOCTYPE" in stream.read(_CHUNK_BYTES).upper():
                raise DataError("the workbook holds an XML document type", where=f"{path}, {item.filename}",
                                remedy=_REMEDY)  # fmt: skip
            formulas |= "/worksheets/" in item.filename and _holds(archive, item, b"<f")
    return formulas


def _holds(archive: zipfile.ZipFile, item: zipfile.ZipInfo, tag: bytes) -> bool:
    with archive.open(item) as stream:
        before = b""
        while chunk := stream.read(_CHUNK_BYTES):
            text = before + chunk
            if any(tag + end in text for end in (b">", b" ", b"/")):
                return True
            before = text[-len(tag) :]
    return False


def _sheet(book: Any, name: str | None, path: Path) -> Any:
    if name is not None and name not in book.sheetnames:
        raise DataError(
            f"the workbook has no sheet '{name}'; it has {', '.join(repr(sheet) for sheet in book.sheetnames)}",
            where=str(path),
            remedy="Name one of them with variable in the source.",
        )
    found = book[name] if name is not None else book.worksheets[0]
    found.reset_dimensions()  # what the sheet claims of its own size may be a lie
    return found


def _rows(sheet: Any, path: Path, formulas_of: Any = None) -> Iterator[Row]:
    beside = formulas_of.iter_rows() if formulas_of is not None else None
    for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
        if beside is not None:
            _refuse_unsolved(cells, next(beside), path, sheet.title, number)
        texts = [_text(value) for value in cells]
        if any(texts):
            yield number, texts


def _refuse_unsolved(values: Any, cells: Any, path: Path, title: str, number: int) -> None:
    for at, (value, cell) in enumerate(zip(values, cells, strict=False), start=1):
        if value is None and cell.data_type == "f":
            raise DataError(
                f"cell {get_column_letter(at)}{number} holds a formula without a saved value",
                where=f"{path}, sheet '{title}', row {number}",
                remedy="Open the workbook in a spreadsheet program and save it, or paste values.",
            )


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return repr(value) if isinstance(value, float) else str(value).strip()
