"""Shapefile: several files that must fit together, and text whose encoding is often unsaid or wrong."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import DataError
from pipeline.sources.remarks import Remark
from pipeline.sources.vectors.driver import VectorFile
from pipeline.sources.vectors.gdal_file import GdalFile

NAME_CHARS = 10
"""A .dbf cuts longer names of columns to so many."""

_HEADER_BYTES = 32
_LANGUAGE_BYTE = 29
_CHUNK_BYTES = 1 << 20
# As .cpg files write them: UTF-8, 1252, CP1251, ANSI 1251, ISO 8859-1, 88591, LDID/87.
_ENCODING = re.compile(
    r"utf[-_ ]?8|((cp|windows-|ansi|oem)[- ]?)?\d{3,5}|(iso[-_ ]?)?8859[-_ ]?\d{1,2}|ldid/\d+", re.IGNORECASE
)
_ZERO_BEFORE_TEXT = re.compile(rb"\x00[^\x00 \x1a]")


@contextmanager
def opened(path: Path) -> Iterator[VectorFile]:
    """Open a shapefile.

    Raises
    ------
    DataError
        If a part is missing or cut short, or its text is not in the encoding that its .cpg names.
    """
    for suffix in (".shx", ".dbf"):
        if _beside(path, suffix) is None:
            raise DataError(
                f"the shapefile has no {suffix} beside it",
                where=str(path),
                remedy="Copy all its files: .shp, .shx, .dbf, .prj and .cpg.",
            )
    projection = _beside(path, ".prj")
    if projection is not None and not projection.read_bytes().isascii():
        raise DataError(
            "the description of the CRS is damaged",
            where=str(projection),
            remedy="Copy it again, or state crs instead.",
        )
    _refuse_cut(path, int.from_bytes(_head(path, 28)[24:28], "big") * 2)
    remarks: list[Remark] = []
    encoding = _encoding(path, remarks)
    yield GdalFile(path, "ESRI Shapefile", path, encoding=encoding, remarks=remarks)


def _encoding(path: Path, remarks: list[Remark]) -> str | None:
    """Return the encoding of the attributes where GDAL would not find or check it itself."""
    table, page = _beside(path, ".dbf"), _beside(path, ".cpg")
    assert table is not None
    head = _head(table, _HEADER_BYTES)
    records, start, width = (int.from_bytes(head[a:b], "little") for a, b in ((4, 8), (8, 10), (10, 12)))
    _refuse_cut(table, start + records * width)
    utf8, ascii_only, cut = _text_facts(table, start)
    if cut:
        remarks.append(Remark("warning", table.name, "text after a zero byte is lost", "Export the table again."))
    if ascii_only:
        return None
    stated = page.read_text("ascii", "replace").strip() if page else ""
    if _ENCODING.fullmatch(stated):
        if _is_utf8(stated) and not utf8:
            raise DataError(
                f"the attributes are not in {stated}, the encoding that {page.name if page else ''} names",
                where=str(table),
                remedy="Write the true encoding into it, such as 1252, or export the file again as UTF-8.",
            )
        return None
    if head[_LANGUAGE_BYTE] and not stated:
        return None
    taken = "UTF-8" if utf8 else "CP1252"
    what = f"the .cpg names an encoding that there is not ({stated[:20]!r})" if stated else "nothing names the encoding"
    remarks.append(
        Remark("note", table.name, f"{what}; the attributes are read as {taken}",
               f"Put a .cpg beside it that says {'UTF-8' if utf8 else 'which it is'}.")
    )  # fmt: skip
    return taken


def _text_facts(table: Path, start: int) -> tuple[bool, bool, bool]:
    """Return whether the records are valid UTF-8, plain ASCII, and hold text behind a zero byte."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    utf8, ascii_only, cut, last = True, True, False, b""
    with table.open("rb") as stream:
        stream.seek(start)
        while chunk := stream.read(_CHUNK_BYTES):
            ascii_only &= chunk.isascii()
            cut |= _ZERO_BEFORE_TEXT.search(last + chunk) is not None
            last = chunk[-1:]
            if utf8:
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    utf8 = False
    return utf8, ascii_only, cut


def _is_utf8(name: str) -> bool:
    return name.lower().replace("-", "").replace("_", "") in ("utf8", "65001")


def _refuse_cut(path: Path, least_bytes: int) -> None:
    size = path.stat().st_size
    if size < least_bytes:
        raise DataError(
            f"the file is cut short: it has {size} of {least_bytes} bytes", where=str(path), remedy="Copy it again."
        )


def _head(path: Path, size: int) -> bytes:
    with path.open("rb") as stream:
        return stream.read(size).ljust(size, b"\0")


def _beside(path: Path, suffix: str) -> Path | None:
    """Return the file of the same name with another ending, in small or capital letters."""
    choices = (path.with_suffix(suffix), path.with_suffix(suffix.upper()))
    return next((choice for choice in choices if choice.is_file()), None)
