"""Releases by the real command: build after a change, list, compare, bring back, read the log."""

import json
import shutil
from pathlib import Path

import pytest

from tests.mini import corridor
from tests.plain import plain_corridor

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def changed(tmp_path_factory, mini) -> Path:
    root = Path(shutil.copytree(mini, tmp_path_factory.mktemp("releases") / "w", symlinks=True))
    config = root / "corridor.toml"
    config.write_text(config.read_text() + "\n[acceptance]\nroute_strikes_per_yr = 1e-9\n")
    built = plain_corridor("-C", root, "build")
    assert built.returncode == 0, built.stderr
    (root / "said.txt").write_text(built.stdout)
    return root


def listed(root: Path) -> dict:
    return json.loads(plain_corridor("-C", root, "releases", "--json").stdout)


def test_a_build_says_what_changed_and_why(changed):
    said = (changed / "said.txt").read_text()
    assert "deeper" in said.lower()
    assert "[acceptance] route_strikes_per_yr" in said
    told = plain_corridor("-C", changed, "diff", "--json")
    diff = json.loads(told.stdout)
    assert [change["words"] for change in diff["inputs"]] == [
        "setting [acceptance] route_strikes_per_yr: 0.001 became 1e-09"
    ]
    assert diff["ranges"]


def test_the_log_tells_from_start_to_end(mini):
    log = sorted((mini / ".corridor" / "logs").glob("2*.log"))[0].read_text().splitlines()
    assert log[0].endswith("/mini")
    assert any("Published release" in line for line in log)
    assert log[-1].endswith("ended well")


def test_a_failed_build_says_so_in_its_log(changed, tmp_path):
    root = Path(shutil.copytree(changed, tmp_path / "w", symlinks=True))
    (root / "data/raw/ais.csv").write_text("not, ais\n1,2\n")
    failed = plain_corridor("-C", root, "build")
    assert failed.returncode == 65
    log = sorted((root / ".corridor" / "logs").glob("2*.log"))[-1].read_text().splitlines()
    assert "failed: " in log[-1]
    assert "ais.csv" in log[-1]


def test_an_earlier_release_comes_back_and_is_said_everywhere(changed):
    new, old = (release["release"] for release in listed(changed)["releases"])
    restored = corridor("-C", changed, "restore", old[:18])
    assert restored.returncode == 0, restored.stderr
    assert listed(changed)["current"] == old
    manifest = json.loads((changed / "data/processed/manifest.json").read_text())
    assert manifest["release"] == old
    assert "brought back" in (changed / "maps/index.html").read_text()
    status = json.loads(plain_corridor("-C", changed, "status", "--json").stdout)
    assert (status["release"], status["set_aside"], status["nothing_to_do"]) == (old, new, False)
    assert plain_corridor("-C", changed, "restore", new).returncode == 0
    assert json.loads(plain_corridor("-C", changed, "status", "--json").stdout)["nothing_to_do"]


def test_what_there_is_not_is_exit_2(changed):
    refused = plain_corridor("-C", changed, "restore", "nothing")
    assert refused.returncode == 2
    assert refused.stderr.startswith("corridor: no release is called 'nothing'")
    assert refused.stderr.count("\n") == 1
