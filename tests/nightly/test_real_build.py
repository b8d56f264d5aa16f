"""Nights with the real build: one that hangs in C code, one that ends well, one that is held back."""

import ctypes
import os
from functools import partial
from pathlib import Path

import pytest

from flows import nightly, supervise
from flows.nightly import run_once
from pipeline.releases.release import current_release, find_release
from pipeline.releases.restore import restore
from pipeline.workspace import Workspace
from tests.mini import corridor, make_mini, write_grid
from tests.nightly.nights import health_of, log_of
from tests.plain import plain_command

pytestmark = pytest.mark.slow

# Loaded by the build's Python: a step that hangs in C code, and so heeds no signal and lets no other thread run.
HANG = """
import ctypes, sys
if "build" in sys.orig_argv:
    from pipeline.seabed import soil
    def run(context):
        ctypes.PyDLL(None).sleep(600)
    run.__module__ = soil.__name__
    soil.run = run
"""


def test_a_step_that_hangs_in_c_is_ended_and_nothing_is_published(tmp_path, monkeypatch):
    assert hasattr(ctypes.PyDLL(None), "sleep")
    root = make_mini(tmp_path / "w", roles="depths soil")
    with (root / "corridor.toml").open("a") as file:
        file.write("[nightly]\nstep_limit_min = 0.2\nsettle_s = 0.1\n")
    (tmp_path / "hang").mkdir()
    (tmp_path / "hang" / "sitecustomize.py").write_text(HANG)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "hang"))
    monkeypatch.setattr(nightly, "supervise", partial(supervise.supervise, grace_s=1))
    outcome = run_once(Workspace.at(root))
    assert outcome.exit_code == 124, log_of(Workspace.at(root))
    assert "soil" in outcome.step.split(", "), "and what it held up"
    assert current_release(Workspace.at(root)) is None
    assert _processes_of(root) == []


def _processes_of(root: Path) -> list[str]:
    """Return the command lines of processes that name a workspace or were given it in their environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            said = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
        except OSError:  # ended meanwhile, or of another user
            continue
        if folder.name != str(os.getpid()) and str(root).encode() in said:
            found.append(said[:200].decode(errors="replace"))
    return found


def test_a_restored_release_stays_until_the_inputs_change(tmp_path):
    root = make_mini(tmp_path / "w", roles="depths soil")
    with (root / "corridor.toml").open("a") as file:
        file.write("[nightly]\nsettle_s = 0.1\n")
    workspace = Workspace.at(root)
    first = run_once(workspace)
    assert first.what == "published", first.error
    assert {step["name"] for step in first.release.manifest["steps"]} >= {"route", "map"}
    write_grid(root / "data" / "raw" / "soil.tif", _soil(7), nodata=255)
    bad = run_once(workspace, command=plain_command(root))
    assert bad.what == "published", bad.error
    restore(workspace, find_release(workspace, first.release.id))
    held = run_once(workspace, command=plain_command(root))
    assert (held.what, held.exit_code, held.release.id) == ("held back", 0, first.release.id)
    assert health_of(workspace)["state"] == "held back"
    assert f"release {bad.release.id}, which 'corridor restore' set aside" in held.sentence
    assert "Nightly: The night that began" in corridor("-C", root, "status").stdout
    write_grid(root / "data" / "raw" / "soil.tif", _soil(2), nodata=255)
    good = run_once(workspace, command=plain_command(root))
    assert good.what == "published", good.error
    assert good.release.id not in (first.release.id, bad.release.id)


def _soil(code: int):
    import numpy as np

    return np.full((30, 20), code, dtype="uint8")
