"""Small answers in the documented shapes of the five services, written for these tests; nothing of them is real."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from scipy.io import netcdf_file

from tests.fetch.rude import Answer, Call, give

BOX = (50.0, 42.0, 50.5, 42.3)
TOKEN = "gfw-token-of-nobody-0123456789"
HEADER = (
    "time,latitude,longitude,depth,mag,magType,nst,gap,dmin,rms,net,id,updated,place,type,horizontalError,depthError,"
    "magError,magNst,status,locationSource,magSource"
)


def event(number: int) -> str:
    """A line of ComCat's CSV: 22 columns, the place in quotes."""
    day, minute = divmod(number, 1440)
    moment = f"2001-01-{1 + day % 28:02d}T{minute // 60:02d}:{minute % 60:02d}:00.000Z"
    return (
        f"{moment},42.1,50.{100 + number % 400},10,4.5,mb,,,,,us,"
        f'test{number:06d},2020-01-01T00:00:00.000Z,"5 km N of nowhere, at sea",earthquake,,,,,reviewed,us,us'
    )


def comcat(number: int, most: int = 20_000) -> Answer:
    """ComCat with so many events, of which one answer may hold ``most``."""
    lines = [event(n) for n in range(number)]

    def answer(call: Call) -> None:
        if call.path.endswith("/count"):
            body = json.dumps({"count": number, "maxAllowed": most}).encode()
        else:
            start, limit = int(call.query["offset"]) - 1, int(call.query["limit"])
            body = ("\n".join([HEADER, *lines[start : start + limit]]) + "\n").encode()
        give(body, kind="text/csv")(call)

    return answer


def polygon(number: int) -> dict[str, object]:
    """A feature of seabed substrate."""
    west = BOX[0] + (number % 40) * 0.01
    ring = [[west, 42.1], [west + 0.01, 42.1], [west + 0.01, 42.11], [west, 42.11], [west, 42.1]]
    return {
        "type": "Feature", "id": f"seabed_substrate_1m.{number:05d}", "geometry_name": "geom",
        "geometry": {"type": "MultiPolygon", "coordinates": [[ring]]},
        "properties": {"folk_5cl": 1, "folk_5cl_txt": "1. Mud to muddy Sand", "folk_7cl": 11},
    }  # fmt: skip


def collection(features: list[dict[str, object]], matched: int) -> bytes:
    """A page of GeoServer's GeoJSON."""
    return json.dumps(
        {"type": "FeatureCollection", "features": features, "totalFeatures": matched, "numberMatched": matched,
         "numberReturned": len(features), "timeStamp": "2026-01-01T00:00:00.000Z",
         "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4326"}}}
    ).encode()  # fmt: skip


def emodnet(number: int) -> Answer:
    """The feature service with so many polygons."""
    features = [polygon(n) for n in range(number)]

    def answer(call: Call) -> None:
        start, count = int(call.query["startIndex"]), int(call.query["count"])
        give(collection(features[start : start + count], number), kind="application/json")(call)

    return answer


def faults(number: int = 30) -> bytes:
    """The database of faults: every second trace touches the box."""
    features = [
        {"type": "Feature",
         "properties": {"catalog_name": "TEST", "slip_type": "Reverse", "net_slip_rate": "(1.0,0.5,2.0)", "n": n},
         "geometry": {"type": "LineString", "coordinates": [[50.1 + 40 * (n % 2), 42.1], [50.3 + 40 * (n % 2), 42.2]]}}
        for n in range(number)
    ]  # fmt: skip
    return json.dumps({"type": "FeatureCollection", "name": "gem", "features": features}).encode()


def gebco(folder: Path, box: tuple[float, float, float, float] = BOX) -> bytes:
    """A netCDF grid as ERDDAP cuts it: rows from the south, no CRS."""
    west, south, east, north = box
    step = 1 / 60
    lats, lons = np.arange(south, north + step / 2, step), np.arange(west, east + step / 2, step)
    path = folder / "made.nc"
    with netcdf_file(path, "w") as file:
        file.Conventions = "CF-1.10, COARDS"
        for name, values, unit in (("latitude", lats, "degrees_north"), ("longitude", lons, "degrees_east")):
            file.createDimension(name, len(values))
            variable = file.createVariable(name, "f8", (name,))
            variable[:], variable.units, variable.standard_name = values, unit, name
        grid = file.createVariable("elevation", "i2", ("latitude", "longitude"))
        grid.units, grid.standard_name = "m", "surface_altitude"
        grid[:] = np.arange(len(lats))[:, None] * 10 + np.arange(len(lons))[None, :] - 700
    return path.read_bytes()


def fishing(call: Call) -> None:
    """The report of a month: two gears in three cells on its first day, one on the day after the month."""
    if call.headers.get("authorization") != f"Bearer {TOKEN}":
        body = json.dumps({"statusCode": 401, "error": "Unauthorized", "messages": [{"detail": "Not authorized"}]})
        call.head(401, {"Content-Length": len(body)})
        call.write(body.encode())
        return
    first, beyond = call.query["date-range"].split(",")
    rows = [
        {"date": first, "lat": 42.1 + 0.01 * n, "lon": 50.2, "hours": 1.5 + n, "geartype": gear, "vesselIDs": 1}
        for n in range(3)
        for gear in ("trawlers", "set_gillnets")
    ]
    rows.append({"date": beyond, "lat": 42.1, "lon": 50.2, "hours": 99.0, "geartype": "trawlers", "vesselIDs": 1})
    give(json.dumps(report(rows)).encode(), kind="application/json")(call)


def report(rows: list[dict[str, object]], version: str = "public-global-fishing-effort:v3.0") -> dict[str, object]:
    """A report as the 4Wings API wraps it."""
    return {"total": 1, "limit": None, "offset": None, "nextOffset": None, "metadata": {}, "entries": [{version: rows}]}
