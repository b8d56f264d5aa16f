"""A night from its first line to its last, with builds that only pretend."""

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.health import verdict, verdict_of
from flows.nightly import run_once
from flows.supervise import Limits, supervise
from pipeline.config.nightly import NightlySection
from pipeline.errors import ConfigError, LockedError
from pipeline.workspace import Workspace, hold
from tests.nightly.nights import health_of, log_of, make_workspace, pretend, release, webhook


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return make_workspace(tmp_path / "w")


def night(workspace: Workspace, body: str = ""):
    return run_once(workspace, command=pretend(workspace, body))


def test_a_good_night(workspace):
    outcome = night(workspace, release(workspace, "r1") + "print('hello from the build')")
    assert (outcome.what, outcome.exit_code, outcome.error) == ("published", 0, "")
    health = health_of(workspace)
    assert (health["state"], health["release"], health["consecutive_failures"]) == ("ok", "r1", 0)
    assert health["last_success"] == {"ended": health["last_run"]["ended"], "release": "r1"}
    assert health["next_expected"] < health["overdue_after"]
    assert health["next_expected"].endswith("T02:00:00+00:00")
    for words in ("Night corridor", "hello from the build", "Published release r1"):
        assert words in log_of(workspace)
    assert night(workspace).what == "nothing changed"


def test_a_failed_night_keeps_yesterdays_release_and_the_builds_words(workspace):
    night(workspace, release(workspace, "r1"))
    outcome = night(workspace, "print('corridor: the soil is bad. Mend it.', file=sys.stderr)\nsys.exit(65)")
    assert (outcome.what, outcome.exit_code, outcome.error) == ("failed", 65, "the soil is bad. Mend it.")
    assert outcome.release.id == "r1"
    health = health_of(workspace)
    assert (health["state"], health["consecutive_failures"], health["last_run"]["exit_code"]) == ("failed", 1, 65)
    assert health["last_success"]["release"] == "r1"
    night(workspace, "sys.exit(65)")
    assert health_of(workspace)["consecutive_failures"] == 2
    assert "without a word" in health_of(workspace)["last_run"]["error"]
    night(workspace)
    assert health_of(workspace)["consecutive_failures"] == 0


def test_a_second_night_is_refused_and_the_first_ones_health_stays(workspace):
    """The build itself tries to begin another night."""
    again = (
        "from flows.nightly import run_once\nfrom pipeline.errors import LockedError\n"
        "before = (home / 'health.json').read_bytes()\n"
        "try: run_once(Workspace.at(home.parent), command=['true'])\n"
        "except LockedError as error: print('refused', error.exit_code, error)\n"
        "print('untouched' if (home / 'health.json').read_bytes() == before else 'touched')\n"
    )
    outcome = night(workspace, again)
    assert outcome.exit_code == 0
    said = outcome.log.read_text()
    assert "refused 75" in said
    assert " untouched" in said
    assert "refused: another nightly run is at work" in log_of(workspace), "the second night has a log of its own"


def test_a_night_beside_a_build_by_hand_is_refused_and_noted(workspace):
    night(workspace, release(workspace, "r1"))
    before = health_of(workspace)
    with hold(workspace), pytest.raises(LockedError, match=rf"process {os.getpid()}"):
        night(workspace)
    health = health_of(workspace)
    assert (health["state"], health["last_run"]["outcome"]) == ("refused", "refused: another run")
    assert (health["last_run"]["exit_code"], health["pid"]) == (75, None)
    assert (health["last_success"], health["consecutive_failures"]) == (before["last_success"], 0)
    assert "another run holds this workspace" in log_of(workspace)
    good, words = verdict(health, _moment(health["last_run"]["ended"]))
    assert (good, "another run was at work" in words) == (True, True)


def test_a_build_by_hand_that_comes_in_between_is_noted_too(workspace):
    with pytest.raises(LockedError, match="held"):
        night(workspace, "print('corridor: held'); sys.exit(75)")
    assert health_of(workspace)["last_run"]["outcome"] == "refused: another run"


def test_a_refused_night_mends_no_failure(workspace):
    night(workspace, "sys.exit(65)")
    with hold(workspace), pytest.raises(LockedError):
        night(workspace)
    health = health_of(workspace)
    assert (health["state"], health["consecutive_failures"]) == ("failed", 1)
    good, words = verdict(health, _moment(health["last_run"]["ended"]))
    assert (good, "Before it, 1 night failed." in words) == (False, True)


