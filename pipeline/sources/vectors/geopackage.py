"""GeoPackage: a database that opening must not change, and that another program may still have open."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.errors import DataError
from pipeline.sources.remarks import Remark
from pipeline.sources.vectors.driver import VectorFile
from pipeline.sources.vectors.gdal_file import GdalFile

_CURVES = ("CIRCULARSTRING", "COMPOUNDCURVE", "CURVEPOLYGON", "MULTICURVE", "MULTISURFACE", "CURVE", "SURFACE")
_IMMUTABLE = {"IMMUTABLE": "YES"}  # no lock, no journal: works on a read-only share, and leaves the input as it is


@contextmanager
def opened(path: Path) -> Iterator[VectorFile]:
    """Open a GeoPackage; where changes wait in a journal beside it, a private copy takes them in first.

    Raises
    ------
    DataError
        If the database is damaged.
    """
    journals = [beside for end in ("-wal", "-journal") if _holds_something(beside := path.with_name(path.name + end))]
    if not journals:
        yield GdalFile(path, "GPKG", path, _IMMUTABLE, remarks=_looked_over(path, path))
        return
    with TemporaryDirectory(prefix="corridor-gpkg-") as folder:
        copy = Path(folder) / "copy.gpkg"
        shutil.copyfile(path, copy)
        for journal in journals:
            shutil.copyfile(journal, copy.with_name(copy.name + journal.name.removeprefix(path.name)))
        with closing(sqlite3.connect(copy)) as database:  # takes the journal in
            database.execute("PRAGMA journal_mode = DELETE").fetchone()
        remarks = _looked_over(copy, path)
        remarks.append(
            Remark(
                "note", journals[0].name, "changes that wait beside the file were read with it",
                "Close the program that has it open, and copy the file again.",
            )
        )  # fmt: skip
        yield GdalFile(path, "GPKG", copy, _IMMUTABLE, remarks=remarks)


def _holds_something(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


def _looked_over(database: Path, path: Path) -> list[Remark]:
    address = f"{database.resolve().as_uri()}?mode=ro&immutable=1"
    with closing(sqlite3.connect(address, uri=True)) as connection:
        (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise DataError(f"the database is damaged: {verdict}", where=str(path), remedy="Copy it again.")
        kinds = connection.execute("SELECT table_name, geometry_type_name FROM gpkg_geometry_columns").fetchall()
    return [
        Remark("note", f"layer {name}", "curves are read as chains of short chords")
        for name, kind in sorted(kinds)
        if str(kind).upper() in _CURVES
    ]
