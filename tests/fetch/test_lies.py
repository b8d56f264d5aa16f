"""A server that drops, truncates, redirects, rate-limits and lies: what was there stays, and one paragraph says why."""

from __future__ import annotations

import json
import socket
from contextlib import nullcontext

import httpx
import pytest

from pipeline.errors import ConfigError, CorridorError, DataError, LockedError, ServiceError, WriteError
from pipeline.fetch import redirects
from pipeline.workspace import Workspace, hold
from tests.fetch import world
from tests.fetch.conftest import IMPATIENT, files
from tests.fetch.rude import Rude, cut, drop, endless, give, raw, slow_head, status, trickle

INTO = "data/raw/faults.geojson"
FAULTS = world.faults(400)
WHOLE = give(FAULTS, etag='"v1"')


def refused(get, server: Rude, error: type[CorridorError], words: str, **more: object) -> str:
    with pytest.raises(error, match=words) as caught:
        get("gem_faults", INTO, server.url, **more)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def nothing_but_parts(root) -> bool:
    return all(name.startswith(".corridor/fetch/it/") and name.endswith((".part", ".json")) for name in files(root))


def test_a_dropped_download_goes_on_where_it_broke_off(get, root):
    with Rude({"/": [cut(FAULTS, 20_000, etag='"v1"'), drop, cut(FAULTS, 30_000, etag='"v1"'), WHOLE]}) as server:
        get("gem_faults", INTO, server.url, limits={"retries": 3})
    assert [call.headers.get("range") for call in server.calls] == [
        None, "bytes=20000-", "bytes=20000-", "bytes=30000-",
    ]  # fmt: skip
    assert [call.headers.get("if-range") for call in server.calls] == [None, '"v1"', '"v1"', '"v1"']
    assert len(json.loads((root / INTO).read_text())["features"]) == 200
    assert any("breaks off" in line for line in get.told)


def test_a_later_run_goes_on_too(get, root):
    broken = {"/": cut(FAULTS, 20_000, etag='"v1"')}
    with Rude(broken) as server:
        refused(get, server, ServiceError, "breaks off.*What you have is untouched")
        assert nothing_but_parts(root)
        assert sum((root / name).stat().st_size for name in files(root) if name.endswith(".part")) == 20_000
        broken["/"] = WHOLE
        get("gem_faults", INTO, server.url)
    assert server.calls[-1].headers["range"] == "bytes=20000-"
    assert files(root) == [INTO, f"{INTO}.fetched.json"]


def test_what_has_no_name_of_its_version_begins_again(get):
    with Rude({"/": [cut(FAULTS, 20_000), give(FAULTS)]}) as server:
        get("gem_faults", INTO, server.url)
    assert [call.headers.get("range") for call in server.calls] == [None, None]


def test_a_weak_name_is_none(get):
    with Rude({"/": [cut(FAULTS, 20_000, etag='W/"v1"'), give(FAULTS)]}) as server:
        get("gem_faults", INTO, server.url)
    assert [call.headers.get("range") for call in server.calls] == [None, None]


def test_a_name_that_is_no_name_is_not_sent_back(get):
    with Rude({"/": [cut(FAULTS, 20_000, etag="caf\xe9"), give(FAULTS, etag="caf\xe9")]}) as server:
        assert get("gem_faults", INTO, server.url).record.etag == ""
    assert [call.headers.get("range") for call in server.calls] == [None, None]


def test_a_record_that_is_none_does_not_count(get, root):
    with Rude({"/": WHOLE}) as server:
        get("gem_faults", INTO, server.url)
        record = root / f"{INTO}.fetched.json"
        for wrong in ("{}", "[1]", "junk", record.read_text().replace('"\\"v1\\""', "[1, 2]")):
            record.write_text(wrong)
            refused(get, server, WriteError, "was not fetched by this program")


def test_a_version_that_changes_midway_comes_anew(get, root):
    newer = world.faults(500)
    with Rude({"/": [cut(FAULTS, 20_000, etag='"v1"'), give(newer, etag='"v2"')]}) as server:
        get("gem_faults", INTO, server.url)
    assert len(json.loads((root / INTO).read_text())["features"]) == 250


