"""The store: content decides what is still good, and it says why something is not."""

import json
import os
import shutil

import pytest

from pipeline.errors import ConfigError, DataError, WriteError
from pipeline.releases.publish import publish
from pipeline.releases.release import current_release
from pipeline.store import Build, Facts, FileWork, Step, StepContext
from tests.toy import CONFIG, STEPS, make, read_depths, run, whole


@pytest.fixture
def workspace(tmp_path):
    return make(tmp_path)


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
    path = workspace.store / release.steps["depths"]["folders"][0] / "depth.txt"
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
    assert whole(workspace)


def read_file(context: StepContext) -> Facts:
    (source,) = context.sources
    (path,) = source.paths
    (context.out / "upper.txt").write_text(path.read_text().upper())
    context.log(f"read {path.name}")
    return {"letters": len(path.read_text())}


def join_files(context: StepContext) -> Facts:
    pieces = [context.parts[source.name, path] for source in context.sources for path in source.paths]
    (context.out / "depth.txt").write_text("".join((p.folder / "upper.txt").read_text() for p in pieces))
    return {"length": sum(p.facts["letters"] for p in pieces)}


BY_FILE = (
    Step(
        "depths", "a", "Read", join_files, roles=("bathymetry",), per_file=FileWork(read_file),
        products=("data/processed/depth.txt",),
    ),
    STEPS[1],
)  # fmt: skip


def tiles(workspace, **texts: str) -> None:
    for name, text in texts.items():
        (workspace.root / "data" / "raw" / f"{name}.txt").write_text(text)


def test_of_many_files_only_the_changed_one_is_read_again(workspace):
    tiles(workspace, two=" under", three=" keel")
    assert run(workspace, steps=BY_FILE)["depths"] == "run: no earlier result; 3 of 3 files to read"
    tiles(workspace, two=" above")
    lines = []
    assert run(workspace, steps=BY_FILE, log=lines.append) == {
        "depths": "run: data/raw/two.txt changed; 1 of 3 files to read",
        "half": "run: follows from depths",
    }
    assert [line for line in lines if line.startswith("read ")] == ["read two.txt"]
    assert (workspace.processed / "depth.txt").read_text() == "DEEP WATER KEEL ABOVE"
    step = current_release(workspace).manifest["steps"][0]
    assert (step["files"], step["why"]) == ({"read": 1, "all": 3}, "data/raw/two.txt changed; 1 of 3 files to read")


def test_what_files_gave_is_the_same_however_it_came_about(workspace):
    tiles(workspace, two=" under", three=" keel")
    run(workspace, steps=BY_FILE)
    piecewise = current_release(workspace).manifest["outputs"]
    shutil.rmtree(workspace.home)
    run(workspace, steps=BY_FILE)
    assert current_release(workspace).manifest["outputs"] == piecewise


@pytest.mark.parametrize("harm", ["altered", "deleted", "record"])
def test_harm_to_what_one_file_gave_costs_only_that_file(workspace, harm):
    tiles(workspace, two=" under")
    run(workspace, steps=BY_FILE)
    folder = workspace.store / current_release(workspace).steps["depths"]["folders"][1]
    path = folder / ("step.json" if harm == "record" else "upper.txt")
    path.write_text("{") if harm != "deleted" else path.unlink()
    tiles(workspace, three=" keel")
    assert run(workspace, steps=BY_FILE)["depths"] == "run: data/raw/three.txt added; 2 of 3 files to read"
    assert (workspace.processed / "depth.txt").read_text() == "DEEP WATER KEEL UNDER"


def test_trust_and_names_do_not_make_a_file_be_read_again(workspace):
    tiles(workspace, two=" under")
    run(workspace, steps=BY_FILE)
    workspace.config_path.write_text(CONFIG + 'priority = 7\nlicence = "open"\n')
    assert run(workspace, steps=BY_FILE)["depths"].endswith("; 0 of 2 files to read")
    workspace.config_path.write_text(CONFIG + 'crs = "EPSG:4326"\n')
    assert run(workspace, steps=BY_FILE)["depths"].endswith("; 2 of 2 files to read")


@pytest.mark.parametrize("steps", [STEPS, BY_FILE], ids=["whole", "by file"])
def test_a_renamed_file_is_not_a_changed_file(workspace, steps):
    run(workspace, steps=steps)
    raw = workspace.root / "data" / "raw"
    (raw / "one.txt").rename(raw / "final.txt")
    assert run(workspace, steps=steps)["depths"] == "reuse: unchanged"
    assert [entry["path"] for entry in current_release(workspace).manifest["inputs"]] == ["data/raw/final.txt"]
    build = Build(workspace, workspace.config(), steps, current_release(workspace).parts)
    (raw / "final.txt").rename(raw / "one.txt")
    assert build.source_states()[0]["state"] == "data/raw/one.txt renamed"


