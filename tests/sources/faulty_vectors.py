"""Vector files with one fault each, generated, and what is to be said of each."""

from __future__ import annotations

import json
import sqlite3
import struct
import zipfile
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

GOOD = shapely.box(50.0, 41.0, 51.0, 42.0)
SWAPPED = shapely.box(41.0, 50.0, 42.0, 100.0)
BOW_TIE = shapely.from_wkt("POLYGON((52 41, 53 42, 53 41, 52 42, 52 41))")
TOUCHING = shapely.from_wkt("POLYGON((52 41, 53 41, 53 42, 52.5 41, 52 42, 52 41))")
RING = [[50.0, 41.0], [51.0, 41.0], [51.0, 42.0], [50.0, 42.0], [50.0, 41.0]]


@dataclass(frozen=True)
class Fault:
    """A faulty file: either an error stops it, or features stay and a remark tells.

    Attributes
    ----------
    make : callable
        Writes the file into a folder and returns its path.
    error : str
        Pattern of the error; empty where the file can be used.
    remark : str
        Pattern of what is told.
    numbers : list of int
        Features that stay.
    more : dict
        Arguments of ``read_features``.
    """

    make: Callable[[Path], Path]
    error: str = ""
    remark: str = ""
    numbers: Sequence[int] = (1,)
    more: tuple[tuple[str, Any], ...] = ()


def frame(*shapes: Any, crs: str | None = "EPSG:4326", **columns: Any) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"n": range(len(shapes)), **columns}, geometry=list(shapes), crs=crs)


def write(folder: Path, name: str, *shapes: Any, crs: str | None = "EPSG:4326", **columns: Any) -> Path:
    table, path = frame(*shapes, crs=crs, **columns), folder / name
    if path.suffix == ".parquet":
        table.to_parquet(path)
    else:
        table.to_file(path, engine="pyogrio", **({"driver": "LIBKML"} if path.suffix == ".kml" else {}))
    return path


def geojson(folder: Path, *geometries: Any, name: str = "f.geojson", **members: Any) -> Path:
    path = folder / name
    items = [{"type": "Feature", "properties": {"id": n}, "geometry": g} for n, g in enumerate(geometries)]
    path.write_text(json.dumps({"type": "FeatureCollection", **members, "features": items}))
    return path


def polygon(*ring: list[float]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [list(ring)]}


def kml(folder: Path, inside: str, head: str = "") -> Path:
    path = folder / "f.kml"
    path.write_text(
        f'<?xml version="1.0"?>{head}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{inside}</Document></kml>'
    )
    return path


NETWORK_LINK = "<NetworkLink><Link><href>http://127.0.0.1:9/a.kml</href></Link></NetworkLink>"


def linked(folder: Path, member: str) -> Path:
    """Write GeoJSON whose CRS is to be fetched, in words of one's own."""
    path = geojson(folder, polygon(*RING), crs=None)
    return text(
        folder, path.name, path.read_text().replace('"crs": null', member.replace("URL", "http://127.0.0.1:9/"))
    )


def placemark(name: str = "P") -> str:
    ring = " ".join(f"{x},{y}" for x, y in RING)
    return (
        f"<Placemark><name>{name}</name><Polygon><outerBoundaryIs><LinearRing><coordinates>{ring}</coordinates>"
        "</LinearRing></outerBoundaryIs></Polygon></Placemark>"
    )


