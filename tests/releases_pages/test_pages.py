"""The pages of a release beside its results: built without Prefect, then told of."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.plan import STEPS
from pipeline.releases.pages import (
    CHANGES_JSON,
    CHANGES_MAP,
    CHANGES_TABLE,
    CHANGES_UNITS,
    PORTAL,
    PORTALS,
    PUBLIC_MANIFEST,
    PUBLIC_PORTAL,
    write_pages,
)
from pipeline.releases.publish import publish
from pipeline.releases.release import Release, all_releases, current_release, said_changes, what_changed
from pipeline.store import Build, hash_file
from pipeline.workspace import Workspace
from tests import toy
from tests.mapping.unpacking import unpacked
from tests.mini import make_mini


def built(workspace: Workspace) -> Release:
    before = current_release(workspace)
    build = Build(workspace, workspace.config(), STEPS, before.parts if before else {})
    for decision in build.decide():
        if decision.state == "run":
            build.run(decision.step, lambda line: None, decision.why)
    return publish(build)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> list[Release]:
    """Two releases of a small corridor: the second asks for more."""
    workspace = Workspace.at(make_mini(tmp_path_factory.mktemp("mini"), roles="depths soil ais"))
    built(workspace)
    with workspace.config_path.open("a") as config:
        config.write("[acceptance]\nroute_strikes_per_yr = 1e-7\n")
    built(workspace)
    return all_releases(workspace)


def copied(release: Release, folder: Path) -> Release:
    """Return a release in a folder whose name is not its id, as while it is being put together."""
    shutil.copytree(release.folder, folder)
    return replace(release, folder=folder)


def test_the_first_release_has_a_portal_and_nothing_to_compare_with(two: list[Release], tmp_path: Path) -> None:
    first = copied(two[0], tmp_path / ".first.working")
    pages = write_pages(first.folder, first, [first], None)
    assert pages == {name: hash_file(first.folder / name) for name in (*PORTALS, PUBLIC_MANIFEST)}
    page = (first.folder / PORTAL).read_text()
    assert "the first release that is kept here" in page
    assert f"releases/{two[0].manifest['release']}/maps/corridor.html" in page
    assert what_changed(replace(first, pages=pages)) == []


def test_what_changed_is_a_page_a_table_and_words(two: list[Release], tmp_path: Path) -> None:
    old, new = two
    working = copied(new, tmp_path / ".second.working")
    pages = write_pages(working.folder, working, [old, working], old, ["brought back by hand"])
    assert set(pages) == {*PORTALS, PUBLIC_MANIFEST, CHANGES_MAP, CHANGES_TABLE, CHANGES_UNITS, CHANGES_JSON}
    assert all(hash_file(working.folder / name) == digest for name, digest in pages.items())
    words = what_changed(replace(working, pages=pages))
    assert words == json.loads((working.folder / CHANGES_JSON).read_text())["words"]
    said = said_changes(replace(working, pages=pages))
    assert [line.replace("\u00a0", " ") for line in said] == words, "every line is a message, too"
    portal = (working.folder / PORTAL).read_text()
    assert "brought back by hand" in portal
    assert f"releases/{new.manifest['release']}/maps/changes.html" in portal
    assert f"releases/{old.manifest['release']}/maps/corridor.html" in portal
    assert new.manifest["release"] in words[0], "the id, not the name of a working folder"
    assert any("deeper target" in line.lower() for line in words)
    assert any("route_strikes_per_yr" in line for line in words)
    assert "deeper target" in portal.lower()
    assert not pd.read_csv(working.folder / CHANGES_TABLE).empty
    assert portal.count('class="rim"') == len({kind for kind, _ in drawn_kinds(working.folder)})
    assert "the route runs" not in portal
    assert not list(working.folder.rglob("*.part*"))


def drawn_kinds(folder: Path) -> list[tuple[str, float]]:
    ranges = json.loads((folder / CHANGES_JSON).read_text())["ranges"]
    return [(item["kind"], item["kp_from_km"]) for item in ranges if item["kp_from_km"] is not None]


def test_the_public_reads_what_changed_without_a_place(two: list[Release], tmp_path: Path) -> None:
    old, new = two
    working = copied(new, tmp_path / ".second.working")
    write_pages(working.folder, working, [old, working], old)
    whole = (working.folder / PUBLIC_PORTAL).read_text()
    page = re.sub(r"<(script|style).*?</\1>", "", whole, flags=re.DOTALL)
    text = (working.folder / PUBLIC_MANIFEST).read_text()
    told = json.loads(text)
    assert re.search(r"Target depth [0-9.]+\u00a0m: \d+\u00a0km before, \d+\u00a0km now\.", page)
    assert told["audience"] == "public"
    assert set(told["outputs"]) == {"maps/corridor.html"}
    stations = pd.read_parquet(working.folder / "data/processed/stations.parquet")
    for name, content in (("page", page), ("manifest", text)):
        for leak in ("KP ", "deficit", "trench_class", "tiff", ".csv", "data/raw", "changes.html", "kp_km"):
            assert leak not in content, (name, leak)
        assert f"{stations['lon'].iloc[0]:.4f}" not in content
    assert old.id in page
    assert "parameters" not in told


def test_the_same_release_again_gives_the_same_bytes(two: list[Release], tmp_path: Path) -> None:
    old, new = two
    once, twice = (copied(new, tmp_path / name) for name in ("once", "twice"))
    pages = [write_pages(release.folder, release, [old, release], old)[PORTAL] for release in (once, twice)]
    assert pages[0] == pages[1]


def test_no_page_and_no_file_tells_which_ships_passed(two: list[Release]) -> None:
    release = two[1]
    ships = pd.read_csv(release.folder.parents[2] / "data" / "raw" / "ais.csv", usecols=["MMSI", "VesselName"])
    numbers, names = set(ships["MMSI"].tolist()), {name.split(">")[1].split("<")[0] for name in ships["VesselName"]}
    assert numbers == {999000001, 999000002, 999000003}
    assert names == {"TANKER"}
    traces = [*(str(number).encode() for number in numbers), *(name.encode() for name in names)]
    files = sorted(path for path in release.folder.rglob("*") if path.is_file())
    assert {"corridor.html", "index.html", "changes.html", "manifest.json", "corridor.gpkg"} <= {p.name for p in files}
    blocks = 0
    for path in files:
        content = path.read_bytes()
        assert not [trace for trace in traces if trace in content], path
        if path.suffix == ".parquet":
            table = pd.read_parquet(path)
            assert not table.isin(numbers).to_numpy().any(), path
        for name, packed in re.findall(rb'<script type="text/plain" id="([^"]+)">(.*?)</script>', content):
            blocks += 1
            meta, arrays = unpacked(packed.decode())
            assert not [trace for trace in traces if trace in json.dumps(meta).encode()], (path, name)
            assert not [key for key, values in arrays.items() if np.isin(values, list(numbers)).any()], (path, name)
    assert blocks > 0


def test_a_damaged_old_release_does_not_hinder_a_new_one(two: list[Release], tmp_path: Path) -> None:
    old, new = copied(two[0], tmp_path / "old"), copied(two[1], tmp_path / "new")
    (old.folder / "data" / "processed" / "stations.parquet").write_bytes(b"cut short")
    pages = write_pages(new.folder, new, [old, new], old)
    assert set(pages) == {*PORTALS, PUBLIC_MANIFEST}
    page = (new.folder / PORTAL).read_text()
    assert "Not compared with the release before" in page
    assert "stations.parquet" in page


def test_a_workspace_of_other_steps_has_a_portal_too(tmp_path: Path) -> None:
    workspace = toy.make(tmp_path)
    toy.run(workspace)
    release = current_release(workspace)
    assert release is not None
    assert PORTAL in write_pages(release.folder, release, [release], None)
