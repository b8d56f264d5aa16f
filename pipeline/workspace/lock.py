"""One run a workspace. The operating system's lock goes with the process, so a killed run leaves nothing to clear."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from filelock import FileLock, Timeout

from pipeline.errors import LockedError, WriteError
from pipeline.workspace.paths import Workspace


@contextmanager
def hold(workspace: Workspace) -> Iterator[None]:
    """Hold the workspace for this process.

    Raises
    ------
    LockedError
        If another process holds it.
    WriteError
        If the lock file cannot be made.
    """
    path = workspace.home / "lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path)
        lock.acquire(timeout=0)
    except Timeout:
        raise LockedError(
            "another run holds this workspace",
            where=str(path),
            remedy="Wait for it to end; two runs never write at once.",
        ) from None
    except OSError as error:
        raise WriteError(
            f"the workspace cannot be written: {error.strerror or error}",
            where=str(path),
            remedy="Make the folder writable for this user.",
        ) from error
    try:
        with suppress(OSError):  # only a help to people; a full disk must not hide what is the matter
            (workspace.home / "lock.pid").write_text(f"{os.getpid()}\n")
        yield
    finally:
        with suppress(OSError):
            (workspace.home / "lock.pid").unlink(missing_ok=True)
        lock.release()
