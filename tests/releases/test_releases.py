"""Releases: one atomic step, earlier ones kept and brought back, within a limit of size."""

import json
import os
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.config.publish import PublishSection
from pipeline.errors import ConfigError, DataError
from pipeline.releases.release import RECORD, all_releases, current_release, find_release
from pipeline.releases.restore import restore
from pipeline.releases.retention import retire, sweep, within_limit
from pipeline.releases.set_aside import set_aside
from pipeline.workspace import Workspace
from tests.toy import CONFIG, make, run, whole


@pytest.fixture
def workspace(tmp_path):
    return make(tmp_path)


def build(workspace, name: str):
    workspace.config_path.write_text(CONFIG.replace('"test"', f'"{name}"'))
    run(workspace)
    return current_release(workspace)


def test_readers_see_links_into_one_release_and_old_ones_are_pruned(workspace):
    for index in range(8):
        workspace.config_path.write_text(CONFIG.replace('"test"', f'"test {index}"'))
        run(workspace)
    assert (workspace.maps / "half.txt").resolve().is_relative_to(workspace.releases)
    assert len(list(workspace.releases.iterdir())) <= 5
    assert len(list((workspace.store / "half").iterdir())) <= 5
    assert len(list((workspace.store / "depths").iterdir())) == 1
    assert (workspace.maps / "half.txt").read_text().endswith("test 7")


def test_a_lost_reader_file_is_noticed(workspace):
    run(workspace)
    (workspace.processed / "depth.txt").unlink()
    assert not whole(workspace)
    run(workspace)
    assert whole(workspace)


def test_the_manifest_names_inputs_outputs_and_costs(workspace):
    run(workspace)
    manifest = json.loads((workspace.processed / "manifest.json").read_text())
    assert [entry["path"] for entry in manifest["inputs"]] == ["data/raw/one.txt"]
    assert set(manifest["outputs"]) == {"data/processed/depth.txt", "maps/half.txt"}
    assert manifest["steps"][0]["why"] == "no earlier result"
    assert manifest["steps"][0]["peak_mb"] > 1
    assert manifest["versions"]["numpy"]


def test_a_moved_workspace_still_opens(workspace, tmp_path_factory):
    run(workspace)
    place = tmp_path_factory.mktemp("elsewhere") / "moved folder é"
    shutil.copytree(workspace.root, place, symlinks=True)
    moved = Workspace.at(place)
    assert (moved.processed / "depth.txt").resolve().is_relative_to(place)
    assert run(moved) == {"depths": "reuse: unchanged", "half": "reuse: unchanged"}


def test_releases_are_listed_and_found_by_enough_of_their_name(workspace):
    first, second = build(workspace, "one"), build(workspace, "two")
    assert [release.id for release in all_releases(workspace)] == [first.id, second.id]
    assert find_release(workspace, first.id).number == 1
    assert find_release(workspace, second.id[:-3]).id == second.id
    assert find_release(workspace, second.id[-8:]).id == second.id
    with pytest.raises(ConfigError, match=f"no release is called 'x'.*{second.id}, {first.id}"):
        find_release(workspace, "x")
    with pytest.raises(ConfigError, match="fits 2 releases"):
        find_release(workspace, "20")


def test_an_earlier_release_comes_back_whole(workspace):
    first = build(workspace, "one")
    second = build(workspace, "two")
    restore(workspace, first)
    assert current_release(workspace).id == first.id
    assert whole(workspace)
    assert (workspace.maps / "half.txt").read_text() == "DEEP one"
    note = set_aside(workspace)
    assert (note.release, note.instead_of, note.keys) == (first.id, second.id, second.keys)
    restore(workspace, second)
    assert (workspace.maps / "half.txt").read_text() == "DEEP two"
    assert set_aside(workspace) is None


def test_what_is_published_next_ends_the_setting_aside(workspace):
    first = build(workspace, "one")
    build(workspace, "two")
    restore(workspace, first)
    run(workspace)
    assert (workspace.maps / "half.txt").read_text() == "DEEP two"
    assert set_aside(workspace) is None
    assert not (workspace.home / "restored.json").exists()


