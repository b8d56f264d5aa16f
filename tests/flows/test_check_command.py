"""``corridor check``: text, JSON, the report and the exit code; a table in windows of any width."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from flows.cli import app
from pipeline.errors import WriteError
from tests.flows.terminals import Terminal
from tests.mini import corridor
from tests.quality.beds import make, noise, slope, write_survey


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = make(tmp_path_factory.mktemp("checked"))
    depth = slope() + noise()
    depth[150, 220] -= 30.0
    write_survey(folder, depth, "survey\u202e.tif")
    return folder


def run(*arguments: str | Path) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_warnings_alone_end_well_and_json_says_all(spoilt: Path) -> None:
    done = run("-C", spoilt, "check", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert set(told) == {"findings", "counts", "coverage"}
    assert told["counts"]["error"] == 0
    (spike,) = [finding for finding in told["findings"] if finding["code"] == "spike"]
    assert set(spike) == {
        "severity", "source", "file", "place", "message", "remedy", "code", "kp_km", "lon", "lat",
    }  # fmt: skip
    assert spike["kp_km"][0] == pytest.approx(1.94, abs=0.01)
    assert {item["source"] for item in told["coverage"]} == {"", "survey"}
    assert told["coverage"][0]["bins"][0]["percent"] == 100.0


def test_errors_end_with_65_and_the_report_is_written_all_the_same(spoilt: Path, tmp_path: Path) -> None:
    folder = make(tmp_path)
    (folder / "survey.tif").write_bytes(b"no raster")
    page = tmp_path / "reports" / "quality.html"
    done = corridor("-C", folder, "check", "--html", page)
    assert done.returncode == 65
    assert "survey.tif" in done.stdout
    assert done.stdout.endswith(f"Report: {page}\n")
    assert page.read_text().startswith("<!DOCTYPE html>")


def test_a_place_that_cannot_be_written_is_told(spoilt: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = run("-C", spoilt, "check", "--html", tmp_path / "file" / "quality.html")
    assert isinstance(done.exception, WriteError)
    assert "quality.html" in str(done.exception)


def test_a_table_fits_the_window_and_files_steer_no_terminal(spoilt: Path) -> None:
    columns = 100
    terminal = Terminal(columns)
    command = [sys.executable, "-m", "flows", "-C", str(spoilt), "check"]
    environment = {"TERM": "xterm-256color", "CI": "", "COLUMNS": str(columns)}
    process = terminal.run(command, environment, stderr=subprocess.PIPE)
    terminal.watch(60, process)
    assert process.wait() == 0
    assert process.stderr is not None
    process.stderr.close()
    terminal.close()
    text = terminal.raw.decode()
    assert "\u202e" not in text
    assert "\\u202e" in text.replace("\r", "").replace("\n", "")
    lines = [line for line in terminal.screen.lines if line.strip()]
    assert lines[-1].startswith("0 errors, ")
    assert terminal.screen.wrapped == []


def test_a_pipe_gets_a_line_a_finding(spoilt: Path) -> None:
    lines = run("-C", spoilt, "check").stdout.splitlines()
    assert [line for line in lines if line.startswith("warning: survey: a spike: one cell is ")]
    assert all(line.split(":")[0] in ("error", "warning", "note") for line in lines[:-1])
    assert "\x1b" not in "".join(lines)
    assert "\u202e" not in "".join(lines)
