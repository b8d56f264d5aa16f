"""Route position lists in every form, and the ones that make no route."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import fiona
import numpy as np
import openpyxl
import pytest
from fiona.crs import CRS
from pyproj import Transformer

from pipeline.config import Config
from pipeline.errors import ConfigError, DataError
from pipeline.geo import Frame
from pipeline.sources.routes import frame
from pipeline.sources.routes.rpl import from_the_west, read_rpl, route_of
from pipeline.store import StepContext

# METHODS 5.1.
LAT, LON = [40.62, 40.90, 41.60, 42.80, 43.62], [49.76, 50.00, 50.40, 50.90, 51.14]
KP = [0.0, 37.1149, 121.7769, 261.3191, 354.4826]


def csv_file(path: Path, text: str) -> Path:
    path.write_bytes(text.encode("utf-8"))
    return path


def plain(folder: Path) -> Path:
    rows = "".join(f"{x},{y}\n" for x, y in zip(LON, LAT, strict=True))
    return csv_file(folder / "rpl.csv", "lon,lat\n" + rows)


def degrees_minutes(folder: Path) -> Path:
    def dm(value: float, letter: str) -> str:
        return f"{int(value)} {(value - int(value)) * 60:.5f} {letter}"

    rows = "".join(f"A/C;{dm(y, 'N')};{dm(x, 'E')};0,5\r\n" for x, y in zip(LON, LAT, strict=True))
    return csv_file(folder / "dm.csv", "\ufeff# made by hand\r\nEvent;LATITUDE;Longitude;Slack\r\n" + rows)


def workbook(folder: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Route position list", None])
    sheet.append([None, None])
    sheet.append(["Lat", "Lon", "Event"])
    for x, y in zip(LON, LAT, strict=True):
        sheet.append([y, f"{x}", "A/C"])
    book.save(folder / "rpl.xlsx")
    return folder / "rpl.xlsx"


def geojson(folder: Path) -> Path:
    line = {"type": "LineString", "coordinates": [[x, y, 0.0] for x, y in zip(LON, LAT, strict=True)]}
    path = folder / "rpl.geojson"
    path.write_text(
        json.dumps({"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, "geometry": line}]})
    )
    return path


def vector(folder: Path, name: str, driver: str, *, crs: str = "EPSG:4326", points: bool = False) -> Path:
    x, y = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(LON, LAT)
    schema = {"geometry": "Point" if points else "LineString", "properties": {"pos_no": "int", "event": "str"}}
    with fiona.open(folder / name, "w", driver=driver, crs=CRS.from_string(crs), schema=schema) as target:
        if points:
            for number in (2, 0, 4, 1, 3):
                target.write(
                    {
                        "type": "Feature",
                        "geometry": {"type": "Point", "coordinates": (x[number], y[number])},
                        "properties": {"pos_no": number, "event": f"E{number}"},
                    }
                )
        else:
            line = {"type": "LineString", "coordinates": list(zip(x, y, strict=True))}
            target.write({"type": "Feature", "geometry": line, "properties": {"pos_no": 1, "event": ""}})
    return folder / name


def kml_text() -> str:
    positions = " ".join(f"{x},{y},0" for x, y in zip(LON, LAT, strict=True))
    return (
        '<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>Cable</name>'
        f"<LineString><coordinates>{positions}</coordinates></LineString></Placemark></Document></kml>"
    )


def kml(folder: Path) -> Path:
    return csv_file(folder / "rpl.kml", kml_text())


def kmz(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "rpl.kmz", "w") as archive:
        archive.writestr("doc.kml", kml_text())
    return folder / "rpl.kmz"


FORMS = {
    "csv": plain,
    "degrees and minutes": degrees_minutes,
    "xlsx": workbook,
    "geojson": geojson,
    "gpkg in metres": lambda folder: vector(folder, "a.gpkg", "GPKG", crs="EPSG:32639"),
    "gpkg points out of order": lambda folder: vector(folder, "p.gpkg", "GPKG", points=True),
    "shapefile": lambda folder: vector(folder, "a.shp", "ESRI Shapefile", crs="EPSG:32639"),
    "kml": kml,
    "kmz": kmz,
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_route(tmp_path: Path, form: str) -> None:
    table = read_rpl(FORMS[form](tmp_path))
    assert table["lon"].tolist() == pytest.approx(LON, abs=1e-6)
    assert table["lat"].tolist() == pytest.approx(LAT, abs=1e-6)
    assert route_of(table, "EPSG:32639").position_kp_km == pytest.approx(KP, abs=1e-3)


def test_optional_columns_and_decimal_commas(tmp_path: Path) -> None:
    table = read_rpl(degrees_minutes(tmp_path))
    assert table["event"].tolist() == ["A/C"] * 5
    assert table["slack_pct"].tolist() == [0.5] * 5
    assert table["depth_m"].isna().all()
    assert read_rpl(vector(tmp_path, "p.gpkg", "GPKG", points=True))["event"].tolist() == ["E0", "E1", "E2", "E3", "E4"]


@pytest.mark.parametrize(
    ("text", "where", "match"),
    [
        ("lon,lat\n50,41\n", "rpl.csv", "at least two"),
        ("x,y\n50,41\n51,42\n", "rpl.csv", "no header"),
        ("lon,lat,longitude\n50,41,50\n", "row 1", "lon twice"),
        ("lon,lat\n50,41\n50,41\n51,42\n", "row 2 and row 3", "same place"),
        ("lon,lat\n50,41\n,42\n", "row 3", "longitude is blank"),
        ("lon,lat\n50,41\nnan,42\n", "row 3", "neither"),
        ("lon,lat\n50,41\n51,95\n", "row 3", "out of range"),
        ("lon,lat\n50,41\n\n51,abc\n", "row 4", "neither"),
        ("lon,lat,slack_pct\n50,41,much\n51,42,1\n", "row 2", "not a number"),
        ("lon,lat\n50,41\n51,41\n50.5,41\n", "row 3", "doubles back"),
        ("", "rpl.csv", "no header"),
    ],
)
def test_tables_that_make_no_route(tmp_path: Path, text: str, where: str, match: str) -> None:
    with pytest.raises(DataError, match=match) as caught:
        read_rpl(csv_file(tmp_path / "rpl.csv", text))
    assert where in caught.value.where
    assert "rpl.csv" in caught.value.where


def test_files_that_are_not_what_they_say(tmp_path: Path) -> None:
    for name in ("a.xlsx", "a.gpkg", "a.kml", "a.kmz", "a.geojson", "a.shp"):
        (tmp_path / name).write_bytes(b"<html>not found</html>")
        with pytest.raises(DataError, match=r"read|unpacked|no line"):
            read_rpl(tmp_path / name)
    (tmp_path / "latin.csv").write_bytes("lon,lat,event\n50,41,Sumqay\xfdt\n".encode("cp1252"))
    with pytest.raises(DataError, match="not UTF-8"):
        read_rpl(tmp_path / "latin.csv")
    with pytest.raises(DataError, match="does not exist"):
        read_rpl(tmp_path / "none.csv")
    (tmp_path / "a.doc").write_bytes(b"x")
    with pytest.raises(DataError, match=r"'\.doc'"):
        read_rpl(tmp_path / "a.doc")


def test_a_shapefile_without_crs_is_refused(tmp_path: Path) -> None:
    path = vector(tmp_path, "a.shp", "ESRI Shapefile")
    path.with_suffix(".prj").unlink()
    with pytest.raises(DataError, match="no coordinate reference system"):
        read_rpl(path)


def test_two_separate_lines_are_not_one_route(tmp_path: Path) -> None:
    parts = [[[50.0, 41.0], [50.2, 41.2]], [[50.4, 41.4], [50.6, 41.6]]]
    path = tmp_path / "two.geojson"
    path.write_text(json.dumps({"type": "MultiLineString", "coordinates": parts}))
    with pytest.raises(DataError, match="2 lines that do not follow"):
        read_rpl(path)
    path.write_text(json.dumps({"type": "MultiLineString", "coordinates": [parts[0], [parts[0][1], *parts[1]]]}))
    assert len(read_rpl(path)) == 4


def test_a_route_from_the_east_is_turned_with_its_spans(tmp_path: Path) -> None:
    text = "lon,lat,event,slack_pct,cable_type\n51,43,Aktau,,\n50.5,42,A/C,1.0,SA\n49.7,40.6,Sumqayit,2.0,DA\n"
    table, turned = from_the_west(read_rpl(csv_file(tmp_path / "rpl.csv", text)))
    assert turned
    assert table["event"].tolist() == ["Sumqayit", "A/C", "Aktau"]
    assert table["cable_type"].tolist() == ["", "DA", "SA"]
    assert np.array_equal(table["slack_pct"], [np.nan, 2.0, 1.0], equal_nan=True)


def context(folder: Path, path: Path, lines: list[str], **corridor: object) -> StepContext:
    config = Config.model_validate({"corridor": corridor, "route": {"label": "Test"}}).only("corridor", "route")
    return StepContext(
        config=config, sources=(), inputs={}, facts={}, out=folder, files={"route": path}, log=lines.append
    )


def test_the_route_step_writes_a_frame_that_can_be_read_back(tmp_path: Path) -> None:
    import pandas as pd

    path = csv_file(tmp_path / "rpl.csv", "lon,lat,event\n51.1,42.1,east\n51.0,42.0,west\n")
    lines: list[str] = []
    out = tmp_path / "out"
    out.mkdir()
    facts = frame.run(context(out, path, lines, half_width_m=1000, cell_m=250))
    found = Frame.load(out)
    rpl = pd.read_parquet(out / "rpl.parquet")
    assert list(rpl.columns) == ["kp_km", "lon", "lat", "event", "cable_type", "slack_pct", "depth_m"]
    assert rpl["event"].tolist() == ["west", "east"]
    assert rpl["kp_km"].iloc[-1] == found.route.length_km
    assert facts["reversed"] is True
    assert "turned" in lines[0]
    assert facts["stations"] == len(found.stations)
    assert facts["cells"] == len(found.cells)
    assert facts["length_km"] == pytest.approx(found.stations["length_km"].sum(), abs=1e-5)


def test_swapped_columns_are_noticed_by_where_they_lead(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "rpl.csv", "lon,lat\n40.6,49.7\n43.6,51.1\n")
    with pytest.raises(DataError, match="swapped") as caught:
        frame.run(context(tmp_path, path, []))
    assert "row 2" in caught.value.where


def test_a_route_far_from_the_crs_is_refused(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "rpl.csv", "lon,lat\n10.0,54.0\n12.0,55.0\n")
    with pytest.raises(DataError, match="far outside the area of EPSG:32639"):
        frame.run(context(tmp_path, path, []))


def test_a_grid_that_fits_no_memory_is_refused_with_a_size_that_does(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "rpl.csv", "lon,lat\n50.0,40.7\n51.0,43.6\n")
    with pytest.raises(ConfigError, match="million cells") as caught:
        frame.run(context(tmp_path, path, [], cell_m=1))
    assert "cell_m" in caught.value.where
