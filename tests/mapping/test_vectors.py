"""Lines and points of the map."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import shape

from pipeline.config.corridor import SourceSection
from pipeline.errors import DataError
from pipeline.geo import WGS84, Route
from pipeline.mapping import vectors
from pipeline.workspace import SourceFiles

from .builder import LAND, LONG, SHORT, small_land

ROUTE = Route(np.array([p[0] for p in SHORT]), np.array([p[1] for p in SHORT]), "EPSG:32639")


def coast(path: Path, crs: str | None = None) -> list[SourceFiles]:
    return [SourceFiles("land", SourceSection(role="coastline", files=path.name, crs=crs), (path,))]


def test_zone_lines_join_end_to_end_and_have_the_length_of_their_zones() -> None:
    edges = [0.0, 3.2, 11.75, ROUTE.length_km]
    zones = pd.DataFrame({"kp_from_km": edges[:-1], "kp_to_km": edges[1:]})
    lines = [item["geometry"]["coordinates"] for item in vectors.zone_lines(ROUTE, zones)["features"]]
    assert [line[-1] for line in lines[:-1]] == [line[0] for line in lines[1:]]
    for line, length in zip(lines, np.diff(edges), strict=True):
        lon, lat = np.array(line).T
        assert WGS84.line_length(lon, lat) / 1000 == pytest.approx(length, abs=0.01)


def test_runs_reach_half_way_to_the_neighbours() -> None:
    kp = [0.0, 1.0, 2.0, 3.0, 4.0]
    assert vectors.runs(kp, [True, True, False, False, True], 4.0) == [(0.0, 1.5), (3.5, 4.0)]
    assert vectors.runs(kp, [False] * 5, 4.0) == []
    assert vectors.runs(kp, [True] * 5, 4.0) == [(0.0, 4.0)]


def test_posts_stand_on_the_route_and_are_named_by_their_kilometre() -> None:
    posts = vectors.points(ROUTE, vectors.posts_every(ROUTE, 10.0))["features"]
    assert [item["id"] for item in posts] == ["0", "10", "20"]
    lon, lat = posts[1]["geometry"]["coordinates"]
    x, y = ROUTE.xy(np.array([10.0]))
    assert (lon, lat) == pytest.approx(tuple(float(v[0]) for v in ROUTE.lonlat(np.array([10.0]))), abs=1e-5)
    assert ROUTE.locate(x, y).kp_km[0] == pytest.approx(10.0, abs=1e-3)


def test_the_swath_is_as_wide_as_configured() -> None:
    area = shape(vectors.swath_outline(ROUTE, 5000.0)["features"][0]["geometry"])
    geodesic_km2 = abs(WGS84.geometry_area_perimeter(area)[0]) / 1e6
    assert geodesic_km2 == pytest.approx(ROUTE.length_km * 10 + np.pi * 25, rel=0.02)


def test_land_is_cut_to_its_box_and_the_cut_is_no_shore(tmp_path: Path) -> None:
    land = vectors.read_land(coast(small_land(tmp_path)), ROUTE, margin_km=20.0, tolerance_m=0.0)
    west, _, east, north = land.box
    assert 49.7 < west < 50.0 < 50.3 < east < 50.6
    for item in land.areas["features"]:
        bounds = shape(item["geometry"]).bounds
        assert bounds[0] >= west - 1e-4
        assert bounds[3] <= north + 1e-4
    shore = shape(land.shore["features"][0]["geometry"])
    longitudes = {round(x, 3) for line in shore.geoms for x, _ in line.coords}
    assert longitudes == {49.98, 50.32}


def collection(geometry: dict[str, object]) -> str:
    feature = {"type": "Feature", "properties": {}, "geometry": geometry}
    return json.dumps({"type": "FeatureCollection", "features": [feature]})


def test_land_that_cannot_serve_is_refused_with_the_file(tmp_path: Path) -> None:
    def refuse(path: Path, words: str) -> None:
        with pytest.raises(DataError, match=words) as caught:
            vectors.read_land(coast(path), ROUTE, margin_km=20.0, tolerance_m=0.0)
        assert path.name in str(caught.value)

    broken = tmp_path / "broken.geojson"
    broken.write_text("<html>sorry</html>")
    refuse(broken, "cannot be read")
    lines = tmp_path / "lines.geojson"
    geometry = {"type": "LineString", "coordinates": [[50, 41], [51, 42]]}
    lines.write_text(collection(geometry))
    refuse(lines, "not an area")
    far = tmp_path / "far.geojson"
    ring = [[0, 0], [1, 0], [1, 1], [0, 0]]
    polygon = {"type": "Polygon", "coordinates": [ring]}
    far.write_text(collection(polygon))
    refuse(far, "nowhere near")


def test_the_crs_of_the_source_counts_for_a_file_that_names_none(tmp_path: Path) -> None:
    named = gpd.read_file(small_land(tmp_path))
    bare = tmp_path / "bare.shp"
    named.to_crs("EPSG:32639").to_file(bare)
    bare.with_suffix(".prj").unlink()
    with pytest.raises(DataError, match="no CRS"):
        vectors.read_land(coast(bare), ROUTE, margin_km=20.0, tolerance_m=0.0)
    land = vectors.read_land(coast(bare, "EPSG:32639"), ROUTE, margin_km=20.0, tolerance_m=0.0)
    wanted = vectors.read_land(coast(small_land(tmp_path)), ROUTE, margin_km=20.0, tolerance_m=0.0)
    assert land.box == pytest.approx(wanted.box, abs=1e-3)


def test_the_graticule_has_whole_degrees_inside_the_box() -> None:
    names = [item["id"] for item in vectors.graticule((49.2, 40.1, 51.0, 41.9))["features"]]
    assert names == ["50E", "41N"]


@pytest.mark.shared
def test_the_default_shoreline_gives_both_shores(shared_data: Path) -> None:
    route = Route(np.array([p[0] for p in LONG]), np.array([p[1] for p in LONG]), "EPSG:32639")
    land = vectors.read_land(coast(LAND), route, margin_km=450.0, tolerance_m=200.0)
    assert land.box[0] == pytest.approx(46.0, abs=0.6)
    assert len(str(land.areas)) < 400_000