def text(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def cut(folder: Path, name: str, share: float, *, part: str = "") -> Path:
    """Write three features, then keep only the first share of the bytes of the file or of one beside it."""
    path = write(folder, name, *[shapely.box(50, 41 + n, 51, 42 + n).segmentize(0.01) for n in range(3)])
    short = path.with_suffix(part) if part else path
    content = short.read_bytes()
    short.write_bytes(content[: int(len(content) * share)])
    return path


def geopackage(folder: Path, geometry: bytes, kind: str = "POLYGON") -> Path:
    """Write a GeoPackage whose second feature has a geometry that libraries would not write."""
    path = write(folder, "f.gpkg", GOOD, GOOD)
    with closing(sqlite3.connect(path)) as database, database:
        _without_triggers(database)
        blob = b"GP\x00\x01" + struct.pack("<i", 4326) + geometry
        database.execute("UPDATE f SET geom = ? WHERE fid = 2", (blob,))
        database.execute("UPDATE gpkg_geometry_columns SET geometry_type_name = ?, z = 2, m = 2", (kind,))
        database.execute("PRAGMA writable_schema = ON")
        database.execute("UPDATE sqlite_master SET sql = replace(sql, 'POLYGON', ?) WHERE name = 'f'", (kind,))
    return path


def _without_triggers(database: sqlite3.Connection) -> None:
    for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        database.execute(f'DROP TRIGGER "{name}"')


def measured(folder: Path) -> Path:
    points = [(52, 41, 1, 2), (53, 41, 1, 2), (53, 42, 1, 2), (52, 41, 1, 2)]
    ring = struct.pack("<I", len(points)) + b"".join(struct.pack("<dddd", *point) for point in points)
    return geopackage(folder, struct.pack("<BII", 1, 3003, 1) + ring)


def curved(folder: Path) -> Path:
    points = [(52, 41), (53, 42), (54, 41), (53, 40), (52, 41)]
    ring = struct.pack("<BII", 1, 8, len(points)) + b"".join(struct.pack("<dd", *point) for point in points)
    return geopackage(folder, struct.pack("<BII", 1, 10, 1) + ring, "CURVEPOLYGON")


def with_journal(folder: Path) -> Path:
    """Delete the second feature in a change that waits in a journal, as if another program had the file open."""
    path = write(folder, "open.gpkg", GOOD, GOOD)
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        _without_triggers(database)
        database.execute("DELETE FROM open WHERE fid = 2")
        database.commit()
        for end in ("", "-wal"):
            text(folder, f"f.gpkg{end}", (folder / f"open.gpkg{end}").read_bytes())
    return folder / "f.gpkg"


def read_only(folder: Path) -> Path:
    """Leave a GeoPackage in write-ahead mode in a folder that nobody may write."""
    share = folder / "share"
    share.mkdir()
    path = write(share, "f.gpkg", GOOD)
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = WAL")
    path.chmod(0o444)
    share.chmod(0o555)
    return path


def two_layers(folder: Path, *names: str) -> Path:
    path = folder / "f.gpkg"
    for name in names:
        frame(GOOD).to_file(path, layer=name, engine="pyogrio")
    return path


def encoded(folder: Path, stored: str, page: str | None, value: str = "Krüger €") -> Path:
    path = write(folder, "f.shp", GOOD, label=["x" * 30])
    table = path.with_suffix(".dbf")
    table.write_bytes(table.read_bytes().replace(b"x" * 30, value.encode(stored).ljust(30)))
    path.with_suffix(".cpg").unlink()
    if page is not None:
        path.with_suffix(".cpg").write_text(page)
    return path


def without(path: Path, *suffixes: str) -> Path:
    for suffix in suffixes:
        path.with_suffix(suffix).unlink()
    return path


def kmz(folder: Path, content: str | bytes, inside: str = "doc.kml") -> Path:
    path = folder / "f.kmz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(inside, content)
    return path


def bomb(folder: Path) -> Path:
    """Write an archive whose directory says that its document unpacks to 501 MB."""
    path = kmz(folder, "<kml/>")
    content = bytearray(path.read_bytes())
    struct.pack_into("<I", content, content.find(b"PK\x01\x02") + 24, 501_000_000)
    path.write_bytes(content)
    return path


def encrypted(folder: Path) -> Path:
    path = kmz(folder, "<kml/>")
    content = bytearray(path.read_bytes())
    content[6] |= 1
    content[content.find(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    return path


def large(folder: Path) -> Path:
    """Write a polygon with a million corners."""
    angle = np.linspace(0.0, 2.0 * np.pi, 1_000_001)
    radius = 0.3 + 0.01 * np.cos(5000.0 * angle)
    ring = np.column_stack([50.5 + radius * np.cos(angle), 41.5 + radius * np.sin(angle)])
    ring[-1] = ring[0]
    return write(folder, "f.fgb", shapely.Polygon(ring))


def _no_geometry(folder: Path) -> Path:
    pyogrio.write_dataframe(pd.DataFrame({"a": [1]}), folder / "f.gpkg")
    return folder / "f.gpkg"


def _plain_parquet(folder: Path) -> Path:
    pd.DataFrame({"a": [1]}).to_parquet(folder / "f.parquet")
    return folder / "f.parquet"


AREAS = (("areas", True),)
VRT = (
    '<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>/vsicurl/http://127.0.0.1:9/a.gpkg</SrcDataSource>'
    "</OGRVRTLayer></OGRVRTDataSource>"
)
DTD = '<!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/hostname">]>'

FAULTS: dict[str, Fault] = {
    "open ring": Fault(
        lambda f: geojson(f, polygon(*RING), polygon(*RING[:-1])),
        remark="feature 2: 1 feature is set aside.*ring is left open",
    ),
    "ring of two points": Fault(
        lambda f: geojson(f, polygon(*RING), polygon([52, 41], [53, 42])),
        remark="feature 2: .*set aside.*cannot be made",
    ),
    "bow tie": Fault(
        lambda f: write(f, "f.gpkg", GOOD, BOW_TIE),
        remark="feature 2: .*set aside.*Self-intersection.*would change its area",
    ),
    "bow tie, to be whole": Fault(
        lambda f: write(f, "f.gpkg", GOOD, BOW_TIE),
        error="outline is invalid.*feature 2",
        more=(*AREAS, ("whole", True)),
    ),
    "ring that touches itself": Fault(
        lambda f: write(f, "f.gpkg", GOOD, TOUCHING), remark="feature 2: an invalid outline was mended", numbers=(1, 2)
    ),
    "area of nothing": Fault(
        lambda f: geojson(f, polygon(*RING), polygon([52, 41], [53, 41], [52, 41], [52, 41])),
        remark="feature 2: .*set aside",
    ),
    "line without length": Fault(
        lambda f: write(
            f, "f.gpkg", shapely.LineString([(50, 41), (51, 42)]), shapely.LineString([(50, 41), (50, 41)])
        ),
        remark="feature 2: .*set aside: its line has no length",
    ),
    "empty geometry": Fault(
        lambda f: geojson(f, polygon(*RING), {"type": "Polygon", "coordinates": []}),
        remark="feature 2: .*geometry is empty",
    ),
    "null geometry": Fault(
        lambda f: geojson(f, polygon(*RING), None), remark="feature 2: .*set aside: it has no geometry"
    ),
    "null geometry in GeoParquet": Fault(
        lambda f: write(f, "f.parquet", GOOD, None), remark="feature 2: .*no geometry"
    ),
    "nothing but null": Fault(lambda f: geojson(f, None), error="none of the features can be used: it has no geometry"),
    "no features": Fault(lambda f: geojson(f), error="holds no features"),
    "coordinates without numbers": Fault(
        lambda f: write(f, "f.parquet", GOOD, shapely.Polygon([(52, 41), (53, np.nan), (53, 42)])),
        remark="feature 2: .*not all numbers",
    ),
    "heights": Fault(
        lambda f: write(f, "f.gpkg", shapely.force_3d(GOOD, 7.0)), remark="feature 1: heights and measures are left out"
    ),
    "heights and measures": Fault(measured, remark="Measured.*feature 2: heights and measures", numbers=(1, 2)),
    "curves": Fault(curved, remark="curves are read as chains of short chords", numbers=(1, 2)),
    "mixed types": Fault(
        lambda f: write(f, "f.geojson", GOOD, shapely.Point(50, 41), shapely.LineString([(50, 41), (51, 42)])),
        remark="feature 3: .*a Linestring, not an area.*|feature 2: .*a Point, not an area",
        more=AREAS,
    ),
    "geometry collection": Fault(
        lambda f: write(
            f,
            "f.gpkg",
            GOOD,
            shapely.GeometryCollection([GOOD, shapely.Point(50, 41)]),
            shapely.GeometryCollection([shapely.Point(1, 2)]),
        ),
        remark="feature 2: of a collection of geometries the areas are taken.*feature 3: .*Geometrycollection, not an",
        numbers=(1, 2),
        more=AREAS,
    ),
    "same ids": Fault(
        lambda f: write(f, "f.gpkg", GOOD, GOOD, GOOD, id=["a", "b", "a"]),
        remark="column id: ids stand more than once: a",
        numbers=(1, 2, 3),
    ),
    "no .prj": Fault(
        lambda f: without(write(f, "f.shp", GOOD), ".prj"), error="no coordinate reference system.*State it with crs"
    ),
    "no .prj, CRS configured": Fault(lambda f: without(write(f, "f.shp", GOOD), ".prj"), more=(("crs", "EPSG:4326"),)),
    "no CRS in GeoParquet": Fault(
        lambda f: write(f, "f.parquet", GOOD, crs=None), error="no coordinate reference system"
    ),
    "CRS that contradicts": Fault(
        lambda f: write(f, "f.gpkg", GOOD),
        error="its CRS is EPSG:4326, and the configuration says EPSG:32639",
        more=(("crs", "EPSG:32639"),),
    ),
    "CRS that is none": Fault(
        lambda f: without(write(f, "f.shp", GOOD), ".prj"), error="cannot be used", more=(("crs", "EPSG:99999999"),)
    ),
    "damaged .prj": Fault(
        lambda f: text(write(f, "f.shp", GOOD).parent, "f.prj", "PROJCS[").with_suffix(".shp"), error="cannot be read"
    ),
    "text in cp1252": Fault(lambda f: encoded(f, "cp1252", "1252")),
    "text in cp1252, unsaid": Fault(
        lambda f: encoded(f, "cp1252", None), remark="f.dbf: nothing names the encoding.*CP1252"
    ),
    "text in UTF-8": Fault(lambda f: encoded(f, "utf-8", "UTF-8")),
    "text in UTF-8, unsaid": Fault(
        lambda f: encoded(f, "utf-8", None), remark="f.dbf: nothing names the encoding.*UTF-8"
    ),
    "text in cp1252, said to be UTF-8": Fault(lambda f: encoded(f, "cp1252", "UTF-8"), error="not in UTF-8.*f.dbf"),
    "text in an encoding that there is not": Fault(
        lambda f: encoded(f, "utf-8", "KLINGON"), remark="names an encoding that there is not .'KLINGON'.*UTF-8"
    ),
    "zero byte in text": Fault(
        lambda f: encoded(f, "utf-8", "UTF-8", "Kr\0ger"), remark="f.dbf: text after a zero byte is lost"
    ),
    "names cut to ten characters": Fault(
        lambda f: write(f, "f.shp", GOOD, depth_weig=["1"]),
        remark="depth_weig as depth_weights",
        more=(("names", ("depth_weights",)),),
    ),
    "latitude and longitude swapped": Fault(lambda f: write(f, "f.gpkg", SWAPPED), error="look swapped.*x before y"),
    "northing and easting swapped": Fault(
        lambda f: write(f, "f.gpkg", shapely.box(4.5e6, 5e5, 4.6e6, 6e5), crs="EPSG:32639"),
        error="EPSG:32639; x and y .*swapped",
    ),
    "metres called degrees": Fault(
        lambda f: write(f, "f.gpkg", shapely.box(5e5, 4.5e6, 6e5, 4.6e6)),
        error="far outside the area of EPSG:4326.*Mend the CRS",
    ),
    "GeoJSON with a crs member": Fault(
        lambda f: geojson(
            f,
            polygon([5e5, 4.5e6], [6e5, 4.5e6], [6e5, 4.6e6], [5e5, 4.5e6]),
            crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32639"}},
        ),
        remark="member crs: the file says that its CRS is urn:ogc:def:crs:EPSG::32639",
    ),
    "GeoJSON in metres, CRS configured": Fault(
        lambda f: geojson(f, polygon([5e5, 4.5e6], [6e5, 4.5e6], [6e5, 4.6e6], [5e5, 4.5e6])),
        more=(("crs", "EPSG:32639"),),
    ),
    "GeoJSON with a linked crs": Fault(
        lambda f: geojson(f, polygon(*RING), crs={"type": "link", "properties": {"href": "http://127.0.0.1:9/crs"}}),
        error="link to elsewhere",
    ),
    **{
        f"GeoJSON with a crs linked {how}": Fault(partial(linked, member=member), error=error)
        for how, member, error in (
            (
                "by an escaped name",
                r'"\u0063r\u0073": {"type": "link", "properties": {"href": "URL"}}',
                "link to elsewhere",
            ),
            ("in capitals", '"CRS": {"TYPE": "LINK", "properties": {"href": "URL"}}', "link to elsewhere"),
            ("as url", '"crs": {"type": "url", "properties": {"url": "URL"}}', "link to elsewhere"),
            (
                "beyond blanks",
                f'"crs": {{{" " * 5000}"type": "link", "properties": {{"href": "URL"}}}}',
                "longer than 4096",
            ),
            (
                "behind blanks",
                f'"crs"{" " * 5000}: {{"type": "link", "properties": {{"href": "URL"}}}}',
                "longer than 4096",
            ),
            (
                "behind a comment",
                '"crs": /**/ {"type": "link", "properties": {"href": "URL"}}',
                "crs member .* cannot be read",
            ),
            (
                "in other quotes",
                "'crs': {'type': 'link', 'properties': {'href': 'URL'}}",
                "crs member .* cannot be read",
            ),
        )
    },
    "GeoPackage with a journal": Fault(with_journal, remark="f.gpkg-wal: changes that wait"),
    "GeoPackage on a read-only share": Fault(read_only),
    "two layers": Fault(lambda f: two_layers(f, "old", "new"), error="has layers 'old', 'new'.*variable"),
    "two layers, one chosen": Fault(lambda f: two_layers(f, "old", "new"), more=(("layer", "new"),)),
    "two layers, another chosen": Fault(
        lambda f: two_layers(f, "old", "new"),
        error="no layer 'newest'; it has 'old', 'new'",
        more=(("layer", "newest"),),
    ),
    "two layers of one name": Fault(
        lambda f: kml(f, f"<Folder><name>A</name>{placemark()}</Folder><Folder><name>A</name>{placemark()}</Folder>"),
        error=r"has layers 'A', 'A \(#2\)'",
    ),
    "table without geometry": Fault(lambda f: _no_geometry(f), error="no layer with geometry"),
    "a million corners": Fault(large),
    "truncated GeoPackage": Fault(lambda f: cut(f, "f.gpkg", 0.7), error="damaged|cannot be read"),
    "truncated GeoJSON": Fault(lambda f: cut(f, "f.geojson", 0.7), error="cannot be read"),
    "truncated FlatGeobuf": Fault(lambda f: cut(f, "f.fgb", 0.7), error="cut short|cannot be read"),
    "truncated KML": Fault(lambda f: cut(f, "f.kml", 0.7), error="cannot be read"),
    "truncated GeoParquet": Fault(lambda f: cut(f, "f.parquet", 0.7), error="cannot be read"),
    "truncated Shapefile": Fault(lambda f: cut(f, "f.shp", 0.7), error="cut short"),
    "truncated .dbf": Fault(lambda f: cut(f, "f.shp", 0.7, part=".dbf"), error=r"cut short.*f\.dbf"),
    "no .shx": Fault(lambda f: without(write(f, "f.shp", GOOD), ".shx"), error="no .shx beside it"),
    "no .dbf": Fault(lambda f: without(write(f, "f.shp", GOOD), ".dbf"), error="no .dbf beside it"),
    "Parquet without geometry": Fault(lambda f: _plain_parquet(f), error="no 'geo' metadata"),
    "VRT under the name of KML": Fault(lambda f: text(f, "f.kml", VRT), error="it is no KML"),
    "VRT under the name of GeoJSON": Fault(lambda f: text(f, "f.geojson", VRT), error="it is no GeoJSON"),
    "VRT": Fault(lambda f: text(f, "f.vrt", VRT), error="no vector format has the ending '.vrt'"),
    "GeoJSON in Latin-1": Fault(
        lambda f: text(f, "f.geojson", '{"type": "FeatureCollection", "name": "Krüger"}'.encode("latin-1")),
        error="not UTF-8 text near byte 41",
    ),
    ".prj of other bytes": Fault(
        lambda f: text(write(f, "f.shp", GOOD).parent, "f.prj", b"\x8f" * 9).with_suffix(".shp"),
        error="CRS is damaged",
    ),
    "coordinates out of any reason": Fault(
        lambda f: write(f, "f.fgb", shapely.box(1e200, 1e200, 1e300, 1e300)), error="far outside the area|no area"
    ),
    "web page": Fault(lambda f: text(f, "f.geojson", "<html>moved</html>"), error="it is a web page"),
    "zero bytes": Fault(lambda f: text(f, "f.fgb", ""), error="it is empty"),
    "KML with entities": Fault(lambda f: kml(f, placemark("&x;"), DTD), error="declares XML entities"),
    "KML that links": Fault(
        lambda f: kml(f, NETWORK_LINK),
        error="NetworkLink",
    ),
    "KMZ that links": Fault(
        lambda f: kmz(f, kml(f, "<NetworkLink><Link><href>../a.kml</href></Link></NetworkLink>").read_text()),
        error="NetworkLink",
    ),
    "KML in UTF-16": Fault(
        lambda f: text(f, "f.kml", kml(f, NETWORK_LINK).read_text().encode("utf-16")), error="it is no KML"
    ),
    "KMZ in UTF-16 without a mark": Fault(
        lambda f: kmz(f, kml(f, NETWORK_LINK).read_text().encode("utf-16-le")), error="not UTF-8 text near byte 1"
    ),
    "KMZ in UTF-16": Fault(
        lambda f: kmz(f, kml(f, NETWORK_LINK).read_text().encode("utf-16")), error="not UTF-8 text near byte 0"
    ),
    "KML that declares another encoding": Fault(
        lambda f: text(f, "f.kml", kml(f, placemark()).read_text().replace("?>", " encoding='UTF-7'?>", 1)),
        error="declares the encoding 'UTF-7'",
    ),
    "KML that declares UTF-8": Fault(
        lambda f: text(f, "f.kml", kml(f, placemark()).read_text().replace("?>", ' encoding="utf-8"?>', 1))
    ),
    "KML that links under a long prefix": Fault(lambda f: kml(f, f"<{'k' * 99}:NetworkLink/>"), error="NetworkLink"),
    "KMZ that explodes": Fault(bomb, error="unpacks to 501 MB"),
    "KMZ under a password": Fault(encrypted, error="cannot be unpacked"),
    "KMZ without KML": Fault(lambda f: kmz(f, "x", "readme.txt"), error="holds no KML"),
}
