"""Rows of a delimited text file, plain or gzipped, one at a time: any length in constant memory."""

from __future__ import annotations

import csv
import io
import re
import zlib
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import BinaryIO

from pipeline.errors import DataError
from pipeline.sources.unpacking import Bounds, gunzipped

Row = tuple[int, list[str]]
"""Where a record stands (line or row, from 1), and its cells as stripped text."""

DELIMITERS = ",;\t"
ANY = Bounds()
"""What a table may unpack to that no source bounds, such as a route position list."""
_GZIP = b"\x1f\x8b"
_MOST_LINE_CHARS = 1_000_000  # a longer line is no record; it must not fill the memory before anyone notices
_MOST_RECORD_CHARS = 2_000_000  # nor must a record whose quoted cells run over many lines
_NOT_TEXT = re.compile("[\x00\udc80-\udcff]")  # NUL, and bytes that no UTF-8 decoder takes (surrogateescape)


def delimiter_of(path: Path, *, comment: str = "", bounds: Bounds = ANY) -> str:
    """Return what separates the cells: of comma, semicolon and tab the most frequent in the first written line.

    Raises
    ------
    DataError
        If the file cannot be read, or is not text.
    """
    with closing(_lines(path, bounds)) as lines:
        first = next((line for line in lines if line.strip() and not (comment and line.startswith(comment))), "")
    unquoted = re.sub(r'"[^"]*"', "", first)
    return max(DELIMITERS, key=unquoted.count)


def text_rows(path: Path, *, comment: str = "", bounds: Bounds = ANY) -> Iterator[Row]:
    """Give the rows of a CSV or TSV file that are not blank.

    Parameters
    ----------
    path : Path
        UTF-8 text with or without a byte order mark, lines ended in any way, quotes as in RFC 4180; may be gzipped.
    comment : str, optional
        Rows that begin with it are left out.
    bounds : Bounds, optional
        How much a gzipped table may unpack to.

    Raises
    ------
    DataError
        At the line that cannot be read, or once it has unpacked to more than it may.
    """
    delimiter = delimiter_of(path, comment=comment, bounds=bounds)
    with closing(_lines(path, bounds)) as lines:
        record = _Record(lines, path)
        reader = csv.reader(record, delimiter=delimiter, strict=True)
        begins = 1
        try:
            for row in reader:
                cells = [cell.strip() for cell in row]
                if any(cells) and not (comment and cells[0].startswith(comment)):
                    yield begins, cells
                begins = record.begins = reader.line_num + 1
                record.chars = 0
        except csv.Error as error:
            raise DataError(
                f"the table is damaged: {error}",
                where=f"{path}, line {begins}",
                remedy="Mend that line; a quotation mark that is never closed swallows all that follows it.",
            ) from error


class _Record:
    """The lines of one record at a time, which quoted cells may make many."""

    def __init__(self, lines: Iterator[str], path: Path) -> None:
        self._lines, self._path, self.begins, self.chars = lines, path, 1, 0

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.chars += len(line)
            if self.chars > _MOST_RECORD_CHARS:
                raise DataError(
                    f"a row is longer than {_MOST_RECORD_CHARS} characters",
                    where=f"{self._path}, line {self.begins}",
                    remedy="Mend that line; a quotation mark that is never closed swallows all that follows it.",
                )
            yield line


def _lines(path: Path, bounds: Bounds) -> Generator[str, None, None]:
    number = 0
    try:
        with _opened(path, bounds) as raw, io.TextIOWrapper(raw, "utf-8-sig", "surrogateescape", newline="") as stream:
            while line := stream.readline(_MOST_LINE_CHARS):
                number += 1
                if len(line) == _MOST_LINE_CHARS or not line.isascii() or "\x00" in line:
                    _refuse_no_text(line, f"{path}, line {number}")
                yield line
    except EOFError as error:
        raise DataError(
            "the compressed table is cut short", where=f"{path}, after line {number}", remedy="Copy it again."
        ) from error
    except (OSError, zlib.error) as error:
        cause = getattr(error, "strerror", None) or error
        raise DataError(
            f"the table cannot be read: {cause}",
            where=f"{path}, after line {number}" if number else str(path),
            remedy="Copy it again, and make it readable for this user.",
        ) from error


@contextmanager
def _opened(path: Path, bounds: Bounds) -> Iterator[BinaryIO]:
    with path.open("rb") as raw:
        packed = raw.read(2) == _GZIP
        raw.seek(0)
        if not packed:
            yield raw
            return
        with gunzipped(raw, path, bounds) as stream:
            yield stream


def _refuse_no_text(line: str, where: str) -> None:
    if len(line) == _MOST_LINE_CHARS:
        raise DataError(
            f"a line is longer than {_MOST_LINE_CHARS} characters", where=where, remedy="Export the table again."
        )
    strange = _NOT_TEXT.search(line)
    if strange:
        kind = "holds a zero byte" if strange[0] == "\x00" else "is not UTF-8 text"
        raise DataError(
            f"the table {kind} (character {strange.start() + 1} of the line)",
            where=where,
            remedy="Save it as 'CSV UTF-8'.",
        )
