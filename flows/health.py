"""``.corridor/health.json``: one file that tells a monitor how the last night went and when the next one is overdue."""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pipeline.config.nightly import NightlySection
from pipeline.workspace import Workspace, write_json
from pipeline.workspace.running import is_alive

Health = dict[str, Any]


def health_path(workspace: Workspace) -> Path:
    """Return where the file is."""
    return workspace.home / "health.json"


def read_health(workspace: Workspace) -> Health:
    """Return what the file says; empty where no night ever ran or the file is not ours."""
    try:
        health = json.loads(health_path(workspace).read_text(encoding="utf-8"))
    except (OSError, ValueError):  # absent, or written over by somebody: the next night writes it again
        return {}
    return health if isinstance(health, dict) and isinstance(health.get("last_run"), dict) else {}


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
        "notification": [],
    }  # fmt: skip


def at_end(
    health: Health, *, state: str, outcome: str, exit_code: int, error: str, step: str, ended: datetime,
    release: str | None, left: list[str],
) -> Health:  # fmt: skip
    """Return the file's content for a night that has ended; ``state`` is ``ok``, ``failed`` or ``held back``."""
    run = health["last_run"]
    began = datetime.fromisoformat(run["started"])
    run = {
        **run, "ended": _text(ended), "outcome": outcome, "exit_code": exit_code, "error": error, "step": step,
        "duration_s": round((ended - began).total_seconds(), 1),
    }  # fmt: skip
    good = state != "failed"
    return {
        **health,
        "state": state,
        "pid": None,
        "last_run": run,
        "last_success": {"ended": run["ended"], "release": release} if good else health["last_success"],
        "release": release,
        "consecutive_failures": 0 if good else health["consecutive_failures"] + 1,
        "left_for_next_run": left,
    }


def busy_at(health: Health, moment: datetime) -> bool:
    """Tell whether the last night that ended was at work at a moment."""
    run = health.get("last_run", {})
    began, ended = _moment(run.get("started")), _moment(run.get("ended"))
    return began is not None and ended is not None and began < moment < ended


def verdict(health: Health, now: datetime) -> tuple[bool, str]:
    """Return whether all is well, and one paragraph that says so or what is not.

    Parameters
    ----------
    health : dict
        What the file says.
    now : datetime
        With a zone.
    """
    if not health:
        return False, "No night ever ran here: no cron, timer or deployment has started 'corridor nightly'."
    run = health["last_run"]
    said = f"The night that began {run['started']}"
    overdue = _moment(health.get("overdue_after"))
    if overdue and now > overdue:
        return False, (
            f"Overdue: the night of {health['next_expected']} never ran. Look after the cron, timer or worker that "
            f"starts 'corridor nightly'. {said} ended: {run['outcome']}."
        )
    if health["state"] == "running":
        if isinstance(health["pid"], int) and is_alive(health["pid"]):
            return True, f"{said} is still at work."
        return False, f"{said} was cut off: its process is gone without a word. Its log is {run['log']}."
    if health["state"] == "failed":
        times = health["consecutive_failures"]
        often = f", {times} times in a row" if times > 1 else ""
        return False, f"{said} failed with exit code {run['exit_code']}{often}: {run['error']} Its log is {run['log']}."
    waiting = health["left_for_next_run"]
    left = f" Left for the next run: {', '.join(waiting)}." if waiting else ""
    return True, f"{said} ended well: {run['outcome']}.{left} The next one is due {health['next_expected']}."


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _moment(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
