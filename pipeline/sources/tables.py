"""The headers of table sources: what their role needs, under the names in the file."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Mapping
from pathlib import Path

from pipeline.errors import DataError

# What each role cannot do without, alternatives in a tuple. The layouts are named below.
NEEDED: dict[str, tuple[tuple[str, ...], ...]] = {
    "ais": (
        ("MMSI",), ("BaseDateTime",), ("LAT",), ("LON",), ("SOG",),
        ("VesselType",), ("Length",), ("Width",), ("Draft",),
    ),
    "fishing_effort": (
        ("date",), ("cell_ll_lat", "lat_bin"), ("cell_ll_lon", "lon_bin"), ("geartype",), ("fishing_hours",),
    ),
    "earthquakes": (("time",), ("latitude",), ("longitude",), ("mag",)),
}  # fmt: skip
# What they do worse without.
HELPFUL: dict[str, tuple[str, ...]] = {
    "ais": ("VesselName",),
    "fishing_effort": (),
    "earthquakes": ("depth", "magType"),
}
LAYOUT: dict[str, str] = {
    "ais": "MarineCadastre",
    "fishing_effort": "Global Fishing Watch daily",
    "earthquakes": "USGS ComCat",
}


def read_header(path: Path) -> list[str]:
    """Return the column names in the first line of a CSV file, plain or gzipped.

    Raises
    ------
    DataError
        If there is no readable header.
    """
    try:
        with gzip.open(path, "rb") if path.suffix.lower() == ".gz" else path.open("rb") as stream:
            first = stream.readline(1_000_000).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(
            f"the table is not UTF-8 text (byte {error.start})",
            where=f"{path}, line 1",
            remedy="Save it as 'CSV UTF-8'.",
        ) from error
    except (OSError, EOFError) as error:
        raise DataError(f"the table cannot be read: {error}", where=str(path), remedy="Copy it again.") from error
    first = first.splitlines()[0] if first.splitlines() else ""
    if not first.strip():
        raise DataError("the table has no header", where=f"{path}, line 1", remedy="Its first line must name columns.")
    try:
        return [name.strip() for name in next(csv.reader([first]))]
    except csv.Error as error:
        raise DataError(
            f"the header of the table is damaged: {error}", where=f"{path}, line 1", remedy="Mend that line."
        ) from error


def line_of_record(path: Path, record: int) -> int:
    """Return the line (from 1) where a record below the header begins, the first being record 0.

    Blank lines and line breaks inside quotes make it differ from the record's own number.
    """
    with (
        gzip.open(path, "rt", encoding="utf-8-sig", errors="replace", newline="")
        if path.suffix.lower() == ".gz"
        else path.open(encoding="utf-8-sig", errors="replace", newline="")
    ) as stream:
        reader, before, number = csv.reader(stream), 0, -1  # the header is record -1
        for row in reader:
            if row and number == record:
                break
            number += bool(row)
            before = reader.line_num
    return before + 1


def file_names(header: list[str], columns: Mapping[str, str] | None) -> dict[str, str]:
    """Return the name in the file for every name in a layout.

    Parameters
    ----------
    header : list of str
        Column names in the file.
    columns : mapping of str, optional
        ``columns`` of the source. Either side of a pair may be the name in the file: the one that stands in the header.

    Returns
    -------
    dict of str
        Layout name to name in the file; names that are not renamed stand for themselves.
    """
    renamed = {name: name for name in header}
    for one, other in (columns or {}).items():
        if one in header:
            renamed.pop(one, None)
            renamed[other] = one
        elif other in header:
            renamed.pop(other, None)
            renamed[one] = other
    return renamed
