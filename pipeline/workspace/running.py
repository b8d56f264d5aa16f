"""Which steps of a build run, and since when: a note that the running build keeps for others to read."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipeline.errors import WriteError
from pipeline.workspace.atomic import write_json

NOTE = "run.json"


@dataclass(frozen=True)
class Running:
    """A process that holds the workspace.

    Attributes
    ----------
    pid : int
        The process.
    started : str
        When it took hold, ISO 8601.
    steps : dict of str to str
        The steps that run, and since when, ISO 8601.
    """

    pid: int
    started: str
    steps: dict[str, str]

    def __str__(self) -> str:
        """Say it for a person."""
        at = ", ".join(f"step '{name}' since {since}" for name, since in self.steps.items())
        return f"process {self.pid}, since {self.started}{f': {at}' if at else ''}"


def note_running(home: Path, steps: Mapping[str, datetime] | None = None) -> None:
    """Note that this process holds the workspace and which steps it runs.

    A note that cannot be written is left: a full disk must not hide what is the matter, and the lock does not depend
    on it.

    Parameters
    ----------
    home : Path
        The workspace's own folder.
    steps : mapping of str to datetime, optional
        The steps that run, and since when.
    """
    now = datetime.now(UTC)
    earlier = read_running(home)
    started = earlier.started if earlier and earlier.pid == os.getpid() else now.isoformat(timespec="seconds")
    running = {name: since.isoformat(timespec="seconds") for name, since in (steps or {}).items()}
    with suppress(WriteError):
        write_json(home / NOTE, {"pid": os.getpid(), "started": started, "steps": running})


def forget_running(home: Path) -> None:
    """Take the note away."""
    with suppress(OSError):  # as above
        (home / NOTE).unlink(missing_ok=True)


def read_running(home: Path) -> Running | None:
    """Return the note; None where there is none. A killed build leaves its note behind, but not its lock."""
    try:
        note = json.loads((home / NOTE).read_text(encoding="utf-8"))
        return Running(int(note["pid"]), str(note["started"]), {str(k): str(v) for k, v in note["steps"].items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def running_build(home: Path) -> Running | None:
    """Return the note of a build that is at work now; None where there is none."""
    running = read_running(home)
    return running if running is not None and is_alive(running.pid) else None


def is_alive(pid: int) -> bool:
    """Tell whether a process is there."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # of another user, and alive
        return True
    return True
