"""Lines and points of the map as GeoJSON: geometry and ids only; every text lies in the page's data block."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from pipeline.errors import DataError
from pipeline.geo import Route
from pipeline.sources.vectors import read_features
from pipeline.workspace import SourceFiles

_LINE_SPACING_KM = 0.25
_MOST_LINE_POINTS = 8000
_DECIMALS = 5
_M_PER_DEG = 111_320.0
_SMALL_MARGIN, _SMALL_DETAIL = 0.8, 0.004
"""Of the route's longer side: how far the land of a small picture reaches, and how coarse it is."""
_REMEDY = "Give land as polygons in a readable vector file."

GeoJson = dict[str, Any]
Box = tuple[float, float, float, float]
"""West, south, east, north, degrees."""


@dataclass(frozen=True)
class Land:
    """Land around the route.

    Attributes
    ----------
    areas, shore : dict
        Feature collections.
    box : tuple of float
        Where land and sea are known.
    remarks : tuple of str
        What was set aside or mended in the files.
    """

    areas: GeoJson
    shore: GeoJson
    box: Box
    remarks: tuple[str, ...] = ()


def collection(features: Iterable[GeoJson]) -> GeoJson:
    """Return a feature collection."""
    return {"type": "FeatureCollection", "features": list(features)}


def feature(identity: str, geometry: shapely.Geometry | GeoJson) -> GeoJson:
    """Return a feature that carries nothing but its id."""
    if isinstance(geometry, shapely.Geometry):
        geometry = _rounded(json.loads(shapely.to_geojson(geometry)))
    return {"type": "Feature", "id": identity, "properties": {}, "geometry": geometry}


def _rounded(geometry: GeoJson) -> GeoJson:
    def walk(part: Any) -> Any:
        return round(part, _DECIMALS) if isinstance(part, float | int) else [walk(item) for item in part]

    return {"type": geometry["type"], "coordinates": walk(geometry["coordinates"])}


def route_line(route: Route, from_km: float, to_km: float) -> GeoJson:
    """Return the route between two kilometre posts as a line geometry."""
    spacing = max(_LINE_SPACING_KM, route.length_km / _MOST_LINE_POINTS)
    count = max(2, int(np.ceil((to_km - from_km) / spacing)) + 1)
    lon, lat = route.lonlat(np.linspace(from_km, to_km, count))
    pairs = np.round(np.column_stack([lon, lat]), _DECIMALS).tolist()
    return {"type": "LineString", "coordinates": pairs}


def points(route: Route, kp_km: Any) -> GeoJson:
    """Return points on the route; the id of each is its kilometre post."""
    posts = np.asarray(kp_km, float)
    lon, lat = route.lonlat(posts)
    places = np.round(np.column_stack([lon, lat]), _DECIMALS).tolist()
    return collection(
        feature(f"{post:g}", {"type": "Point", "coordinates": place})
        for post, place in zip(posts.tolist(), places, strict=True)
    )


def spacing(length_km: float, step_km: float, most: int) -> float:
    """Return the step, or the first of its round multiples (2, 5, 10, 20 ...) at which a length has few enough."""
    size = 1.0
    while True:
        for factor in (1.0, 2.0, 5.0):
            if length_km / (step_km * factor * size) <= most:
                return step_km * factor * size
        size *= 10.0


def posts_every(route: Route, step_km: float) -> list[float]:
    """Return the kilometre posts at whole multiples of a step."""
    return [float(round(post, 6)) for post in np.arange(0.0, route.length_km + 1e-9, step_km)]


def zone_lines(route: Route, zones: pd.DataFrame) -> GeoJson:
    """Return one line a zone, its id the place of the zone in the table."""
    spans = zip(zones["kp_from_km"].astype(float), zones["kp_to_km"].astype(float), strict=True)
    return collection(feature(str(index), route_line(route, start, end)) for index, (start, end) in enumerate(spans))


def runs(kp_km: Any, mask: Any, length_km: float) -> list[tuple[float, float]]:
    """Return KP ranges of consecutive stations where a mask holds; each station reaches half-way to the next."""
    kp, hit = np.asarray(kp_km, float), np.asarray(mask, bool)
    edges = np.concatenate([[0.0], (kp[1:] + kp[:-1]) / 2.0, [max(length_km, kp[-1])]])
    change = np.flatnonzero(np.diff(np.concatenate([[0], hit.astype(np.int8), [0]])))
    return [(float(edges[start]), float(edges[end])) for start, end in zip(change[::2], change[1::2], strict=True)]


