"""KML and KMZ, read by GDAL's LIBKML through pyogrio: fiona's wheel has a reader that drops all attributes but two."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

import pyogrio

from pipeline.errors import DataError
from pipeline.sources.vectors.driver import Layer, VectorFile
from pipeline.sources.vectors.gdal_file import NO_GEOMETRY, GdalFile
from pipeline.sources.vectors.utf8 import refuse_no_utf8

_MOST_KML_BYTES = 500_000_000  # held in memory several times over by the reader
_CHUNK_BYTES = 1 << 20
_OVERLAP_BYTES = 64
_REFUSED = (
    (re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE), "declares XML entities, which can reach other files"),
    (re.compile(rb"[<:]NetworkLink[\s>/]"), "links to data elsewhere (NetworkLink)"),
)


_DECLARED = re.compile(rb"<\?xml[^>]*?\bencoding\s*=\s*[\"']([^\"']*)", re.IGNORECASE)
_LOOKED_THROUGH = (b"utf-8", b"utf8", b"us-ascii", b"ascii")


@dataclass
class _KmlFile(GdalFile):
    """LIBKML's layers are the folders of the document; fiona does not have it."""

    def layers(self) -> list[Layer]:
        """Return the folders that hold features."""
        found = []
        for name, geometry in pyogrio.list_layers(self.address).tolist():
            facts = pyogrio.read_info(self.address, layer=name, force_feature_count=True)
            if facts["features"]:
                fields = tuple(map(str, facts["fields"]))
                found.append(Layer(name, geometry or "None", facts["features"], facts["crs"] or "", fields))
        return found

    def reason(self, layer: Layer, numbers: Sequence[int]) -> dict[int, str]:
        """Say why features came without geometry."""
        return dict.fromkeys(numbers, f"{NO_GEOMETRY}, or one that cannot be made")


@contextmanager
def opened(path: Path) -> Iterator[VectorFile]:
    """Open a KML, or the KML inside a KMZ.

    Raises
    ------
    DataError
        If the archive cannot be unpacked or explodes, or the document is not UTF-8, or reaches for entities or for data
        elsewhere.
    """
    with TemporaryDirectory(prefix="corridor-kml-") as folder:
        document = path
        if path.suffix.lower() == ".kmz":
            document = Path(folder) / f"{path.stem}.kml"
            _unpack(path, document)
        refuse_no_utf8(document, path)
        with document.open("rb") as stream:
            _refuse_other_encoding(stream.read(_CHUNK_BYTES), path)
            stream.seek(0)
            _refuse_reaching_out(stream, path)
        yield _KmlFile(path, "LIBKML", document)


def _unpack(path: Path, document: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            found = [item for item in archive.infolist() if item.filename.lower().endswith(".kml")]
            if not found:
                raise DataError("the KMZ holds no KML", where=str(path), remedy="Export it again.")
            if found[0].file_size > _MOST_KML_BYTES:
                raise DataError(
                    f"the KML in it unpacks to {found[0].file_size / 1e6:.0f} MB, too much for a source",
                    where=str(path),
                    remedy="Export what is near the corridor alone.",
                )
            document.write_bytes(archive.read(found[0]))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise DataError(
            f"the KMZ cannot be unpacked: {error}", where=str(path), remedy="Export it again, or give the KML."
        ) from error


def _refuse_other_encoding(head: bytes, path: Path) -> None:
    """Refuse what the reader would decode otherwise than it is looked through here, such as UTF-7."""
    declared = _DECLARED.search(head)
    if declared and declared[1].strip().lower() not in _LOOKED_THROUGH:
        raise DataError(
            f"the KML declares the encoding {declared[1].decode('utf-8', 'replace')!r}",
            where=str(path),
            remedy="Save it as UTF-8, and let it say so.",
        )


def _refuse_reaching_out(stream: BinaryIO, path: Path) -> None:
    before = b""
    while chunk := stream.read(_CHUNK_BYTES):
        text = before + chunk
        for pattern, what in _REFUSED:
            if pattern.search(text):
                raise DataError(
                    f"the KML {what}", where=str(path), remedy="Save the places themselves into one KML, without links."
                )
        before = text[-_OVERLAP_BYTES:]
