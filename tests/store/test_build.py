"""The store: content decides what is still good, and it says why something is not."""

import json
import os
import shutil
from pathlib import Path

import pytest

from pipeline.errors import DataError, WriteError
from pipeline.store import Build, Facts, Step, StepContext
from pipeline.store.release import current_release, publish
from pipeline.workspace import Workspace

CONFIG = """
[corridor]
name = "test"
[sources.depths]
role = "bathymetry"
files = "data/raw/*.txt"
values = "depth_m"
vertical_datum = "surface"
"""


def read_depths(context: StepContext) -> Facts:
    text = "".join(path.read_text() for source in context.role("bathymetry") for path in source.paths)
    (context.out / "depth.txt").write_text(text.upper())
    return {"length": len(text)}


def halve(context: StepContext) -> Facts:
    text = (context.inputs["depths"] / "depth.txt").read_text()
    (context.out / "half.txt").write_text(text[: len(text) // 2] + context.config.corridor.name)
    context.log("halved")
    return {"from": context.facts["depths"]["length"]}


STEPS = (
    Step("depths", "a", "Read", read_depths, roles=("bathymetry",), products=("data/processed/depth.txt",)),
    Step("half", "b", "Halve", halve, after=("depths",), sections=("corridor",), products=("maps/*",)),
)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    (tmp_path / "data" / "raw").mkdir(parents=True)
    (tmp_path / "corridor.toml").write_text(CONFIG)
    (tmp_path / "data" / "raw" / "one.txt").write_text("deep water")
    return Workspace.at(tmp_path)


def run(workspace: Workspace, *, force: bool = False) -> dict[str, str]:
    """Build and publish; return what happened to each step and why."""
    release = current_release(workspace)
    build = Build(workspace, workspace.config(), STEPS, release.parts if release else {}, force)
    decisions = build.decide()
    for decision in decisions:
        if decision.state == "run":
            build.run(decision.step, lambda line: None)
    publish(build, decisions)
    return {d.step.name: f"{d.state}: {d.why}" for d in decisions}


def test_a_second_build_reuses_everything(workspace):
    assert run(workspace) == {"depths": "run: no earlier result", "half": "run: follows from depths"}
    assert run(workspace) == {"depths": "reuse: unchanged", "half": "reuse: unchanged"}
    assert (workspace.processed / "depth.txt").read_text() == "DEEP WATER"
    assert (workspace.maps / "half.txt").read_text() == "DEEP test"


def test_a_touched_file_is_not_a_changed_file(workspace):
    run(workspace)
    path = workspace.root / "data" / "raw" / "one.txt"
    os.utime(path, (0, 0))
    assert run(workspace)["depths"] == "reuse: unchanged"


def test_changed_content_with_the_old_time_is_seen(workspace):
    run(workspace)
    path = workspace.root / "data" / "raw" / "one.txt"
    stat = path.stat()
    path.unlink()
    path.write_text("DEEP water")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert run(workspace) == {"depths": "run: data/raw/one.txt changed", "half": "run: follows from depths"}


def test_only_what_follows_from_a_parameter_is_done_again(workspace):
    run(workspace)
    workspace.config_path.write_text(CONFIG.replace('"test"', '"other"'))
    assert run(workspace) == {"depths": "reuse: unchanged", "half": "run: [corridor] name: 'test' -> 'other'"}


def test_a_result_that_comes_out_the_same_stops_the_change(workspace):
    run(workspace)
    (workspace.root / "data" / "raw" / "one.txt").write_text("DEEP WATER")
    build = Build(workspace, workspace.config(), STEPS)
    for decision in build.decide():
        build.run(decision.step, (lines := []).append)
    assert lines == ["reused: nothing that it depends on came out different"]


@pytest.mark.parametrize("harm", ["altered", "deleted"])
def test_a_harmed_result_is_made_again(workspace, harm):
    run(workspace)
    release = current_release(workspace)
    path = workspace.root / release.steps["depths"]["folder"] / "depth.txt"
    if harm == "altered":
        path.chmod(0o644)
        path.write_text("shallow")
    else:
        path.unlink()
    assert run(workspace)["depths"] == "run: its kept result depth.txt was altered or deleted"
    assert (workspace.processed / "depth.txt").read_text() == "DEEP WATER"


def test_force_runs_everything_and_changes_no_byte(workspace):
    run(workspace)
    before = current_release(workspace).manifest["outputs"]
    assert run(workspace, force=True)["half"].startswith("run")
    assert current_release(workspace).manifest["outputs"] == before


def test_a_failing_step_leaves_the_release_and_no_stray_files(workspace):
    run(workspace)
    before = current_release(workspace).id

    def fail(context: StepContext) -> Facts:
        (context.out / "half.txt").write_text("half-made")
        raise DataError("no", where="here", remedy="There is none.")

    workspace.config_path.write_text(CONFIG.replace('"test"', '"other"'))
    steps = (STEPS[0], Step("half", "b", "Fail", fail, after=("depths",), sections=("corridor",)))
    build = Build(workspace, workspace.config(), steps)
    with pytest.raises(DataError):
        for decision in build.decide():
            build.run(decision.step, print)
    assert current_release(workspace).id == before
    assert not list(workspace.home.rglob("*working*"))


def test_an_input_replaced_while_it_is_read_is_refused(workspace):
    path = workspace.root / "data" / "raw" / "one.txt"

    def read_while_written(context: StepContext) -> Facts:
        path.write_text("something else, longer")
        return read_depths(context)

    step = Step("depths", "a", "Read", read_while_written, roles=("bathymetry",))
    build = Build(workspace, workspace.config(), (step,))
    build.decide()
    with pytest.raises(DataError, match="changed while it was being read"):
        build.run(step, print)
    assert not list(workspace.store.glob("depths/*"))


def test_a_full_disk_is_said_and_harms_nothing(workspace):
    run(workspace)
    before = current_release(workspace).id

    def full(context: StepContext) -> Facts:
        raise OSError(28, "No space left on device", str(context.out / "x"))

    build = Build(workspace, workspace.config(), (Step("depths", "a", "Read", full),), force=True)
    with pytest.raises(WriteError, match="No space left"):
        build.run(build.steps[0], print)
    assert current_release(workspace).id == before
    assert current_release(workspace).is_whole(workspace)


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
    assert not current_release(workspace).is_whole(workspace)
    run(workspace)
    assert current_release(workspace).is_whole(workspace)


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