def swath_outline(route: Route, half_width_m: float) -> GeoJson:
    """Return the edge of the zoned band as an area."""
    spacing = max(1.0, route.length_km / 2000.0)
    x, y = route.xy(np.append(np.arange(0.0, route.length_km, spacing), route.length_km))
    band = shapely.LineString(np.column_stack([x, y])).buffer(half_width_m, quad_segs=6)
    back = Transformer.from_crs(route.crs, "EPSG:4326", always_xy=True)
    turned = shapely.transform(band.simplify(30.0), lambda xy: np.column_stack(back.transform(xy[:, 0], xy[:, 1])))
    return collection([feature("swath", turned)])


def read_land(sources: Sequence[SourceFiles], route: Route, *, margin_km: float, tolerance_m: float) -> Land:
    """Return land around the route, and the box that it is known for.

    Parameters
    ----------
    sources : sequence of SourceFiles
        Vector files with land as areas; ``crs`` of a source counts for files that name none.
    route : Route
        The route.
    margin_km : float
        Land farther from the route's box is left out.
    tolerance_m : float
        Simplification, for display.

    Returns
    -------
    Land
        Areas, shoreline and the box in which they are known.

    Raises
    ------
    DataError
        If a file cannot be read, or holds no area.
    """
    lat_deg = margin_km * 1000.0 / _M_PER_DEG
    lon_deg = lat_deg / float(np.cos(np.radians(route.lat_deg.mean())))
    west, east = float(route.lon_deg.min()) - lon_deg, float(route.lon_deg.max()) + lon_deg
    south, north = float(route.lat_deg.min()) - lat_deg, float(route.lat_deg.max()) + lat_deg
    land, known, remarks = [], [], []
    for path, section in ((path, source.section) for source in sources for path in source.paths):
        found = read_features(
            path, section.crs, what="the land areas", remedy=_REMEDY, layer=section.variable, areas=True
        )
        land += found.table.geometry.to_list()
        known.append(found.table.total_bounds)
        remarks += [f"{path.name}, {remark.place}: {remark.message}" for remark in found.remarks]
    reach = np.array(known)
    box = (
        max(west, float(reach[:, 0].min())), max(south, float(reach[:, 1].min())),
        min(east, float(reach[:, 2].max())), min(north, float(reach[:, 3].max())),
    )  # fmt: skip
    if box[0] >= box[2] or box[1] >= box[3]:
        raise DataError(
            "the land areas lie nowhere near the route",
            where=", ".join(path.name for source in sources for path in source.paths),
            remedy="Give the land around this route, or take the coastline source out of the configuration.",
        )
    merged = shapely.intersection(shapely.union_all(land), shapely.box(*box))
    slim = merged.simplify(tolerance_m / _M_PER_DEG)
    polygons = [p for p in shapely.get_parts(slim) if p.geom_type == "Polygon"]
    # The edge of our data is not a shore.
    shore = shapely.difference(
        shapely.boundary(shapely.MultiPolygon(polygons)), shapely.box(*box).exterior.buffer(1e-6)
    )
    return Land(
        collection(feature(f"land {index}", polygon) for index, polygon in enumerate(polygons)),
        collection([feature("shore", shore)] if not shore.is_empty else []),
        box,
        tuple(remarks),
    )


def rings_near(land: Land | None, route: Route) -> list[list[list[float]]]:
    """Return the land around a route as few coarse rings of longitude and latitude, for a small picture."""
    if land is None:
        return []
    size = max(float(np.ptp(route.lon_deg)), float(np.ptp(route.lat_deg)))
    west, south = float(route.lon_deg.min()), float(route.lat_deg.min())
    east, north = float(route.lon_deg.max()), float(route.lat_deg.max())
    frame = shapely.box(west, south, east, north).buffer(_SMALL_MARGIN * size, join_style="mitre")
    shapes = [shapely.from_geojson(json.dumps(item["geometry"])) for item in land.areas["features"]]
    near = shapely.intersection(shapely.union_all(shapes), frame).simplify(_SMALL_DETAIL * size)
    parts = [part for part in shapely.get_parts(near) if part.geom_type == "Polygon"]
    return [np.round(shapely.get_coordinates(part.exterior), 3).tolist() for part in parts]


def graticule(box: Box, step_deg: float = 1.0) -> GeoJson:
    """Return meridians and parallels at whole steps inside a box of west, south, east, north."""
    west, south, east, north = box
    lons = np.arange(np.ceil(west / step_deg) * step_deg, east, step_deg).tolist()
    lats = np.arange(np.ceil(south / step_deg) * step_deg, north, step_deg).tolist()
    meridians = [feature(f"{lon:g}E", shapely.LineString([(lon, south), (lon, north)])) for lon in lons]
    parallels = [feature(f"{lat:g}N", shapely.LineString([(west, lat), (east, lat)])) for lat in lats]
    return collection(meridians + parallels)