def test_a_hung_step_is_named_and_ended(workspace, tmp_path):
    make = make_workspace(tmp_path / "hung", "step_limit_min = 0.02")
    night(make, release(make, "r1"))
    outcome = night(make, "note_running(home, {'ais': datetime.now(UTC)})\ntime.sleep(600)")
    assert (outcome.exit_code, outcome.step) == (124, "ais")
    assert "step ais ran longer than 1.2 s" in outcome.error
    assert "step ais ran longer than 1.2 s and was ended; it has 20 s" in log_of(make), "when it passed, and why"
    assert outcome.release.id == "r1"


def test_a_step_is_timed_anew_when_the_next_begins(workspace, tmp_path):
    make = make_workspace(tmp_path / "many", "step_limit_min = 0.05")
    steps = "for step in 'abcd':\n    note_running(home, {step: datetime.now(UTC)})\n    time.sleep(1.1)\n"
    assert night(make, steps).exit_code == 0


def test_a_build_that_takes_too_long_is_ended(tmp_path):
    make = make_workspace(tmp_path / "long", "build_limit_min = 0.02")
    outcome = night(make, "time.sleep(600)")
    assert outcome.exit_code == 124
    assert "build ran longer than 1.2 s" in outcome.error


def alive(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


def gone(*pids: int) -> bool:
    """Wait for processes to end: a kill takes a moment."""
    deadline = time.monotonic() + 30
    while any(alive(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not any(alive(pid) for pid in pids)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of processes that have left their group")
def test_no_process_is_left_of_a_build_that_will_not_end(workspace):
    """It ignores the signal, and what it started has a session of its own."""
    body = (
        "import subprocess\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "away = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], start_new_session=True)\n"
        "print(os.getpid(), away.pid)\nnote_running(home, {'ais': datetime.now(UTC)})\ntime.sleep(600)"
    )
    said: list[str] = []
    command = pretend(workspace, body)
    ended = supervise(command, dict(os.environ), workspace.home, Limits(1, 600), said.append, grace_s=1)
    assert ended.exit_code == 124
    pids = [int(pid) for pid in said[0].split()]
    assert len(pids) == 2
    assert gone(*pids)


@pytest.mark.parametrize(("name", "words"), [("SIGSEGV", "A library crashed"), ("SIGKILL", "want of memory")])
def test_a_build_that_dies_by_a_signal_is_a_defect_in_words(workspace, name, words):
    body = f"note_running(home, {{'soil': datetime.now(UTC)}})\ntime.sleep(1)\nos.kill(os.getpid(), signal.{name})"
    outcome = night(workspace, body)
    assert outcome.exit_code == 1
    for word in (name, words, "step soil"):
        assert word in outcome.error


def test_a_note_of_another_process_is_not_taken_for_the_builds(tmp_path):
    make = make_workspace(tmp_path / "w", "step_limit_min = 0.01")
    stale = '{"pid": 1, "started": "x", "steps": {"ais": "x"}}'
    assert night(make, f"(home / 'run.json').write_text({stale!r})\ntime.sleep(2)").exit_code == 0


def test_what_is_still_being_copied_is_left_out_and_named(workspace):
    night(workspace, release(workspace, "r1", ["data/raw/one.tif"]))
    growing = (
        "import sys, time\nwith open(sys.argv[1], 'a') as file:\n"
        "    while True:\n        file.write('x'); file.flush(); time.sleep(0.02)"
    )
    new = workspace.root / "data" / "raw" / "new.tif"
    new.write_text("part")
    copy = subprocess.Popen([sys.executable, "-c", growing, str(new)])
    try:
        while new.stat().st_size < 10:
            pass
        outcome = night(workspace, "print('told:', *sys.argv[1:])")
    finally:
        copy.kill()
        copy.wait()
    assert outcome.exit_code == 0
    assert outcome.left == health_of(workspace)["left_for_next_run"] == ["data/raw/new.tif"]
    assert "told: --leave-out data/raw/new.tif" in log_of(workspace)
    assert "left for the next run: data/raw/new.tif" in log_of(workspace)
    assert night(workspace, "print('told:', *sys.argv[1:])").left == []
    assert log_of(workspace).count("--leave-out") == 0


def test_a_broken_configuration_is_a_failed_night(workspace):
    night(workspace, release(workspace, "r1"))
    workspace.config_path.write_text("[corridor]\nfoo = 1\n")
    outcome = night(workspace)
    assert outcome.exit_code == 2
    health = health_of(workspace)
    assert (health["state"], health["corridor"]) == ("failed", "Night corridor")
    assert "foo" in health["last_run"]["error"]


def test_a_folder_without_configuration_is_refused_and_stays_empty(tmp_path):
    with pytest.raises(ConfigError):
        run_once(Workspace.at(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_a_workspace_that_cannot_be_written_is_told_all_the_same(workspace, monkeypatch):
    workspace.home.write_text("in the way")
    with webhook() as (port, taken):
        monkeypatch.setenv("CORRIDOR_NOTIFY", f"json://127.0.0.1:{port}/")
        outcome = night(workspace)
    assert outcome.exit_code == 73
    assert "cannot be written" in taken[0]["message"]


def test_logs_of_thirty_nights_are_kept_and_those_of_builds_stay(workspace):
    logs = workspace.home / "logs"
    logs.mkdir(parents=True)
    for number in range(40):
        (logs / f"nightly-202001{number:02d}T020000Z.log").write_text("")
        (logs / f"202001{number:02d}T020000Z.log").write_text("")
    night(workspace)
    assert len(list(logs.glob("nightly-*.log"))) == 30
    assert len(list(logs.glob("[0-9]*.log"))) == 40


def start_night(workspace: Workspace, body: str) -> tuple[subprocess.Popen[str], list[str]]:
    """Start the command with a build that pretends; return it, and what the build said up to 'ready'."""
    script = (
        "import sys; from functools import partial; from pathlib import Path\nfrom flows import nightly, supervise\n"
        "from flows.cli import main\nfrom tests.nightly.nights import pretend\n"
        f"nightly._build_command = lambda workspace, debug: pretend(workspace, {body!r})\n"
        "nightly.supervise = partial(supervise.supervise, grace_s=1)\n"
        "sys.argv = ['corridor', '-C', sys.argv[1], '--debug', 'nightly', '--once']\nmain()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(workspace.root)],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    assert process.stderr is not None
    said: list[str] = []
    for line in process.stderr:
        if line.strip() == "ready":
            break
        said.append(line.strip())
    return process, said


def test_a_night_that_is_told_to_end_takes_its_build_along(workspace):
    process, said = start_night(workspace, "print(os.getpid())\nprint('ready')\ntime.sleep(600)")
    process.terminate()
    _, rest = process.communicate(timeout=60)
    assert process.returncode == 143, rest
    assert gone(int(said[-1]))
    health = health_of(workspace)
    assert (health["state"], health["last_run"]["exit_code"]) == ("failed", 143)


CLEARS_UP = "signal.signal(signal.SIGTERM, lambda *_: ((home / 'cleared').write_text(''), sys.exit(1)))\n"
DEAF = "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"


@pytest.mark.parametrize("manner", [CLEARS_UP, DEAF])
def test_a_build_goes_with_a_night_that_is_killed(workspace, manner):
    body = f"{manner}print(os.getpid())\nprint('ready')\ntime.sleep(600)"
    process, said = start_night(workspace, body)
    process.kill()
    process.communicate(timeout=60)
    assert gone(int(said[-1]))
    assert (workspace.home / "cleared").exists() == (manner == CLEARS_UP)
    good, words = told(workspace)
    assert (good, "was cut off" in words) == (False, True)


def told(workspace: Workspace, at: datetime | None = None) -> tuple[bool, str]:
    return verdict_of(workspace, NightlySection(timezone="UTC"), at or datetime.now(UTC))


def moved(workspace: Workspace, **changes: str) -> None:
    """Move the last run of the health file in time."""
    health = health_of(workspace)
    health["last_run"] |= changes
    (workspace.home / "health.json").write_text(json.dumps(health))


def test_nights_that_never_ran_are_in_the_next_ones_health_and_told(workspace, monkeypatch):
    night(workspace)
    assert health_of(workspace)["missed_nights"] == []
    moved(workspace, started="2026-03-20T02:00:01+00:00")
    with webhook() as (port, taken):
        monkeypatch.setenv("CORRIDOR_NOTIFY", f"json://127.0.0.1:{port}/")
        night(workspace)
    missed = health_of(workspace)["missed_nights"]
    assert missed
    assert missed[-1] in taken[0]["message"]
    assert taken[0]["title"] == f"Night corridor: {len(missed)} nights missed, nightly build nothing changed"
    assert taken[0]["type"] == "warning"
    assert f"Missed before it: {len(missed) - 5} more, " in told(workspace)[1]
    night(workspace)
    assert health_of(workspace)["missed_nights"] == []


def test_a_night_that_was_cut_off_is_a_failure_that_the_next_one_tells(workspace, monkeypatch):
    night(workspace)
    health = {**health_of(workspace), "state": "running", "pid": 4_000_000}
    (workspace.home / "health.json").write_text(json.dumps(health))
    good, words = verdict(health, _moment(health["last_run"]["started"]))
    assert (good, "cut off" in words) == (False, True)
    night(workspace, "sys.exit(1)")
    assert health_of(workspace)["consecutive_failures"] == 2
    assert "was cut off" in log_of(workspace)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_the_verdict_for_monitors(workspace):
    assert verdict({}, _moment("2026-03-20T12:00:00+00:00"))[0] is False
    night(workspace)
    health = health_of(workspace)
    soon, late = _moment(health["last_run"]["ended"]), _moment("2999-01-01T00:00:00+00:00")
    assert verdict(health, soon)[0] is True
    good, words = verdict(health, late)
    assert not good
    assert f"the night of {health['next_expected']} never ran" in words
    night(workspace, "print('corridor: bad soil.'); sys.exit(65)")
    good, words = verdict(health_of(workspace), soon)
    assert not good
    assert "bad soil" in words
    running = {**health_of(workspace), "state": "running", "pid": os.getpid()}
    assert verdict(running, soon)[0] is True


def test_every_night_that_never_ran_is_named(workspace):
    night(workspace)
    first = _moment(health_of(workspace)["next_expected"])
    good, words = told(workspace, first + timedelta(days=2, hours=3))
    assert not good
    assert "3 nights never ran" in words
    for day in range(3):
        assert (first + timedelta(days=day)).isoformat() in words


def test_what_was_published_since_a_failed_night_is_said(workspace):
    night(workspace, release(workspace, "r1"))
    night(workspace, "print('corridor: bad soil.'); sys.exit(65)")
    assert "Since then" not in told(workspace)[1]
    subprocess.run(pretend(workspace, release(workspace, "r2")), check=True)
    good, words = told(workspace)
    assert (good, "Since then release r2 was published." in words) == (False, True)


@pytest.mark.parametrize("content", ["{", "[]", '{"a": 1}'])
def test_a_health_file_that_cannot_be_read_is_said(workspace, content):
    night(workspace)
    (workspace.home / "health.json").write_text(content)
    good, words = told(workspace)
    assert not good
    assert "cannot be read" in words
    assert "health.json" in words


def test_a_build_that_outlives_its_night_is_seen(workspace):
    night(workspace)
    health = {**health_of(workspace), "state": "running", "pid": 4_000_000}
    (workspace.home / "health.json").write_text(json.dumps(health))
    with hold(workspace):
        good, words = told(workspace)
    assert not good
    assert f"A build is at work (process {os.getpid()}" in words


def test_the_step_that_failed_is_the_one_that_had_not_ended(workspace):
    lines = ["[0/9] depths: Merge (new)", "[0/9] soil: Merge (new)", "[1/9] depths: done in 0.0 s", "corridor: bad"]
    assert night(workspace, f"print({chr(10).join(lines)!r})\nsys.exit(65)").step == "soil"


def test_a_night_that_is_held_back_names_the_release_and_what_to_do(workspace, monkeypatch):
    night(workspace, release(workspace, "r1"))
    monkeypatch.setattr("flows.nightly._what_holds_back", lambda _: "r2")
    outcome = night(workspace)
    assert (outcome.what, health_of(workspace)["set_aside"]) == ("held back", "r2")
    for said in (outcome.sentence, log_of(workspace), told(workspace)[1]):
        assert "release r2, which 'corridor restore' set aside" in said
        assert "'corridor build' publishes" in said


def test_a_published_night_says_what_changed(workspace):
    outcome = night(workspace, release(workspace, "r1", changed=["Deeper by 1 m.", "b", "c", "d"]))
    assert outcome.notes == health_of(workspace)["notes"] == ["Deeper by 1 m.", "b", "c"]
    assert "Deeper by 1 m." in log_of(workspace)


ASK = "print('server:', os.environ.get('PREFECT_API_URL'))"


def test_a_server_that_does_not_answer_is_waited_for_and_then_done_without(tmp_path, monkeypatch):
    workspace = make_workspace(tmp_path / "w", "server_wait_s = 3")
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    outcome = night(workspace, ASK)
    assert outcome.exit_code == 0
    assert "server: None" in log_of(workspace)
    assert "did not answer within 3 s" in outcome.notes[0]
    assert "waiting 3 s at most for the Prefect server" in log_of(workspace)


def test_a_server_that_answers_is_the_builds(workspace, monkeypatch):
    with webhook() as (port, _):
        monkeypatch.setenv("PREFECT_API_URL", f"http://127.0.0.1:{port}/api")
        outcome = night(workspace, ASK)
    assert f"server: http://127.0.0.1:{port}/api" in log_of(workspace)
    assert outcome.notes == []
