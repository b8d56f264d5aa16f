"""Positions of a route from a vector file: the line or the ordered points in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from pipeline.errors import DataError
from pipeline.sources.vectors import Layer, layers_of, read_features

_ORDER_FIELDS = ("pos_no", "kp_km", "kp", "seq")
_FIELDS = ("event", "cable_type", "slack_pct", "depth_m")
_ROUTE_LAYERS = ("route", "rpl", "cable_route")
_POSITIONS = ("Point", "MultiLineString", "LineString")
_JOINED_WITHIN_DEG = 1e-6  # a decimetre: parts of a line that meet
_WHAT, _REMEDY = "the positions", "Open it in QGIS and save it again, with its CRS."

Position = tuple[float, float]
Records = list[dict[str, object]]


def read_vector(path: Path) -> Records:
    """Return positions as records ``lon lat row`` and what attributes of points give.

    Raises
    ------
    DataError
        If the file cannot be read, names no CRS, or does not hold exactly one route.
    """
    layer = _choose(layers_of(path, what=_WHAT, remedy=_REMEDY), path)
    table = _features(path, layer)
    lines = table[table.geom_type != "Point"]
    return _from_lines(lines, f"{path}, layer {layer.name}") if len(lines) else _from_points(table)


def _choose(layers: list[Layer], path: Path) -> Layer:
    named = [layer for layer in layers if layer.name.lower() in _ROUTE_LAYERS]
    candidates = named or [layer for layer in layers if layer.features and len(_features(path, layer))]
    if len(candidates) == 1:
        return candidates[0]
    names = ", ".join(layer.name for layer in candidates)
    found = f"several layers with lines or points ({names})" if candidates else "no line and no points"
    raise DataError(f"the file has {found}", where=str(path), remedy="Keep the route alone, in a layer named 'route'.")


def _features(path: Path, layer: Layer) -> gpd.GeoDataFrame:
    """Return points and lines; one of them that cannot be used is an error, for without it the route is another."""
    table = read_features(path, what=_WHAT, remedy=_REMEDY, layer=layer.name, whole=True).table
    return table[table.geom_type.isin(_POSITIONS)]


def _from_lines(lines: gpd.GeoDataFrame, where: str) -> Records:
    """Join parts that follow one another; anything else is not one route."""
    parts = [_positions(part) for part in shapely.get_parts(lines.geometry.to_numpy())]
    joined = parts[0]
    for part in parts[1:]:
        if not np.allclose(part[0], joined[-1], rtol=0.0, atol=_JOINED_WITHIN_DEG):
            raise DataError(
                f"the file has {len(parts)} lines that do not follow one another",
                where=where,
                remedy="Keep the one that is the cable route, or join its parts in order.",
            )
        joined += part[1:]
    return [{"lon": x, "lat": y, "row": f"vertex {number}"} for number, (x, y) in enumerate(joined, start=1)]


def _positions(shape: shapely.Geometry) -> list[Position]:
    return [(x, y) for x, y in shapely.get_coordinates(shape).tolist()]


def _from_points(points: gpd.GeoDataFrame) -> Records:
    """Take points in the order of a position number or KP where they have one, else as they stand."""
    attributes = pd.DataFrame(points.drop(columns="geometry")).rename(columns=str.lower)
    for field in _ORDER_FIELDS:
        if field in attributes and pd.api.types.is_numeric_dtype(attributes[field]) and attributes[field].notna().all():
            attributes = attributes.sort_values(field, kind="stable")
            break
    records: Records = []
    for number, row in zip(attributes.index, attributes.to_dict("records"), strict=True):
        ((x, y),) = _positions(points.geometry.loc[number])
        records.append({"lon": x, "lat": y, "row": f"feature {number}", **_attributes(row)})
    return records


def _attributes(row: dict[Any, Any]) -> dict[str, object]:
    given = {name: None if pd.api.types.is_scalar(value) and pd.isna(value) else value for name, value in row.items()}
    found = {field: given.get(field) for field in _FIELDS}
    found["event"] = found["event"] or given.get("name")
    return found
