"""Each service, asked in its documented shape, becomes a file that our own readers take."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pandas as pd
import pytest
import rasterio

from pipeline.errors import DataError, ServiceError
from pipeline.fetch import fishing_watch
from pipeline.fetch.record import read_record
from pipeline.hazards.seismic.catalogue import read_catalogue
from pipeline.workspace import Workspace
from tests.fetch import world
from tests.fetch.conftest import files
from tests.fetch.rude import Rude, give


def test_comcat_comes_in_pages_and_becomes_one_catalogue(get, root):
    with Rude({"/": world.comcat(25, most=10)}) as server:
        found = get("comcat", "data/raw/seismic/quakes.csv", server.url, period=["2001-01-01", "2001-12-31"])
    count, *pages = server.calls
    assert count.path == "/count"
    assert [page.query["offset"] for page in pages] == ["1", "11", "21"]
    assert pages[0].query == {
        "format": "csv", "minlatitude": "42.0", "maxlatitude": "42.3", "minlongitude": "50.0", "maxlongitude": "50.5",
        "minmagnitude": "4.0", "eventtype": "earthquake", "starttime": "2001-01-01",
        "endtime": "2001-12-31T23:59:59.999", "orderby": "time-asc", "limit": "10", "offset": "1",
    }  # fmt: skip
    text = (root / "data/raw/seismic/quakes.csv").read_text()
    assert text.splitlines() == [world.HEADER, *(world.event(n) for n in range(25))]
    assert found.state == "new"
    assert files(root) == ["data/raw/seismic/quakes.csv", "data/raw/seismic/quakes.csv.fetched.json"]


def test_a_catalogue_without_a_period_begins_when_instruments_do(get):
    # The service's own default is the last 30 days.
    with Rude({"/": world.comcat(3)}) as server:
        get("comcat", "data/raw/q.csv", server.url)
    assert server.calls[1].query["starttime"] == "1900-01-01"
    assert "endtime" not in server.calls[1].query


def test_a_box_without_earthquakes_is_said_and_becomes_no_file(get, root):
    with Rude({"/": world.comcat(0)}) as server, pytest.raises(DataError, match="no earthquake of magnitude 4"):
        get("comcat", "data/raw/q.csv", server.url)
    assert files(root) == []


def test_emodnet_comes_in_pages_and_becomes_polygons_with_folk_classes(get, root):
    with Rude({"/": world.emodnet(2300)}) as server:
        get("emodnet_substrate", "data/raw/soil.geojson", server.url)
    assert [call.query["startIndex"] for call in server.calls] == ["0", "1000", "2000"]
    assert server.calls[0].path == "/wfs"
    assert server.calls[0].query == {
        "service": "WFS", "version": "2.0.0", "request": "GetFeature", "typeNames": "gtk:seabed_substrate_1m",
        "outputFormat": "application/json", "srsName": "EPSG:4326", "bbox": "50.0,42.0,50.5,42.3,EPSG:4326",
        "count": "1000", "startIndex": "0",
    }  # fmt: skip
    made = json.loads((root / "data/raw/soil.geojson").read_text())
    assert len(made["features"]) == 2300
    assert made["features"][7]["properties"]["folk_7cl"] == 11
    assert "timeStamp" not in made  # the same data, the same bytes


def test_a_sea_that_emodnet_has_not_mapped_is_said(get, root):
    with Rude({"/": world.emodnet(0)}) as server, pytest.raises(DataError, match="no seabed substrate"):
        get("emodnet_substrate", "data/raw/soil.geojson", server.url)
    assert files(root) == []


def test_of_the_worlds_faults_the_box_is_kept(get, root):
    with Rude({"/": give(world.faults(30), etag='"1"')}) as server:
        get("gem_faults", "data/raw/faults.geojson", server.url)
    assert server.calls[0].path == "/gem_active_faults_harmonized.geojson"
    made = json.loads((root / "data/raw/faults.geojson").read_text())
    assert [feature["properties"]["n"] for feature in made["features"]] == list(range(0, 30, 2))


@pytest.mark.parametrize("into", ["data/raw/gebco.tif", "data/raw/gebco.nc"])
def test_gebco_is_cut_by_the_server_and_read_to_the_last_block(get, root, tmp_path, into):
    with Rude({"/": give(world.gebco(tmp_path))}) as server:
        get("gebco", into, server.url)
    assert server.calls[0].path == "/GEBCO_2020.nc"
    assert server.calls[0].handler.path.endswith("?elevation%5B(42.0):1:(42.3)%5D%5B(50.0):1:(50.5)%5D")
    with rasterio.open(root / into) as made:
        values = made.read(1)
        assert made.transform.e < 0  # north is up
        assert values.dtype == np.int16
        assert (values[-1, 0], values[0, 0]) == (-700, -520)  # the file's rows run from the south
        assert str(made.crs) == ("EPSG:4326" if into.endswith(".tif") else "None")


def test_gebco_of_another_area_is_refused(get, root, tmp_path):
    elsewhere = world.gebco(tmp_path, (10.0, 42.0, 10.5, 42.3))
    with Rude({"/": give(elsewhere)}) as server, pytest.raises(DataError, match="does not cover the box"):
        get("gebco", "data/raw/gebco.tif", server.url)
    assert files(root) == []


def test_fishing_is_asked_for_by_month_and_a_day_too_many_is_left_out(get, root, monkeypatch):
    monkeypatch.setenv("GFW_TOKEN", world.TOKEN)
    with Rude({"/v3/4wings/report": world.fishing}) as server:
        found = get("gfw", "data/raw/fishing.csv", server.url, period=["2024-01-15", "2024-03-02"])
    assert [call.query["date-range"] for call in server.calls] == [
        "2024-01-15,2024-02-01", "2024-02-01,2024-03-01", "2024-03-01,2024-03-03",
    ]  # fmt: skip
    assert {call.method for call in server.calls} == {"POST"}
    assert server.calls[0].query | {"date-range": ""} == {
        "spatial-resolution": "HIGH", "temporal-resolution": "DAILY", "group-by": "GEARTYPE",
        "datasets[0]": "public-global-fishing-effort:latest", "date-range": "", "format": "JSON",
    }  # fmt: skip
    ring = [[50.0, 42.0], [50.5, 42.0], [50.5, 42.3], [50.0, 42.3], [50.0, 42.0]]
    assert json.loads(server.calls[0].body) == {"geojson": {"type": "Polygon", "coordinates": [ring]}}
    table = pd.read_csv(root / "data/raw/fishing.csv")
    assert list(table.columns) == ["date", "cell_ll_lat", "cell_ll_lon", "geartype", "fishing_hours"]
    assert len(table) == 18
    assert table["fishing_hours"].sum() == 3 * 2 * (1.5 + 2.5 + 3.5)  # not the 99 hours of the day after
    assert found.record.version == "public-global-fishing-effort:v3.0"


@pytest.mark.parametrize(("degrees", "edge"), [(42.10, 4210), (42.105, 4210), (-42.105, -4211), (-0.005, -1)])
def test_a_cell_is_known_by_its_corner_or_its_middle(degrees, edge):
    assert fishing_watch._edge(degrees) == edge


def test_no_fishing_seen_is_no_file_and_no_word_of_safety(get, root, monkeypatch):
    monkeypatch.setenv("GFW_TOKEN", world.TOKEN)
    empty = give(json.dumps(world.report([])).encode())
    with Rude({"/": empty}) as server, pytest.raises(DataError, match=r"saw no fishing.*leave fishing not assessed"):
        get("gfw", "data/raw/fishing.csv", server.url, period=["2024-01-01", "2024-01-31"])
    assert files(root) == []


def test_the_record_says_where_the_file_is_from(get, root):
    with Rude({"/": give(world.faults(), etag='"v1"')}) as server:
        found = get("gem_faults", "data/raw/faults.geojson", server.url)
    record = read_record(root / "data/raw/faults.geojson")
    assert record == found.record
    assert record.requests == [f"GET {server.url}/gem_active_faults_harmonized.geojson"]
    assert (record.etag, record.licence) == ('"v1"', "CC BY-SA 4.0 (GEM Foundation)")
    assert record.attribution.startswith("GEM Global Active Faults Database, Styron and Pagani 2020")
    assert record.box == list(world.BOX)
    assert date.fromisoformat(record.fetched[:10])


def test_what_was_fetched_can_be_named_as_a_source_and_its_record_is_none(get, root):
    with Rude({"/": world.comcat(25)}) as server:
        get("comcat", "data/raw/seismic/quakes.csv", server.url)
    (root / "data/raw/seismic/.quakes.csv.12.part.csv").write_text("half")
    with (root / "corridor.toml").open("a") as file:
        file.write('[sources.quakes]\nrole = "earthquakes"\nfiles = "data/raw/seismic/*"\n')
    workspace = Workspace.at(root)
    (source,) = workspace.sources(workspace.config())
    assert [path.name for path in source.paths] == ["quakes.csv"]
    assert len(read_catalogue(source, duplicate_seconds=0.0, duplicate_km=0.0)) == 25


def test_pages_of_two_versions_are_asked_for_once_more_and_then_given_up(get, root, monkeypatch):
    monkeypatch.setenv("GFW_TOKEN", world.TOKEN)
    row = {"date": "2024-01-01", "lat": 42.1, "lon": 50.2, "hours": 1.0, "geartype": "trawlers"}
    versions = [
        give(json.dumps(world.report([row | {"date": day}], f"effort:v{n}")).encode())
        for n, day in enumerate(["2024-01-01", "2024-02-01"] * 2)
    ]
    period = ["2024-01-01", "2024-02-29"]
    with Rude({"/": versions}) as server, pytest.raises(ServiceError, match="different versions"):
        get("gfw", "data/raw/fishing.csv", server.url, period=period)
    assert len(server.calls) == 4
    assert files(root) == []