@pytest.mark.parametrize(
    "answer",
    [
        {"Content_Range": f"bytes 10000-{len(FAULTS) - 1}/{len(FAULTS)}", "ETag": '"v1"'},  # another place
        {"Content_Range": f"bytes 20000-{len(FAULTS) + 4}/{len(FAULTS) + 5}", "ETag": '"v1"'},  # another length
        {"Content_Range": f"bytes 20000-{len(FAULTS) - 1}/{len(FAULTS)}", "ETag": '"v2"'},  # another version
        {"Content_Type": "multipart/byteranges; boundary=x"},
        {"Content_Range": "bytes junk"},
    ],
)
def test_a_part_that_is_not_the_one_asked_for_is_dropped(get, root, answer):
    wrong = status(206, b"x" * 50, **answer)
    with Rude({"/": [cut(FAULTS, 20_000, etag='"v1"'), wrong, WHOLE]}) as server:
        get("gem_faults", INTO, server.url)
    assert server.calls[-1].headers.get("range") is None
    assert len(json.loads((root / INTO).read_text())["features"]) == 200


def test_a_part_that_nobody_asked_for_is_refused(get, root):
    with Rude({"/": status(206, FAULTS, Content_Range=f"bytes 0-{len(FAULTS) - 1}/{len(FAULTS)}")}) as server:
        refused(get, server, ServiceError, "another part")
    assert nothing_but_parts(root)


def test_a_beginning_longer_than_the_whole_is_dropped(get, root):
    shorter = give(world.faults(100), etag='"v1"')
    with Rude({"/": [cut(FAULTS, 60_000, etag='"v1"'), shorter, shorter]}) as server:
        get("gem_faults", INTO, server.url)
    assert len(json.loads((root / INTO).read_text())["features"]) == 50


def test_too_many_requests_are_waited_for_as_the_server_says(get):
    with Rude({"/": [status(429, Retry_After="1"), status(503), WHOLE]}) as server:
        get("gem_faults", INTO, server.url)
    assert len(server.calls) == 3
    assert "asks for patience" in get.told[0]
    assert "again in 1 s" in get.told[0]


@pytest.mark.parametrize(
    ("answer", "words", "calls"),
    [
        (status(429), "asks for patience.*HTTP 429", 3),
        (status(429, Retry_After="7200"), "asks to come again in 7200 s", 1),
        (status(503, Retry_After="Fri, 31 Dec 2100 23:59:59 GMT"), "asks to come again in", 1),
        (status(500, b"<html><style>p {}</style><p>kaputt</p></html>"), "trouble of its own, HTTP 500: kaputt,", 3),
        (status(404), "nothing at this address.*write url or dataset", 1),
        (status(403), "does not let this request in", 1),
        (status(400, b'{"message": "bad bbox"}'), "refuses the request, HTTP 400: bad bbox", 1),
        (status(204), "refuses the request, HTTP 204", 1),
        (drop, "breaks off", 3),
        (raw(FAULTS, Content_Length=len(FAULTS) + 9), "breaks off", 4),  # the first brought it on
        (raw(FAULTS[:-30]), "not whole JSON", 3),
        (raw(b"", Content_Length=0), "not whole JSON", 3),
        (raw(FAULTS, Content_Encoding="gzip"), "answers packed", 1),
        (raw(b'{"type": "FeatureCollection", "features": [' + b"[" * 100_000), "not whole JSON", 3),
        (raw(b'{"error": {"code": 400, "message": "no"}}'), "not a GeoJSON collection", 3),
        (raw(b'{"features": [{"geometry": {"coordinates": [NaN, 1]}}]}'), "NaN is no number", 3),
        (raw(b'{"features": [{"geometry": {"coordinates": [5600000.0, 5200000.0]}}]}'), "off the Earth", 3),
        (raw(b"<!DOCTYPE html><title>Sign in</title>"), "web page instead of data.*sign-in", 1),
        (raw(b"sign in", Content_Type="text/html; charset=utf-8"), "web page instead of data", 1),
        (raw(b"\xff\xfe\x00nonsense"), "not whole JSON", 3),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_told_for_what_it_is(get, root, answer, words, calls):
    (root / "data/raw").mkdir(parents=True)
    with Rude({"/": answer}) as server:
        refused(get, server, ServiceError, words)
    assert len(server.calls) == calls
    assert nothing_but_parts(root)


@pytest.mark.parametrize("mischief", [trickle, slow_head])
def test_one_who_keeps_one_waiting_is_left(get, root, mischief):
    answers = {}
    with Rude(answers) as server:
        answers["/"] = mischief(server.over)
        refused(get, server, ServiceError, "keeps one waiting|breaks off", limits=IMPATIENT | {"retries": 1})
    assert len(get.told) == 1  # one further attempt
    assert nothing_but_parts(root)


def test_one_who_never_answers_is_left(get, root):
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(ServiceError, match="keeps one waiting"):
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        get("gem_faults", INTO, url, limits=IMPATIENT | {"retries": 0})


@pytest.mark.parametrize("answer", [endless, raw(b"{}", Content_Length=10**15)])
def test_more_than_is_allowed_is_not_taken(get, root, answer):
    with Rude({"/": answer}) as server:
        refused(get, server, ServiceError, r"gives more than 0\.001 GB.*raise max_gb", limits={"max_gb": 0.001})
    assert sum((root / name).stat().st_size for name in files(root)) < 1_001_000


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("file:///etc/passwd", r"not https \(file:\)"),
        ("ftp://127.0.0.1/x", r"not https \(ftp:\)"),
        ("http://localhost:1/x", "another host without encryption"),
        ("http://user:word@127.0.0.1/x", "address with a password"),
        ("http://[::1", "Invalid URL in location header"),
        ("https:///x", "not https"),
        ("/again", "in a circle"),
    ],
)
def test_a_redirect_to_nowhere_good_is_not_followed(get, root, location, words):
    with Rude({"/": status(302, Location=location)}) as server:
        said = refused(get, server, ServiceError, words)
    assert "word" not in said.replace("password", "")
    assert len(server.calls) <= 6
    assert files(root) == []


