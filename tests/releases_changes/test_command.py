"""``corridor diff`` over real builds of a small workspace, without Prefect."""

import json

import numpy as np
import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

from flows.diff_command import diff
from pipeline.errors import ConfigError, DataError
from pipeline.plan import STEPS
from pipeline.releases.changes import compare, in_words
from pipeline.releases.publish import publish
from pipeline.releases.release import all_releases, current_release
from pipeline.store import Build
from pipeline.workspace import Workspace
from tests.mini import NORTH, SOUTH, make_mini, write_ais, write_grid


def build(workspace):
    release = current_release(workspace)
    made = Build(workspace, workspace.config(), STEPS, release.parts if release else {})
    for decision in made.decide():
        if decision.state == "run":
            made.run(decision.step, lambda line: None, decision.why)
    return publish(made)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    """Two builds: in between ships were added in the south, and soil changed in the north."""
    root = make_mini(tmp_path_factory.mktemp("diff") / "mini")
    workspace = Workspace.at(root)
    build(workspace)
    write_ais(root / "data/raw/ais_more.csv", passages=60)
    ships = pd.read_csv(root / "data/raw/ais_more.csv")
    ships["LAT"] = (SOUTH + (ships["LAT"] - SOUTH) * 0.2).round(6)
    ships["MMSI"] += 500
    ships.to_csv(root / "data/raw/ais_more.csv", index=False)
    soil = np.full((30, 20), 4, dtype="uint8")
    soil[:15] = 1
    soil[5:8] = 5
    write_grid(root / "data/raw/soil.tif", soil, nodata=255)
    build(workspace)
    return workspace


def run(workspace, *arguments):
    app = typer.Typer()
    app.command()(diff)
    result = CliRunner().invoke(app, list(arguments), obj=(workspace, False))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


def test_two_real_changes_are_each_put_down_to_their_file(workspace):
    changes = compare(*all_releases(workspace))
    middle = (NORTH + SOUTH) / 2
    half_km = changes.totals["new"]["route_length_km"] * (middle - SOUTH) / (NORTH - SOUTH)
    south = {c.name for piece in changes.ranges if piece.kp_to_km < half_km for c in piece.causes}
    north = {c.name for piece in changes.ranges if piece.kp_from_km > half_km for c in piece.causes}
    assert south == {"data/raw/ais_more.csv"}
    assert north == {"data/raw/soil.tif"}
    assert all(piece.causes for piece in changes.ranges)
    soil = [part for piece in changes.ranges for part in piece.parts if part.quantity.column == "soil_class"]
    assert {(part.old, part.new) for part in soil} == {("mud", "coarse")}


def test_without_names_it_compares_the_current_release_with_the_one_before(workspace):
    old, new = all_releases(workspace)
    lines = run(workspace).splitlines()
    assert lines[0].endswith(f" (Release {new.id} compared with {old.id}.)")
    assert lines == in_words(compare(old, new))


def test_one_name_or_two_abbreviated(workspace):
    old, new = all_releases(workspace)
    first = run(workspace, old.id[-8:]).splitlines()[0]
    assert first.endswith(f" (Release {new.id} compared with {old.id}.)")
    assert run(workspace, new.id, old.id).splitlines()[0].endswith(f" (Release {old.id} compared with {new.id}.)")
    with pytest.raises(ConfigError, match="no release is called"):
        run(workspace, "nothing-like-it")


def test_what_counts_as_a_change_is_what_the_configuration_says_now(workspace):
    path = workspace.root / "corridor.toml"
    text = path.read_text()
    before = json.loads(run(workspace, "--json"))
    path.write_text(f"{text}\n[changes]\nwater_depth_m = 5000.0\ndol_m = 99.0\n")
    try:
        after = json.loads(run(workspace, "--json"))
    finally:
        path.write_text(text)

    def numbers(told):
        return {q["quantity"] for piece in told["ranges"] for q in piece["quantities"] if q["unit"] == "m"}

    assert numbers(before)
    assert not numbers(after)
    assert after["tolerance"]["dol_m"] == 99.0
    assert compare(*all_releases(workspace)).tolerance.dol_m == before["tolerance"]["dol_m"]  # as a page does


def test_it_writes_table_data_and_map(workspace, tmp_path):
    told = json.loads(run(workspace, "--json", "--out", str(tmp_path / "out")))
    names = ["changes.csv", "changes.csv-metadata.json", "changes.html", "changes.json"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == names
    assert sorted(path.rpartition("/")[2] for path in told["files"]) == names
    written = json.loads((tmp_path / "out/changes.json").read_text())
    assert written["ranges"] == told["ranges"]
    table = pd.read_csv(tmp_path / "out/changes.csv")
    assert set(table["range"]) == set(range(1, len(told["ranges"]) + 1))
    assert "data/raw/soil.tif changed" in (tmp_path / "out/changes.html").read_text()


def test_a_first_release_has_nothing_before_it(tmp_path):
    workspace = Workspace.at(make_mini(tmp_path / "mini", roles="depths"))
    with pytest.raises(DataError, match="nothing is built yet"):
        run(workspace)
    build(workspace)
    with pytest.raises(DataError, match="no release before"):
        run(workspace)
