"""Packed AIS tables, unpacked into a scratch folder within bounds: gzip, Zstandard, and zip with any CSV in it."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from pipeline.errors import DataError
from pipeline.sources.ais.csv_table import CsvFile
from pipeline.sources.unpacking import Bounds

CSV_SUFFIXES = (".csv", ".tsv")
PACKED_SUFFIXES = (".gz", ".zst", ".zip")
PARQUET_SUFFIXES = (".parquet", ".geoparquet", ".pq")
SUFFIXES = (*CSV_SUFFIXES, *(f"{end}{packed}" for end in CSV_SUFFIXES for packed in (".gz", ".zst")), ".zip",
            *PARQUET_SUFFIXES)  # fmt: skip
"""Endings of files that AIS tables are read from."""
_AT_ONCE = 1 << 20
_PAPERS = (".md", ".pdf", ".htm", ".html", ".xml", ".doc", ".docx", ".rtf", ".url", ".png", ".jpg", ".ds_store")
_PAPER_NAMES = ("readme", "licence", "license", "copying", "notice", "about", "metadata", "changelog", "terms")


def csv_files(path: Path, bounds: Bounds, scratch: Path) -> Iterator[CsvFile]:
    """Give the CSV files that a file is or holds, unpacked one at a time and taken away after use.

    Parameters
    ----------
    path : Path
        Plain CSV, or packed by its ending.
    bounds : Bounds
        How much it may unpack to.
    scratch : Path
        A folder for what is unpacked.

    Raises
    ------
    DataError
        If it is damaged, cut short, encrypted, holds no CSV or other things than CSV, or unpacks to more than it may.
    """
    name = path.name.casefold()
    if name.endswith(CSV_SUFFIXES):
        yield CsvFile(path, str(path))
        return
    target = scratch / "unpacked.csv"
    if name.endswith(".zip"):
        yield from _members(path, bounds, target)
        return
    with _faults_of(path), path.open("rb") as raw:
        stream = gzip.GzipFile(fileobj=raw) if name.endswith(".gz") else pa.CompressedInputStream(raw, "zstd")
        _copy(stream, target, path, bounds, packed_bytes=path.stat().st_size, already=0)
    yield CsvFile(target, str(path))
    target.unlink()


def _members(path: Path, bounds: Bounds, target: Path) -> Iterator[CsvFile]:
    with _faults_of(path):
        archive = zipfile.ZipFile(path)
    with archive:
        members = [item for item in archive.infolist() if not item.is_dir() and not _is_beside(item.filename)]
        tables = [item for item in members if item.filename.casefold().endswith(CSV_SUFFIXES)]
        if not tables:
            raise DataError(
                "the archive holds no CSV file", where=str(path), remedy="Pack the table itself, as .csv in the .zip."
            )
        if others := sorted(item.filename for item in members if item not in tables):
            more = f" and {len(others) - 3} more" if len(others) > 3 else ""
            raise DataError(
                f"the archive holds what is no plain CSV and would be left out: {', '.join(others[:3])}{more}",
                where=str(path),
                remedy="Unpack the archive and give the files themselves; or pack it again with the CSV files alone.",
            )
        unpacked = 0
        for item in sorted(tables, key=lambda item: item.filename):
            with _faults_of(path), archive.open(item) as stream:
                unpacked = _copy(stream, target, path, bounds, packed_bytes=path.stat().st_size, already=unpacked)
            yield CsvFile(target, f"{path}, member {item.filename}")
            target.unlink()


def _is_beside(name: str) -> bool:
    """Tell whether a member of an archive is no data: papers, and what a Macintosh puts beside each file."""
    parts = name.casefold().split("/")
    is_paper = parts[-1].endswith(_PAPERS) or (
        parts[-1].startswith(_PAPER_NAMES) and not parts[-1].endswith(CSV_SUFFIXES)
    )
    return is_paper or parts[0] == "__macosx" or parts[-1].startswith("._")


def _copy(stream: IO[bytes] | Any, target: Path, path: Path, bounds: Bounds, *, packed_bytes: int, already: int) -> int:
    """Copy a stream into a file, and return how much the archive has unpacked to so far."""
    total = already
    with target.open("wb") as file:
        while block := stream.read(_AT_ONCE):
            total += len(block)
            bounds.judge(total, packed_bytes, path)
            file.write(block)
    return total


@contextmanager
def _faults_of(path: Path) -> Iterator[None]:
    """Say what unpackers raise of a file that is damaged."""
    try:
        yield
    except EOFError as error:
        raise DataError("the compressed table is cut short", where=str(path), remedy="Copy it again.") from error
    except RuntimeError as error:  # encrypted
        raise DataError(
            f"the archive cannot be read: {error}", where=str(path), remedy="Unpack it with its password."
        ) from error
    except (zipfile.BadZipFile, zlib.error, gzip.BadGzipFile, pa.ArrowException, OSError, NotImplementedError) as error:
        raise DataError(
            f"the compressed table cannot be read: {error}", where=str(path), remedy="Copy or download it again."
        ) from error
