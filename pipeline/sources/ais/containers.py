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
PARQUET_SUFFIXES = (".parquet", ".geoparquet", ".pq")
SUFFIXES = (*CSV_SUFFIXES, *(f"{end}{packed}" for end in CSV_SUFFIXES for packed in (".gz", ".zst")), ".zip",
            *PARQUET_SUFFIXES)  # fmt: skip
"""Endings of files that AIS tables are read from."""
_AT_ONCE = 1 << 20


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
        If it is damaged, cut short, encrypted, holds no CSV, or unpacks to more than it may.
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
        tables = [
            item for item in archive.infolist()
            if item.filename.casefold().endswith(CSV_SUFFIXES) and not item.filename.startswith("__MACOSX/")
        ]  # fmt: skip
        if not tables:
            raise DataError(
                "the archive holds no CSV file", where=str(path), remedy="Pack the table itself, as .csv in the .zip."
            )
        unpacked = 0
        for item in sorted(tables, key=lambda item: item.filename):
            with _faults_of(path), archive.open(item) as stream:
                unpacked = _copy(stream, target, path, bounds, packed_bytes=path.stat().st_size, already=unpacked)
            yield CsvFile(target, f"{path}, member {item.filename}")
            target.unlink()


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
