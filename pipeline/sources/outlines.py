"""Vector files of areas, read whole: every way in which GDAL, GEOS or PROJ refuses one is told in our words."""

from __future__ import annotations

import warnings
from pathlib import Path

import geopandas as gpd
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj.exceptions import CRSError
from shapely.errors import ShapelyError

from pipeline.errors import DataError


def read_outlines(path: Path, crs: str | None, *, what: str, remedy: str) -> gpd.GeoDataFrame:
    """Read the features of a file in WGS84.

    Parameters
    ----------
    path : Path
        A vector file.
    crs : str or None
        ``crs`` of the source, for a file that names none.
    what : str
        What the features are, in words for messages: "the zones".
    remedy : str
        What helps where the file cannot be read.

    Raises
    ------
    DataError
        If the file cannot be read, holds no geometry, or names no usable CRS.
    """
    where = str(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # rings left open; GEOS refuses them just after
            table = gpd.read_file(path, engine="pyogrio")
    except (DataSourceError, DataLayerError, ShapelyError, OSError, ValueError) as error:
        raise DataError(f"{what} cannot be read: {error}", where=where, remedy=remedy) from error
    if not isinstance(table, gpd.GeoDataFrame):
        raise DataError(f"{what} cannot be read: the file is a table without geometry", where=where, remedy=remedy)
    if table.crs is None and crs is None:
        raise DataError(f"{what} have no CRS", where=where, remedy='State it with crs = "EPSG:..." in the source.')
    try:
        return (table.set_crs(crs) if table.crs is None else table).to_crs("EPSG:4326")
    except CRSError as error:
        raise DataError(
            f"the coordinate reference system of {what} cannot be used: {error}",
            where=where,
            remedy='Write it as "EPSG:..." in the source, or mend the file.',
        ) from error
