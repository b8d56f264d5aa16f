"""Where cables and pipelines of others cross the route."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

from pipeline.geo import WGS84, Route
from pipeline.sources.vectors import read_features
from pipeline.workspace import SourceFiles

_REMEDY = "Give cables, pipelines and areas of others in a readable vector file."
_NAMES = ("name", "label", "id")
_KINDS = ("kind", "type", "category")
_STATES = ("status", "status_2022", "state")
_AROUND_DEG = 0.5
_DENSE_DEG = 0.01
"""Straight in longitude and latitude, as vector files mean it, is not straight in the route's projection."""
_BESIDE_M = 1.0


@dataclass(frozen=True)
class Crossing:
    """A point or a stretch of the route that something of others shares.

    Attributes
    ----------
    kp_from_km, kp_to_km : float
        Equal where a line crosses; a stretch where it runs along the route, or where the route lies in an area.
    name, kind, status : str
        As the source says them; may be empty.
    angle_deg : float or None
        Acute angle between the two lines, degrees; None for a stretch.
    leg_km : float or None
        Length of the straight leg that crosses, kilometres: a line sketched with long legs may lie far from where it
        is drawn. None for a stretch.
    source, provenance : str
        Where it comes from.
    """

    kp_from_km: float
    kp_to_km: float
    name: str
    kind: str
    status: str
    angle_deg: float | None
    leg_km: float | None
    source: str
    provenance: str


@dataclass(frozen=True)
class _Shape:
    """One line or area of a feature: as drawn in its file, and in the route's metres near the route."""

    drawn: shapely.Geometry
    near: shapely.Geometry
    words: tuple[str, str, str]


def read_crossings(sources: Sequence[SourceFiles], route: Route) -> tuple[list[Crossing], list[str]]:
    """Return the crossings of the sources in KP order, and what was set aside in their files.

    Points, such as platforms, cross nothing and are left out.

    Raises
    ------
    DataError
        If a file cannot be read.
    """
    found, remarks = [], []
    cable = shapely.LineString(np.column_stack(route.vertices[1:]))
    for source in sources:
        section = source.section
        for path in source.paths:
            shapes, said = _read(path, section.crs, section.variable, route)
            remarks += said
            found += [
                Crossing(*place, *shape.words, *how, source.name, section.provenance)
                for shape in shapes
                for place, how in _places(shape, cable, route)
            ]
    return sorted(found, key=lambda item: (item.kp_from_km, item.kp_to_km, item.name, item.source)), remarks


def _read(path: Path, crs: str | None, layer: str | None, route: Route) -> tuple[list[_Shape], list[str]]:
    features = read_features(path, crs, what="the infrastructure", remedy=_REMEDY, layer=layer, names=_STATES)
    bounds = shapely.LineString(np.column_stack([route.lon_deg, route.lat_deg])).buffer(_AROUND_DEG).bounds
    table = features.table
    remarks = [f"{path.name}, {remark.place}: {remark.message}" for remark in features.remarks]
    to_route = Transformer.from_crs("EPSG:4326", route.crs, always_xy=True)

    def near(part: shapely.Geometry) -> shapely.Geometry:
        cut = shapely.intersection(part, shapely.box(*bounds))
        return shapely.transform(
            shapely.segmentize(cut, _DENSE_DEG), lambda xy: np.column_stack(to_route.transform(xy[:, 0], xy[:, 1]))
        )

    shapes = [
        _Shape(part, near(part), words)
        for feature, words in zip(table.geometry, _words(table), strict=True)
        for part in shapely.get_parts(feature)
        if part.geom_type in ("LineString", "Polygon")
    ]
    return [shape for shape in shapes if not shape.near.is_empty], remarks


def _words(table: gpd.GeoDataFrame) -> list[tuple[str, str, str]]:
    """Return name, kind and status of each feature, from the first column of a usual name that says something."""
    columns = {str(name).lower(): name for name in table.columns}

    def said(row: Any, names: Iterable[str]) -> str:
        texts = (row[columns[name]] for name in names if name in columns)
        return next((str(text).strip() for text in texts if isinstance(text, str | int) and str(text).strip()), "")

    return [(said(row, _NAMES), said(row, _KINDS), said(row, _STATES)) for _, row in table.iterrows()]


_Where = tuple[tuple[float, float], tuple[float | None, float | None]]


def _places(shape: _Shape, cable: shapely.LineString, route: Route) -> Iterator[_Where]:
    shared = shapely.intersection(cable, shape.near)
    pieces = [shapely.line_merge(piece) if piece.geom_type == "MultiLineString" else piece for piece in _kinds(shared)]
    for piece in (single for piece in pieces for single in shapely.get_parts(piece)):
        ends = shapely.get_coordinates(piece)[[0, -1]]
        kp = np.sort(route.locate(ends[:, 0], ends[:, 1]).kp_km)
        span = round(float(kp[0]), 3), round(float(kp[1]), 3)
        if piece.geom_type == "Point":
            if shape.drawn.geom_type == "Polygon":
                continue  # the cable touches an area and stays outside
            yield span, (_angle_deg(shape.near, piece, route, span[0]), _leg_km(shape.drawn, piece, route))
        else:
            yield span, (None, None)


def _kinds(shared: shapely.Geometry) -> Iterator[shapely.Geometry]:
    """Give the points and the lines of an intersection, each kind by itself."""
    parts = shapely.get_parts(shared)
    for kind, many in (("Point", shapely.MultiPoint), ("LineString", shapely.MultiLineString)):
        chosen = [part for part in parts if part.geom_type == kind and not part.is_empty]
        if chosen:
            yield many(chosen)


def _angle_deg(line: shapely.Geometry, point: shapely.Point, route: Route, kp_km: float) -> float:
    lines = shapely.get_parts(line)
    nearest = lines[int(np.argmin(shapely.distance(lines, point)))]
    along = shapely.line_locate_point(nearest, point)
    before, after = shapely.get_coordinates(
        shapely.line_interpolate_point(nearest, np.clip([along - _BESIDE_M, along + _BESIDE_M], 0.0, nearest.length))
    )
    bearing = np.degrees(np.arctan2(after[0] - before[0], after[1] - before[1]))
    between = abs(float(bearing - route.bearing_deg(np.array([kp_km]))[0])) % 180.0
    return round(min(between, 180.0 - between), 1)


def _leg_km(drawn: shapely.LineString, point: shapely.Point, route: Route) -> float:
    lon, lat = Transformer.from_crs(route.crs, "EPSG:4326", always_xy=True).transform(point.x, point.y)
    corners: NDArray[np.float64] = shapely.get_coordinates(drawn)
    legs = shapely.linestrings(np.stack([corners[:-1], corners[1:]], axis=1))
    start, end = shapely.get_coordinates(legs[int(np.argmin(shapely.distance(legs, shapely.Point(lon, lat))))])
    return round(float(WGS84.inv(*start, *end)[2]) / 1000.0, 1)
