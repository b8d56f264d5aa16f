"""Files that are broken in ways that libraries report in words, or exceptions, of their own."""

import gzip
import warnings
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import rasterio
import shapely
from rasterio.transform import Affine, from_origin

from pipeline.config.corridor import CorridorSection, SourceSection
from pipeline.errors import ConfigError, DataError
from pipeline.sources.rasters.intake import inspect_raster
from pipeline.sources.routes.frame import refuse_too_fine
from pipeline.sources.routes.rpl import crossings, read_rpl, route_of
from pipeline.sources.tables.reading import read_header, read_table
from pipeline.sources.vectors.outlines import read_outlines


def bathymetry(**more) -> SourceSection:
    return SourceSection(role="bathymetry", files="x", values="depth_m", vertical_datum="surface", **more)


def raster(path: Path, dtype: str, transform: Affine) -> Path:
    values = np.full((4, 4), 40, dtype=dtype)
    with rasterio.open(
        path, "w", driver="GTiff", width=4, height=4, count=1, dtype=dtype, crs="EPSG:4326", transform=transform
    ) as target:
        target.write(values, 1)
    return path


def table(lon, lat) -> pd.DataFrame:
    return pd.DataFrame({"lon": lon, "lat": lat, "row": [f"row {n + 2}" for n in range(len(lon))]})


def test_cells_without_size_are_refused(tmp_path):
    with pytest.raises(DataError, match="no size"):
        inspect_raster(raster(tmp_path / "a.tif", "float32", Affine(0, 0, 51, 0, 0, 42)), bathymetry())


def test_complex_numbers_are_refused(tmp_path):
    path = raster(tmp_path / "a.tif", "complex64", from_origin(51, 42, 0.1, 0.1))
    with pytest.raises(DataError, match="complex"):
        inspect_raster(path, bathymetry())


@pytest.mark.parametrize(
    ("dtype", "nodata"), [("int16", 1e10), ("uint8", -9999.0), ("float32", 1e300), ("int16", -0.5)]
)
def test_nodata_that_no_cell_can_hold_masks_nothing_and_says_nothing(tmp_path, dtype, nodata):
    path = raster(tmp_path / "a.tif", dtype, from_origin(51, 42, 0.1, 0.1))
    file = inspect_raster(path, bathymetry(nodata=nodata))
    with file.open() as dataset, warnings.catch_warnings():
        warnings.simplefilter("error")
        assert (file.read(dataset) == 40.0).all()


def test_control_characters_leave_events(tmp_path):
    path = tmp_path / "rpl.csv"
    path.write_text("lon,lat,event\n51,42,bell\x07\x01 rings\n51,42.1,\x1b[31m\n")
    assert list(read_rpl(path)["event"]) == ["bell  rings", "[31m"]


def test_a_truth_value_is_no_longitude(tmp_path):
    book = openpyxl.Workbook()
    for row in (["lon", "lat"], [True, 42], [51, 42.1]):
        book.active.append(row)
    book.save(tmp_path / "rpl.xlsx")
    with pytest.raises(DataError, match="row 2"):
        read_rpl(tmp_path / "rpl.xlsx")


def test_a_workbook_with_broken_xml_is_named(tmp_path):
    whole, broken = tmp_path / "whole.xlsx", tmp_path / "rpl.xlsx"
    openpyxl.Workbook().save(whole)
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(broken, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, content[:90] if name.endswith("sheet1.xml") else content)
    with pytest.raises(DataError, match="workbook cannot be read"):
        read_rpl(broken)


def test_an_encrypted_kmz_is_named(tmp_path):
    path = tmp_path / "rpl.kmz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("doc.kml", "<kml/>")
    content = bytearray(path.read_bytes())
    content[6] |= 1
    content[content.find(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(DataError, match="cannot be unpacked"):
        read_rpl(path)


def test_a_route_that_crosses_itself_says_where():
    assert crossings(table([51, 51.05, 50.95, 51.05], [42, 42.1, 42.1, 42.02])) == ["row 2 to row 3 and row 4 to row 5"]
    assert crossings(table([51, 51.0], [42, 42.1])) == []


def test_too_many_stations_or_cells_name_their_keys():
    route = route_of(table([51.0, 51.0], [42.0, 42.18]), "EPSG:32639")
    with pytest.raises(ConfigError, match=r"corridor\.station_m.*Set station_m to 1 or more"):
        refuse_too_fine(route, CorridorSection(station_m=0.0001))
    with pytest.raises(ConfigError, match=r"corridor\.cell_m and corridor\.half_width_m"):
        refuse_too_fine(route, CorridorSection(half_width_m=1e9))
    refuse_too_fine(route, CorridorSection())


@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz"])
def test_the_line_of_a_record_counts_blank_lines_and_breaks_in_quotes(tmp_path, name):
    path = tmp_path / name
    text = b'a,b\r\n1,"two\r\nlines"\r\n\r\n2,x\r\n3,y\r\n'
    path.write_bytes(gzip.compress(text) if name.endswith("gz") else text)
    assert read_table(path)["line"].tolist() == [2, 5, 6]


def test_a_header_that_ends_in_a_bare_carriage_return_is_read(tmp_path):
    (tmp_path / "t.csv").write_bytes(b"a,b\r1,2\r")
    assert read_header(tmp_path / "t.csv") == ["a", "b"]


def test_outlines_that_libraries_refuse_are_data_errors(tmp_path):
    ring = "[[49,41],[53,41],[53,43],[49,43]]"  # open
    (tmp_path / "open.geojson").write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},'
        f'"geometry":{{"type":"Polygon","coordinates":[{ring}]}}}}]}}'
    )
    (tmp_path / "table.csv").write_text("a,b\n1,2\n")
    box = gpd.GeoDataFrame({"n": [1]}, geometry=[shapely.box(49, 41, 53, 43)], crs="EPSG:4326")
    box.to_file(tmp_path / "bare.shp")
    (tmp_path / "bare.prj").unlink()
    for name, crs, word in (
        ("open.geojson", None, "ring is left open"), ("table.csv", None, "no vector format"),
        ("bare.shp", None, "no CRS"), ("bare.shp", "EPSG:99999999", "cannot be used"),
    ):  # fmt: skip
        with pytest.raises(DataError, match=word):
            read_outlines(tmp_path / name, crs, what="the zones", remedy="")
    assert len(read_outlines(tmp_path / "bare.shp", "EPSG:4326", what="the zones", remedy="")) == 1
