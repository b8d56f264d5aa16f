"""Depth rasters as they must not be, and odd ones that must be read right, each with what must come of it.

These are the raster cases of FAULTS E3. A spike is only read here: what is said of it is tested where it is said.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from affine import Affine

from tests.sources.raster_makers import (
    NORTH,
    ROWS,
    SENTINEL,
    SIDE,
    TILES,
    UTM39,
    WEST,
    Make,
    altered,
    ascii_grid,
    bag,
    bomb,
    cut_at,
    file,
    header_that_points_away,
    in_turn,
    linked,
    masked,
    netcdf,
    nodata_text,
    put,
    raster,
    s102,
    scaled,
    stored_elsewhere,
    tarred,
    two_bands,
    two_grids,
    united,
    varied_bag,
    with_gcps,
    xyz_text,
    zeroed,
    zipped,
)


@dataclass(frozen=True)
class Case:
    """One file, and what must come of it.

    Attributes
    ----------
    name : str
        What is odd about it.
    make : callable
        Writes it into a folder and returns its path.
    refused : str
        Words of the error, which has exit code 65; empty where the file must be read.
    found : str
        Words of a finding that must be there.
    section : dict
        What its source says beside ``values = "elevation_m"``, ``vertical_datum = "baltic77"``.
    gap : bool
        Stations in the middle have no depth; all others, and else all of them, have that of the plane.
    within_m : float or None
        By how much depths may differ from the plane; None where they are not looked at.
    """

    name: str
    make: Make
    refused: str = ""
    found: str = ""
    section: dict[str, Any] = field(default_factory=dict)
    gap: bool = False
    within_m: float | None = 0.01


TURNED = Affine.translation(495_500.0, 4_661_500.0) @ Affine.rotation(12.0) @ Affine.scale(SIDE, -SIDE)
SHEARED = Affine(SIDE, 30.0, 495_900.0, 0.0, -SIDE, NORTH)
SOUTH_UP = Affine(SIDE, 0.0, WEST, 0.0, SIDE, NORTH - ROWS * SIDE)
OBLONG = Affine(SIDE, 0.0, WEST, 0.0, -SIDE / 2.0, NORTH)
DEGREES = Affine(0.001, 0.0, 50.95, 0.0, -0.001, 42.12)
FEET = "+proj=utm +zone=39 +datum=WGS84 +units=us-ft +type=crs"
FOOT = 1200.0 / 3937.0
IN_FEET = Affine(SIDE / FOOT, 0.0, WEST / FOOT, 0.0, -SIDE / FOOT, NORTH / FOOT)
IN_ZONE_40 = Affine(100.0, 0.0, 2_000.0, 0.0, -100.0, 4_680_000.0)
DEPTHS: dict[str, Any] = {"values": "depth_m"}
NO_SEABED = "which no seabed has"
DAMAGED = "damaged or is no raster"
NOTHING_THERE = "no depth source covers any part of the route"
CASES = (
    Case("truncated at 1/16", cut_at(1), "no georeference"),  # the list of tags is behind the cut
    *(Case(f"truncated at {n}/16", cut_at(n), DAMAGED) for n in range(2, 16)),
    Case("zero bytes", file("depths.tif", b""), "the file is empty"),
    Case("HTML named .tif", file("depths.tif", b"<!DOCTYPE html><html>404</html>"), "web page"),
    Case("one corrupt DEFLATE block", altered(raster(**TILES), zeroed), DAMAGED),
    Case("no CRS", raster(crs=None), "names no coordinate reference system"),
    Case("no CRS, given by the source", raster(crs=None), section={"crs": UTM39}),
    Case(
        "a CRS that the source contradicts",
        raster(),
        "EPSG:32639, and the configuration says",
        section={"crs": "EPSG:32640"},
    ),
    Case("a wrong CRS", raster(crs="EPSG:32638", of=UTM39), NOTHING_THERE),
    Case("compound CRS", raster(crs="EPSG:32639+5705", of=UTM39)),
    Case(
        "compound CRS of another datum", raster(crs="EPSG:32639+5706", of=UTM39), "EPSG:5706 means depth_m on caspian28"
    ),
    Case("compound CRS with LAT", raster(crs="EPSG:32639+5861", of=UTM39), "measured from 'LAT depth'"),
    Case("3D CRS", raster(DEGREES, 140, 100, crs="EPSG:4979", of="EPSG:4326"), "heights above its ellipsoid"),
    Case("geographic", raster(DEGREES, 140, 100, crs="EPSG:4326")),
    Case("degrees that call themselves projected", raster(DEGREES, 140, 100, crs=UTM39), "look like degrees"),
    Case("metres that call themselves degrees", raster(crs="EPSG:4326", of=UTM39), "does not lie on Earth"),
    Case("south-up", raster(SOUTH_UP)),
    Case("rotated", raster(TURNED, 150, 90)),
    Case("sheared", raster(SHEARED, cols=80)),
    Case("control points only", with_gcps, "only ground control points"),
    Case("pixel is point", raster(after=lambda t: t.update_tags(AREA_OR_POINT="Point"))),
    Case("pixels not square", raster(OBLONG, rows=280)),
    Case("resolution in feet", raster(IN_FEET, crs=FEET)),
    Case("values in feet", raster(after=united("US survey foot")), "are in 'US survey foot'"),
    Case("depths read as elevations", raster(edit=np.negative), "lies on dry land"),
    Case("elevations read as depths", raster(), "lies on dry land", section=DEPTHS),
    Case("0 is land", raster(edit=put(0.0)), found="stations lie on dry land", within_m=None),
    Case("0 is nodata", raster(edit=put(0.0), nodata=0.0), found="stations have no depth", gap=True),
    *(
        Case(f"nodata {value:g} not declared", raster(edit=put(value)), NO_SEABED)
        for value in (SENTINEL, -32767.0, 1e38, 99999.0)
    ),
    Case("nan not declared", raster(edit=put(np.nan)), found="stations have no depth", gap=True),
    Case("nodata given by the source", raster(edit=put(SENTINEL)), section={"nodata": SENTINEL}, gap=True),
    Case(
        "nodata that the source contradicts", raster(nodata=SENTINEL), "declares nodata -9999", section={"nodata": 0.0}
    ),
    Case(
        "nodata no cell can have",
        altered(raster(edit=np.negative, dtype="uint8", nodata=255), nodata_text(b"255", b"-99")),
        section=DEPTHS,
        within_m=1.1,
    ),
    Case(
        "nodata of the source no cell can have",
        raster(edit=np.negative, dtype="uint8"),
        found="is none that uint8 cells can have",
        section={**DEPTHS, "nodata": -9999.0},
        within_m=1.1,
    ),
    Case(
        "nan as the nodata of integers",
        altered(raster(dtype="int16", nodata=-99), nodata_text(b"-99", b"nan")),
        within_m=1.1,
    ),
    Case(
        "nan and sentinel together",
        raster(edit=in_turn(put(SENTINEL), put(np.nan, np.s_[60:70])), nodata=SENTINEL),
        found="stations have no depth",
        gap=True,
    ),
    Case("alpha band", two_bands(alpha=True), found="stations have no depth", gap=True),
    Case("mask band", masked, found="stations have no depth", gap=True),
    Case(
        "scale and offset",
        raster(edit=lambda v: np.rint((v - 5.0) * 100.0), dtype="int32", after=scaled),
        within_m=0.02,
    ),
    Case("two bands", two_bands(alpha=False), "has 2 bands (elevation, other)"),
    Case("two bands, one chosen", two_bands(alpha=False), section={"variable": "elevation"}),
    Case("all nodata", raster(edit=put(SENTINEL, np.s_[:]), nodata=SENTINEL), "all of it is nodata"),
    Case(
        "1 x 1",
        raster(Affine(200.0, 0.0, 499_900.0, 0.0, -200.0, 4_655_100.0), 1, 1),
        found="stations have no depth",
        within_m=None,
    ),
    Case("no overlap", raster(Affine(SIDE, 0.0, 700_000.0, 0.0, -SIDE, NORTH)), NOTHING_THERE),
    Case("sliver of overlap", raster(rows=24), found="stations have no depth", within_m=None),
    Case("gap in the middle", raster(edit=put(SENTINEL), nodata=SENTINEL), found="stations have no depth", gap=True),
    Case("a spike", raster(edit=put(8000.0, np.s_[2, 2]))),
    Case("BigTIFF", raster(bigtiff="yes")),
    Case("strips", raster(blockysize=3)),
    Case(
        "JPEG-compressed",
        raster(edit=np.negative, dtype="uint8", tiled=True, blockxsize=16, blockysize=16, compress="jpeg"),
        found="stored with JPEG compression",
        section=DEPTHS,
        within_m=8.0,
    ),
    Case("ESRI ASCII grid", ascii_grid, section={"crs": UTM39}),
    Case("ESRI ASCII grid without a CRS", ascii_grid, "names no coordinate reference system"),
    Case("netCDF", netcdf(), within_m=0.05),
    Case("netCDF, south-up", netcdf(south_up=True), within_m=0.05),
    Case("netCDF, packed", netcdf(packed=True), within_m=0.05),
    Case("netCDF, a whole turn east", netcdf(turn=360.0), within_m=0.05),
    Case("netCDF without units of its axes", netcdf(units=False), "names no coordinate reference system"),
    Case("netCDF with two grids", two_grids, "holds several grids (elevation, tid)"),
    Case("netCDF with two grids, one chosen", two_grids, section={"variable": "elevation"}, within_m=0.05),
    Case("netCDF truncated", altered(two_grids, lambda c: c[: len(c) // 2]), DAMAGED),
    Case("netCDF with a link to another file", linked, "takes data from another file"),
    Case("netCDF with its cells in another file", stored_elsewhere, "takes data from another file"),
    Case("BAG", bag()),
    Case("BAG, uncertainty", bag(), "lies on dry land", section={"variable": "uncertainty"}),
    Case("BAG of depths", bag(), "its values are elevation_m", section=DEPTHS),
    Case("BAG with cells of various sizes", varied_bag, "cells of various sizes"),
    Case(
        "BAG above a level of the tide",
        bag(VAR_VERT_WKT='VERT_CS["MLLW",VERT_DATUM["MLLW",2005],UNIT["metre",1]]'),
        "measured from",
    ),
    Case("S-102", s102(), section={"values": "depth_m"}),
    Case("S-102 read as elevations", s102(), "its values are depth_m, and the configuration says elevation_m"),
    Case("S-102 above a level of the tide", s102(12), "measured from 'mean lower low water'", section=DEPTHS),
    Case(
        "another HDF5 file",
        altered(s102(), lambda c: c.replace(b"BathymetryCoverage", b"BathymetryCoveragX")),
        "no S-102 surface",
    ),
    Case("soundings", file("depths.xyz", xyz_text()), section={"crs": UTM39, "grid_m": SIDE}),
    Case(
        "soundings with a hole",
        file("depths.xyz", xyz_text(gap=True)),
        section={"crs": UTM39, "grid_m": SIDE},
        gap=True,
    ),
    Case(
        "soundings, gzipped",
        file("depths.xyz.gz", gzip.compress(xyz_text(), mtime=0)),
        section={"crs": UTM39, "grid_m": SIDE},
    ),
    Case("soundings without a CRS", file("depths.xyz", xyz_text()), "in which coordinate reference system"),
    Case(
        "soundings with a bad line",
        file("depths.xyz", xyz_text() + b"500000 oops -3\n"),
        "no sounding: '500000 oops",
        section={"crs": UTM39},
    ),
    Case("soundings cut in a line", file("depths.xyz", xyz_text()[:-14]), "no sounding", section={"crs": UTM39}),
    Case(
        "soundings with a stray one",
        file("depths.xyz", xyz_text() + b"0 0 -3\n"),
        "with cells of 1 m that makes",
        section={"crs": UTM39, "grid_m": 1.0},
    ),
    Case(
        "soundings with their nodata",
        file("depths.xyz", xyz_text() + b"500000 4655000 -9e9\n"),
        NO_SEABED,
        section={"crs": UTM39, "grid_m": SIDE},
    ),
    Case(
        "gzip cut short",
        file("depths.xyz.gz", gzip.compress(xyz_text(), mtime=0)[:-200]),
        "cannot be read",
        section={"crs": UTM39},
    ),
    Case("a bomb", bomb, "unpacks to more than it may", section={"crs": UTM39}),
    Case("a gzipped raster", altered(raster(), lambda c: gzip.compress(c, mtime=0)), "archives are not read"),
    Case("a zipped raster", zipped, "archives are not read"),
    Case("a tarred raster", tarred, "archives are not read"),
    Case("UTM zone next door", raster(IN_ZONE_40, 400, 300, crs="EPSG:32640"), within_m=0.05),
    Case("VRT", file("depths.vrt", b"<VRTDataset rasterXSize='1' rasterYSize='1'/>"), "virtual rasters are refused"),
    Case("VRT named .tif", file("depths.tif", b" <!-- --><VRTDataset/>"), "virtual rasters are refused"),
    Case("tile index", file("depths.gti", b"<GDALTileIndexDataset/>"), "virtual rasters are refused"),
    Case("network service", file("depths.xml", b"<GDAL_WMS><Service/></GDAL_WMS>"), "service on the network"),
    Case("STAC items", file("depths.json", b'{"type": "FeatureCollection"}'), "web page, XML or JSON"),
    Case("a header that points away", header_that_points_away, DAMAGED),
)
