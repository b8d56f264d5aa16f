"""A build's session on the real steps, without Prefect."""

import os

import pytest

from flows.session import open_session
from pipeline.releases.publish import publish
from pipeline.releases.release import all_releases
from pipeline.workspace import Workspace
from tests.mini import make_mini


def build(workspace: Workspace) -> None:
    session = open_session(workspace)
    for decision in session.to_run:
        session.build.run(decision.step, lambda line: None, decision.why)
    publish(session.build)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    before = os.umask(0o002)
    try:
        workspace = Workspace.at(make_mini(tmp_path_factory.mktemp("session") / "w"))
        build(workspace)
    finally:
        os.umask(before)
    return workspace


def test_every_published_file_honours_umask(workspace):
    modes = {path.name: path.stat().st_mode & 0o777 for path in workspace.processed.iterdir()}
    assert set(modes.values()) == {0o664}, modes


def test_a_lost_link_is_made_again_and_costs_no_release(workspace):
    (workspace.processed / "zones.csv").unlink()
    session = open_session(workspace)
    assert session.nothing_to_do
    session.show_again()
    assert session.told == ["readers' links to the current release were lost and have been made again"]
    assert (workspace.processed / "zones.csv").read_text()
    assert len(all_releases(workspace)) == 1
    again = open_session(workspace)
    again.show_again()
    assert again.told == []


def test_a_renamed_route_changes_nothing(workspace):
    raw, config = workspace.root / "data" / "raw", workspace.config_path.read_text()
    (raw / "rpl.csv").rename(raw / "route_final.csv")
    workspace.config_path.write_text(config.replace("rpl.csv", "route_final.csv"))
    session = open_session(workspace)
    assert [d.step.name for d in session.to_run] == []
    assert session.nothing_to_do
    (raw / "route_final.csv").rename(raw / "rpl.csv")
    workspace.config_path.write_text(config)


def test_an_altered_result_is_made_again(workspace):
    (workspace.root / "data/processed/zones.csv").write_text("zone\n")  # through the link
    session = open_session(workspace)
    assert not session.nothing_to_do
    assert {d.step.name: d.why for d in session.to_run} == {
        "deliverables": "its kept result zones.csv was altered or deleted"
    }
    build(workspace)
    assert open_session(workspace).nothing_to_do
