"""``corridor fetch`` as people and programs use it, against a server on loopback."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from flows import interrupt
from flows.cli import main
from pipeline.workspace.lock import only_one
from tests.fetch import world
from tests.fetch.conftest import LIMITS, files, section
from tests.fetch.rude import Rude, give
from tests.mini import corridor

TWICE = "".join(f"[fetch.{name}]\nservice = 'comcat'\ninto = 'data/raw/q.csv'\n" for name in "ab")


@dataclass
class Ended:
    """How a run ended."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def here(monkeypatch, capsys, root):
    """Run the command in this process, which is faster by its start; signals are left alone."""

    def run(*arguments: str, token: str = "", debug: bool = False) -> Ended:
        monkeypatch.setenv("GFW_TOKEN", token)
        before = ["--debug"] if debug else []
        monkeypatch.setattr(sys, "argv", ["corridor", *before, "-C", str(root), "fetch", *arguments])
        monkeypatch.setattr(interrupt, "listen", lambda: None)
        with pytest.raises(SystemExit) as end:
            main()
        return Ended(int(end.value.code or 0), *capsys.readouterr())

    return run


def many(server: Rude, *names: str) -> str:
    """Return a configuration that fetches several sources from one server."""
    keys = {
        "gebco": ("gebco", "gebco.tif"), "soil": ("emodnet_substrate", "soil.geojson"),
        "quakes": ("comcat", "quakes.csv"), "faults": ("gem_faults", "faults.geojson"),
        "fishing": ("gfw", "fishing.csv"),
    }  # fmt: skip
    text = "[fetch]\n" + "".join(f"{name} = {value}\n" for name, value in LIMITS.items())
    for name in names or keys:
        service, into = keys[name]
        text += f'[fetch.{name}]\nservice = "{service}"\ninto = "data/raw/public/{into}"\nurl = "{server.url}/{name}"\n'
        text += f"box = {list(world.BOX)}\n"
        text += 'period = ["2024-01-01", "2024-02-29"]\n' if service == "gfw" else ""
    return text


@pytest.fixture
def good(tmp_path: Path) -> dict[str, object]:
    """All five services as they should be."""
    return {
        "/gebco": give(world.gebco(tmp_path)), "/soil": world.emodnet(1200), "/quakes": world.comcat(25),
        "/faults": give(world.faults(), etag='"1"'), "/fishing": world.fishing,
    }  # fmt: skip


def test_all_sources_come_and_the_token_stands_nowhere(root, good):
    with Rude(good) as server:
        (root / "corridor.toml").write_text(many(server))
        runs = [corridor("-C", root, "fetch", *more, env={"GFW_TOKEN": world.TOKEN}) for more in ([], ["--json"])]
    first, second = runs
    assert first.returncode == 0, first.stderr
    assert [row["state"] for row in json.loads(second.stdout)["sources"]] == ["unchanged"] * 5
    names = ["faults.geojson", "fishing.csv", "gebco.tif", "quakes.csv", "soil.geojson"]
    assert files(root) == sorted(f"data/raw/public/{name}{end}" for name in names for end in ("", ".fetched.json"))
    assert '[sources.gebco]\n  role = "bathymetry"\n  files = "data/raw/public/gebco.tif"' in first.stdout
    assert "Powered by Global Fishing Watch" in first.stdout
    assert {call.headers.get("authorization") for call in server.asked("/fishing")} == {f"Bearer {world.TOKEN}"}
    assert not any("authorization" in call.headers for call in server.calls if not call.path.startswith("/fishing"))
    said = "".join(run.stdout + run.stderr for run in runs)
    assert world.TOKEN not in said
    for path in root.rglob("*"):
        assert not path.is_file() or world.TOKEN.encode() not in path.read_bytes(), path