def test_a_redirect_within_the_host_is_followed(get):
    with Rude({"/gem": status(302, Location="/moved/here"), "/moved": WHOLE}) as server:
        get("gem_faults", INTO, server.url)
    assert [call.path for call in server.calls] == ["/gem_active_faults_harmonized.geojson", "/moved/here"]


PUBLIC, PRIVATE = "93.184.216.34", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fd00::1", "::ffff:10.0.0.1"]


@pytest.mark.parametrize("number", PRIVATE)
def test_a_public_host_may_not_send_one_into_the_private_network(monkeypatch, number):
    hosts = {"data.example.org": PUBLIC, "inside.example.net": number, "other.example.net": PUBLIC}
    monkeypatch.setattr(redirects, "_addresses", lambda name: [hosts.get(name, name)])
    monkeypatch.setattr(redirects, "getproxies", dict)
    start = "https://data.example.org/a"
    with pytest.raises(ServiceError, match="inside the private network"):
        redirects.next_address(start, start, "https://inside.example.net/b")
    assert redirects.next_address(start, start, "https://other.example.net/b") == "https://other.example.net/b"
    with pytest.raises(ServiceError, match="not https"):
        redirects.next_address(start, start, "http://other.example.net/b")
    # The name was looked up and found good; where the connection went is looked at once more.
    with pytest.raises(ServiceError, match="inside the private network"):
        redirects.refuse_private_peer(start, "https://other.example.net/b", (number, 443))
    redirects.refuse_private_peer(start, "https://other.example.net/b", (PUBLIC, 443))


PROXY = "http://proxy.example.org:3128"


@pytest.mark.parametrize(
    ("environment", "guarded"),
    [
        ({"NO_PROXY": "localhost"}, True),
        ({"HTTP_PROXY": PROXY}, True),
        ({"HTTPS_PROXY": PROXY, "NO_PROXY": "example.net"}, True),
        ({"HTTPS_PROXY": PROXY, "NO_PROXY": "localhost, *"}, True),
        ({"HTTPS_PROXY": PROXY, "NO_PROXY": "https://inside.example.net"}, True),
        ({"HTTPS_PROXY": PROXY, "NO_PROXY": "localhost"}, False),
        ({"ALL_PROXY": PROXY}, False),
    ],
)
def test_only_a_proxy_that_is_asked_takes_the_guard_over(monkeypatch, environment, guarded):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    hosts = {"data.example.org": PUBLIC, "inside.example.net": "10.1.2.3"}
    monkeypatch.setattr(redirects, "_addresses", lambda name: [hosts.get(name, name)])
    start, inside = "https://data.example.org/a", "https://inside.example.net/b"
    expected = pytest.raises(ServiceError, match="inside the private network") if guarded else nullcontext()
    with expected:
        redirects.next_address(start, start, inside)
    with expected:
        redirects.refuse_private_peer(start, inside, ("10.1.2.3", 443))


def test_offline_is_said_in_one_paragraph(get, root):
    (root / "data/raw").mkdir(parents=True)
    (root / "data/raw/mine.txt").write_text("mine")
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    with pytest.raises(ServiceError, match=r"127\.0\.0\.1 cannot be reached.*offline.*What you have is untouched"):
        get("gem_faults", INTO, url)
    assert files(root) == ["data/raw/mine.txt"]


def test_one_who_cannot_prove_who_it_is_is_not_asked(get):
    with Rude({"/": WHOLE}) as server, pytest.raises(ServiceError, match=r"cannot be reached: \[SSL.*sign-in"):
        get("gem_faults", INTO, server.url.replace("http:", "https:"))
    assert not server.calls


