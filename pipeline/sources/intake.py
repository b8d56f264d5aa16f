"""Taking in a raster source file with suspicion: it must be whole, lie on Earth and agree with the configuration."""

from __future__ import annotations

import math
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from affine import Affine
from pyproj import CRS
from pyproj.exceptions import CRSError, ProjError
from rasterio.errors import NotGeoreferencedWarning

from pipeline.config.corridor import SourceSection
from pipeline.errors import DataError
from pipeline.geo import WGS84
from pipeline.sources.rasters import RasterFile, apply, explained, transformer

# Formats that keep their cells in the file itself. VRT, GTI, STACTA, WMS and the like point elsewhere: refused.
DRIVERS = {
    "GTiff", "netCDF", "HDF5", "HDF5Image", "BAG", "S102", "AAIGrid", "GRASSASCIIGrid", "AIG", "HFA", "EHdr", "ENVI",
    "ERS", "GS7BG", "GSAG", "GSBG", "GXF", "ILWIS", "PCIDSK", "RST", "SAGA", "USGSDEM", "SRTMHGT", "DTED", "XYZ",
    "ZMap", "JP2OpenJPEG", "PNG", "NWT_GRD", "NWT_GRC", "PCRaster",
}  # fmt: skip
# One block is read at a time; a larger one does not fit the memory that a build may take.
_MAX_BLOCK_PIXELS = 128_000_000
# Two CRS that put a raster's corners this near one another are the same, however they are spelt.
_SAME_PLACE_M = 1.0


def inspect_raster(path: Path, section: SourceSection) -> RasterFile:
    """Open a raster source file and compare what it says with what the configuration says.

    Parameters
    ----------
    path : Path
        The file.
    section : SourceSection
        Its source.

    Raises
    ------
    DataError
        If the file is no raster, has no place on Earth, holds several bands and none is chosen, or contradicts the
        configuration.
    """
    _refuse_by_first_bytes(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)  # reported below, in our words
        address = _address(path, section)
        with explained(path), rasterio.open(address) as dataset:
            band = _band(dataset, path, section)
            _refuse_complex(dataset, band, path)
            _refuse_huge_blocks(dataset, band, path)
            crs, vertical_epsg = _crs(dataset, path, section)
            return RasterFile(
                path=path,
                address=address,
                band=band,
                crs=crs,
                vertical_epsg=vertical_epsg,
                unit=dataset.units[band - 1] or "",
                transform=dataset.transform,
                width=dataset.width,
                height=dataset.height,
                nodata=_nodata(dataset, band, path, section),
                scale=float(dataset.scales[band - 1]),
                offset=float(dataset.offsets[band - 1]),
                resolution_m=_resolution_m(dataset.transform, dataset.width, dataset.height, crs, path),
            )


def _refuse_by_first_bytes(path: Path) -> None:
    try:
        with path.open("rb") as stream:
            head = stream.read(2048).lstrip(b"\xef\xbb\xbf \t\r\n")
    except OSError as error:
        raise DataError(
            f"the file cannot be read: {error.strerror}", where=str(path), remedy="Make it readable for this user."
        ) from error
    if not head:
        raise DataError("the file is empty", where=str(path), remedy="Copy or download it again.")
    if b"<VRTDataset" in head or path.suffix.lower() in {".vrt", ".gti"}:
        raise DataError(
            "virtual rasters are refused: their parts may lie outside the workspace and change unseen",
            where=str(path),
            remedy="Make one file of it with 'gdal_translate in.vrt out.tif' and name that.",
        )
    if head.startswith((b"<", b"{")):
        raise DataError(
            "the file is a web page, XML or JSON text, not a raster; a download probably failed",
            where=str(path),
            remedy="Open it in a text editor to see what the server said, then download the data again.",
        )


def _address(path: Path, section: SourceSection) -> str:
    """Return what to open: a file with several grids inside (netCDF, BAG) needs ``variable``."""
    with explained(path), rasterio.open(str(path)) as dataset:
        if dataset.driver not in DRIVERS:
            raise DataError(
                f"the raster format {dataset.driver} is not accepted",
                where=str(path),
                remedy="Convert it: 'gdal_translate -of GTiff in out.tif'.",
            )
        inner: list[str] = list(dataset.subdatasets)
        if not inner:
            return str(path)
        names = [address.rsplit(":", 1)[-1].strip("/") for address in inner]
        if dataset.count == 1 and section.variable in (None, "1"):
            return str(path)
    if section.variable in names:
        return inner[names.index(str(section.variable))]
    raise DataError(
        f"the file holds several grids ({', '.join(names[:8])}) and the configuration names "
        + (f"'{section.variable}', which is none of them" if section.variable else "none"),
        where=str(path),
        remedy='Choose one with variable = "NAME" in its source.',
    )


def _band(dataset: Any, path: Path, section: SourceSection) -> int:
    names = [
        description or str(index) for index, description in zip(dataset.indexes, dataset.descriptions, strict=True)
    ]
    if dataset.count == 1:
        return 1
    for choice in (names, [str(index) for index in dataset.indexes]):
        if section.variable in choice:
            return choice.index(str(section.variable)) + 1
    raise DataError(
        f"the raster has {dataset.count} bands ({', '.join(names[:8])}) and the configuration names "
        + (f"'{section.variable}', which is none of them" if section.variable else "none"),
        where=str(path),
        remedy='Choose one with variable = "NAME" (a band\'s name or number) in its source.',
    )