def test_files_of_another_kind_or_order_are_another_result(workspace):
    tiles(workspace, two=" under")
    run(workspace, steps=BY_FILE)
    raw = workspace.root / "data" / "raw"
    (raw / "two.txt").rename(raw / "a.txt")  # now the first
    assert run(workspace, steps=BY_FILE)["depths"] == "run: data/raw/a.txt renamed; 0 of 2 files to read"
    assert (workspace.processed / "depth.txt").read_text() == " UNDERDEEP WATER"


def test_a_removed_file_is_told(workspace):
    tiles(workspace, two=" under")
    run(workspace, steps=BY_FILE)
    (workspace.root / "data" / "raw" / "two.txt").unlink()
    build = Build(workspace, workspace.config(), BY_FILE, current_release(workspace).parts)
    assert build.source_states()[0]["state"] == "data/raw/two.txt removed"
    assert build.decide()[0].why == "data/raw/two.txt removed; 0 of 1 files to read"


def test_the_clock_does_not_decide(workspace, monkeypatch):
    run(workspace)
    for path in (workspace.root / "data" / "raw" / "one.txt", workspace.config_path):
        os.utime(path, (4e9, 4e9))
    assert run(workspace) == {"depths": "reuse: unchanged", "half": "reuse: unchanged"}


def test_what_was_done_is_recorded_not_what_was_foreseen(workspace):
    run(workspace)
    (workspace.root / "data" / "raw" / "one.txt").write_text("DEEP WATER")  # gives the same
    run(workspace)
    half = current_release(workspace).manifest["steps"][1]
    assert half["state"] == "reuse"
    assert half["why"] == "follows from depths, but nothing that it depends on came out different"


def test_a_release_is_never_made_of_two_versions_of_one_input(workspace):
    path = workspace.root / "data" / "raw" / "one.txt"

    def also_reads(context: StepContext) -> Facts:
        (context.out / "half.txt").write_text(path.read_text())
        return {}

    again = Step("half", "b", "Read too", also_reads, after=("depths",), roles=("bathymetry",), products=("maps/*",))
    run(workspace, steps=(STEPS[0], again))
    before = current_release(workspace).id
    path.write_text("first version")
    build = Build(workspace, workspace.config(), (STEPS[0], again))
    first, second = build.decide()
    build.run(first.step, print, first.why)
    path.write_text("second version")
    build.run(second.step, print, second.why)
    with pytest.raises(DataError, match=r"one\.txt.*step 'depths'"):
        publish(build)
    assert current_release(workspace).id == before
    assert (workspace.maps / "half.txt").read_text() == "deep water"


def test_a_file_beside_an_input_is_part_of_it(workspace):
    raw = workspace.root / "data" / "raw"
    (raw / "one.txt").rename(raw / "one.shp")
    workspace.config_path.write_text(CONFIG.replace("*.txt", "*.shp"))
    (raw / "one.dbf").write_text("names")
    run(workspace, steps=BY_FILE)
    assert run(workspace, steps=BY_FILE)["depths"] == "reuse: unchanged"
    (raw / "one.dbf").write_text("other names")
    assert run(workspace, steps=BY_FILE)["depths"] == "run: data/raw/one.dbf changed; 1 of 1 files to read"
    (raw / "one.shp.aux.xml").write_text("<x/>")
    assert run(workspace, steps=BY_FILE)["depths"] == "run: data/raw/one.shp.aux.xml added; 1 of 1 files to read"
    assert "data/raw/one.dbf" in [entry["path"] for entry in current_release(workspace).manifest["inputs"]]


def test_a_header_of_any_format_counts(workspace):
    raw = workspace.root / "data" / "raw"
    (raw / "one.txt").rename(raw / "one.bil")
    workspace.config_path.write_text(CONFIG.replace("*.txt", "*.bil"))
    (raw / "ONE.HDR").write_text("nrows 1")
    (raw / "one.csv").write_text("an input of its own")
    run(workspace, steps=BY_FILE)
    (raw / "one.csv").write_text("changed")
    assert run(workspace, steps=BY_FILE)["depths"] == "reuse: unchanged"
    (raw / "ONE.HDR").write_text("nrows 2")
    assert run(workspace, steps=BY_FILE)["depths"] == "run: data/raw/ONE.HDR changed; 1 of 1 files to read"


