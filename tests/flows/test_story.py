"""The story of a build, told to a server that listens, that nobody reads, or that goes away."""

import json
import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

# Prefect is not imported into the process of the tests: it would take its settings from there.
TOLD = """
import json, sys, time
from pathlib import Path
from types import SimpleNamespace as Some
import httpx
from flows import artifacts
from pipeline.errors import DataError
from pipeline.store import Decision, Kept, Step

told, notes = [], []
def create(key, **more):
    if sys.argv[1] == "gone":
        told.append("tried")
        raise httpx.ConnectError("no answer")
    told.append({"key": key, **more})
    return key
artifacts.create_table_artifact = artifacts.create_markdown_artifact = create
artifacts.create_progress_artifact = lambda progress, key, description: create(key, progress=progress)
artifacts.update_progress_artifact = lambda made, progress, description: create(made, progress=progress)

step = Step("soil", "site", "Merge soil", print, per_file=None)
late = Step("map", "publish", "Draw *all*", print)
decisions = [Decision(step, "run", "soil.tif changed", {"read": 2, "all": 9}), Decision(late, "reuse", "unchanged")]
kept = Kept(Path(), "k", {}, {"summary": "8 classes"}, {}, [], "", 1.5, 300.0)
build = Some(steps=[step, late], outcomes={"soil": decisions[0]}, results={"soil": kept})
session = Some(
    build=build, decisions=decisions, to_run=decisions, told=["2 kept results were evicted"],
    reporter=Some(note=notes.append),
)
story = artifacts.Story(session)
story.plan()
for done in range(40):
    story.progress(done, 40, ["soil"])
time.sleep(1.1)
story.progress(39, 40, ["soil"])
story.stage("site")
story.failed("publish", DataError("<b>bad</b> [soil](http://x)", where="a_b.tif"))
manifest = {
    "totals": {
        "route_length_km": 19.999908, "strike_per_yr_surface_laid": 0.0502426, "dol_km": {"0": 12.0, "0.6": 7.999908},
        "not_assessed": ["fishing_effort"], "zones": 56,
    },
    "parameters": {"burial": {"ladder_m": [0.6, 1.0]}, "corridor": {"design_life_yr": 25.0}},
    "left_for_next_run": ["data/raw/tile_1.tif"],
}
story.published(Some(id="R", manifest=manifest), ["1 * 2 | 3"], Path("/w/maps/corridor.html"))
json.dump({"told": told, "notes": notes}, sys.stdout)
"""


def told(tmp_path, how, **env):
    environment = {**os.environ, "PREFECT_HOME": str(tmp_path), "DO_NOT_TRACK": "1", **env}
    run = subprocess.run(
        [sys.executable, "-c", TOLD, how], capture_output=True, text=True, env=environment, check=False
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_it_is_told_in_order_and_progress_at_most_once_a_second(tmp_path):
    story = told(tmp_path, "listens")
    keys = [artifact["key"] for artifact in story["told"]]
    assert keys == [
        "build-plan", "build-progress", "build-progress", "stage-site", "build-failed", "build-progress",
        "route-totals", "build-steps", "what-changed", "left-out",
        "what-else-happened", "corridor-map",
    ]  # fmt: skip
    assert [a["progress"] for a in story["told"] if a["key"] == "build-progress"] == [0.0, 97.5, 100.0]
    by_key = {artifact["key"]: artifact for artifact in story["told"]}
    assert by_key["build-plan"]["table"][0]["files to read"] == "2 of 9"
    (row,) = by_key["stage-site"]["table"]
    assert row == {
        "step": "Merge soil", "state": "ran", "seconds": 1.5, "peak MB": 300.0, "files read": "2 of 9",
        "why": "soil.tif changed", "in short": "8 classes",
    }  # fmt: skip
    failed = by_key["build-failed"]["markdown"]
    assert r"\<b\>bad\</b\> \[soil\]\(http://x\)" in failed
    assert r"Draw \*all\*" in failed
    assert "Merge soil" not in failed, "it was done"
    assert by_key["what-changed"]["markdown"] == r"- 1 \* 2 \| 3"
    for words in (r"fishing\_effort", r"tile\_1.tif"):
        assert words in by_key["left-out"]["markdown"]
    assert by_key["what-else-happened"]["markdown"] == "- 2 kept results were evicted"
    assert "evicted" not in by_key["left-out"]["markdown"], "nothing is missing for that"
    table = by_key["route-totals"]["table"]
    totals = {row["quantity"].replace("\u00a0", " "): row["value"].replace("\u00a0", " ") for row in table}
    assert list(totals)[:2] == ["Route with target depth none", "Route with target depth 0.6 m"]
    assert totals["Route with target depth 0.6 m"] == "8.0 km"
    assert totals["Route length"] == "20.0 km"
    assert totals["Strikes if laid on the seabed"].startswith("0.0502")
    assert story["notes"] == []


def test_a_server_that_nobody_reads_is_told_nothing(tmp_path):
    assert told(tmp_path, "listens", PREFECT_LOGGING_TO_API_ENABLED="false") == {"told": [], "notes": []}


def test_a_server_that_is_gone_is_asked_once_and_the_log_says_so(tmp_path):
    story = told(tmp_path, "gone")
    assert story["told"] == ["tried"]
    assert story["notes"] == ["the Prefect server does not take the story of this build: no answer"]
