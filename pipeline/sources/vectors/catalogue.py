"""Which driver opens which vector file. A new format is a module with ``opened(path)`` and one line here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import DataError
from pipeline.sources.vectors import flatgeobuf, geojson, geopackage, geoparquet, kml, shapefile
from pipeline.sources.vectors.driver import VectorFile

_HEAD_BYTES = 4096
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Format:
    """A vector format.

    Attributes
    ----------
    name : str
        As people call it.
    suffixes : tuple[str, ...]
        Endings of its files.
    begins : tuple[bytes, ...]
        What its files begin with. GDAL goes by content and not by name, so that a file of another format under this
        ending could reach for other files or the network.
    opened : callable
        The driver.
    """

    name: str
    suffixes: tuple[str, ...]
    begins: tuple[bytes, ...]
    opened: Callable[[Path], AbstractContextManager[VectorFile]]


FORMATS = (
    Format("GeoPackage", (".gpkg",), (b"SQLite format 3\0",), geopackage.opened),
    Format("Shapefile", (".shp",), (b"\0\0\x27\x0a",), shapefile.opened),
    Format("GeoJSON", (".geojson", ".json"), (b"{",), geojson.opened),
    Format("FlatGeobuf", (".fgb",), (b"fgb\x03fgb",), flatgeobuf.opened),
    Format("KML", (".kml",), (b"<?xml", b"<kml"), kml.opened),
    Format("KMZ", (".kmz",), (b"PK\x03\x04",), kml.opened),
    Format("GeoParquet", (".parquet",), (b"PAR1",), geoparquet.opened),
)
VECTOR_SUFFIXES = frozenset(suffix for form in FORMATS for suffix in form.suffixes)
"""Endings of vector files that can be read."""


@contextmanager
def opened(path: Path) -> Iterator[VectorFile]:
    """Open a vector file with the driver of its ending.

    Raises
    ------
    DataError
        If no driver has the ending, the content is of another format, or the driver refuses it.
    """
    suffix = path.suffix.lower()
    form = next((form for form in FORMATS if suffix in form.suffixes), None)
    if form is None:
        raise DataError(
            f"no vector format has the ending '{suffix}'" if suffix else "the file has no ending",
            where=str(path),
            remedy=f"Give it as {', '.join(form.name for form in FORMATS[:-1])} or {FORMATS[-1].name}.",
        )
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    text = head.removeprefix(_BOM).lstrip()
    if not any((head if b"\0" in start or not start.isascii() else text).startswith(start) for start in form.begins):
        what = (
            "it is empty" if not head else "it is a web page" if b"<html" in head.lower() else f"it is no {form.name}"
        )
        raise DataError(f"the file cannot be read: {what}", where=str(path), remedy="Copy or export it again.")
    with form.opened(path) as file:
        yield file
