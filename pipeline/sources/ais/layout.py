"""The MarineCadastre table layout: which columns a file has, under which names, and of which type."""

from __future__ import annotations

import csv
import gzip
import zlib
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import DataError
from pipeline.workspace import SourceFiles

TYPES = {
    "MMSI": "BIGINT", "BaseDateTime": "TIMESTAMPTZ", "LAT": "DOUBLE", "LON": "DOUBLE", "SOG": "DOUBLE",
    "VesselType": "DOUBLE", "Length": "DOUBLE", "Width": "DOUBLE", "Draft": "DOUBLE", "VesselName": "VARCHAR",
}  # fmt: skip
OPTIONAL = frozenset({"VesselName"})
# The layout of 2025 writes base_date_time, latitude ...; case and underscores never count.
_MOST_HEADER_CHARS = 1_000_000  # a longer line is no header; it must not fill the memory before anyone notices
_ALIASES = {"latitude": "lat", "longitude": "lon", "draught": "draft"}


@dataclass(frozen=True)
class Header:
    """Column names of one file.

    Attributes
    ----------
    names : tuple[str, ...]
        As the file writes them, in its order.
    known : tuple[str | None, ...]
        The layout's name of each, None where it has none.
    """

    names: tuple[str, ...]
    known: tuple[str | None, ...]


def read_header(path: Path, source: SourceFiles) -> Header:
    """Read the first line of a CSV file and match it to the layout.

    ``columns`` of the source renames first: ``{ "their name" = "LAT" }``, or the other way round; the side of a pair
    that stands in the file is the name in the file.

    Raises
    ------
    DataError
        If the file is empty, not text, not ``.csv`` or ``.csv.gz``, or lacks a column.
    """
    names = _first_row(path)
    pairs = (source.section.columns or {}).items()
    renamed = {one: other for one, other in pairs if one in names}
    renamed |= {other: one for one, other in pairs if one not in names and other in names}
    strangers = sorted(one for one, other in pairs if one not in names and other not in names)
    if strangers:
        raise DataError(
            f"the source renames columns that the file does not have: {', '.join(strangers)}",
            where=f"{path}, key sources.{source.name}.columns",
            remedy='Write columns = { "name in the file" = "name in the layout" }.',
        )
    wanted = {_plain(name): name for name in TYPES}
    known = tuple(wanted.get(_plain(renamed.get(name, name))) for name in names)
    twice = sorted({name for name in known if name is not None and known.count(name) > 1})
    missing = [name for name in TYPES if name not in known and name not in OPTIONAL]
    if twice or missing:
        cause = f"columns stand twice: {', '.join(twice)}" if twice else f"columns are missing: {', '.join(missing)}"
        raise DataError(
            f"the AIS table does not have the MarineCadastre layout; {cause}",
            where=f"{path}, line 1",
            remedy="Name the columns MMSI, BaseDateTime, LAT, LON, SOG, VesselType, Length, Width and Draft, or rename "
            f"them in sources.{source.name}.columns.",
        )
    return Header(names, known)


def _plain(name: str) -> str:
    plain = name.strip().replace("_", "").casefold()
    return _ALIASES.get(plain, plain)


def _first_row(path: Path) -> tuple[str, ...]:
    name = path.name.casefold()
    if not name.endswith((".csv", ".csv.gz")):
        raise DataError(
            "AIS is read from .csv and .csv.gz only", where=str(path), remedy="Unpack or export the table as CSV."
        )
    try:
        if name.endswith(".gz"):
            with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
                row = next(csv.reader([file.readline(_MOST_HEADER_CHARS)]))
        else:
            with path.open(encoding="utf-8-sig", newline="") as file:
                row = next(csv.reader([file.readline(_MOST_HEADER_CHARS)]))
    except (OSError, EOFError, UnicodeDecodeError, csv.Error, zlib.error) as error:
        raise DataError(
            f"the AIS table cannot be read: {error}", where=str(path), remedy="Copy the file again; save it as UTF-8."
        ) from error
    if not row:
        raise DataError("the AIS table is empty", where=str(path), remedy="Copy the file again.")
    return tuple(row)
