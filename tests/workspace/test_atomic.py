"""Files appear whole or not at all; one run holds a workspace."""

import json
import os
import subprocess
import sys

import pytest

from pipeline.errors import ConfigError, DataError, LockedError, WriteError
from pipeline.workspace import Workspace, atomic_path, hold, weakest, write_json


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "a.json"
    write_json(path, {"x": 1})
    with pytest.raises(RuntimeError), atomic_path(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert json.loads(path.read_text()) == {"x": 1}
    assert os.listdir(tmp_path) == ["a.json"]


def test_numbers_that_json_does_not_know_are_refused(tmp_path):
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(tmp_path / "a.json", {"x": float("nan")})
    assert os.listdir(tmp_path) == []


def test_an_unwritable_place_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(WriteError, match="cannot be written"), atomic_path(tmp_path / "file" / "a") as temporary:
        temporary.write_text("x")


def test_two_runs_at_once_are_refused_and_a_killed_run_leaves_no_lock(tmp_path):
    script = (
        "import sys, time; from pathlib import Path; from pipeline.workspace import Workspace, hold\n"
        "with hold(Workspace.at(Path(sys.argv[1]))):\n print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    workspace = Workspace.at(tmp_path)
    with pytest.raises(LockedError) as caught, hold(workspace):
        pass
    assert caught.value.exit_code == 75
    holder.kill()
    holder.wait()
    holder.stdout.close()
    with hold(workspace):
        pass


def test_sources_outside_the_workspace_are_refused(tmp_path):
    root = tmp_path / "w"
    root.mkdir()
    (tmp_path / "secret.tif").write_text("x")
    workspace = Workspace.at(root)
    for files in ("../secret.tif", str(tmp_path / "secret.tif"), "link.tif"):
        if files == "link.tif":
            (root / "link.tif").symlink_to(tmp_path / "secret.tif")
        workspace.config_path.write_text(f"[sources.a]\nrole = 'soil'\nfiles = '{files}'\n")
        with pytest.raises(ConfigError, match="out of the workspace"):
            workspace.sources(workspace.config())


def test_absent_files_are_named(tmp_path):
    workspace = Workspace.at(tmp_path)
    workspace.config_path.write_text("[sources.a]\nrole = 'soil'\nfiles = 'data/no*.tif'\n")
    with pytest.raises(DataError, match=r"data/no\*\.tif"):
        workspace.sources(workspace.config())


def test_sources_are_ranked_by_priority_then_provenance(tmp_path):
    workspace = Workspace.at(tmp_path)
    (tmp_path / "x.tif").write_text("")
    entries = [("a", 0, "synthetic"), ("b", 0, "survey"), ("c", 5, "public"), ("d", 0, "public")]
    workspace.config_path.write_text(
        "".join(f"[sources.{n}]\nrole='soil'\nfiles='x.tif'\npriority={p}\nprovenance='{v}'\n" for n, p, v in entries)
    )
    assert [source.name for source in workspace.sources(workspace.config(), "soil")] == ["c", "b", "d", "a"]


def test_the_weakest_provenance_wins():
    assert weakest(["survey", "synthetic", "public"]) == "synthetic"
    assert weakest([]) == ""
