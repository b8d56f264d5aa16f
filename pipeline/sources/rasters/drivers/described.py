"""One band of a raster that GDAL opens, as a RasterFile: it must agree with the configuration."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rasterio.enums import ColorInterp

from pipeline.config.corridor import SourceSection
from pipeline.errors import DataError
from pipeline.sources.rasters.drivers.georeference import reference_of, resolution_m
from pipeline.sources.rasters.raster_file import RasterFile, explained_open

# One block is read at a time; a larger one does not fit the memory that a build may take.
_MAX_BLOCK_PIXELS = 128_000_000
_LOSSY = frozenset({"JPEG", "YCbCr JPEG", "WEBP", "LERC", "LERC_DEFLATE", "LERC_ZSTD", "JXL", "JPEG2000"})
_METRE = frozenset({"", "metre", "meter", "unknown"})
_MOST_BANDS = 1000


def described(
    path: Path,
    address: str,
    section: SourceSection,
    formats: Sequence[str],
    *,
    default: str | None = None,
    by_convention: str | None = None,
    nodata_is_implied: bool = False,
) -> RasterFile:
    """Open a raster and compare what it says with what the configuration says.

    Parameters
    ----------
    path : Path
        The file.
    address : str
        What GDAL opens: the path, or a grid inside it.
    section : SourceSection
        Its source.
    formats : sequence of str
        GDAL's names of the formats that it may have; no other is tried, so that nothing that points elsewhere opens.
    default : str, optional
        Name of the band that is taken where the source names none.
    by_convention : str, optional
        The CRS that the format implies where neither file nor source names one.
    nodata_is_implied : bool
        The nodata that GDAL tells is a default of the format, and the source may name another one.

    Raises
    ------
    DataError
        If the file is no raster, has no place on Earth, holds several bands and none is chosen, or contradicts the
        configuration.
    """
    with explained_open(path, address, formats) as dataset:
        _refuse_countless_bands(dataset, path)
        _refuse_files_elsewhere(dataset, path)
        band = _band(dataset, path, section, default)
        _refuse_complex(dataset, band, path)
        _refuse_huge_blocks(dataset, band, path)
        crs, vertical = reference_of(dataset, path, section, by_convention)
        own_unit = "" if vertical.unit in _METRE else vertical.unit
        return RasterFile(
            path=path,
            address=address,
            formats=tuple(formats),
            band=band,
            alpha=_alpha(dataset, band),
            band_name=dataset.descriptions[band - 1] or "",
            crs=crs.to_wkt(),
            vertical_epsg=vertical.epsg,
            vertical_name=vertical.name,
            unit=dataset.units[band - 1] or own_unit,
            transform=dataset.transform,
            width=dataset.width,
            height=dataset.height,
            block=dataset.block_shapes[band - 1],
            nodata=section.nodata if nodata_is_implied else _nodata(dataset, band, path, section),
            scale=float(dataset.scales[band - 1]),
            offset=float(dataset.offsets[band - 1]),
            resolution_m=resolution_m(dataset.transform, dataset.width, dataset.height, crs.to_wkt(), path),
            remarks=_remarks(dataset, band, section),
        )


def _refuse_files_elsewhere(dataset: Any, path: Path) -> None:
    """Refuse a raster of several files that do not lie together: a header may name any file on this machine."""
    folders = {path.resolve().parent, path.parent.resolve()}
    for other in dataset.files:
        if not any(Path(other).resolve().is_relative_to(folder) for folder in folders):
            raise DataError(
                f"the raster takes data from a file in another place: {other}",
                where=str(path),
                remedy="Put its files into one folder, or make one file of it with 'gdal_translate'.",
            )


def _refuse_countless_bands(dataset: Any, path: Path) -> None:
    if dataset.count > _MOST_BANDS:  # asking each of them for its name takes minutes
        raise DataError(
            f"the raster says that it has {dataset.count} bands; no survey has, and the file is probably damaged",
            where=str(path),
            remedy="Copy or download it again and compare its size with the original.",
        )


def _band(dataset: Any, path: Path, section: SourceSection, default: str | None) -> int:
    names = [
        description or str(index) for index, description in zip(dataset.indexes, dataset.descriptions, strict=True)
    ]
    if dataset.count == 1 and section.variable in (None, "1", names[0]):
        return 1
    wanted = section.variable or default
    for choice in (names, [str(index) for index in dataset.indexes]):
        if wanted in choice:
            return choice.index(str(wanted)) + 1
    if section.variable is None:
        opaque = [index for index in dataset.indexes if dataset.colorinterp[index - 1] != ColorInterp.alpha]
        if len(opaque) == 1:  # the other one only masks it
            return int(opaque[0])
    raise DataError(
        f"the raster has {dataset.count} bands ({', '.join(names[:8])}) and the configuration names "
        + (f"'{section.variable}', which is none of them" if section.variable else "none"),
        where=str(path),
        remedy='Choose one with variable = "NAME" (a band\'s name or number) in its source.',
    )


def _alpha(dataset: Any, band: int) -> int | None:
    """Return the number of the band that masks the others; GDAL itself heeds one of bytes only."""
    masks = (index for index in dataset.indexes if dataset.colorinterp[index - 1] == ColorInterp.alpha)
    return next((index for index in masks if index != band), None)


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


def _remarks(dataset: Any, band: int, section: SourceSection) -> tuple[str, ...]:
    """Return what is no fault and yet good to know."""
    found = []
    compression = dataset.tags(ns="IMAGE_STRUCTURE").get("COMPRESSION", "")
    if compression in _LOSSY:
        found.append(f"stored with {compression} compression, which may alter values")
    kind, nodata = np.dtype(dataset.dtypes[band - 1]), section.nodata
    if nodata is not None and kind.kind in "iu" and not _fits(nodata, kind):
        found.append(f"the nodata {nodata:g} of the source is none that {kind.name} cells can have: it masks nothing")
    return tuple(found)


def _fits(value: float, kind: np.dtype[Any]) -> bool:
    limits = np.iinfo(kind)
    return limits.min <= value <= limits.max and value == int(value)
