"""Vector sources as features in WGS84: probed, read, mended and placed; what was set aside is told.

Files are opened in a process of their own: flipped bits can end GDAL, and not only fail in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from pipeline.errors import DataError
from pipeline.sources.apart import apart
from pipeline.sources.remarks import Remark, set_aside
from pipeline.sources.vectors.driver import Layer, told
from pipeline.sources.vectors.loading import list_layers, load
from pipeline.sources.vectors.mending import mend
from pipeline.sources.vectors.placing import crs_of, place_name, refuse_misplaced, to_wgs84
from pipeline.sources.vectors.shapefile import NAME_CHARS

_REMEDY = "Open it in QGIS and save it again as GeoPackage."


@dataclass(frozen=True)
class Features:
    """The features of a vector source.

    Attributes
    ----------
    table : GeoDataFrame
        In WGS84; the index is the number of the feature in the file, from 1.
    layer : Layer
        Which layer was read.
    remarks : tuple[Remark, ...]
        What was set aside, mended, or taken in a certain way.
    """

    table: gpd.GeoDataFrame
    layer: Layer
    remarks: tuple[Remark, ...]


@dataclass(frozen=True)
class _Wish:
    """What is asked of a file; see ``read_features``."""

    what: str
    remedy: str
    layer: str | None
    areas: bool
    names: tuple[str, ...]
    whole: bool


def layers_of(path: Path, *, what: str = "the features", remedy: str = _REMEDY) -> list[Layer]:
    """Return the layers of a file that have geometry, without loading them.

    Raises
    ------
    DataError
        If the file cannot be opened.
    """
    return apart(path, list_layers, path, what, remedy)


def read_features(
    path: Path,
    crs: str | None = None,
    *,
    what: str = "the features",
    remedy: str = _REMEDY,
    layer: str | None = None,
    areas: bool = False,
    names: tuple[str, ...] = (),
    whole: bool = False,
) -> Features:
    """Read one layer of a vector file.

    Parameters
    ----------
    path : Path
        GeoPackage, Shapefile, GeoJSON, FlatGeobuf, KML, KMZ or GeoParquet.
    crs : str, optional
        ``crs`` of the source, for a file that names none.
    what, remedy : str, optional
        What the features are, in words for messages ("the zones"), and what helps where they cannot be read.
    layer : str, optional
        ``variable`` of the source; needed where the file has several layers.
    areas : bool, optional
        Whether only areas are wanted.
    names : tuple of str, optional
        Attributes that are looked for: a shapefile's names, cut to ten characters, are made whole again.
    whole : bool, optional
        Whether a feature that cannot be used as it stands is an error; else it is mended or set aside, and told.

    Raises
    ------
    DataError
        If the file cannot be read, names no usable CRS, holds no feature, or none that can be used.
    """
    wish = _Wish(what, remedy, layer, areas, names, whole)
    return apart(path, _features, path, crs, wish)


def _features(path: Path, crs: str | None, wish: _Wish) -> Features:
    """Do all of it in the second process: GEOS and PROJ get what GDAL makes of damaged bytes."""
    what, remedy, whole = wish.what, wish.remedy, wish.whole
    loaded = load(path, wish.layer, what, remedy)
    table, chosen = loaded.table, loaded.layer
    where = place_name(path, chosen.name)
    if not len(table):
        raise DataError(f"{what} are none: the file holds no features", where=where, remedy=remedy)
    mended = mend(np.asarray(table.geometry, dtype=object), loaded.reasons, areas=wish.areas, as_is=whole)
    own = chosen.crs_wkt if loaded.names_crs or not crs else ""
    place = crs_of(own, crs, what=what, where=where)
    bounds = shapely.total_bounds(mended.shapes)
    if np.isfinite(bounds).all():
        refuse_misplaced(bounds, place, crs, what=what, where=where)
    with told(path, what, remedy):
        table.index = range(1, len(table) + 1)
        table, lost = to_wgs84(table.set_geometry(gpd.GeoSeries(mended.shapes, index=table.index)), place)
    mended.drop(lost, "it cannot be brought to WGS84")
    if mended.reasons and (whole or len(mended.reasons) == len(table)):
        number, reason = min(mended.reasons.items())
        raise DataError(
            f"{what} cannot be used: {reason}" if whole else f"none of {what} can be used: {reason}",
            where=f"{where}, feature {number}",
            remedy=remedy,
        )
    remarks = [*loaded.remarks, *mended.remarks, *set_aside(mended.reasons, remedy)]
    table, renamed = _whole_names(table, wish.names, path)
    remarks += [*renamed, *_same_ids(table)]
    return Features(table.drop(index=list(mended.reasons)), chosen, tuple(remarks))


def _whole_names(table: gpd.GeoDataFrame, names: tuple[str, ...], path: Path) -> tuple[gpd.GeoDataFrame, list[Remark]]:
    """Give columns that a shapefile has cut their whole names, where only one can be meant."""
    if path.suffix.lower() != ".shp":
        return table, []
    cut = {name[:NAME_CHARS]: name for name in names if len(name) > NAME_CHARS and name not in table}
    found = {short: name for short, name in cut.items() if short in table}
    if not found:
        return table, []
    words = ", ".join(f"{short} as {name}" for short, name in found.items())
    return table.rename(columns=found), [Remark("note", path.name, f"names cut to ten characters are read: {words}")]


def _same_ids(table: gpd.GeoDataFrame) -> list[Remark]:
    column = next((name for name in table.columns if str(name).lower() == "id"), None)
    ids = table[column].dropna() if column is not None else table.index[:0].to_series()
    twice = ids[ids.astype(str).duplicated()].astype(str).unique().tolist()
    if not twice:
        return []
    more = f" and {len(twice) - 5} more" if twice[5:] else ""
    return [Remark("warning", f"column {column}", f"ids stand more than once: {', '.join(twice[:5])}{more}",
                   "Give each feature an id of its own.")]  # fmt: skip
