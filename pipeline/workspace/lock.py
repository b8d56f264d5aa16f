"""One run a workspace. The operating system's lock goes with the process, so a killed run leaves nothing to clear."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from pipeline.errors import LockedError, WriteError
from pipeline.workspace.paths import Workspace
from pipeline.workspace.running import forget_running, note_running, read_running


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
        running = read_running(workspace.home)
        raise LockedError(
            f"another run holds this workspace{f' ({running})' if running else ''}",
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
        forget_running(workspace.home)  # a killed run's, perhaps
        note_running(workspace.home)
        yield
    finally:
        forget_running(workspace.home)
        lock.release()