def _refuse_complex(dataset: Any, band: int, path: Path) -> None:
    if "complex" in dataset.dtypes[band - 1]:
        raise DataError(
            f"the raster holds complex numbers ({dataset.dtypes[band - 1]})",
            where=str(path),
            remedy="Export its real part: 'gdal_translate -ot Float32 in.tif out.tif'.",
        )


def _refuse_huge_blocks(dataset: Any, band: int, path: Path) -> None:
    rows, cols = dataset.block_shapes[band - 1]
    if rows * cols > _MAX_BLOCK_PIXELS:
        raise DataError(
            f"the raster is stored in blocks of {rows} x {cols} cells, too large to read one at a time",
            where=str(path),
            remedy="Rewrite it in tiles: 'gdal_translate -co TILED=YES in.tif out.tif'.",
        )


def _crs(dataset: Any, path: Path, section: SourceSection) -> tuple[str, int | None]:
    """Return the horizontal CRS (WKT) and the EPSG code of a vertical one, if the file has it."""
    if dataset.gcps[0] and dataset.transform == Affine.identity():
        raise DataError(
            "the raster has only ground control points, and no grid that lies on a CRS",
            where=str(path),
            remedy="Warp it first: 'gdalwarp in.tif out.tif'.",
        )
    if dataset.transform == Affine.identity():
        raise DataError(
            "the raster has no georeference: nothing says where its cells lie",
            where=str(path),
            remedy="Write the place into the file, or put its world file beside it.",
        )
    if not abs(dataset.transform.determinant) > 0.0:
        raise DataError(
            "the raster's georeference gives its cells no size",
            where=str(path),
            remedy="Mend the georeference, or export the raster again.",
        )
    configured = _user_crs(section.crs, path) if section.crs else None
    if not dataset.crs:
        if configured is None:
            raise DataError(
                "the raster names no coordinate reference system",
                where=str(path),
                remedy='State it with crs = "EPSG:..." in its source.',
            )
        return configured.to_wkt(), None
    own = _user_crs(dataset.crs.to_wkt(), path)
    vertical = None
    if own.is_compound:
        horizontal, *rest = own.sub_crs_list
        vertical = next((part.to_epsg() for part in rest if part.is_vertical), None)
        own = horizontal
    if configured is not None and not _same_place(own, configured, dataset):
        raise DataError(
            f"the file says its CRS is {_name(own)}, and the configuration says {section.crs}",
            where=str(path),
            remedy="Take crs out of the source, or mend the file with 'gdal_edit.py -a_srs'.",
        )
    return own.to_wkt(), vertical


def _user_crs(text: str, path: Path) -> CRS:
    try:
        return CRS.from_user_input(text)
    except CRSError as error:
        raise DataError(
            f"the coordinate reference system cannot be understood: {error}",
            where=str(path),
            remedy='Write it as "EPSG:..." in the file or in the source.',
        ) from error


def _name(crs: CRS) -> str:
    code = crs.to_epsg()
    return f"EPSG:{code}" if code else str(crs.name)


def _same_place(own: CRS, configured: CRS, dataset: Any) -> bool:
    if own.equals(configured, ignore_axis_order=True):
        return True
    col, row = np.array([0.0, dataset.width, 0.0, dataset.width]), np.array([0.0, 0.0, dataset.height, dataset.height])
    x, y = apply(dataset.transform, col, row)
    try:
        ours, theirs = (
            np.array(transformer(crs.to_wkt(), "EPSG:4326").transform(x, y, errcheck=True)) for crs in (own, configured)
        )
    except ProjError:
        return False
    if not (np.isfinite(ours).all() and np.isfinite(theirs).all()):
        return False
    return bool(WGS84.inv(ours[0], ours[1], theirs[0], theirs[1])[2].max() < _SAME_PLACE_M)


def _nodata(dataset: Any, band: int, path: Path, section: SourceSection) -> float | None:
    declared, configured = dataset.nodatavals[band - 1], section.nodata
    if configured is None or declared is None:
        return configured
    if math.isclose(declared, configured, rel_tol=1e-6):
        return configured
    raise DataError(
        f"the file declares nodata {declared:g}, and the configuration says {configured:g}",
        where=str(path),
        remedy="Take nodata out of the source, or mend the file with 'gdal_edit.py -a_nodata'.",
    )


def _resolution_m(transform: Affine, width: int, height: int, crs: str, path: Path) -> float:
    col, row = width / 2.0, height / 2.0
    x, y = apply(transform, np.array([col, col + 1.0, col]), np.array([row, row, row + 1.0]))
    try:
        lon, lat = transformer(crs, "EPSG:4326").transform(x, y, errcheck=True)
    except ProjError as error:
        lon, lat, cause = np.full(3, np.nan), np.full(3, np.nan), str(error)
    else:
        cause = "its middle lies outside the CRS"
    if not (np.isfinite(lon).all() and np.isfinite(lat).all() and (np.abs(lat) <= 90.0).all()):
        raise DataError(
            f"the raster does not lie on Earth in the CRS it is said to have: {cause}",
            where=str(path),
            remedy="Check its CRS and its georeference.",
        )
    side_m = WGS84.inv(lon[[0, 0]], lat[[0, 0]], lon[1:], lat[1:])[2]
    return float(np.max(side_m))
