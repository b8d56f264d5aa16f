"""Routes whose positions are at fault, as a table and as a line: each is refused, mended or told."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from pipeline.config.load import CONFIG_NAME
from pipeline.errors import DataError
from pipeline.quality.review import review
from pipeline.sources.rpl import crossings, from_the_west, read_rpl
from pipeline.workspace import Workspace
from tests.mini import DEPTHS, write_grid
from tests.sources.faulty_vectors import FAULTS, kml

A, B, C, D = (51.0, 42.0), (51.1, 42.1), (51.2, 42.0), (51.3, 42.2)


def csv(folder: Path, *positions: tuple[float, float]) -> Path:
    path = folder / "rpl.csv"
    path.write_text("lon,lat\n" + "".join(f"{x},{y}\n" for x, y in positions))
    return path


def line(suffix: str):
    def write(folder: Path, *positions: tuple[float, float]) -> Path:
        path = folder / f"rpl{suffix}"
        table = gpd.GeoDataFrame({"n": [1]}, geometry=[shapely.LineString(positions)], crs="EPSG:4326")
        if suffix == ".parquet":
            table.to_parquet(path)
        else:
            table.to_file(path, engine="pyogrio")
        return path

    return write


FORMS = {"csv": csv, "GeoJSON": line(".geojson"), "FlatGeobuf": line(".fgb"), "GeoParquet": line(".parquet")}


@pytest.fixture(params=FORMS)
def write(request, tmp_path):
    return lambda *positions: FORMS[request.param](tmp_path, *positions)


def test_a_route_that_overlaps_itself_is_refused(write):
    with pytest.raises(DataError, match="doubles back on itself") as caught:
        read_rpl(write(A, B, A, C))
    assert "row 3" in caught.value.where or "vertex 2" in caught.value.where


def test_a_route_that_runs_over_its_own_legs_again_is_told(write):
    assert len(crossings(read_rpl(write(A, B, C, A, B, D)))) >= 1


def test_a_loop_is_told_with_its_legs(write):
    found = crossings(read_rpl(write(A, C, (51.15, 42.1), (51.1, 41.9))))
    assert len(found) == 1
    assert " and " in found[0]


def test_a_route_from_the_east_is_turned(write):
    table, turned = from_the_west(read_rpl(write(D, C, B, A)))
    assert turned
    assert table["lon"].is_monotonic_increasing


def test_the_same_position_twice_is_refused_with_both_places(write):
    with pytest.raises(DataError, match="are the same place") as caught:
        read_rpl(write(A, B, B, C))
    assert caught.value.where.endswith(("row 3 and row 4", "vertex 2 and vertex 3"))


def test_a_route_of_one_position_is_refused(tmp_path):
    with pytest.raises(DataError, match="at least two positions"):
        read_rpl(csv(tmp_path, A))


def test_a_route_outside_the_depths_is_an_error_of_the_check(write, tmp_path):
    path = write((40.0, 42.0), (40.0, 42.2))
    write_grid(tmp_path / "data" / "raw" / "depths.tif", np.linspace(30, 50, 600, dtype="float32").reshape(30, 20))
    (tmp_path / CONFIG_NAME).write_text(
        f'[corridor]\ncrs = "EPSG:32637"\nstation_m = 1000\n[route]\nfile = "{path.name}"\n{DEPTHS}'
    )
    workspace = Workspace.at(tmp_path)
    errors = [finding for finding in review(workspace, workspace.config()).findings if finding.severity == "error"]
    assert any("have a depth from no source" in finding.message for finding in errors)


def test_a_point_without_place_stops_a_route_of_points(tmp_path):
    points = [{"type": "Point", "coordinates": list(place)} for place in (A, B)] + [None]
    features = [{"type": "Feature", "properties": {}, "geometry": geometry} for geometry in points]
    path = tmp_path / "rpl.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    with pytest.raises(DataError, match=r"it has no geometry.*feature 3"):
        read_rpl(path)


def test_a_line_without_length_is_no_route(tmp_path):
    with pytest.raises(DataError, match="its line has no length"):
        read_rpl(line(".gpkg")(tmp_path, A, A))


def test_events_and_order_come_from_the_attributes_of_points(tmp_path):
    table = gpd.GeoDataFrame(
        {"POS_NO": [2, 1, 3], "Event": ["b", None, "c"], "slack_pct": [1.5, None, 2.0]},
        geometry=[shapely.Point(place) for place in (B, A, C)], crs="EPSG:4326",
    )  # fmt: skip
    table.to_file(tmp_path / "rpl.fgb", engine="pyogrio", SPATIAL_INDEX="NO")
    route = read_rpl(tmp_path / "rpl.fgb")
    assert route["lon"].tolist() == [A[0], B[0], C[0]]
    assert route["event"].tolist() == ["", "b", "c"]


@pytest.mark.parametrize(
    "name",
    ["web page", "VRT", "VRT under the name of KML", "KML with entities", "KMZ that links", "KMZ that explodes",
     "truncated FlatGeobuf", "truncated GeoPackage", "truncated Shapefile", "no .prj", "GeoJSON with a linked crs"],
)  # fmt: skip
def test_a_file_that_no_driver_takes_is_no_route(tmp_path, name):
    with pytest.raises(DataError) as caught:
        read_rpl(FAULTS[name].make(tmp_path))
    assert caught.value.remedy


def test_a_kml_of_two_lines_that_do_not_meet_is_refused(tmp_path):
    marks = "".join(
        f"<Placemark><LineString><coordinates>{a[0]},{a[1]} {b[0]},{b[1]}</coordinates></LineString></Placemark>"
        for a, b in ((A, B), (C, D))
    )
    with pytest.raises(DataError, match="2 lines that do not follow one another"):
        read_rpl(kml(tmp_path, marks))
