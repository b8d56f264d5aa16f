"""Where compiled code is kept: beside its source, or where nobody else can put anything."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from flows.environment import prepare_numba
from pipeline.errors import WriteError
from pipeline.workspace import Workspace


@pytest.fixture
def read_only(monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    monkeypatch.setenv("NUMBA_CACHE_DIR", "")
    monkeypatch.delenv("NUMBA_CACHE_DIR")


def test_beside_the_source_where_that_can_be_written(tmp_path, monkeypatch):
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    prepare_numba(Workspace.at(tmp_path), tmp_path)
    assert "NUMBA_CACHE_DIR" not in os.environ
    assert not (tmp_path / ".corridor").exists()


def test_else_in_the_workspace_for_this_user_alone(tmp_path, read_only):
    prepare_numba(Workspace.at(tmp_path))
    folder = Path(os.environ["NUMBA_CACHE_DIR"])
    assert folder.parent == tmp_path / ".corridor"
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("harm", ["writable", "link"])
def test_a_folder_that_others_could_fill_is_refused(tmp_path, read_only, harm):
    folder = tmp_path / ".corridor" / f"numba-{os.getuid()}"
    if harm == "writable":
        folder.mkdir(parents=True)
        folder.chmod(0o777)
    else:
        folder.parent.mkdir()
        (tmp_path / "elsewhere").mkdir(mode=0o700)
        folder.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(WriteError, match="written by somebody else"):
        prepare_numba(Workspace.at(tmp_path))


def test_the_command_starts_without_numba():
    code = "import sys, flows.cli, pipeline.plan; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
