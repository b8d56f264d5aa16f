"""What is still being copied is left out or waited for."""

import os
from pathlib import Path

import pytest

from pipeline.errors import DataError
from pipeline.workspace import Workspace
from pipeline.workspace.settling import still_copied
from tests.nightly.nights import make_workspace


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return make_workspace(tmp_path)


def look(workspace: Workspace, *meanwhile, known: tuple[str, ...] = ()) -> list[str]:
    """Return what is left out when these things happen between the looks, one a look."""
    happens = iter(meanwhile)
    said: list[str] = []
    found = still_copied(
        workspace, workspace.config(), known, wait=lambda s: next(happens, lambda: None)(), log=said.append
    )
    return sorted(workspace.name_of(path) for path in found)


def grow(path: Path):
    def write() -> None:
        with path.open("a") as file:
            file.write("more")

    return write


def test_files_at_rest_are_all_taken(workspace):
    assert look(workspace) == []


def test_a_new_file_that_grows_is_left_out(workspace):
    new = workspace.root / "data/raw/new.tif"
    new.write_text("part")
    assert look(workspace, grow(new)) == ["data/raw/new.tif"]


def test_a_new_file_rewritten_at_the_same_size_is_left_out(workspace):
    new = workspace.root / "data/raw/new.tif"
    new.write_text("part")
    assert look(workspace, lambda: new.write_text("trap")) == ["data/raw/new.tif"]


def test_a_time_of_change_that_is_put_back_does_not_hide_a_copy(workspace):
    """rsync and cp -p set the old time at the end."""
    new = workspace.root / "data/raw/new.tif"
    new.write_text("part")
    before = new.stat()

    def rewrite() -> None:
        new.write_text("trap")
        os.utime(new, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert look(workspace, rewrite) == ["data/raw/new.tif"]


def test_a_file_that_appears_between_the_looks_is_left_out(workspace):
    assert look(workspace, grow(workspace.root / "data/raw/new.tif")) == ["data/raw/new.tif"]


def test_a_file_that_vanishes_between_the_looks_is_left_out(workspace):
    new = workspace.root / "data/raw/new.tif"
    new.write_text("part")
    assert look(workspace, new.unlink) == ["data/raw/new.tif"]


def test_a_file_beside_it_that_grows_holds_a_raster_back(workspace):
    new = workspace.root / "data/raw/new.tif"
    new.write_text("whole")
    assert look(workspace, grow(new.with_name("new.tif.aux.xml"))) == ["data/raw/new.tif"]


def test_a_file_of_the_release_is_waited_for(workspace):
    one = workspace.root / "data/raw/one.tif"
    assert look(workspace, grow(one), grow(one), known=("data/raw/one.tif",)) == []


def test_a_file_of_the_release_that_does_not_settle_is_unusable_data(workspace):
    one = workspace.root / "data/raw/one.tif"
    with pytest.raises(DataError, match=r"not finished after 1 s: data/raw/one\.tif"):
        look(workspace, *[grow(one)] * 20, known=("data/raw/one.tif",))


def test_a_file_of_the_release_may_be_gone_while_it_is_replaced(workspace):
    one = workspace.root / "data/raw/one.tif"
    assert look(workspace, one.unlink, lambda: one.write_text("new"), known=("data/raw/one.tif",)) == []


def test_the_route_cannot_be_left_out(workspace):
    route = workspace.root / "data/raw/route.csv"
    assert look(workspace, grow(route)) == []
    with pytest.raises(DataError, match=r"route\.csv"):
        look(workspace, *[grow(route)] * 20)


def test_a_source_that_would_lose_its_only_file_is_said(workspace):
    with pytest.raises(DataError, match=r"source 'depths' has no file but.*one\.tif"):
        look(workspace, grow(workspace.root / "data/raw/one.tif"))


def test_files_that_are_absent_are_the_builds_to_tell(workspace):
    (workspace.root / "data/raw/one.tif").unlink()
    assert look(workspace) == []
