"""The box around the route, the rest of a download, and what lies beside the data."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import Geod

from pipeline.config.fetch import FetchSection
from pipeline.errors import ConfigError, DataError
from pipeline.fetch.ask import Ask
from pipeline.fetch.call import Caller, Token
from pipeline.fetch.download import Downloader
from pipeline.fetch.part import Known
from pipeline.fetch.wanted import wanted_of
from pipeline.workspace import Workspace
from pipeline.workspace.side_files import SideFiles
from tests.fetch.rude import Rude, cut, give

BODY = bytes(range(256)) * 40


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(places=st.lists(st.integers(0, len(BODY) - 1), max_size=6), named=st.booleans())
def test_however_often_the_line_drops_the_bytes_are_the_same(tmp_path_factory, places, named):
    etag = '"v1"' if named else ""
    answers = [*(cut(BODY, place, etag=etag) for place in sorted(places)), give(BODY, etag=etag)]
    section = FetchSection(retries=7, backoff_s=0, pause_s=0)
    folder = tmp_path_factory.mktemp("parts")
    with Rude({"/": answers}) as server:
        downloader = Downloader(Caller(section, Token()), folder, lambda line: None, lambda done, total: None)
        got = downloader.get(Ask(f"{server.url}/a"))
    assert got is not None
    assert got[0].read_bytes() == BODY
    starts = [call.range_start or 0 for call in server.calls]
    assert starts == [0, *(sorted(places) if named else [0] * len(places))]


def test_waiting_doubles_and_never_exceeds_its_limit(tmp_path):
    waits: list[float] = []
    section = FetchSection(retries=5, backoff_s=2, longest_wait_s=20, pause_s=0)
    with Rude({"/": [cut(BODY, 0)] * 5 + [give(BODY)]}) as server:
        caller = Caller(section, Token(), lambda seconds: waits.append(seconds) if seconds else None)
        Downloader(caller, tmp_path, lambda line: None, lambda done, total: None).get(Ask(f"{server.url}/a"))
    assert waits == [2, 4, 8, 16, 20]


def test_requests_to_one_host_keep_their_pause(tmp_path):
    waits: list[float] = []
    section = FetchSection(pause_s=30)
    with Rude({"/": give(BODY)}) as server:
        downloader = Downloader(
            Caller(section, Token(), waits.append), tmp_path, lambda line: None, lambda done, total: None
        )
        for name in "abc":
            downloader.get(Ask(f"{server.url}/{name}"))
    assert len(waits) == 2
    assert all(25 < wait <= 30 for wait in waits)


@pytest.mark.parametrize(
    ("known", "name"),
    [
        (Known(etag='"a"', last_modified="Mon"), '"a"'),
        (Known(etag='W/"a"', last_modified="Mon"), "Mon"),
        (Known(etag='W/"a"'), ""),
        (Known(), ""),
    ],
)
def test_a_version_has_a_name_that_bytes_can_be_trusted_to(known, name):
    assert known.version == name


def make(root, positions: list[tuple[float, float]], more: str = "") -> Workspace:
    (root / "rpl.csv").write_text("lon,lat\n" + "".join(f"{lon},{lat}\n" for lon, lat in positions))
    (root / "corridor.toml").write_text(
        '[route]\nfile = "rpl.csv"\n[corridor]\nhalf_width_m = 5000\n'
        f'[fetch.it]\nservice = "comcat"\ninto = "data/raw/q.csv"\n{more}'
    )
    return Workspace.at(root)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lon=st.floats(-150, 150), lat=st.floats(-70, 70), margin=st.floats(0, 300),
    bearing=st.floats(0, 360),
)  # fmt: skip
def test_the_box_holds_every_place_within_the_margin(root, lon, lat, margin, bearing):
    workspace = make(root, [(lon, lat), (lon + 1, lat + 1)], f"margin_km = {margin}\n")
    west, south, east, north = wanted_of(workspace, workspace.config(), "it").box
    for position in ((lon, lat), (lon + 1, lat + 1)):
        x, y, _ = Geod(ellps="WGS84").fwd(*position, bearing, margin * 1000 + 5000)
        assert west <= x <= east
        assert south <= y <= north
    assert north - south < 1 + 2 * (margin + 5) / 110 + 0.2


def test_a_route_mended_by_metres_asks_for_the_same_box(root):
    boxes = set()
    for lon in (50.0, 50.0001, 50.0002):
        workspace = make(root, [(lon, 42.0), (51.0, 43.0)])
        boxes.add(wanted_of(workspace, workspace.config(), "it").box)
    assert len(boxes) == 1


@pytest.mark.parametrize("positions", [[(179.0, 10.0), (179.9, 11.0)], [(10.0, 88.0), (11.0, 89.5)]])
def test_a_box_over_the_edge_of_the_map_has_to_be_written(root, positions):
    workspace = make(root, positions)
    with pytest.raises(ConfigError, match="180th meridian or a pole"):
        wanted_of(workspace, workspace.config(), "it")
    workspace = make(root, positions, "box = [178.0, 9.0, 180.0, 12.0]\n")
    assert wanted_of(workspace, workspace.config(), "it").box == (178.0, 9.0, 180.0, 12.0)


def test_without_a_route_a_box_is_needed(root):
    workspace = make(root, [(50.0, 42.0), (51.0, 43.0)])
    (root / "rpl.csv").unlink()
    with pytest.raises(DataError, match=r"rpl\.csv"):
        wanted_of(workspace, workspace.config(), "it")


def test_records_are_no_part_of_an_input(tmp_path):
    grid, record = tmp_path / "gebco.tif", tmp_path / "gebco.tif.fetched.json"
    grid.write_bytes(b"II*\x00")
    record.write_text(json.dumps({}))
    assert SideFiles().of(grid) == ()


def test_what_was_begun_for_a_source_that_is_no_more_is_swept(get, root):
    (root / ".corridor/fetch/old").mkdir(parents=True)
    (root / ".corridor/fetch/old/x.part").write_text("half")
    with Rude({}) as server, pytest.raises(Exception, match="nothing at this address"):
        get("gem_faults", "data/raw/faults.geojson", server.url)
    assert not (root / ".corridor/fetch/old").exists()
