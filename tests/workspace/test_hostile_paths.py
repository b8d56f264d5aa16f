"""Patterns that climb out, name nothing or are no paths; a lock file on a full disk."""

import pytest

from pipeline.config import Config
from pipeline.config.corridor import RouteSection, SourceSection
from pipeline.errors import ConfigError, DataError
from pipeline.workspace import Workspace


def sources(root, pattern: str):
    section = SourceSection(role="coastline", files=pattern)
    return Workspace(root).sources(Config(route=RouteSection(), sources={"land": section}))


@pytest.mark.parametrize("pattern", ["../other/a.tif", "../*/a.tif", "data/../../other/a.tif", "/etc/passwd"])
def test_what_leads_out_is_refused(tmp_path, pattern):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a.tif").write_text("x")
    (tmp_path / "w").mkdir()
    with pytest.raises(ConfigError, match=r"leads out of the workspace.*sources\.land\.files"):
        sources(tmp_path / "w", pattern)


@pytest.mark.parametrize("pattern", ["", ".", "data/..", "a/**b.tif", "x" * 5000])
def test_what_is_no_path_is_a_wrong_configuration(tmp_path, pattern):
    with pytest.raises((ConfigError, DataError), match=r"sources\.land\.files"):
        sources(tmp_path, pattern)


def test_a_zero_byte_in_a_path_is_a_wrong_configuration(tmp_path):
    with pytest.raises(ConfigError, match="can be no path"):
        Workspace(tmp_path).path("a\0b", key="route.file")


def test_dots_that_stay_inside_and_absolute_paths_inside_work(tmp_path):
    (tmp_path / "a.tif").write_text("x")
    for pattern in ("data/../a.tif", str(tmp_path / "a.tif"), "**/a.tif"):
        assert sources(tmp_path, pattern)[0].paths == (tmp_path / "a.tif",)


def test_only_whoever_runs_the_build_can_open_a_folder_beside_the_workspace(tmp_path, monkeypatch):
    for folder in ("w", "surveys", "other"):
        (tmp_path / folder).mkdir()
    (tmp_path / "surveys" / "a.tif").write_text("x")
    (tmp_path / "other" / "a.tif").write_text("x")
    (tmp_path / "w" / "way_out").symlink_to(tmp_path / "other")
    root, place = tmp_path / "w", str(tmp_path / "surveys" / "*.tif")
    with pytest.raises(ConfigError, match="CORRIDOR_ALLOW_OUTSIDE"):
        sources(root, place)
    monkeypatch.setenv("CORRIDOR_ALLOW_OUTSIDE", f"{tmp_path / 'surveys'}:relative")
    assert sources(root, place)[0].paths == (tmp_path / "surveys" / "a.tif",)
    assert Workspace(root).name_of(tmp_path / "surveys" / "a.tif") == str(tmp_path / "surveys" / "a.tif")
    for pattern in (str(tmp_path / "other" / "a.tif"), "way_out/a.tif", "../other/*.tif", "../surveys/../other/*.tif"):
        with pytest.raises(ConfigError, match="leads out of the workspace"):
            sources(root, pattern)


def test_a_file_that_is_left_out_is_not_found(tmp_path):
    for name in ("a.tif", "b.tif"):
        (tmp_path / name).write_text("x")
    section = SourceSection(role="coastline", files="*.tif")
    workspace = Workspace(tmp_path, left_out=frozenset({tmp_path / "b.tif"}))
    found = workspace.sources(Config(route=RouteSection(), sources={"land": section}))
    assert found[0].paths == (tmp_path / "a.tif",)