def test_one_that_fails_does_not_keep_the_others(root, good, here):
    with Rude(good | {"/soil": give(b"<html>sign in</html>")}) as server:
        (root / "corridor.toml").write_text(many(server, "soil", "quakes", "fishing"))
        run = here("--json")
    assert run.returncode == 69
    rows = {row["name"]: row for row in json.loads(run.stdout)["sources"]}
    assert {name: row["state"] for name, row in rows.items()} == {
        "soil": "failed",
        "quakes": "new",
        "fishing": "failed",
    }
    assert "web page instead of data" in rows["soil"]["error"]
    assert "GFW_TOKEN is not set" in rows["fishing"]["error"]
    assert [line.split(":")[:2] for line in run.stderr.splitlines()] == [
        ["corridor", " soil"],
        ["corridor", " fishing"],
    ]
    assert not server.asked("/fishing")


@pytest.mark.parametrize("mischief", ["refuses", "echoes an error", "echoes data", "redirects"])
def test_a_token_that_is_not_accepted_or_is_repeated_stands_nowhere(root, mischief, here):
    def answer(call) -> None:
        sent = call.headers.get("authorization", "").encode()
        match mischief:
            case "refuses":
                world.fishing(call)
            case "echoes an error":
                body = json.dumps({"messages": [{"detail": f"bad {sent.decode()}"}]}).encode()
                call.head(422, {"Content-Length": len(body)})
                call.write(body)
            case "echoes data":
                give(b'{"entries": [], "echo": "' + sent + b'"}')(call)
            case "redirects":
                call.head(307, {"Location": f"/there?who={sent.decode().split(' ')[-1]}"})

    wrong = "another-token-of-nobody-987654"
    with Rude({"/": answer}) as server:
        (root / "corridor.toml").write_text(many(server, "fishing"))
        run = here("fishing", token=wrong, debug=mischief == "refuses")
    assert run.returncode == 69
    assert wrong not in run.stdout + run.stderr
    assert (mischief == "refuses") == ("Set GFW_TOKEN to a valid token" in run.stderr)
    for path in root.rglob("*"):
        assert not path.is_file() or wrong.encode() not in path.read_bytes(), path


def test_a_token_does_not_follow_a_redirect_to_another_place(root, good, here):
    with Rude(good) as there, Rude({}) as first:
        first.answers["/"] = lambda call: call.head(307, {"Location": f"{there.url}/fishing{call.handler.path[8:]}"})
        (root / "corridor.toml").write_text(many(first, "fishing"))
        run = here(token=world.TOKEN)
    assert run.returncode == 69
    assert "authorization" in first.calls[0].headers
    assert there.calls
    assert not any("authorization" in call.headers for call in there.calls)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('token = "abc-secret-1"', "unknown key 'token'"),
        ('url = "https://x.example/a?api_key=abc-secret-1"', "carries a secret"),
        ('url = "https://user:abc-secret-1@x.example/a"', "carries a secret"),
        ('url = "http://x.example/abc-secret-1"', "must be https"),
        ('url = "http://localhost/abc-secret-1"', "must be https"),
        ('url = "https://[abc-secret-1/"', "cannot be read"),
        ('dataset = "effort:latest abc-secret-1"', "letters, digits"),
        ('dataset = "abc-secret-1"', "the token stands in the configuration"),
    ],
)
def test_a_secret_in_the_configuration_is_refused_and_not_repeated(root, line, words, here):
    text = section("gfw", "data/raw/f.csv", "https://x.example", period=["2024-01-01", "2024-01-31"])
    text = text.replace('url = "https://x.example"\n', "") if line.startswith("url") else text
    (root / "corridor.toml").write_text(text + line + "\n")
    run = here(token="abc-secret-1")
    assert run.returncode == 2
    assert words in run.stderr
    assert "abc-secret-1" not in run.stdout + run.stderr


def test_a_dry_run_says_what_would_be_asked_and_asks_nothing(root, good, here):
    with Rude(good) as server:
        (root / "corridor.toml").write_text(many(server))
        run = here("--dry-run", token=world.TOKEN)
        rows = json.loads(here("fishing", "--dry-run", "--json").stdout)["sources"]
    assert run.returncode == 0, run.stderr
    assert f"asks first: GET {server.url}/quakes/count?format=geojson&minlatitude=42.0" in run.stdout
    assert "the environment variable GFW_TOKEN is set" in run.stdout
    assert world.TOKEN not in run.stdout + run.stderr
    assert [(row["name"], row["state"], row["token_is_set"]) for row in rows] == [("fishing", "not asked", False)]
    assert server.calls == []
    assert not (root / ".corridor").exists()


