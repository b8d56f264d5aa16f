"""A full disk in any library's words, and what a killed run leaves."""

import json
from types import SimpleNamespace

import pytest

from pipeline.errors import WriteError
from pipeline.store import kept, release
from pipeline.workspace import Workspace, atomic


def full(monkeypatch) -> None:
    monkeypatch.setattr(atomic.shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))


def test_a_full_disk_is_told_whatever_the_library_raises(tmp_path, monkeypatch):
    full(monkeypatch)
    with pytest.raises(WriteError, match="disk is full"), atomic.atomic_path(tmp_path / "a.tif"):
        raise RuntimeError("TIFFWriteDirectoryTagData: IO error writing tag data")
    assert not list(tmp_path.iterdir())


def test_a_defect_with_room_left_stays_a_defect(tmp_path):
    with pytest.raises(RuntimeError, match="ours"), atomic.atomic_path(tmp_path / "a.tif"):
        raise RuntimeError("ours")


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff\xfe", b'{"key": "k"}', b'{"key": "k", "more": 1}'])
def test_a_damaged_record_is_as_good_as_none(tmp_path, content):
    folder = kept.folder_of(tmp_path, "slope", "k")
    folder.mkdir(parents=True)
    (folder / kept.RECORD).write_bytes(content)
    assert kept.load(tmp_path, "slope", "k") is None


def test_what_a_killed_run_left_is_swept_and_the_rest_stays(tmp_path):
    workspace = Workspace(tmp_path)
    for folder in (workspace.releases / ".1.working" / "maps", workspace.releases / "1", workspace.processed):
        folder.mkdir(parents=True)
    (workspace.processed / ".slope.tif.12.link").symlink_to("nowhere")
    (workspace.processed / "mine.csv").write_text("x")
    release._sweep(workspace)
    assert [path.name for path in workspace.releases.iterdir()] == ["1"]
    assert [path.name for path in workspace.processed.iterdir()] == ["mine.csv"]


def test_pruning_passes_over_strange_files_and_damaged_releases(tmp_path):
    workspace = Workspace(tmp_path)
    for name, content in (("1", "{"), ("2", json.dumps({"a": {"folder": ".corridor/store/a/k"}}))):
        (workspace.releases / name).mkdir(parents=True)
        (workspace.releases / name / release.STEPS).write_text(content)
    for folder in ("a/k", "a/old"):
        (workspace.store / folder).mkdir(parents=True)
    (workspace.store / "a" / ".DS_Store").write_text("")
    (workspace.releases / "Thumbs.db").write_text("")
    release._prune(workspace, keep=5)
    assert sorted(path.name for path in (workspace.store / "a").iterdir()) == [".DS_Store", "k"]
