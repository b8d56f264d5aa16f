"""GeoJSON: text in longitude and latitude, or in what an old ``crs`` member says."""

from __future__ import annotations

import codecs
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.errors import DataError
from pipeline.sources.remarks import Remark
from pipeline.sources.vectors.driver import VectorFile
from pipeline.sources.vectors.gdal_file import GdalFile

_CRS = re.compile(rb'"crs"\s*:\s*(?=\{)')
_CHUNK_BYTES = 1 << 20
_MOST_MEMBER_BYTES = 4096
_LONLAT = re.compile(r"CRS:?84$|EPSG:+4326$", re.IGNORECASE)


@contextmanager
def opened(path: Path) -> Iterator[VectorFile]:
    """Open a GeoJSON file.

    Raises
    ------
    DataError
        If it is not UTF-8 text, or its ``crs`` member is a link.
    """
    _refuse_no_text(path)
    remarks, names_crs = [], False
    for member in _crs_members(path):
        names_crs = True
        if member.get("type") == "link":
            raise DataError(
                "the crs member of the GeoJSON is a link to elsewhere",
                where=str(path),
                remedy='Save it again without, in longitude and latitude, and state another CRS with crs = "EPSG:...".',
            )
        properties = member.get("properties")
        name = str(properties.get("name", "")) if isinstance(properties, dict) else ""
        if name and not _LONLAT.search(name):
            remarks.append(
                Remark("note", "member crs", f"the file says that its CRS is {name}, and it is taken so",
                       "Today's GeoJSON (RFC 7946) is in longitude and latitude; save it so.")
            )  # fmt: skip
    yield GdalFile(path, "GeoJSON", path, names_crs=names_crs, remarks=remarks[:1])


def _refuse_no_text(path: Path) -> None:
    decoder, before = codecs.getincrementaldecoder("utf-8")(), 0
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                raise DataError(
                    f"the file cannot be read: it is not UTF-8 text near byte {before + error.start}",
                    where=str(path),
                    remedy="Export it again as UTF-8.",
                ) from error
            before += len(chunk)


def _crs_members(path: Path) -> Iterator[dict[str, Any]]:
    """Give every object named ``crs``, wherever it stands: GDAL takes it from the end of a file too."""
    decoder = json.JSONDecoder()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            ahead = stream.read(_MOST_MEMBER_BYTES)
            stream.seek(-len(ahead), os.SEEK_CUR)
            text = chunk + ahead
            for found in _CRS.finditer(text):
                if found.start() >= len(chunk):
                    break  # the next chunk begins there
                written = text[found.end() : found.end() + _MOST_MEMBER_BYTES].decode("utf-8", "replace")
                try:
                    member, _ = decoder.raw_decode(written)
                except (ValueError, RecursionError):
                    continue  # longer than a member can be, or damaged: then GDAL refuses the file
                yield member