def test_a_file_beside_an_input_may_not_lead_out(workspace, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "pam.xml"
    outside.write_text("<x/>")
    raw = workspace.root / "data" / "raw"
    (raw / "one.txt").rename(raw / "one.tif")
    workspace.config_path.write_text(CONFIG.replace("*.txt", "*.tif"))
    (raw / "one.tif.aux.xml").symlink_to(outside)
    with pytest.raises(ConfigError, match="leads out of the workspace"):
        run(workspace)


def test_a_file_that_arrives_during_a_build_is_for_the_next(workspace):
    def meanwhile(context: StepContext) -> Facts:
        tiles(workspace, two=" under")
        return read_file(context)

    step = Step(
        "depths", "a", "Read", join_files, roles=("bathymetry",), per_file=FileWork(meanwhile),
        products=("data/processed/depth.txt",),
    )  # fmt: skip
    run(workspace, steps=(step, STEPS[1]))
    assert (workspace.processed / "depth.txt").read_text() == "DEEP WATER"
    assert run(workspace, steps=(step, STEPS[1]))["depths"] == "run: data/raw/two.txt added; 1 of 2 files to read"


@pytest.mark.parametrize("harm", [{"facts": {"length": 999}}, {"outputs": {}}, {"outputs": None}, {"seconds": 1e9}])
def test_a_record_that_was_altered_is_a_miss(workspace, harm):
    run(workspace)
    record = workspace.store / current_release(workspace).steps["depths"]["folders"][0] / "step.json"
    record.write_text(json.dumps(json.loads(record.read_text()) | harm))
    assert run(workspace)["depths"] == "run: its kept result was evicted"
    assert current_release(workspace).manifest["layers"]["depths"]["length"] == 10


def test_a_file_in_place_of_a_kept_result_is_a_miss(workspace):
    run(workspace)
    folder = workspace.store / current_release(workspace).steps["depths"]["folders"][0]
    shutil.rmtree(folder)
    folder.write_text("what is this?")
    assert run(workspace)["depths"] == "run: its kept result was evicted"


def test_swapped_files_of_two_sources_are_told(workspace):
    raw = workspace.root / "data" / "raw"
    (raw / "b.dat").write_text("other water")
    (raw / "a.dat").write_text("deep water")
    second = (
        '[sources.{0}]\nrole = "bathymetry"\nfiles = "data/raw/{0}.dat"\nvalues = "depth_m"\nvertical_datum = "msl"\n'
    )
    workspace.config_path.write_text('[corridor]\nname = "test"\n' + second.format("a") + second.format("b"))
    run(workspace)
    (raw / "a.dat").rename(raw / "c.dat")
    (raw / "b.dat").rename(raw / "a.dat")
    (raw / "c.dat").rename(raw / "b.dat")
    assert run(workspace)["depths"] == "run: data/raw/a.dat, data/raw/b.dat changed"


def neighbours(source):
    """Files whose numbers differ by one are read together."""
    return {
        path: tuple(other for other in source.paths if abs(int(other.stem) - int(path.stem)) == 1)
        for path in source.paths
    }


def read_with_neighbours(context: StepContext) -> Facts:
    (source,) = context.sources
    (path,) = source.paths
    assert set(context.inputs) == {"depths"}
    (context.out / "text.txt").write_text(" ".join(p.read_text() for p in sorted((path, *context.beside))))
    return {"beside": len(context.beside)}


SEAMS = (
    # What every file's work here comes after stays as it is, whichever file changes; what it does not, moves.
    Step("depths", "a", "Still", lambda context: {}, roles=("bathymetry",)),
    Step("half", "b", "Moving", lambda context: {"key": context.key}, after=("depths",), sections=("corridor",)),
    Step(
        "seams", "c", "Seams",
        lambda context: {"pieces": sorted(part.facts["beside"] for part in context.parts.values())},
        after=("depths", "half"), roles=("bathymetry",),
        per_file=FileWork(read_with_neighbours, after=("depths",), beside=neighbours),
    ),
)  # fmt: skip


@pytest.fixture
def row_of_files(workspace):
    raw = workspace.root / "data" / "raw"
    (raw / "one.txt").unlink()
    for number in range(5):
        (raw / f"{number}.txt").write_text(f"tile {number}")
    return workspace


def seams(workspace):
    build = Build(workspace, workspace.config(), SEAMS)
    for decision in build.decide():
        if decision.state == "run":
            build.run(decision.step, lambda line: None)
    return build.outcomes["seams"].files, build.results["seams"].facts["pieces"]


def test_a_changed_file_is_read_again_with_those_beside_it_and_no_other(row_of_files):
    workspace = row_of_files
    assert seams(workspace) == ({"read": 5, "all": 5}, [1, 1, 2, 2, 2])
    (workspace.root / "data/raw/4.txt").write_text("other")
    assert seams(workspace)[0] == {"read": 2, "all": 5}
    (workspace.root / "data/raw/1.txt").write_text("other still")
    assert seams(workspace)[0] == {"read": 3, "all": 5}
    (workspace.root / "data/raw/0.txt").unlink()
    assert seams(workspace) == ({"read": 1, "all": 4}, [1, 1, 2, 2])


def test_what_a_file_s_work_does_not_come_after_does_not_count(row_of_files):
    workspace = row_of_files
    seams(workspace)
    workspace.config_path.write_text(CONFIG.replace('"test"', '"other"'))
    assert seams(workspace)[0] == {"read": 0, "all": 5}
