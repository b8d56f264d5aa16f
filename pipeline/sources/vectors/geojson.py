"""GeoJSON: text in longitude and latitude, or in what an old ``crs`` member says."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from pipeline.errors import DataError
from pipeline.sources.remarks import Remark
from pipeline.sources.vectors.driver import VectorFile
from pipeline.sources.vectors.gdal_file import GdalFile
from pipeline.sources.vectors.utf8 import refuse_no_utf8

# The name in any case and quotes, and with any of its letters written as an escape: GDAL understands them all.
_CRS = re.compile(rb"""["'](?:c|\\u00[46]3)(?:r|\\u00[57]2)(?:s|\\u00[57]3)["']""", re.IGNORECASE)
_LINKS = ("link", "url")  # what GDAL follows
_CHUNK_BYTES = 1 << 20
_MOST_MEMBER_BYTES = 4096
_LONLAT = re.compile(r"CRS:?84$|EPSG:+4326$", re.IGNORECASE)


@contextmanager
def opened(path: Path) -> Iterator[VectorFile]:
    """Open a GeoJSON file.

    Raises
    ------
    DataError
        If it is not UTF-8 text, or its ``crs`` member is a link or cannot be looked at.
    """
    refuse_no_utf8(path, path)
    remarks, names_crs = [], False
    for member in _crs_members(path):
        names_crs = True
        if str(member.get("type")).lower() in _LINKS:
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


def _crs_members(path: Path) -> Iterator[dict[str, Any]]:
    """Give every object named ``crs``, wherever it stands: GDAL takes it from the end of a file too."""
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            ahead = stream.read(_MOST_MEMBER_BYTES)
            stream.seek(-len(ahead), os.SEEK_CUR)
            text = chunk + ahead
            for found in _CRS.finditer(text):
                if found.start() >= len(chunk):
                    break  # the next chunk begins there
                after = text[found.end() : found.end() + _MOST_MEMBER_BYTES].lstrip()
                value = after[1:].lstrip() if after.startswith(b":") else after
                if not value or value.startswith(b"/"):  # blanks as far as was read, or a comment
                    _refuse_member(path)
                if value is not after and value.startswith(b"{"):
                    yield _member(value.decode("utf-8", "replace"), path)


def _member(written: str, path: Path) -> dict[str, Any]:
    """Return the object that a text begins with, its own names in lower case: GDAL does not mind them."""
    try:
        member, _ = json.JSONDecoder().raw_decode(written)
    except (ValueError, RecursionError):
        _refuse_member(path)
    return {name.lower(): value for name, value in member.items()}


def _refuse_member(path: Path) -> NoReturn:
    raise DataError(
        f"the crs member of the GeoJSON cannot be read: it is damaged, or longer than {_MOST_MEMBER_BYTES} bytes",
        where=str(path),
        remedy="Save it again without, in longitude and latitude.",
    )
