"""The note that an earlier release was brought back, and which one was set aside for it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from pipeline.releases.release import current_release
from pipeline.workspace import Workspace, write_json


@dataclass(frozen=True)
class SetAside:
    """Note that readers see an earlier release by somebody's wish.

    Attributes
    ----------
    release : str
        The release that was brought back.
    instead_of : str
        The newest release, which was set aside.
    keys : dict
        Its keys by step: a build that comes to the same keys would bring it back.
    at : str
        When, ISO 8601.
    """

    release: str
    instead_of: str
    keys: dict[str, str]
    at: str


def set_aside(workspace: Workspace) -> SetAside | None:
    """Return the note on a restored release, while readers see that release."""
    current = current_release(workspace)
    try:
        note = SetAside(**json.loads(_note(workspace).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):  # none, or not ours: nothing is set aside
        return None
    return note if current is not None and note.release == current.id else None


def remember(workspace: Workspace, note: SetAside) -> None:
    """Write the note.

    Raises
    ------
    WriteError
        If it cannot be written.
    """
    write_json(_note(workspace), asdict(note))


def forget(workspace: Workspace) -> None:
    """Take the note away: readers see what the inputs give."""
    _note(workspace).unlink(missing_ok=True)


def _note(workspace: Workspace) -> Path:
    return workspace.home / "restored.json"