def test_a_name_that_nobody_knows_is_said(get, monkeypatch):
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(ServiceError, match=r"faults\.example\.org cannot be reached: .*not known"):
        get("gem_faults", INTO, "https://faults.example.org")


def test_a_grid_that_is_none_is_refused(get, root, tmp_path):
    whole = world.gebco(tmp_path)
    for body, error, words in (
        (b"II*\x00 no netCDF", ServiceError, "not a netCDF file"),
        (whole[:300], DataError, "what GEBCO gave cannot be used"),
        (whole[:-400], DataError, "what GEBCO gave cannot be used"),
    ):
        with Rude({"/": give(body)}) as server, pytest.raises(error, match=words):
            get("gebco", "data/raw/gebco.tif", server.url)
        assert files(root) == []


@pytest.mark.parametrize(
    ("count", "page", "words"),
    [
        (b'{"count": 3, "maxAllowed": 20000}', 2, "2 events came where 3 were told of"),
        (b'{"count": 1, "maxAllowed": 20000}', 2, "2 events came where 1 were told of"),
        (b'{"count": "3"}', 3, "does not tell how many"),
        (b'{"count": -3}', 3, "does not tell how many"),
    ],
)
def test_a_page_that_holds_other_than_it_says_is_refused(get, root, count, page, words):
    text = "\n".join([world.HEADER, *map(world.event, range(page))]) + "\n"
    with (
        Rude({"/count": give(count), "/query": give(text.encode())}) as server,
        pytest.raises(ServiceError, match=words),
    ):
        get("comcat", "data/raw/q.csv", server.url)
    assert nothing_but_parts(root)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Error 400: Bad Request\n", "not a table of events"),
        (f"{world.HEADER}\n{world.event(1)[:60]}", "in the middle of a row"),
        (f"{world.HEADER}\n{world.event(1)}", "in the middle of a row"),
        (f'{world.HEADER}\n"{world.event(1)}\n', "not a CSV table"),
    ],
)
def test_a_catalogue_that_is_cut_is_refused(get, root, text, words):
    one = give(b'{"count": 1}')
    with Rude({"/count": one, "/query": raw(text.encode())}) as server, pytest.raises(ServiceError, match=words):
        get("comcat", "data/raw/q.csv", server.url)
    assert nothing_but_parts(root)


def test_events_from_elsewhere_are_refused(get, root):
    text = f"{world.HEADER}\n{world.event(1).replace('42.1', '12.1', 1)}\n"
    with (
        Rude({"/count": give(b'{"count": 1}'), "/query": give(text.encode())}) as server,
        pytest.raises(DataError, match="1 of the earthquakes lie outside the box"),
    ):
        get("comcat", "data/raw/q.csv", server.url)
    assert files(root) == []


def test_overlapping_pages_are_asked_for_once_more_and_then_given_up(get, root):
    def always_the_first(call) -> None:
        call.query["offset"] = "1"
        world.comcat(20, most=10)(call)

    with Rude({"/": always_the_first}) as server, pytest.raises(ServiceError, match="stands on two pages"):
        get("comcat", "data/raw/q.csv", server.url)
    assert len(server.asked("/count")) == 2
    assert files(root) == []


@pytest.mark.parametrize(
    ("pages", "words"),
    [
        ([world.collection([world.polygon(n) for n in range(1000)], 1500), world.collection([], 1500)],
         "none came any more"),
        ([world.collection([world.polygon(1)], 2), world.collection([world.polygon(1)], 2)], "came twice"),
        ([world.collection([world.polygon(1)], 2), world.collection([world.polygon(2)], 3),
          world.collection([world.polygon(3)], 3)], "changed from page to page"),
        ([world.collection([world.polygon(1)], 1).replace(b'"numberReturned": 1', b'"numberReturned": 7')], "says 7"),
        ([world.collection([world.polygon(1)], 1).replace(b'"numberMatched": 1', b'"numberMatched": "unknown"')],
         "how many features match"),
        ([world.collection([world.polygon(1)], 1).replace(b"folk", b"kolf")], "none of the attributes folk_5cl"),
        ([world.collection([world.polygon(1)], 1).replace(b"42.1", b"12.1")], "outside the box"),
        ([b"<?xml version='1.0'?><ows:ExceptionReport/>"], "not whole JSON"),
    ],
)  # fmt: skip
def test_pages_of_polygons_that_lie_are_refused(get, root, pages, words):
    answers = {"/": [give(page) for page in pages * 3]}
    with Rude(answers) as server, pytest.raises(ServiceError, match=words):
        get("emodnet_substrate", "data/raw/soil.geojson", server.url)
    assert nothing_but_parts(root)


