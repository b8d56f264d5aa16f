"""Where features lie: the coordinate reference system of a file, checked against its coordinates, and WGS84 from it."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from pipeline.errors import DataError
from pipeline.geo import Floats

WGS84_LONLAT = "EPSG:4326"
_BEYOND_AREA_DEG = 5.0  # a CRS is used a little outside the area it was made for, but not a zone away
_SAME_PLACE_DEG = 1e-3  # a hundred metres: datums differ by less, wrong systems by more


def crs_of(own_wkt: str, configured: str | None, *, what: str, where: str) -> CRS:
    """Return the horizontal CRS of a layer.

    Parameters
    ----------
    own_wkt : str
        What the file says; empty where it says nothing.
    configured : str or None
        What the configuration says.
    what, where : str
        For messages.

    Raises
    ------
    DataError
        If neither says it, or a text is no CRS.
    """
    if not (own_wkt or configured):
        raise DataError(
            f"{what} have no CRS: the file names no coordinate reference system",
            where=where,
            remedy='State it with crs = "EPSG:..." in the source, or put its .prj beside the file.',
        )
    try:
        crs = CRS.from_user_input(own_wkt or configured)
        return crs.sub_crs_list[0] if crs.is_compound else crs
    except CRSError as error:
        raise DataError(
            f"the coordinate reference system of {what} cannot be used: {error}",
            where=where,
            remedy='Write it as "EPSG:..." in the source, or mend the file.',
        ) from error


def refuse_misplaced(bounds: Floats, crs: CRS, configured: str | None, *, what: str, where: str) -> None:
    """Refuse coordinates that the CRS cannot have, with a word on swapped axes, and a CRS stated otherwise.

    Parameters
    ----------
    bounds : ndarray, shape (4,)
        Least x and y, greatest x and y.

    Raises
    ------
    DataError
        Naming bounds and area.
    """
    corners = bounds.reshape(2, 2)
    if not _possible(corners, crs):
        swapped = _possible(corners[:, ::-1], crs)
        raise DataError(
            f"the coordinates of {what} ({_words(bounds)}) lie far outside the area of {_name(crs)}"
            + ("; x and y (longitude and latitude) look swapped" if swapped else ""),
            where=where,
            remedy="Export it again with x before y."
            if swapped
            else "Mend the CRS of the file, or state the true one.",
        )
    if configured is None:
        return
    stated = crs_of("", configured, what=what, where=where)
    if not stated.equals(crs, ignore_axis_order=True) and _apart(corners, crs, stated) > _SAME_PLACE_DEG:
        raise DataError(
            f"the file says its CRS is {_name(crs)}, and the configuration says {configured}",
            where=where,
            remedy="Take crs out of the source, or mend the file.",
        )


def to_wgs84(table: gpd.GeoDataFrame, crs: CRS) -> tuple[gpd.GeoDataFrame, NDArray[np.bool_]]:
    """Return features in longitude and latitude, and which of them could not be brought there."""
    placed = table.set_crs(crs, allow_override=True).to_crs(WGS84_LONLAT)
    xy, owner = shapely.get_coordinates(placed.geometry.to_numpy(), return_index=True)
    lost = np.zeros(len(placed), dtype=bool)
    lost[owner[~np.isfinite(xy).all(axis=1)]] = True
    return placed, lost


def _possible(corners: Floats, crs: CRS) -> bool:
    if crs.is_geographic and ((np.abs(corners[:, 1]) > 90.0).any() or (np.abs(corners[:, 0]) > 360.0).any()):
        return False
    try:
        lonlat = corners if crs.is_geographic else _lonlat(corners, crs)
    except ProjError:
        return False
    code = crs.to_epsg()  # what files say of a CRS leaves out where it may be used
    area = (CRS.from_epsg(code) if code else crs).area_of_use
    if area is None or area.west > area.east:  # unknown, or across the antimeridian
        return True
    low, high = np.array(area.bounds).reshape(2, 2)
    return bool((lonlat >= low - _BEYOND_AREA_DEG).all() and (lonlat <= high + _BEYOND_AREA_DEG).all())


def _apart(corners: Floats, one: CRS, other: CRS) -> float:
    try:
        return float(np.abs(_lonlat(corners, one) - _lonlat(corners, other)).max())
    except ProjError:
        return np.inf


def _lonlat(corners: Floats, crs: CRS) -> Floats:
    transformer = Transformer.from_crs(crs, WGS84_LONLAT, always_xy=True)
    return np.column_stack(transformer.transform(corners[:, 0], corners[:, 1], errcheck=True))


def _name(crs: CRS) -> str:
    code = crs.to_epsg()
    return f"EPSG:{code}" if code else str(crs.name)


def _words(bounds: Floats) -> str:
    return f"x {bounds[0]:.6g} to {bounds[2]:.6g}, y {bounds[1]:.6g} to {bounds[3]:.6g}"


def place_name(path: Path, layer: str) -> str:
    """Return how messages name a layer of a file."""
    return f"{path}, layer {layer}" if layer else str(path)
