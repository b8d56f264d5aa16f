"""Positions of a route from a vector file: the line or the ordered points in it, read feature by feature with fiona."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import fiona
import numpy as np
from fiona.errors import FionaError
from pyproj import Transformer
from pyproj.exceptions import CRSError, ProjError

from pipeline.errors import DataError

VECTOR_SUFFIXES = {".geojson", ".json", ".gpkg", ".kml", ".kmz", ".shp"}

_ORDER_FIELDS = ("pos_no", "kp_km", "kp", "seq")
_FIELDS = ("event", "cable_type", "slack_pct", "depth_m")
_ROUTE_LAYERS = ("route", "rpl", "cable_route")
_MOST_KML_BYTES = 100_000_000  # a route is kilobytes; more is a mistake or a compression bomb
_JOINED_WITHIN_DEG = 1e-6  # a decimetre: parts of a line that meet

Position = tuple[float, float]
Records = list[dict[str, object]]


def read_vector(path: Path) -> Records:
    """Return positions as records ``lon lat row`` and what attributes of points give.

    Raises
    ------
    DataError
        If the file cannot be read, names no CRS, or does not hold exactly one route.
    """
    source = io.BytesIO(_kml_inside(path)) if path.suffix.lower() == ".kmz" else None
    try:
        with _opened(path, source) as (layer, collection):
            where = f"{path}, layer {layer}"
            if not collection.crs:
                raise DataError(
                    "the file names no coordinate reference system",
                    where=where,
                    remedy="Put its .prj beside it, or save it with a CRS.",
                )
            lines, points = _features(collection)
            records = _from_lines(lines, where) if lines else _from_points(points)
            return _to_wgs84(records, collection.crs_wkt, where)
    except FionaError as error:
        raise DataError(
            f"the file cannot be read: {error}", where=str(path), remedy="Open it in QGIS and save it again."
        ) from error


@contextmanager
def _opened(path: Path, source: io.BytesIO | None) -> Iterator[tuple[str, Any]]:
    """Open the layer that holds the route."""
    address: Any = source or str(path)
    kml = path.suffix.lower() in (".kml", ".kmz")
    memory = fiona.MemoryFile(source.getvalue(), ext=".kml") if source else None
    try:
        address = memory.name if memory else str(path)
        layers = fiona.listlayers(address)
        layer = _choose(address, layers, path, kml=kml)
        with fiona.open(address, layer=layer, allow_unsupported_drivers=kml) as collection:
            yield layer, collection
    finally:
        if memory:
            memory.close()


def _choose(address: str, layers: list[str], path: Path, *, kml: bool) -> str:
    named = [layer for layer in layers if layer.lower() in _ROUTE_LAYERS]
    candidates = named or [layer for layer in layers if _holds_positions(address, layer, kml=kml)]
    if len(candidates) == 1:
        return candidates[0]
    found = f"several layers with lines or points ({', '.join(candidates)})" if candidates else "no line and no points"
    raise DataError(f"the file has {found}", where=str(path), remedy="Keep the route alone, in a layer named 'route'.")


def _holds_positions(address: str, layer: str, *, kml: bool) -> bool:
    with fiona.open(address, layer=layer, allow_unsupported_drivers=kml) as collection:
        return any(f.geometry is not None and f.geometry.type.endswith(("Point", "LineString")) for f in collection)


def _features(collection: Any) -> tuple[list[list[Position]], list[tuple[Position, dict[str, Any]]]]:
    lines: list[list[Position]] = []
    points: list[tuple[Position, dict[str, Any]]] = []
    for feature in collection:
        geometry = feature.geometry
        if geometry is None:
            continue
        if geometry.type == "LineString":
            lines.append(_flat(geometry.coordinates))
        elif geometry.type == "MultiLineString":
            lines += [_flat(part) for part in geometry.coordinates]
        elif geometry.type == "Point":
            properties = {key.lower(): value for key, value in feature.properties.items()}
            points.append((_flat([geometry.coordinates])[0], properties))
    return lines, points


def _flat(coordinates: Any) -> list[Position]:
    return [(float(position[0]), float(position[1])) for position in coordinates]


def _from_lines(lines: list[list[Position]], where: str) -> Records:
    """Join parts that follow one another; anything else is not one route."""
    joined = list(lines[0])
    for part in lines[1:]:
        if not np.allclose(part[0], joined[-1], rtol=0.0, atol=_JOINED_WITHIN_DEG):
            raise DataError(
                f"the file has {len(lines)} lines that do not follow one another",
                where=where,
                remedy="Keep the one that is the cable route, or join its parts in order.",
            )
        joined += part[1:]
    return [{"lon": x, "lat": y, "row": f"vertex {number}"} for number, (x, y) in enumerate(joined, start=1)]


def _from_points(points: list[tuple[Position, dict[str, Any]]]) -> Records:
    """Take points in the order of a position number or KP where they have one, else as they stand."""
    numbered = list(enumerate(points, start=1))
    for field in _ORDER_FIELDS:
        if all(isinstance(properties.get(field), int | float) for _, (_, properties) in numbered):
            numbered.sort(key=lambda item: item[1][1][field])
            break
    return [
        {"lon": x, "lat": y, "row": f"feature {number}", **_attributes(properties)}
        for number, ((x, y), properties) in numbered
    ]


def _attributes(properties: dict[str, Any]) -> dict[str, object]:
    found = {field: properties.get(field) for field in _FIELDS}
    found["event"] = found["event"] or properties.get("name")
    return found


def _to_wgs84(records: Records, crs_wkt: str, where: str) -> Records:
    x, y = (np.array([record[axis] for record in records], dtype=float) for axis in ("lon", "lat"))
    try:
        lon, lat = Transformer.from_crs(crs_wkt, "EPSG:4326", always_xy=True).transform(x, y, errcheck=True)
    except (CRSError, ProjError) as error:
        raise DataError(
            f"the positions cannot be brought to WGS84: {error}", where=where, remedy="Check the file's CRS."
        ) from error
    return [{**record, "lon": float(a), "lat": float(b)} for record, a, b in zip(records, lon, lat, strict=True)]


def _kml_inside(path: Path) -> bytes:
    """Return the KML of a KMZ archive."""
    try:
        with zipfile.ZipFile(path) as archive:
            found = [item for item in archive.infolist() if item.filename.lower().endswith(".kml")]
            if not found:
                raise DataError("the KMZ holds no KML", where=str(path), remedy="Export the route again.")
            if found[0].file_size > _MOST_KML_BYTES:
                raise DataError(
                    f"the KML in it unpacks to {found[0].file_size / 1e6:.0f} MB, too much for a route",
                    where=str(path),
                    remedy="Export the route alone.",
                )
            return archive.read(found[0])
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise DataError(
            f"the KMZ cannot be unpacked: {error}", where=str(path), remedy="Export the route again, or give the KML."
        ) from error
