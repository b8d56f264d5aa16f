"""What one file of soil polygons gives to stations and swath cells: exactly inside, or near a line that may be off."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from pipeline.config.corridor import SourceSection
from pipeline.config.folk import COLUMNS
from pipeline.errors import DataError
from pipeline.geo import Floats
from pipeline.sources.rasters.tile import Arrays
from pipeline.sources.vectors import layers_of, read_features
from pipeline.store import Facts

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
        Its source: ``variable`` names the attribute that holds the class (or layer and attribute), ``boundary_m`` how
        far lines may be off.
    places : dict of (x, y)
        Points in metres by name, such as ``"at stations"``.
    crs : str
        Their CRS.

    Returns
    -------
    tuple
        Facts ``kind resolution_m scheme column features remarks``, and arrays: ``codes`` (distinct labels as written),
        and for each name one row a pair of point and polygon label: ``index``, ``label`` (index into ``codes``) and
        ``inside`` (else within ``boundary_m``).

    Raises
    ------
    DataError
        If the file cannot be read, holds something other than polygons, or no attribute that tells the class.
    """
    layer, attribute = _layer_and_attribute(path, section.variable)
    names = (attribute,) if attribute else tuple(name for name, _ in COLUMNS)
    features = read_features(
        path, section.crs, what="the soil polygons", remedy=_REMEDY, layer=layer, areas=True, names=names
    )
    table = features.table
    column, scheme = class_column([str(name) for name in table.columns], section, attribute, path)
    written, which = np.unique(table[column].fillna("").astype(str).to_numpy(str), return_inverse=True)
    shapes = table.geometry.to_crs(crs).to_numpy()
    arrays: Arrays = {"codes": written}
    for name, (x_m, y_m) in places.items():
        arrays |= _pairs(name, shapes, which, x_m, y_m, section.boundary_m)
    facts: Facts = {
        "kind": "polygon", "resolution_m": section.boundary_m, "scheme": scheme, "column": column,
        "features": len(table), "remarks": [f"{remark.place}: {remark.message}" for remark in features.remarks],
    }  # fmt: skip
    return facts, arrays


def class_column(
    columns: list[str], section: SourceSection, attribute: str | None, path: Path
) -> tuple[str, str | None]:
    """Return the attribute that holds the class (the named one, else one that is known), and the scheme it tells of.

    Raises
    ------
    DataError
        Naming the attributes, if the configured one is not there or none is known.
    """
    lower = {name.lower(): name for name in columns}
    told: dict[str, str] = dict(COLUMNS)
    listed = ", ".join(name for name in columns if name != "geometry") or "none"
    if attribute is not None:
        name = lower.get(attribute.lower())
        if name is None:
            raise DataError(
                f"the polygons have no attribute '{attribute}', which the source names; they have {listed}",
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


def _layer_and_attribute(path: Path, variable: str | None) -> tuple[str | None, str | None]:
    """Return what ``variable`` names: an attribute; of a file with several layers "LAYER" or "LAYER:ATTRIBUTE"."""
    names = [layer.name for layer in layers_of(path, what="the soil polygons", remedy=_REMEDY)] if variable else []
    layer, _, attribute = (variable or "").partition(":")
    if len(names) > 1 and layer in names:
        return layer, attribute or None
    return None, variable


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
