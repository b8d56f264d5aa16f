"""`corridor check` reads a ship registry as the build does, and tells every file at fault."""

from __future__ import annotations

from pathlib import Path

from pipeline.config import Config
from pipeline.config.corridor import SourceSection
from pipeline.quality.registry import check_registry
from pipeline.workspace import SourceFiles, Workspace


def test_errors_remarks_and_what_is_there(tmp_path: Path) -> None:
    files = {
        "a.csv": "imo,dwt_t,flag\n9074729,7800,AZ\n", "b.csv": "imo,dwt_t\n9074728,7800\n", "c.csv": "name\nX\n",
    }  # fmt: skip
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    section = SourceSection.model_validate({"role": "ship_registry", "files": "*.csv"})
    source = SourceFiles("fleet", section, tuple(tmp_path / name for name in files), tmp_path)
    found = list(check_registry(source, Config(), Workspace.at(tmp_path)))
    assert [(one.severity, one.file) for one in found] == [
        ("warning", "a.csv"), ("note", "a.csv"), ("error", "b.csv"), ("error", "c.csv"),
    ]  # fmt: skip
    assert "flag" in found[0].message
    assert found[2].place == "line 2"
    (tmp_path / "b.csv").write_text("imo,dwt_t\n9074729,7900\n")
    usable = SourceFiles("fleet", section, (tmp_path / "a.csv", tmp_path / "b.csv"), tmp_path)
    told = [one for one in check_registry(usable, Config(), Workspace.at(tmp_path)) if one.severity == "error"]
    assert "stands twice" in told[0].message