def test_a_wrong_checksum_is_refused_and_the_right_one_taken(get, root):
    with Rude({"/": WHOLE}) as server:
        said = refused(get, server, DataError, "not the one that is configured", sha256="0" * 64)
        assert files(root) == []
        found = get("gem_faults", INTO, server.url, sha256=said.split("SHA-256 ")[1][:64])
    assert found.state == "new"


def test_what_is_unchanged_changes_nothing_and_what_changed_is_told(get, root):
    answers = {"/": WHOLE}
    with Rude(answers) as server:
        get("gem_faults", INTO, server.url)
        before = {name: (root / name).stat().st_mtime_ns for name in files(root)}
        assert get("gem_faults", INTO, server.url).state == "unchanged"
        assert server.calls[-1].headers["if-none-match"] == '"v1"'
        answers["/"] = give(FAULTS, etag='"v2"')  # a new name for the same
        assert get("gem_faults", INTO, server.url).state == "unchanged"
        assert {name: (root / name).stat().st_mtime_ns for name in files(root)} == before
        answers["/"] = give(world.faults(500), etag='"v3"')
        changed = get("gem_faults", INTO, server.url)
    assert changed.state == "changed"
    assert changed.record.replaces_sha256 != changed.record.sha256


def test_another_box_is_not_taken_for_unchanged(get):
    with Rude({"/": WHOLE}) as server:
        get("gem_faults", INTO, server.url)
        get("gem_faults", INTO, server.url, box=[50.0, 42.0, 50.2, 42.3])
    assert "if-none-match" not in server.calls[-1].headers


def test_a_file_of_ones_own_is_left_alone_unless_forced(get, root):
    (root / INTO).parent.mkdir(parents=True)
    (root / INTO).write_text("mine")
    with Rude({"/": WHOLE}) as server:
        refused(get, server, WriteError, "was not fetched by this program, and is left as it is")
        assert not server.calls
        assert (root / INTO).read_text() == "mine"
        get("gem_faults", INTO, server.url, force=True)
        (root / INTO).write_text("mended by hand")
        refused(get, server, WriteError, "was altered since it was fetched")
    assert (root / INTO).read_text() == "mended by hand"


def test_after_a_crash_between_record_and_file_the_file_is_still_ones_own_to_replace(get, root):
    answers = {"/": WHOLE}
    with Rude(answers) as server:
        get("gem_faults", INTO, server.url)
        old = (root / INTO).read_bytes()
        answers["/"] = give(world.faults(500), etag='"v2"')
        get("gem_faults", INTO, server.url)
        (root / INTO).write_bytes(old)  # the record is of the new file
        assert get("gem_faults", INTO, server.url).state == "changed"
    assert len(json.loads((root / INTO).read_text())["features"]) == 250


def test_inputs_do_not_change_under_a_build_and_the_download_waits(get, root):
    with Rude({"/": WHOLE}) as server:
        with hold(Workspace.at(root)), pytest.raises(LockedError, match="another run holds this workspace"):
            get("gem_faults", INTO, server.url)
        assert not (root / INTO).exists()
        get("gem_faults", INTO, server.url)
    assert len(server.calls) == 1


def test_a_link_out_of_the_workspace_is_not_written_through(get, root, tmp_path):
    (tmp_path / "outside").mkdir()
    (root / "data").mkdir()
    (root / "data/raw").symlink_to(tmp_path / "outside")
    with Rude({"/": WHOLE}) as server:
        refused(get, server, ConfigError, "leads out of the workspace")
    assert list((tmp_path / "outside").iterdir()) == []


def test_a_place_that_cannot_be_written_is_said(get, root):
    (root / "data").mkdir()
    (root / "data/raw").write_text("a file where a folder belongs")
    with Rude({"/": WHOLE}) as server:
        refused(get, server, WriteError, "cannot be put in place|cannot be written")


def test_a_proxy_that_is_none_is_said(get, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "nonsense://127.0.0.1:1")
    with pytest.raises(ServiceError, match="proxy"):
        get("gem_faults", INTO, "https://faults.example.org")


def test_requests_say_who_is_asking_and_ask_for_plain_bytes(get):
    with Rude({"/": WHOLE}) as server:
        get("gem_faults", INTO, server.url, limits={"contact": "mailto:survey@example.org"})
    agent = server.calls[0].headers["user-agent"]
    assert agent.startswith("cable-corridor/")
    assert agent.endswith(" (+mailto:survey@example.org)")
    assert server.calls[0].headers["accept-encoding"] == "identity"
    assert "python-httpx" not in agent
    assert httpx.__name__ not in agent