@pytest.mark.parametrize(
    ("text", "arguments", "words"),
    [
        ("", [], "no public source to fetch is configured"),
        (section("comcat", "data/raw/q.csv", ""), ["quakes"], r"no section \[fetch.quakes\].*There are: it"),
        (section("comcat", "data/processed/q.csv", ""), [], "fetched files lie in data/raw"),
        (section("comcat", "data/raw/../q.csv", ""), [], "fetched files lie in data/raw"),
        (section("comcat", "data/raw/q*.csv", ""), [], "would take for its own"),
        (section("comcat", "data/raw/q.xlsx", ""), [], "files that end in .csv"),
        (section("gfw", "data/raw/q.csv", ""), [], "gfw needs a period"),
        (section("comcat", "data/raw/q.csv", "", box=[51, 42, 50, 43]), [], "the box is west, south, east, north"),
        (section("comcat", "data/raw/q.csv", "", sha256="12"), [], "64 hexadecimal digits"),
        ("[fetch]\nretrys = 2\n", [], "unknown key; a source to fetch is a section of its own"),
        (TWICE, [], "would both become"),
    ],
)  # fmt: skip
def test_a_wrong_configuration_is_said_with_its_place(root, text, arguments, words, here):
    (root / "corridor.toml").write_text(text)
    run = here(*arguments)
    assert run.returncode == 2, run.stderr
    assert re.search(words, run.stderr)
    assert run.stderr.count("\n") == 1


def _slowly(body: bytes, step: int):
    """Answer with ranges, and give so many bytes every few hundredths of a second."""

    def answer(call) -> None:
        start = call.range_start or 0 if call.headers.get("if-range") == '"1"' else 0
        more = {"Content-Range": f"bytes {start}-{len(body) - 1}/{len(body)}"} if start else {}
        call.head(206 if start else 200, {"ETag": '"1"', "Content-Length": len(body) - start} | more)
        for place in range(start, len(body), step):
            call.write(body[place : place + step])
            time.sleep(0.02)

    return answer


@pytest.mark.parametrize(("number", "code"), [(signal.SIGKILL, -9), (signal.SIGINT, 130)])
def test_a_run_that_is_killed_midway_is_gone_on_with_and_the_bytes_are_the_same(root, get, number, code):
    body, into = world.faults(6_000), "data/raw/faults.geojson"
    answers = {"/": _slowly(body, 20_000)}
    with Rude(answers) as server:
        (root / "corridor.toml").write_text(section("gem_faults", into, server.url))
        process = subprocess.Popen(
            [sys.executable, "-m", "flows", "-C", str(root), "fetch"], stderr=subprocess.PIPE, text=True
        )
        end = time.monotonic() + 60
        while time.monotonic() < end and not any(p.stat().st_size > 200_000 for p in root.rglob("*.part")):
            time.sleep(0.01)
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
        assert process.returncode == code
        assert "Traceback" not in said
        assert not (root / "data").exists()
        answers["/"] = give(body, etag='"1"')
        get("gem_faults", into, server.url)
        assert server.calls[-1].range_start is not None
        assert server.calls[-1].range_start >= 200_000
        resumed = (root / into).read_bytes()
        get("gem_faults", into, server.url, force=True)
        assert server.calls[-1].range_start is None
    assert (root / into).read_bytes() == resumed
    assert files(root) == [into, f"{into}.fetched.json"]


def test_two_at_once_are_one_too_many(root, here):
    (root / "corridor.toml").write_text(section("gem_faults", "data/raw/faults.geojson", "http://127.0.0.1:1"))
    with only_one(root / ".corridor" / "fetch.lock", lambda: "", remedy=""):
        run = here()
    assert run.returncode == 75
    assert "another fetch is at work" in run.stderr
