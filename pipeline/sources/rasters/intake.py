"""The door for raster files: what is none, or leads elsewhere, is turned away before a library sees it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pipeline.config.corridor import SourceSection
from pipeline.errors import DataError
from pipeline.sources.rasters.drivers import soundings
from pipeline.sources.rasters.drivers.driver import HEAD_BYTES
from pipeline.sources.rasters.drivers.registry import driver_of
from pipeline.sources.rasters.raster_file import RasterFile

_ARCHIVES = {
    b"PK\x03\x04": "a ZIP archive",
    b"PK\x05\x06": "an empty ZIP archive",
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
    b"BZh": "compressed with bzip2",
    b"\xfd7zXZ": "compressed with xz",
    b"\x28\xb5\x2f\xfd": "compressed with zstd",
}
_NETWORK = (b"<GDAL_WMS", b"<WCS_GDAL", b"<GDAL_WMTS", b"<WMS_Capabilities", b"<WMT_MS_Capabilities")
_TAR_MAGIC_AT, _TAR_MAGIC = 257, b"ustar"


def inspect_raster(path: Path, section: SourceSection, *, scratch: Path | None = None) -> RasterFile:
    """Open a raster source file with the driver of its format and compare it with what the configuration says.

    Parameters
    ----------
    path : Path
        The file.
    section : SourceSection
        Its source.
    scratch : Path, optional
        Folder for what is needed only while the file is read.

    Raises
    ------
    DataError
        If the file is no raster or an archive, takes data from elsewhere, has no place on Earth, holds several grids
        and none is chosen, or contradicts the configuration.
    """
    head = _head(path)
    _refuse_text_that_points_elsewhere(path, head)
    _refuse_archive(path, head)
    return replace(driver_of(path, head).inspect(path, section), scratch=scratch)


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            head = stream.read(HEAD_BYTES)
    except OSError as error:
        raise DataError(
            f"the file cannot be read: {error.strerror}", where=str(path), remedy="Make it readable for this user."
        ) from error
    if not head.strip(b"\xef\xbb\xbf \t\r\n"):
        raise DataError("the file is empty", where=str(path), remedy="Copy or download it again.")
    return head


def _refuse_text_that_points_elsewhere(path: Path, head: bytes) -> None:
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if b"<VRTDataset" in head or b"<GDALTileIndexDataset" in head or path.suffix.lower() in {".vrt", ".gti"}:
        raise DataError(
            "virtual rasters are refused: their parts may lie outside the workspace and change unseen",
            where=str(path),
            remedy="Make one file of it with 'gdal_translate in.vrt out.tif' and name that.",
        )
    if text.startswith(b"<") and any(word in head for word in _NETWORK):
        raise DataError(
            "the file only describes a service on the network, and a build uses none",
            where=str(path),
            remedy="Save what the service shows with 'gdal_translate in.xml out.tif' and name that.",
        )
    if text.startswith((b"<", b"{")):
        raise DataError(
            "the file is a web page, XML or JSON text, not a raster; a download probably failed",
            where=str(path),
            remedy="Open it in a text editor to see what the server said, then download the data again.",
        )


def _refuse_archive(path: Path, head: bytes) -> None:
    kind = next((words for magic, words in _ARCHIVES.items() if head.startswith(magic)), None)
    if head.startswith(b"\x1f\x8b") and not soundings.recognises(path, head):
        kind = "compressed with gzip"
    if head[_TAR_MAGIC_AT:].startswith(_TAR_MAGIC):
        kind = "a TAR archive"
    if kind:
        raise DataError(
            f"the file is {kind}, and archives are not read: they may unpack to any size",
            where=str(path),
            remedy="Unpack it and name the raster inside. (Soundings in text may stay in .gz.)",
        )
