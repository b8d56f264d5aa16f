"""Where a raster lies: its CRS, its vertical reference and its pixel's size, checked against the configuration."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from affine import Affine
from pyproj import CRS
from pyproj.exceptions import CRSError, ProjError

from pipeline.config.corridor import SourceSection
from pipeline.errors import DataError
from pipeline.geo import WGS84, Floats
from pipeline.sources.rasters.raster_file import apply, transformer

# Two CRS that put a raster's corners this near one another are the same, however they are spelt.
_SAME_PLACE_M = 1.0
# Levels that no ``vertical_datum`` of a source stands for: the ellipsoid, and levels of the tide.
_NO_LEVEL_HERE = re.compile(
    r"ellipsoid|astronomic|\bLAT\b|\bHAT\b|\bM[LH]+WS?\b|low(er|est)?\b.*water|high(er|est)?\b.*water|tid(e|al)|chart",
    re.IGNORECASE,
)
_NO_NAME = frozenset({"", "unknown", "unnamed", "undefined"})


class Vertical(NamedTuple):
    """What a raster says of the level that its values are measured from: nothing, or code, name and unit of a CRS."""

    epsg: int | None = None
    name: str = ""
    unit: str = ""


def reference_of(
    dataset: Any, path: Path, section: SourceSection, by_convention: str | None = None
) -> tuple[CRS, Vertical]:
    """Return the horizontal CRS of a raster, and what it says of its vertical one.

    Parameters
    ----------
    dataset : DatasetReader
        The raster.
    path : Path
        Its file, for messages.
    section : SourceSection
        Its source; ``crs`` stands in for a CRS that is missing.
    by_convention : str or None
        The CRS that its format implies where neither names one.

    Raises
    ------
    DataError
        If nothing says where it lies, if file and configuration contradict one another, or if heights are above the
        ellipsoid or a level of the tide.
    """
    _refuse_no_place(dataset, path)
    configured = user_crs(section.crs, path) if section.crs else None
    if not dataset.crs:
        given = configured or (user_crs(by_convention, path) if by_convention else None)
        if given is None:
            raise DataError(
                "the raster names no coordinate reference system",
                where=str(path),
                remedy='State it with crs = "EPSG:..." in its source.',
            )
        horizontal, vertical = parts_of(given)
    else:
        horizontal, vertical = parts_of(user_crs(dataset.crs.to_wkt(), path))
        if configured is not None and not _same_place(horizontal, parts_of(configured)[0], dataset):
            raise DataError(
                f"the file says its CRS is {_name(horizontal)}, and the configuration says {section.crs}",
                where=str(path),
                remedy="Take crs out of the source, or mend the file with 'gdal_edit.py -a_srs'.",
            )
    _refuse_degrees(horizontal, dataset, path)
    refuse_level(vertical.name, path)
    return horizontal, vertical


def parts_of(crs: CRS) -> tuple[CRS, Vertical]:
    """Return the horizontal part of a CRS, and what its vertical part says."""
    if crs.is_compound:
        horizontal, *rest = crs.sub_crs_list
        vertical = next((part for part in rest if part.is_vertical), None)
        if vertical is not None:
            name = "" if vertical.name.lower() in _NO_NAME else vertical.name
            return horizontal, Vertical(vertical.to_epsg(), name, vertical.axis_info[0].unit_name)
        return horizontal, Vertical()
    if len(crs.axis_info) == 3 and not crs.is_geocentric:
        return crs.to_2d(), Vertical(name=f"{crs.name}, heights above its ellipsoid")
    return crs, Vertical()


def refuse_level(name: str, path: Path) -> None:
    """Refuse heights above a level that cannot be brought to Baltic 1977 here.

    Raises
    ------
    DataError
        Naming the level.
    """
    if _NO_LEVEL_HERE.search(name):
        raise DataError(
            f"the file's heights are measured from '{name}', which is none of msl, baltic77, caspian28 and surface",
            where=str(path),
            remedy="Shift it to one of these first, with the separation between the two levels at this place.",
        )


def _refuse_no_place(dataset: Any, path: Path) -> None:
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


def _refuse_degrees(crs: CRS, dataset: Any, path: Path) -> None:
    """Refuse degrees under the name of a projected CRS: they would lie at its false origin."""
    x, y = corners(dataset)
    small = max(abs(dataset.transform.a), abs(dataset.transform.e)) < 1.0
    if crs.is_projected and small and np.abs(x).max() <= 360.0 and np.abs(y).max() <= 90.0:
        raise DataError(
            f"the file says that its CRS is {_name(crs)}, which is projected, but its coordinates look like degrees "
            f"({x.min():g} to {x.max():g}, {y.min():g} to {y.max():g})",
            where=str(path),
            remedy="Mend its CRS with 'gdal_edit.py -a_srs EPSG:4326', or export the raster again.",
        )


def corners(dataset: Any) -> tuple[Floats, Floats]:
    """Return x and y of a raster's four corners, which a rotated or south-up one has too."""
    col, row = np.array([0.0, dataset.width, 0.0, dataset.width]), np.array([0.0, 0.0, dataset.height, dataset.height])
    return apply(dataset.transform, col, row)


def user_crs(text: str, path: Path) -> CRS:
    """Return the CRS that a text names.

    Raises
    ------
    DataError
        If it names none.
    """
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
    x, y = corners(dataset)
    try:
        ours, theirs = (
            np.array(transformer(crs.to_wkt(), "EPSG:4326").transform(x, y, errcheck=True)) for crs in (own, configured)
        )
    except ProjError:
        return False
    if not (np.isfinite(ours).all() and np.isfinite(theirs).all()):
        return False
    return bool(WGS84.inv(ours[0], ours[1], theirs[0], theirs[1])[2].max() < _SAME_PLACE_M)


def resolution_m(transform: Affine, width: int, height: int, crs: str, path: Path) -> float:
    """Return the longer side of the pixel at a raster's middle, metres on the ground.

    Raises
    ------
    DataError
        If the middle does not lie on Earth.
    """
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
