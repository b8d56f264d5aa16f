"""Putting back what somebody altered in place: releases share unchanged files, so one edit harms several."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from pipeline.releases.release import Release, all_releases
from pipeline.workspace import Workspace


def mend(workspace: Workspace, whole: Release) -> list[str]:
    """Give damaged releases back the files that a whole one has with the same content.

    Parameters
    ----------
    workspace : Workspace
        The caller holds it.
    whole : Release
        Published just now, so that its files are good.

    Returns
    -------
    list of str
        What was put back, and what is lost, in words.

    Raises
    ------
    OSError
        If a file cannot be put back.
    """
    good = {digest: whole.folder / name for name, digest in whole.files.items()}
    told = []
    for release in all_releases(workspace):
        damaged = release.damaged()
        back = [name for name in damaged if release.files[name] in good]
        for name in back:
            _put_back(good[release.files[name]], release.folder / name)
        lost = [name for name in damaged if name not in back]
        if back:
            told.append(f"release {release.id} had been altered: {_listed(back)} put back as published")
        if lost:
            told.append(f"release {release.id} is damaged for good: {_listed(lost)} altered or deleted")
    return told


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"{', '.join(names[:3])}{more} {'was' if len(names) == 1 else 'were'}"


def _put_back(good: Path, place: Path) -> None:
    temporary = place.with_name(f".{place.name}.{os.getpid()}.link")
    place.parent.mkdir(parents=True, exist_ok=True)
    temporary.unlink(missing_ok=True)
    try:
        os.link(good, temporary)
    except OSError:  # another file system, or one without links
        shutil.copyfile(good, temporary)
    temporary.replace(place)
