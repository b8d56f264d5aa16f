"""A published build, as it lies on disk."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.config.publish import Audience
from pipeline.errors import ConfigError, WriteError
from pipeline.mapping.messages import decoded
from pipeline.store.hashing import hash_file, hash_json
from pipeline.store.kept import Parts
from pipeline.workspace import Workspace, write_json

MANIFEST = "data/processed/manifest.json"
RECORD = "release.json"
CHANGES_JSON = "data/processed/changes.json"
"""What changed since the release before, for programs; its ``words`` and ``messages`` are for people."""
PLACES = ("data/processed", "maps")
"""Folders of a release that readers see, each through its own folder in the workspace."""
PUBLIC = "public"
"""Folder of a release that holds the same places as the public may read them."""


@dataclass(frozen=True)
class Release:
    """A published build.

    Attributes
    ----------
    folder : Path
        Where it lies whole.
    manifest : dict
        Its ``manifest.json``.
    number : int
        Its place in the order of publishing; clocks are set back, numbers are not.
    steps : dict
        Step name to ``key``, ``parts`` and ``folders`` (its results in the store).
    pages : dict
        Files that tell about the release (manifest, portal, changes), to SHA-256; the results of steps are in
        ``manifest["outputs"]``.
    before : str
        Id of the release that readers saw when this one was published; empty for the first.
    """

    folder: Path
    manifest: dict[str, Any]
    number: int
    steps: dict[str, dict[str, Any]]
    pages: dict[str, str]
    before: str = ""

    @property
    def id(self) -> str:
        """Its name: time of publishing, and the first of the last step's key, which the map shows as its build."""
        return str(self.manifest["release"])

    @property
    def parts(self) -> dict[str, Parts]:
        """What each step's result was made from."""
        return {name: step["parts"] for name, step in self.steps.items()}

    @property
    def keys(self) -> dict[str, str]:
        """The key of each step's result."""
        return {name: step["key"] for name, step in self.steps.items()}

    @property
    def files(self) -> dict[str, str]:
        """Every file that readers see, to SHA-256."""
        return {**self.manifest["outputs"], **self.pages}

    def shown_to(self, audience: Audience) -> dict[str, str]:
        """Return the files that an audience sees: name for readers, to name in the release."""
        public = f"{PUBLIC}/"
        if audience == "public":
            return {name.removeprefix(public): name for name in self.files if name.startswith(public)}
        return {name: name for name in self.files if not name.startswith(public)}

    @property
    def public_step_km(self) -> float:
        """How far positions that its public part shows may be off, km."""
        return float(self.manifest["parameters"]["map"]["public_step_km"])

    def damaged(self) -> list[str]:
        """Return the names of files that are missing or were altered."""
        return [name for name, digest in self.files.items() if not _holds(self.folder / name, digest)]

    def damage(self) -> str:
        """Return the name of the first file that is missing or altered; empty where the release is whole."""
        return next(iter(self.damaged()), "")


def current_release(workspace: Workspace) -> Release | None:
    """Return the release that readers see, or None where nothing readable is published."""
    try:
        return read_release(workspace.current.resolve(strict=True))
    except (OSError, RuntimeError):  # no link, a link to nothing, a loop of links: the next build publishes again
        return None


def all_releases(workspace: Workspace) -> list[Release]:
    """Return the releases that can be read, oldest first."""
    if not workspace.releases.is_dir():
        return []
    folders = [path for path in workspace.releases.iterdir() if path.is_dir() and not path.is_symlink()]
    found = [release for folder in folders if (release := read_release(folder)) and release.id == folder.name]
    return sorted(found, key=lambda release: (release.number, release.id))


def find_release(workspace: Workspace, text: str) -> Release:
    """Return the release whose id is, or alone begins with or ends with, a text.

    Raises
    ------
    ConfigError
        If there is none or more than one.
    """
    releases = all_releases(workspace)
    found = [r for r in releases if r.id == text] or [
        r for r in releases if text and (r.id.startswith(text) or r.id.endswith(text))
    ]
    if len(found) == 1:
        return found[0]
    known = ", ".join(release.id for release in reversed(found or releases)) or "none yet"
    raise ConfigError(
        f"{text!r} fits {len(found)} releases" if found else f"no release is called {text!r}",
        where=str(workspace.releases),
        remedy=f"Name one of: {known}.",
    )


def what_changed(release: Release) -> list[str]:
    """Return in words what changed since the release before; empty where it was not compared with any."""
    if CHANGES_JSON not in release.pages:
        return []
    words: list[str] = json.loads((release.folder / CHANGES_JSON).read_text(encoding="utf-8"))["words"]
    return words


def said_changes(release: Release) -> list[str]:
    """Return what changed as messages, for pages; in English where an earlier program compared the releases.

    Raises
    ------
    OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError
        If the file is damaged, as deep as that may be.
    """
    if CHANGES_JSON not in release.pages:
        return []
    told = json.loads((release.folder / CHANGES_JSON).read_text(encoding="utf-8"))
    lines = [decoded(line) for line in told["messages"]] if "messages" in told else list(told["words"])
    if not all(isinstance(line, str) for line in lines):
        raise TypeError("a line that is no text")
    return lines


def write_record(release: Release) -> None:
    """Write what ``read_release`` reads beside the manifest.

    Raises
    ------
    WriteError
        If it cannot be written.
    """
    record = {"number": release.number, "before": release.before, "steps": release.steps, "pages": release.pages}
    write_json(release.folder / RECORD, {**record, "sha256": hash_json(record)})


def read_release(folder: Path) -> Release | None:
    """Return the release in a folder; None where its record is absent, cut short, altered or not ours."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        if record.pop("sha256") != hash_json(record):
            return None
        release = Release(folder, manifest, record["number"], record["steps"], record["pages"], record["before"])
        datetime.fromisoformat(manifest["published"])
        return release if isinstance(manifest["release"], str) and isinstance(manifest["outputs"], dict) else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def cannot_write(error: OSError, place: Path) -> WriteError:
    """Return the error for a release that cannot be written."""
    return WriteError(
        f"the release cannot be written: {error.strerror or error}",
        where=str(error.filename or place),
        remedy="Free disk space or make the folder writable, then run again.",
    )


def _holds(path: Path, digest: str) -> bool:
    return path.is_file() and hash_file(path) == digest
