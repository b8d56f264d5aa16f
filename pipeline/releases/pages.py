"""The pages and files that tell about a release among others: the portal, and what changed since the one before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.errors import DataError
from pipeline.mapping.messages import say
from pipeline.releases import changes
from pipeline.releases.portal import render_portal
from pipeline.releases.public import public_manifest, render_public_portal
from pipeline.releases.release import CHANGES_JSON, MANIFEST, PUBLIC, Release, said_changes, write_record
from pipeline.releases.small_map import small_map
from pipeline.store import hash_file
from pipeline.workspace import write_json, write_text

PORTAL = "maps/index.html"
PUBLIC_PORTAL = f"{PUBLIC}/{PORTAL}"
PUBLIC_MANIFEST = f"{PUBLIC}/{MANIFEST}"
PORTALS = (PORTAL, PUBLIC_PORTAL)
CHANGES_MAP = "maps/changes.html"
CHANGES_TABLE = "data/processed/changes.csv"
CHANGES_UNITS = "data/processed/changes.csv-metadata.json"


def write_pages(
    folder: Path, release: Release, history: Sequence[Release], before: Release | None, notes: Iterable[str] = ()
) -> dict[str, str]:
    """Write the pages of a release into its folder.

    Parameters
    ----------
    folder : Path
        Where the release lies, or is being put together.
    release : Release
        The release; its id is read from its manifest.
    history : sequence of Release
        All releases that stay, oldest first, ``release`` among them.
    before : Release, optional
        The one that readers saw before.
    notes : iterable of str
        What else the portal says.

    Returns
    -------
    dict
        File name in the release to SHA-256: ``Release.pages``.

    Raises
    ------
    WriteError
        If a page cannot be written.
    CorridorError
        If a page would fetch something from outside.
    """
    lines, notes = list[str](), list(notes)
    names = [*PORTALS, PUBLIC_MANIFEST]
    if before is not None:
        try:
            lines = _write_changes(folder, changes.compare(before, release), release, before)
            names += [CHANGES_MAP, CHANGES_TABLE, CHANGES_UNITS, CHANGES_JSON]
        except DataError as error:  # an old release that is damaged must not keep a new one from being published
            notes.append(say("Not compared with the release before: {error}", error=str(error)))
    write_text(folder / PORTAL, render_portal(release, history, lines, notes, small_map(folder, release.manifest)))
    write_text(folder / PUBLIC_PORTAL, render_public_portal(release, history))
    write_json(folder / PUBLIC_MANIFEST, public_manifest(release.manifest))
    return {name: hash_file(folder / name) for name in names}


def rewrite_portals(release: Release, history: Sequence[Release], notes: Iterable[str]) -> Release:
    """Let the portals of an earlier release tell how it stands today; return the release with its new pages.

    That for the public is written anew where the release has one.

    Raises
    ------
    WriteError
        If the page cannot be written.
    """
    small = small_map(release.folder, release.manifest)
    pages = {PORTAL: render_portal(release, history, said_changes(release), list(notes), small)}
    if PUBLIC_PORTAL in release.pages:
        pages[PUBLIC_PORTAL] = render_public_portal(release, history)
    for name, text in pages.items():
        write_text(release.folder / name, text)
    now = replace(release, pages={**release.pages, **{name: hash_file(release.folder / name) for name in pages}})
    write_record(now)
    return now


def _write_changes(folder: Path, found: changes.Changes, release: Release, before: Release) -> list[str]:
    write_text(folder / CHANGES_MAP, changes.map_page(found, release, before, published=True))
    write_text(folder / CHANGES_TABLE, changes.as_csv(found))
    write_json(folder / CHANGES_UNITS, changes.csv_metadata(found, release, Path(CHANGES_TABLE).name))
    write_json(folder / CHANGES_JSON, changes.as_json(found))
    return list(changes.told(found))
