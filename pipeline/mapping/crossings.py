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
_NAMES = ("name", "label", "id", "project_id")
_KINDS = ("kind", "type", "category")
_STATES = ("status", "status_2022", "state")
_AROUND_DEG = 0.5
_DENSE_DEG = 0.01
"""Straight in longitude and latitude, as vector files mean it, is not straight in the route's projection."""
_BESIDE_M = 1.0
_STRETCH = 20.0
"""How much longer than wide the band must be followed to run along the route: lines that meet at under 3 degrees."""


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


def read_crossings(
    sources: Sequence[SourceFiles], route: Route, alongside_m: float
) -> tuple[list[Crossing], list[str]]:
    """Return the crossings of the sources in KP order, and what was set aside in their files.

    Points, such as platforms, cross nothing and are left out.

    Parameters
    ----------
    sources : sequence of SourceFiles
        Vector files of lines and areas.
    route : Route
        The route.
    alongside_m : float
        A line that stays within so many metres over twenty times as far runs along the route: one stretch, however
        often the two lines cross there.

    Raises
    ------
    DataError
        If a file cannot be read.
    """
    found, remarks = [], []
    cable = _Cable.of(route, alongside_m)
    for source in sources:
        section = source.section
        for path in source.paths:
            shapes, said = _read(path, section.crs, section.variable, route)
            remarks += said
            found += [
                Crossing(*place, *shape.words, *how, source.name, section.provenance)
                for shape in shapes
                for place, how in _places(shape, cable)
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
    return [shape for shape in shapes if not shapely.is_empty(shape.near)], remarks


def _words(table: gpd.GeoDataFrame) -> list[tuple[str, str, str]]:
    """Return name, kind and status of each feature, from the first column of a usual name that says something."""
    columns = {str(name).lower(): name for name in table.columns}

    def said(row: Any, names: Iterable[str]) -> str:
        texts = (_text(row[columns[name]]) for name in names if name in columns)
        return next((text for text in texts if text), "")

    return [(said(row, _NAMES), said(row, _KINDS), said(row, _STATES)) for _, row in table.iterrows()]


_Where = tuple[tuple[float, float], tuple[float | None, float | None]]


def _text(value: Any) -> str:
    if value is None or (isinstance(value, float) and not np.isfinite(value)):
        return ""
    # Whole numbers become decimal ones where a feature beside has none.
    return f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value).strip()


@dataclass(frozen=True)
class _Cable:
    """The route in its metres, and the band in which lines run along it."""

    route: Route
    line: shapely.LineString
    band: shapely.Geometry
    stretch_km: float

    @classmethod
    def of(cls, route: Route, alongside_m: float) -> _Cable:
        line = shapely.LineString(np.column_stack(route.vertices[1:]))
        return cls(route, line, line.buffer(alongside_m), _STRETCH * alongside_m / 1000.0)

    def span(self, piece: shapely.Geometry) -> tuple[float, float]:
        corners = shapely.get_coordinates(piece)
        kp = self.route.locate(corners[:, 0], corners[:, 1]).kp_km
        return round(float(kp.min()), 3), round(float(kp.max()), 3)


def _places(shape: _Shape, cable: _Cable) -> Iterator[_Where]:
    area = isinstance(shape.drawn, shapely.Polygon)
    inside = shapely.intersection(cable.line, shape.near) if area else shapely.intersection(shape.near, cable.band)
    for piece in _lines(inside):
        span = cable.span(piece)
        if area or span[1] - span[0] > cable.stretch_km:
            yield span, (None, None)
        elif shapely.intersects(piece, cable.line):
            point = shapely.get_point(shapely.shortest_line(piece, cable.line), 0)
            kp_km, _ = cable.span(point)
            yield (
                (kp_km, kp_km),
                (_angle_deg(piece, point, cable.route, kp_km), _leg_km(shape.drawn, point, cable.route)),
            )


def _lines(shape: shapely.Geometry) -> list[shapely.LineString]:
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "LineString" and not part.is_empty]
    return list(shapely.get_parts(shapely.line_merge(shapely.MultiLineString(parts))))


def _angle_deg(line: shapely.LineString, point: shapely.Point, route: Route, kp_km: float) -> float:
    along = shapely.line_locate_point(line, point)
    before, after = shapely.get_coordinates(
        shapely.line_interpolate_point(line, np.clip([along - _BESIDE_M, along + _BESIDE_M], 0.0, line.length))
    )
    bearing = np.degrees(np.arctan2(after[0] - before[0], after[1] - before[1]))
    between = abs(float(bearing - route.bearing_deg(np.array([kp_km]))[0])) % 180.0
    return round(min(between, 180.0 - between), 1)


def _leg_km(drawn: shapely.Geometry, point: shapely.Point, route: Route) -> float:
    lon, lat = Transformer.from_crs(route.crs, "EPSG:4326", always_xy=True).transform(point.x, point.y)
    corners: NDArray[np.float64] = shapely.get_coordinates(drawn)
    legs = np.asarray(shapely.linestrings(np.stack([corners[:-1], corners[1:]], axis=1)))
    nearest = int(np.argmin(shapely.distance(legs, shapely.Point(lon, lat))))
    start, end = corners[nearest], corners[nearest + 1]
    return round(float(WGS84.inv(*start, *end)[2]) / 1000.0, 1)
