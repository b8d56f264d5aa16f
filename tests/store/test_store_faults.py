"""A full disk in any library's words, and what a killed run leaves."""

from types import SimpleNamespace

import pytest

from pipeline.errors import WriteError
from pipeline.store import kept
from pipeline.workspace import atomic


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
