"""Readers of two kinds: each sees what is theirs, and no link leads the public to what is the team's."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from flows.session import open_session
from pipeline.errors import DataError
from pipeline.releases import readers
from pipeline.releases.release import PUBLIC, all_releases, current_release
from pipeline.releases.restore import restore
from pipeline.store import Facts, Step, StepContext
from pipeline.workspace import Workspace
from tests import toy


def for_the_public(context: StepContext) -> Facts:
    (context.out / "half.txt").write_text("shallow " + context.config.corridor.name)
    return {}


STEPS = (
    toy.STEPS[0],
    Step("public", "b", "Tell", for_the_public, sections=("corridor",), products=("public/maps/*",)),
    toy.STEPS[1],
)


def configure(workspace: Workspace, audience: str, name: str = "test", step_km: float = 5.0) -> None:
    text = toy.CONFIG.replace('"test"', f'"{name}"')
    workspace.config_path.write_text(f'{text}\n[publish]\naudience = "{audience}"\n[map]\npublic_step_km = {step_km}\n')


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = toy.make(tmp_path)
    configure(made, "public")
    toy.run(made, steps=STEPS)
    return made


def reached(folder: Path) -> set[str]:
    """Return every file below a folder as a web server that follows links would serve it."""
    found: set[str] = set()
    for path in folder.iterdir():
        if path.is_dir():
            found |= {f"{path.name}/{name}" for name in reached(path)}
        else:
            found.add(path.name)
    return found


def test_the_public_reaches_nothing_of_the_team(workspace: Workspace) -> None:
    release = current_release(workspace)
    assert release is not None
    here = f"releases/{release.id}"
    assert reached(workspace.maps) == {
        "half.txt", "index.html", f"{here}/maps/half.txt", f"{here}/maps/index.html",
        f"{here}/data/processed/manifest.json",
    }  # fmt: skip
    assert reached(workspace.processed) == {"manifest.json"}
    assert (workspace.maps / "half.txt").read_text() == "shallow test"
    assert json.loads((workspace.processed / "manifest.json").read_text())["audience"] == "public"
    assert (release.folder / "data/processed/depth.txt").read_text() == "DEEP WATER", "the team's copy is whole"
    assert release.damage() == ""
    assert readers.sees(workspace, release, "public")
    assert not readers.sees(workspace, release, "team")


def test_a_release_made_before_is_never_opened_to_the_public(workspace: Workspace) -> None:
    configure(workspace, "team", "two")
    toy.run(workspace)  # a plan without a step for the public
    old = current_release(workspace)
    assert old is not None
    assert (workspace.maps / "half.txt").read_text() == "DEEP two"
    bare = replace(old, pages={name: kept for name, kept in old.pages.items() if not name.startswith(f"{PUBLIC}/")})
    assert bare.shown_to("public") == {}
    configure(workspace, "public", "two")
    with pytest.raises(DataError, match="nothing for the public"):
        restore(workspace, bare)
    assert (workspace.maps / "half.txt").read_text() == "DEEP two", "as it was"


def test_another_audience_needs_no_new_release(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.session.STEPS", STEPS)
    for audience, text in (("team", "DEEP test"), ("public", "shallow test")):
        configure(workspace, audience)
        session = open_session(workspace)
        assert session.nothing_to_do
        session.show_again()
        assert session.told == [f"readers are now the {audience}, and see of the current release what is theirs"]
        assert (workspace.maps / "half.txt").read_text() == text
        assert ("depth.txt" in reached(workspace.processed)) == (audience == "team")
    assert len(all_releases(workspace)) == 1


def test_what_is_brought_back_is_shown_to_the_same_readers(workspace: Workspace) -> None:
    first = current_release(workspace)
    assert first is not None
    configure(workspace, "public", "two")
    toy.run(workspace, steps=STEPS)
    restore(workspace, first)
    assert (workspace.maps / "half.txt").read_text() == "shallow test"
    assert "depth.txt" not in reached(workspace.processed)
    assert {name.split("/")[1] for name in reached(workspace.maps) if name.startswith("releases/")} == {
        release.id for release in all_releases(workspace)
    }


def test_the_portal_of_the_public_lists_no_release_without_a_map_for_it(workspace: Workspace) -> None:
    portal = (workspace.maps / "index.html").read_text()
    assert "For the public" in portal
    assert "half.txt" not in portal
    assert "Steps of this release" not in portal


def test_a_wider_step_takes_back_what_was_told_too_exactly(workspace: Workspace) -> None:
    fine = current_release(workspace)
    assert fine is not None
    configure(workspace, "public", "two", step_km=20.0)
    toy.run(workspace, steps=STEPS)
    coarse = current_release(workspace)
    assert coarse is not None
    configure(workspace, "public", "three", step_km=10.0)
    with pytest.raises(DataError, match=r"within 5 km, and \[map\] public_step_km is 10"):
        restore(workspace, fine)
    toy.run(workspace, steps=STEPS)
    last = current_release(workspace)
    assert last is not None
    listed = {name.split("/")[1] for name in reached(workspace.maps) if name.startswith("releases/")}
    assert listed == {coarse.id, last.id}
    assert fine.id not in (workspace.maps / "index.html").read_text()
    assert (fine.folder / PUBLIC / "maps/half.txt").is_file(), "the team keeps it"
    restore(workspace, coarse)
    assert {path.name for path in (workspace.home / PUBLIC).iterdir()} == {coarse.id}


def test_what_people_left_where_the_public_reads_is_named(workspace: Workspace) -> None:
    (workspace.processed / "exact.csv").write_text("KP 3.2 lies bare")
    place = workspace.maps / "half.txt"
    place.unlink()
    place.write_text("notes of the team")
    configure(workspace, "public", "two")
    told: list[str] = []
    toy.run(workspace, steps=STEPS, tell=told.append)
    aside = workspace.home / "aside" / "half.mine-1.txt"
    assert aside.read_text() == "notes of the team"
    assert "half.mine-1.txt" not in reached(workspace.maps)
    assert told == [
        f"half.txt was no link to the release but somebody's own; it is now {aside}",
        "data/processed/exact.csv is not of the release: the public reads it as it is, move it away",
    ]