@pytest.mark.parametrize("harm", ["altered", "deleted"])
def test_a_damaged_release_is_not_brought_back(workspace, harm):
    first, second = build(workspace, "one"), build(workspace, "two")
    path = first.folder / "maps" / "half.txt"
    path.unlink() if harm == "deleted" else (path.unlink(), path.write_text("other"))
    with pytest.raises(DataError, match=r"half\.txt is missing or was altered"):
        restore(workspace, first)
    assert current_release(workspace).id == second.id


def test_a_clock_set_back_does_not_make_a_new_release_old(workspace, monkeypatch):
    build(workspace, "one")
    monkeypatch.setattr("pipeline.releases.publish.datetime", Clock(datetime(1999, 1, 1, tzinfo=UTC)))
    for name in ("two", "three", "four", "five", "six", "seven"):
        build(workspace, name)
    assert current_release(workspace).id.startswith("1999")
    assert all_releases(workspace)[-1].id == current_release(workspace).id
    assert [release.number for release in all_releases(workspace)] == [3, 4, 5, 6, 7]
    assert (workspace.maps / "half.txt").read_text() == "DEEP seven"


class Clock:
    """A clock that goes on by a second each time it is looked at."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self, zone):
        self.at += timedelta(seconds=1)
        return self.at


def test_releases_stay_by_count_and_by_day(workspace, monkeypatch):
    clock = Clock(datetime(2026, 1, 1, 12, tzinfo=UTC))
    monkeypatch.setattr("pipeline.releases.publish.datetime", clock)
    for day in range(6):
        for time in ("early", "late"):
            clock.at = datetime(2026, 1, 1 + day, 12, tzinfo=UTC) + timedelta(hours=time == "late")
            build(workspace, f"{day} {time}")
    # the five newest so far, as [publish] has it; now by another rule
    kept = [release.id[6:11] for release in all_releases(workspace)]
    assert kept == ["04T13", "05T12", "05T13", "06T12", "06T13"]
    section = PublishSection(keep_releases=2, keep_days=1.5)
    told = retire(workspace, section, datetime(2026, 1, 6, 14, tzinfo=UTC))
    assert [release.id[6:11] for release in all_releases(workspace)] == ["05T13", "06T12", "06T13"]
    assert len(told) == 2
    assert "keeps 2 and the last of each day for 1.5 days" in told[0]


def test_the_release_that_readers_were_in_stays(workspace):
    first = build(workspace, "one")
    for name in ("two", "three", "four", "five"):
        build(workspace, name)
    restore(workspace, first)
    build(workspace, "six")
    assert first.id in [release.id for release in all_releases(workspace)]
    build(workspace, "seven")
    assert first.id not in [release.id for release in all_releases(workspace)]


def test_the_current_release_stays_however_old(workspace):
    first = build(workspace, "one")
    for name in ("two", "three"):
        build(workspace, name)
    restore(workspace, first)
    retire(workspace, PublishSection(keep_releases=2))
    assert len(all_releases(workspace)) == 3
    assert whole(workspace)


def size_gb(workspace) -> float:
    files = {p.stat().st_ino: p.stat().st_size for p in workspace.home.rglob("*") if p.is_file() and not p.is_symlink()}
    return sum(files.values()) / 1e9


def test_the_store_keeps_within_its_limit_and_says_what_went(workspace):
    for name in ("one", "two", "three"):
        build(workspace, name)
    spare = workspace.store / "half" / "0123"
    spare.mkdir(parents=True)
    (spare / "big").write_bytes(bytes(100_000))
    told = within_limit(workspace, PublishSection(max_gb=size_gb(workspace) - 50e-6))
    assert len(told) == 1
    assert "0.0001 GB were freed: 1 kept results that no release needs were evicted" in told[0]
    assert not spare.exists()
    assert len(all_releases(workspace)) == 3

    third = current_release(workspace)
    told = within_limit(workspace, PublishSection(max_gb=1e-9))
    assert "was evicted" in told[0]
    assert "nothing else is left to evict" in told[-1]
    assert [release.id for release in all_releases(workspace)] == [third.id]
    assert whole(workspace)
    assert run(workspace) == {"depths": "reuse: unchanged", "half": "reuse: unchanged"}


def test_within_the_limit_nothing_is_said(workspace):
    build(workspace, "one")
    assert within_limit(workspace, PublishSection()) == []


def test_what_a_killed_run_left_is_swept_and_the_rest_stays(workspace):
    build(workspace, "one")
    for folder in ("releases/.1.working/maps", "store/half/.77.working", "store/half.files/.k.working"):
        (workspace.home / folder).mkdir(parents=True)
    (workspace.processed / ".slope.tif.12.link").symlink_to("nowhere")
    (workspace.processed / "mine.csv").write_text("x")
    sweep(workspace)
    assert not list(workspace.home.rglob("*.working"))
    assert sorted(path.name for path in workspace.processed.iterdir()) == ["depth.txt", "manifest.json", "mine.csv"]
    assert whole(workspace)


def test_strange_files_and_damaged_releases_are_passed_over(workspace):
    build(workspace, "one")
    broken, handed_over = workspace.releases / "20200101T000000000Z-0123abcd", workspace.releases / "for the client"
    for folder in (broken, handed_over):
        folder.mkdir()
        (folder / RECORD).write_text("{")
    (workspace.releases / "Thumbs.db").write_text("")
    (workspace.releases / "latest").symlink_to(current_release(workspace).id)
    (workspace.store / "half" / ".DS_Store").write_text("")
    retire(workspace, PublishSection())
    assert broken.exists()
    assert len(all_releases(workspace)) == 1
    for name in ("two", "three", "four", "five"):
        build(workspace, name)
    assert not broken.exists()
    assert handed_over.exists()


def test_a_reader_of_several_files_finds_them_of_one_release(workspace):
    first = build(workspace, "one")
    folder = workspace.maps / "releases" / first.id
    before = (folder / "maps" / "half.txt").read_text()
    build(workspace, "two")
    assert (folder / "maps" / "half.txt").read_text() == before == "DEEP one"
    assert json.loads((folder / "data/processed/manifest.json").read_text())["release"] == first.id


def test_outputs_honour_umask(tmp_path):
    for mask, file_mode, folder_mode in ((0o027, 0o640, 0o750), (0o002, 0o664, 0o775), (0o077, 0o600, 0o700)):
        old = os.umask(mask)
        try:
            workspace = make(tmp_path / oct(mask))
            build(workspace, "one")
        finally:
            os.umask(old)
        for path in workspace.home.rglob("*"):
            if not path.is_symlink():
                assert path.stat().st_mode & 0o777 == (folder_mode if path.is_dir() else file_mode), path


def test_a_damaged_folder_is_evicted_before_a_whole_release(workspace):
    build(workspace, "one")
    build(workspace, "two")
    limit = PublishSection(max_gb=size_gb(workspace) + 10e-6)
    broken = workspace.releases / "20200101T000000000Z-0123abcd"
    broken.mkdir()
    (broken / "big").write_bytes(bytes(100_000))
    assert "whose record is damaged, was evicted" in within_limit(workspace, limit)[0]
    assert len(all_releases(workspace)) == 2


def test_no_link_in_the_store_or_among_releases_lets_anything_else_be_deleted(workspace, tmp_path_factory):
    victim = tmp_path_factory.mktemp("victim")
    for name in ("photos", ".1.working"):
        (victim / name).mkdir()
        (victim / name / "one.jpg").write_text("x")
    build(workspace, "one")
    (workspace.store / "other").symlink_to(victim)
    (workspace.store / "half" / "linked").symlink_to(victim / "photos")
    (workspace.store / "half" / ".2.working").symlink_to(victim / "photos")
    (workspace.releases / "20200101T000000000Z-0123abcd").symlink_to(victim / "photos")
    for name in ("two", "three", "four", "five", "six", "seven"):
        build(workspace, name)
    sweep(workspace)
    within_limit(workspace, PublishSection(max_gb=1e-9))
    assert sorted(path.name for path in victim.rglob("*.jpg")) == ["one.jpg", "one.jpg"]


def test_what_a_killed_restore_left_in_a_release_is_swept_and_never_linked(workspace):
    first = build(workspace, "one")
    build(workspace, "two")
    left = [first.folder / "maps/.index.999999999.part.html", first.folder / "maps/.half.txt.999999999.link"]
    for path in left:
        path.write_text("half")
    restore(workspace, first)
    assert not [path for path in workspace.maps.iterdir() if path.name.startswith(".")]
    sweep(workspace)
    assert not any(path.exists() for path in left)
    assert whole(workspace)


def test_half_written_files_of_dead_runs_are_swept(workspace):
    build(workspace, "one")
    alive, dead = workspace.home / f".health.{os.getpid()}.part.json", workspace.home / ".run.999999999.part.json"
    for path in (alive, dead):
        path.write_text("{")
    sweep(workspace)
    assert alive.exists()
    assert not dead.exists()


@pytest.mark.parametrize("name", ["data/processed/manifest.json", "data/processed/depth.txt", "maps/index.html"])
def test_an_edit_through_a_link_is_damage(workspace, name):
    release = build(workspace, "one")
    assert release.damage() == ""
    with (workspace.root / name).open("a") as file:
        file.write(" ")
    assert current_release(workspace).damage() == name


@pytest.mark.parametrize("change", [{"pages": {}}, {"number": 99}, {"steps": {"depths": {}}}])
def test_a_record_that_was_altered_is_no_release(workspace, change):
    release = build(workspace, "one")
    record = json.loads((release.folder / RECORD).read_text())
    (release.folder / RECORD).write_text(json.dumps(record | change))
    assert all_releases(workspace) == []


def test_an_edit_in_place_harms_no_release_for_good(workspace):
    first, second = build(workspace, "one"), build(workspace, "two")
    assert (first.folder / "data/processed/depth.txt").samefile(second.folder / "data/processed/depth.txt")
    (workspace.processed / "depth.txt").write_text("shallow")
    assert first.damage() == second.damage() == "data/processed/depth.txt"
    told = []
    run(workspace, tell=told.append)
    assert [release.damage() for release in all_releases(workspace)] == ["", "", ""]
    assert f"release {first.id} had been altered: data/processed/depth.txt was put back as published" in told
    assert (workspace.processed / "depth.txt").read_text() == "DEEP WATER"


def test_what_nobody_has_any_more_is_said_to_be_lost(workspace):
    first, second = build(workspace, "one"), build(workspace, "two")
    (second.folder / "maps/half.txt").unlink()
    (first.folder / "maps/half.txt").unlink()
    told = []
    run(workspace, tell=told.append)
    assert f"release {first.id} is damaged for good: maps/half.txt was altered or deleted" in told
    assert f"release {second.id} had been altered: maps/half.txt was put back as published" in told


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_what_somebody_saved_in_place_of_a_link_is_moved_aside(workspace, kind):
    build(workspace, "one")
    place = workspace.maps / "half.txt"
    place.unlink()
    place.write_text("my own") if kind == "file" else place.mkdir()
    told = []
    workspace.config_path.write_text(CONFIG.replace('"test"', '"two"'))
    run(workspace, tell=told.append)
    assert whole(workspace)
    aside = workspace.maps / "half.mine-1.txt"
    assert told == [f"half.txt was no link to the release but somebody's own; it is now {aside}"]
    assert aside.is_dir() if kind == "folder" else aside.read_text() == "my own"


def test_a_copied_or_renamed_folder_is_no_release(workspace):
    first, second = build(workspace, "one"), build(workspace, "two")
    shutil.copytree(first.folder, workspace.releases / "keep this")
    assert find_release(workspace, first.id[:-1]).folder == first.folder
    first.folder.rename(workspace.releases / "good")
    with pytest.raises(ConfigError, match="no release is called"):
        find_release(workspace, first.id)
    assert [release.id for release in all_releases(workspace)] == [second.id]


def test_a_release_knows_what_readers_saw_before_it(workspace):
    first, second = build(workspace, "one"), build(workspace, "two")
    restore(workspace, first)
    third = build(workspace, "three")
    assert (first.before, second.before, third.before) == ("", first.id, first.id)


def test_a_restore_that_was_cut_short_can_be_done_again(workspace):
    first = build(workspace, "one")
    build(workspace, "two")
    (first.folder / "maps/index.html").write_text("half a page")
    restore(workspace, first)
    assert whole(workspace)
    assert current_release(workspace).id == first.id
