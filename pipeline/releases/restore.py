"""Bringing an earlier release back."""

from __future__ import annotations

from datetime import UTC, datetime

from pipeline.errors import DataError
from pipeline.mapping.messages import say
from pipeline.releases import readers
from pipeline.releases.pages import PORTALS, rewrite_portals
from pipeline.releases.release import Release, all_releases, cannot_write
from pipeline.releases.set_aside import SetAside, forget, remember
from pipeline.workspace import Workspace


def restore(workspace: Workspace, release: Release) -> list[str]:
    """Make an earlier release the one that readers see, by one rename.

    Parameters
    ----------
    workspace : Workspace
        The caller holds it.
    release : Release
        One of ``all_releases``.

    Returns
    -------
    list of str
        What else people should know, see ``readers.show``.

    Raises
    ------
    DataError
        If a file of the release is missing or was altered, or it holds nothing that the public may have.
    WriteError
        If the link cannot be turned; readers then see what they saw before.
    """
    config = workspace.config()
    audience = config.publish.audience
    if not release.shown_to(audience):
        raise DataError(
            f"release {release.id} holds nothing for the public, and [publish] audience is {audience!r}",
            where=str(release.folder),
            remedy="Restore one that was made since there is a map for the public: 'corridor releases' lists them.",
        )
    if audience == "public" and release.public_step_km < config.map.public_step_km:
        raise DataError(
            f"release {release.id} shows the public positions within {release.public_step_km:g} km, and "
            f"[map] public_step_km is {config.map.public_step_km:g}",
            where=str(release.folder),
            remedy="Restore one that was made with as wide a step, or make the step smaller if it may be told.",
        )
    damage = next((name for name in release.damaged() if name not in PORTALS), "")  # they are written anew
    if damage:
        raise DataError(
            f"release {release.id} is damaged: {damage} is missing or was altered",
            where=str(release.folder / damage),
            remedy="Restore another one: 'corridor releases' lists them.",
        )
    history = all_releases(workspace)
    newest = history[-1]
    now = datetime.now(UTC)
    note = SetAside(release.id, newest.id, newest.keys, now.isoformat(timespec="seconds"))
    try:
        if newest.id == release.id:
            forget(workspace)
            told = list[str]()
        else:
            remember(workspace, note)
            told = [
                say(
                    "This release was brought back on {when} UTC; the newer release {newer} was set aside.",
                    when=f"{now:%Y-%m-%d %H:%M}",
                    newer=newest.id,
                )
            ]
        return readers.show(workspace, rewrite_portals(release, history, told), audience)
    except OSError as error:
        raise cannot_write(error, release.folder) from error
