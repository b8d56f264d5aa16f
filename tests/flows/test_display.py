"""What a build shows while it runs: in windows of any width, and where nobody can move a cursor."""

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from flows.display import cut, printable
from tests.flows.terminals import Terminal

TITLE = "Read ship positions, build tracks, find passages and exposure"
WHY = "data/raw/ais/January.csv, data/raw/ais/February.csv and 9 more changed; 11 of 12 files to read"
# A build as the tasks of a real one report it, without Prefect.
BUILD = f"""
import sys, time
from pathlib import Path
from flows.progress import Reporter
from pipeline.store import Step

steps = [Step(name, "s", {TITLE!r}, print) for name in ("bathymetry", "ais", "shipping", "burial")]
reporter = Reporter(len(steps), Path(sys.argv[1]) / "logs")
with reporter.showing():
    time.sleep(float(sys.argv[2]))
    for step in steps:
        reporter.start(step, {WHY!r})
        time.sleep(float(sys.argv[2]))
        reporter.tell(step, "a line of its own")
        reporter.end(step)
sys.stdout.write("the end\\n")
"""
WIDTHS = (1, 20, 40, 60, 200)
PLAIN = {"TERM": "xterm-256color", "CI": ""}


def command(tmp_path, pause=0.05):
    return [sys.executable, "-c", BUILD, str(tmp_path), str(pause)]


def shown(tmp_path, columns, env=PLAIN, pause=0.05, **streams):
    terminal = Terminal(columns)
    process = terminal.run(command(tmp_path, pause), env, **streams)
    terminal.watch(60, process)
    assert process.wait() == 0
    terminal.close()
    return terminal


@pytest.fixture(scope="module")
def screens(tmp_path_factory):
    """What windows of these widths show of a build, all at the same time: it waits more than it works."""
    folders = [tmp_path_factory.mktemp("wide") for _ in WIDTHS]
    show = partial(shown, env={**PLAIN, "COLUMNS": "120"}, pause=0.6)
    with ThreadPoolExecutor(len(WIDTHS)) as pool:
        return dict(zip(WIDTHS, (terminal.screen for terminal in pool.map(show, folders, WIDTHS)), strict=True))


@pytest.mark.parametrize("columns", WIDTHS)
def test_no_line_is_wider_than_the_window(screens, columns):
    screen = screens[columns]
    lines = [line for line in screen.lines if line]
    assert screen.wrapped == [] or columns == 1  # "the end" is longer than one column
    assert not screen.hidden, "the cursor comes back"
    assert lines[-1] == "the end"
    if columns < 20:
        return
    assert lines[0].startswith("[0/4] bathymetry:")
    assert "…" in lines[0] or columns == 200
    assert lines[-2].startswith("[4/4] burial: done"[: columns - 2])
    assert len(lines) == 13, "three lines a step, and nothing is left of the status line"
    assert any(re.search(r"1/4 0:0\d ais", text) for text in screen.status), screen.status
    assert any("╌" in text for text in screen.status) == (columns > 45)


def test_a_window_that_changes_its_width(tmp_path):
    terminal = Terminal(100)
    process = terminal.run(command(tmp_path, 1.0), PLAIN)
    terminal.watch(1.5)
    for columns in (40, 20, 70):
        terminal.resize(columns)
        terminal.watch(0.7)
    terminal.watch(60, process)
    assert process.wait() == 0
    terminal.close()
    assert terminal.screen.wrapped == []
    assert [line for line in terminal.screen.lines if line][-1] == "the end"


def test_where_the_cursor_cannot_move_lines_are_cut_and_plain(tmp_path):
    terminal = shown(tmp_path, 40, env={"TERM": "dumb", "CI": ""})
    assert b"\x1b" not in terminal.raw
    assert terminal.screen.wrapped == []
    assert "…" in terminal.screen.lines[0]


def test_colour_is_not_used_at_all(tmp_path):
    for env in (PLAIN, {**PLAIN, "NO_COLOR": "1"}):
        assert not re.search(rb"\x1b\[[0-9;]*m", shown(tmp_path, 60, env=env).raw)


def test_the_log_of_a_ci_service_is_whole_and_plain(tmp_path):
    terminal = shown(tmp_path, 40, env={**PLAIN, "CI": "true"})
    assert b"\x1b" not in terminal.raw
    assert f"[0/4] bathymetry: {TITLE} ({WHY})\n".encode() in terminal.raw


@pytest.mark.parametrize("env", [PLAIN, {**PLAIN, "FORCE_COLOR": "1", "TTY_INTERACTIVE": "1"}])
def test_lines_are_whole_and_plain_where_only_standard_output_is_a_terminal(tmp_path, env):
    terminal = Terminal(40)
    process = terminal.run(command(tmp_path), env, stderr=subprocess.PIPE)
    told = process.communicate(timeout=60)[1].decode()
    terminal.watch(0.2)
    terminal.close()
    assert "\x1b" not in told + terminal.raw.decode()
    assert told.splitlines()[0] == f"[0/4] bathymetry: {TITLE} ({WHY})"
    assert len(told.splitlines()) == 12
    assert terminal.raw == b"the end\n"


def test_standard_output_stays_clean_where_only_standard_error_is_a_terminal(tmp_path):
    terminal = Terminal(40)
    process = terminal.run(command(tmp_path), PLAIN, stdout=subprocess.PIPE)
    told = process.stdout.read()
    terminal.watch(60, process)
    process.stdout.close()
    assert process.wait() == 0
    terminal.close()
    assert told == b"the end\n"
    assert terminal.screen.wrapped == []
    assert b"the end" not in terminal.raw


def test_the_log_keeps_every_line_whole(tmp_path):
    shown(tmp_path, 20)
    (log,) = (tmp_path / "logs").glob("*.log")
    assert f"bathymetry: {TITLE} ({WHY})" in log.read_text()


def test_a_watcher_who_leaves_does_not_end_the_build(tmp_path):
    process = subprocess.Popen(command(tmp_path, 0.3), stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    process.stderr.readline()
    process.stderr.close()
    assert process.stdout.read() == "the end\n"
    process.stdout.close()
    assert process.wait() == 0
    (log,) = (tmp_path / "logs").glob("*.log")
    assert "burial: done" in log.read_text()


def test_text_is_cut_by_the_columns_that_it_takes():
    assert cut("abcdef", 6) == "abcdef"
    assert cut("abcdefg", 6) == "abcde…"
    assert cut("abcdefg", 6, ascii_only=True) == "abc..."
    assert cut("水深水深水深", 6) == "水深…"
    assert [cut("abcdef", width) for width in (0, 1, 2)] == ["", "a", "a…"]


def test_names_of_files_steer_no_terminal():
    told = printable("data/raw/\x1b[2J\x07\r\n\u202e\u2028depths été 水.tif")
    assert told == r"data/raw/\x1b[2J\x07\r\n\u202e\u2028depths été 水.tif"
