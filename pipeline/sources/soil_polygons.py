"""What one file of soil polygons gives to stations and swath cells: exactly inside, or near a line that may be off."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from pipeline.config.corridor import SourceSection
from pipeline.config.folk import COLUMNS
from pipeline.errors import DataError
from pipeline.geo import Floats
from pipeline.sources.outlines import read_outlines
from pipeline.sources.tile import Arrays
from pipeline.store import Facts

SUFFIXES = frozenset({".gpkg", ".shp", ".geojson", ".json", ".fgb", ".kml", ".kmz", ".gml", ".parquet", ".gdb"})
"""Endings that tell vector files from rasters."""
_OWN_COLUMNS = ("soil_class", "soil")
_REMEDY = "Open it in QGIS and save it again, with its CRS."


def read_polygons(
    path: Path, section: SourceSection, places: dict[str, tuple[Floats, Floats]], crs: str
) -> tuple[Facts, Arrays]:
    """Read soil polygons at places.

    Parameters
    ----------
    path : Path
        A vector file.
    section : SourceSection
        Its source: ``variable`` names the attribute that holds the class, ``boundary_m`` how far lines may be off.
    places : dict of (x, y)
        Points in metres by name, such as ``"at stations"``.
    crs : str
        Their CRS.

    Returns
    -------
    tuple
        Facts ``kind resolution_m scheme column features findings``, and arrays: ``codes`` (distinct labels as written),
        and for each name one row a pair of point and polygon label: ``index``, ``label`` (index into ``codes``) and
        ``inside`` (else within ``boundary_m``).

    Raises
    ------
    DataError
        If the file cannot be read, holds something other than polygons, or no attribute that tells the class.
    """
    table = read_outlines(path, section.crs, what="the soil polygons", remedy=_REMEDY)
    column, scheme = class_column([str(name) for name in table.columns], section, path)
    kept, findings = _usable(table, path)
    written, which = np.unique(kept[column].fillna("").astype(str).to_numpy(str), return_inverse=True)
    shapes = shapely.make_valid(kept.geometry.to_crs(crs).to_numpy())
    arrays: Arrays = {"codes": written}
    for name, (x_m, y_m) in places.items():
        arrays |= _pairs(name, shapes, which, x_m, y_m, section.boundary_m)
    facts: Facts = {
        "kind": "polygon", "resolution_m": section.boundary_m, "scheme": scheme, "column": column,
        "features": len(kept), "findings": findings,
    }  # fmt: skip
    return facts, arrays


def class_column(columns: list[str], section: SourceSection, path: Path) -> tuple[str, str | None]:
    """Return the attribute that holds the class, and the scheme that its name tells.

    Raises
    ------
    DataError
        Naming the attributes, if the configured one is not there or none is known.
    """
    lower = {name.lower(): name for name in columns}
    told: dict[str, str] = dict(COLUMNS)
    listed = ", ".join(name for name in columns if name != "geometry") or "none"
    if section.variable is not None:
        name = lower.get(section.variable.lower())
        if name is None:
            raise DataError(
                f"the polygons have no attribute '{section.variable}', which the source names; they have {listed}",
                where=str(path),
                remedy="Correct variable in the source.",
            )
        return name, told.get(name.lower())
    for name, scheme in COLUMNS:
        if name in lower and section.scheme in (None, scheme):
            return lower[name], scheme
    for name in _OWN_COLUMNS:
        if name in lower:
            return lower[name], None
    raise DataError(
        f"nothing tells which attribute of the polygons holds the soil class; they have {listed}",
        where=str(path),
        remedy='Name it with variable = "..." in the source.',
    )


def _usable(table: gpd.GeoDataFrame, path: Path) -> tuple[gpd.GeoDataFrame, list[str]]:
    shape = table.geometry
    blank = (shape.isna() | shape.is_empty).to_numpy()
    areas = shape.geom_type.isin(["Polygon", "MultiPolygon"]).to_numpy()
    other = sorted(set(shape[~blank & ~areas].geom_type))
    if other:
        raise DataError(
            f"soil polygons are needed, and the file holds {', '.join(other)}",
            where=str(path),
            remedy='Points of samples belong into a source with role = "soil_samples".',
        )
    if blank.all():
        raise DataError("the file holds no polygon", where=str(path), remedy="Export it again.")
    findings = [f"{int(blank.sum())} features without geometry left out"] if blank.any() else []
    return table[~blank], findings


def _pairs(
    name: str, shapes: NDArray[np.object_], which: NDArray[np.int64], x_m: Floats, y_m: Floats, boundary_m: float
) -> Arrays:
    """Return which labels lie at each point, or within ``boundary_m`` of it; a pair of point and label once."""
    index, label, inside = [np.empty(0, np.int64)], [np.empty(0, np.int64)], [np.empty(0, bool)]
    for shape, bounds, number in zip(shapes, shapely.bounds(shapes), which, strict=True):
        left, low, right, top = bounds + np.array([-1.0, -1.0, 1.0, 1.0]) * boundary_m
        at = np.flatnonzero((x_m >= left) & (x_m <= right) & (y_m >= low) & (y_m <= top))
        if not at.size:
            continue
        shapely.prepare(shape)  # from here each point costs the logarithm of the polygon's vertices
        within = shapely.intersects_xy(shape, x_m[at], y_m[at])
        near = within.copy()
        if boundary_m > 0.0:
            near[~within] = shapely.dwithin(shape, shapely.points(x_m[at[~within]], y_m[at[~within]]), boundary_m)
        index.append(at[near])
        label.append(np.full(int(near.sum()), number, dtype=np.int64))
        inside.append(within[near])
    rows = np.stack([np.concatenate(index), np.concatenate(label), ~np.concatenate(inside)])
    rows = np.unique(rows, axis=1)  # in order of points, whatever the order of features; inside before near
    first = np.append(True, (np.diff(rows[:2], axis=1) != 0).any(axis=0)) if rows.shape[1] else np.empty(0, bool)
    rows = rows[:, first]
    return {f"{name} index": rows[0], f"{name} label": rows[1], f"{name} inside": rows[2] == 0}
