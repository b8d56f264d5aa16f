"""``.corridor/health.json``: one file that tells a monitor how the last night went and when the next one is overdue."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pipeline.config.nightly import NightlySection
from pipeline.releases.release import current_release
from pipeline.releases.set_aside import set_aside
from pipeline.workspace import Workspace, write_json
from pipeline.workspace.running import Running, is_alive, running_build

Health = dict[str, Any]
REFUSED = "refused: another run"
_NAMED_NIGHTS = 5


def health_path(workspace: Workspace) -> Path:
    """Return where the file is."""
    return workspace.home / "health.json"


def read_health(workspace: Workspace) -> Health:
    """Return what the file says; empty where no night ever ran or the file is not ours."""
    try:
        return _read(workspace)
    except (OSError, ValueError):  # absent, or written over by somebody: the next night writes it again
        return {}


def _read(workspace: Workspace) -> Health:
    health = json.loads(health_path(workspace).read_text(encoding="utf-8"))
    if not isinstance(health, dict) or not isinstance(health.get("last_run"), dict) or "state" not in health:
        raise ValueError("it is no health file of ours")
    return health


def write_health(workspace: Workspace, health: Health) -> None:
    """Write the file whole.

    Raises
    ------
    WriteError
        If it cannot be written.
    """
    write_json(health_path(workspace), health)


def at_start(
    earlier: Health, section: NightlySection, corridor: str, started: datetime, log: str, release: str | None
) -> Health:
    """Return the file's content for a night that begins.

    Parameters
    ----------
    earlier : dict
        What the file said before.
    section : NightlySection
        When nights are due.
    corridor : str
        The corridor's name.
    started : datetime
        Now.
    log : str
        Where this night's log is, from the workspace's folder.
    release : str or None
        The release that readers see.
    """
    cut_off = earlier.get("state") == "running"
    since = _moment(earlier.get("last_run", {}).get("started"))
    due = section.next_night(started)
    return {
        "state": "running",
        "corridor": corridor,
        "pid": os.getpid(),
        "last_run": {
            "started": _text(started), "ended": None, "outcome": "running", "exit_code": None, "error": "", "step": "",
            "log": log, "duration_s": None,
        },
        "last_success": earlier.get("last_success"),
        "release": release,
        "consecutive_failures": int(earlier.get("consecutive_failures") or 0) + cut_off,
        "cut_off": earlier["last_run"]["started"] if cut_off else None,
        "missed_nights": [_text(night) for night in section.missed_nights(since, started)] if since else [],
        "next_expected": _text(due),
        "overdue_after": _text(due + timedelta(minutes=section.late_after_min)),
        "left_for_next_run": [],
        "set_aside": None,
        "notes": [],
        "notification": [],
    }  # fmt: skip


def at_end(
    health: Health, *, state: str, outcome: str, exit_code: int, error: str, step: str, ended: datetime,
    release: str | None, left: list[str], set_aside: str | None = None, notes: Sequence[str] = (),
) -> Health:  # fmt: skip
    """Return the file's content for a night that has ended.

    ``state`` is ``ok``, ``failed``, ``held back`` or ``refused``; the last neither mends nor adds to failures, and
    after failed nights the file goes on saying ``failed``.
    """
    run = health["last_run"]
    began = datetime.fromisoformat(run["started"])
    run = {
        **run, "ended": _text(ended), "outcome": outcome, "exit_code": exit_code, "error": error, "step": step,
        "duration_s": round((ended - began).total_seconds(), 1),
    }  # fmt: skip
    good = state in ("ok", "held back")
    failures = health["consecutive_failures"] + (state == "failed")
    return {
        **health,
        "state": "failed" if state == "refused" and failures else state,
        "pid": None,
        "last_run": run,
        "last_success": {"ended": run["ended"], "release": release} if good else health["last_success"],
        "release": release,
        "consecutive_failures": 0 if good else failures,
        "left_for_next_run": left,
        "set_aside": set_aside,
        "notes": list(notes),
    }


def busy_at(health: Health, moment: datetime) -> bool:
    """Tell whether the last night that ended was at work at a moment."""
    run = health.get("last_run", {})
    began, ended = _moment(run.get("started")), _moment(run.get("ended"))
    return began is not None and ended is not None and began < moment < ended


def verdict_of(workspace: Workspace, section: NightlySection, now: datetime) -> tuple[bool, str]:
    """Return what ``verdict`` says of a workspace, with what has come since its file was written.

    Parameters
    ----------
    workspace : Workspace
        Where the file is.
    section : NightlySection
        When nights are due.
    now : datetime
        With a zone.
    """
    try:
        health = _read(workspace)
    except FileNotFoundError:
        return verdict({}, now)
    except (OSError, ValueError) as error:
        return False, (
            f"The health file cannot be read: {error} ({health_path(workspace)}). How the nights went is in the logs "
            f"beside it; the next night writes the file anew."
        )
    began = _moment(health["last_run"].get("started"))
    missed = [_text(night) for night in section.missed_nights(began, now)] if began else []
    release, later = current_release(workspace), ""
    if release is not None and release.id != health.get("release"):
        later = f"Since then release {release.id} was {'brought back' if set_aside(workspace) else 'published'}."
    return verdict(health, now, missed=missed, building=running_build(workspace.home), later=later)


def verdict(
    health: Health, now: datetime, *, missed: Sequence[str] = (), building: Running | None = None, later: str = ""
) -> tuple[bool, str]:
    """Return whether all is well, and one paragraph that says so or what is not.

    Parameters
    ----------
    health : dict
        What the file says.
    now : datetime
        With a zone.
    missed : sequence of str
        Nights that never ran since.
    building : Running, optional
        A build that is at work now.
    later : str
        A sentence on what has been published since.
    """
    if not health:
        return False, "No night ever ran here: no cron, timer or deployment has started 'corridor nightly'."
    run = health["last_run"]
    said = f"The night that began {run['started']}"
    overdue = _moment(health.get("overdue_after"))
    if overdue and now > overdue:
        nights = missed or [health["next_expected"]]
        return False, _joined(
            f"Overdue: {f'{len(nights)} nights never ran:' if len(nights) > 1 else 'the night of'} {named(nights)}"
            f"{'.' if len(nights) > 1 else ' never ran.'} Look after the cron, timer or worker that starts "
            f"'corridor nightly'. {said} ended: {run['outcome']}.", later,
        )  # fmt: skip
    before = health.get("missed_nights") or []
    skipped = f"Missed before it: {named(before)}." if before else ""
    if health["state"] == "running":
        if isinstance(health["pid"], int) and is_alive(health["pid"]):
            return True, _joined(f"{said} is still at work.", skipped)
        still = f"A build is at work ({building}): look again when it has ended." if building else ""
        gone = f"{said} was cut off: its process is gone without a word."
        return False, _joined(gone, still, f"Its log is {run['log']}.", skipped, later)
    times = health["consecutive_failures"]
    if run["outcome"] == REFUSED:
        failed = f"Before it, {times} night{'s' if times > 1 else ''} failed." if times else ""
        words = f"{said} was refused, since another run was at work; its log is {run['log']}."
        return not times, _joined(words, failed, skipped, later, f"The next one is due {health['next_expected']}.")
    if health["state"] == "failed":
        often = f", {times} times in a row" if times > 1 else ""
        words = f"{said} failed with exit code {run['exit_code']}{often}: {run['error']} Its log is {run['log']}."
        return False, _joined(words, skipped, later)
    waiting = health["left_for_next_run"]
    left = f"Left for the next run: {', '.join(waiting)}." if waiting else ""
    aside = held_back(health["set_aside"]) if health["state"] == "held back" and health.get("set_aside") else ""
    due = f"The next one is due {health['next_expected']}."
    return True, _joined(f"{said} ended well: {run['outcome']}.", aside, left, skipped, *health.get("notes", ()), due)


def held_back(release: str) -> str:
    """Return in words why a night publishes nothing while a release is set aside, and what to do."""
    return (
        f"The inputs still give release {release}, which 'corridor restore' set aside. 'corridor build' publishes what "
        "the inputs give now; or put the inputs back, and the next night publishes that."
    )


def named(nights: Sequence[str]) -> str:
    """Return nights as a list in words: the newest few."""
    more = len(nights) - _NAMED_NIGHTS
    return (f"{more} more, " if more > 0 else "") + ", ".join(nights[-_NAMED_NIGHTS:])


def _joined(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _moment(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
