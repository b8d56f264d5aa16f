"""What is said of AIS that cannot be read: one paragraph with cause, file, line and remedy."""

from __future__ import annotations

import re
from collections.abc import Sequence

import duckdb

from pipeline.errors import ConfigError, CorridorError, DataError, WriteError

SCRATCH = "ais-scratch-"
"""Begins the name of every folder that reading writes into: a fault that names one is no fault of the file."""


def no_time(text: str, column: str, where: str, form: str = "") -> DataError:
    """Return what is said of a time that cannot be read."""
    beside = f", and the first time of the file is {form}" if form else ""
    return DataError(
        f"the {column} {text!r} is no time that can be read{beside}",
        where=where,
        remedy="Write times as 2025-01-31T23:59:59Z, or with an offset such as +04:00, or as seconds or milliseconds "
        'since 1970, one way in a file. Days before months are read in the Danish layout only (layout = "danish").',
    )


def no_number(text: str, column: str, where: str) -> DataError:
    """Return what is said of a ship's number that is none."""
    return DataError(
        f"the {column} {text!r} is no whole number, so ships cannot be told apart",
        where=where,
        remedy="Write all nine digits as 219000001. A spreadsheet shortens them to 2.19E+08 for good: export the table "
        "again, without one.",
    )


def of_database(error: duckdb.Error, where: str, header: Sequence[str] = ()) -> CorridorError:
    """Turn the database's page-long message into cause, place and remedy: of the file, the memory or the disk."""
    message = str(error)
    if isinstance(error, duckdb.OutOfMemoryException):
        return ConfigError(
            f"reading the AIS table {where} takes more than it may hold",
            where="key ais.memory_mb",
            remedy="Raise memory_mb under [ais], or free disk space in the workspace: what is beyond it goes there.",
        )
    if isinstance(error, duckdb.IOException) and SCRATCH in message:  # not the file's fault
        return WriteError(
            f"what reading the AIS table {where} makes cannot be written: {message.splitlines()[0]}",
            where="the workspace's store",
            remedy="Free disk space or make the folder writable, then run again; what was published is untouched.",
        )
    line = re.search(r"on Line: (\d+)", message)
    causes = [
        row for row in message.splitlines() if re.match(r"(Error when|Expected Number|Value with|Invalid uni)", row)
    ]
    cause = causes[0] if causes else message.splitlines()[0]
    cause = re.sub(r'column "c(\d+)"', lambda found: f'column "{header[int(found[1])]}"', cause)
    return DataError(
        f"the AIS table cannot be read: {cause.rstrip(' .')}",
        where=", ".join(part for part in (where, f"line {line[1]}" if line else "") if part),
        remedy="Mend or leave out that row, or copy the file again; every row needs the columns of the first line.",
    )
