"""Putting a finished file where it belongs, in ``data/raw`` and nowhere else."""

from __future__ import annotations

import errno
import shutil
from dataclasses import replace
from pathlib import Path

from pipeline.errors import ConfigError, WriteError
from pipeline.fetch.record import Record, write_record
from pipeline.fetch.wanted import Wanted
from pipeline.workspace import Workspace, atomic_path, hold
from pipeline.workspace.atomic import sync


def target_of(workspace: Workspace, wanted: Wanted) -> Path:
    """Return where the file belongs.

    Raises
    ------
    ConfigError
        If a link leads it out of the workspace; what may be read there may still not be written.
    """
    target = workspace.root / wanted.source.into
    if not target.parent.resolve().is_relative_to(workspace.root) or target.is_symlink():
        raise ConfigError(
            f"{wanted.source.into!r} is a link, or leads out of the workspace by one",
            where=f"{workspace.config_path}, key fetch.{wanted.name}.into",
            remedy="Fetched files lie inside the workspace; write another place.",
        )
    return target


def put_in_place(workspace: Workspace, fresh: Path, target: Path, record: Record, before: str) -> Record:
    """Move a finished file to its place, its record first; return the record as it was written.

    Raises
    ------
    LockedError
        If another run, such as a build, holds the workspace: inputs do not change under it.
    WriteError
        If the place cannot be written.
    """
    record = replace(record, replaces_sha256=before)
    with hold(workspace):
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            write_record(target, record)
            sync(fresh)
            try:
                fresh.replace(target)
            except OSError as error:
                if error.errno != errno.EXDEV:
                    raise
                with atomic_path(target) as temporary:  # data/raw is another file system
                    shutil.copyfile(fresh, temporary)
            sync(target.parent)
        except OSError as error:
            raise WriteError(
                f"the file cannot be put in place: {error.strerror or error}",
                where=str(target),
                remedy="Make data/raw writable for this user; the download is kept.",
            ) from error
    return record
