"""Bringing an earlier release back, and remembering which one was set aside."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipeline.errors import DataError
from pipeline.releases import readers
from pipeline.releases.pages import rewrite_portal
from pipeline.releases.publish import cannot_write
from pipeline.releases.release import RESTORED, Release, all_releases, current_release
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


def restore(workspace: Workspace, release: Release) -> None:
    """Make an earlier release the one that readers see, by one rename.

    Parameters
    ----------
    workspace : Workspace
        The caller holds it.
    release : Release
        One of ``all_releases``.

    Raises
    ------
    DataError
        If a file of the release is missing or was altered.
    WriteError
        If the link cannot be turned; readers then see what they saw before.
    """
    damage = release.damage()
    if damage:
        raise DataError(
            f"release {release.id} is damaged: {damage} is missing or was altered",
            where=str(release.folder / damage),
            remedy="Restore another one: 'corridor releases' lists them.",
        )
    history = all_releases(workspace)
    newest = history[-1]
    note = SetAside(release.id, newest.id, newest.keys, datetime.now(UTC).isoformat(timespec="seconds"))
    try:
        if newest.id == release.id:
            _note(workspace).unlink(missing_ok=True)
            told = []
        else:
            write_json(_note(workspace), asdict(note))
            told = [f"This release was brought back on {note.at}; the newer release {newest.id} was set aside."]
        readers.show(workspace, rewrite_portal(release, history, told))
    except OSError as error:
        raise cannot_write(error, release.folder) from error


def set_aside(workspace: Workspace) -> SetAside | None:
    """Return the note on a restored release, while readers see that release."""
    current = current_release(workspace)
    try:
        note = SetAside(**json.loads(_note(workspace).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):  # none, or not ours: nothing is set aside
        return None
    return note if current is not None and note.release == current.id else None


def _note(workspace: Workspace) -> Path:
    return workspace.home / RESTORED
