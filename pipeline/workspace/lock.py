"""One run a workspace. The operating system's lock goes with the process, so a killed run leaves nothing to clear."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

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

    def held() -> str:
        running = read_running(workspace.home)
        return f"another run holds this workspace{f' ({running})' if running else ''}"

    with only_one(workspace.home / "lock", held, remedy="Wait for it to end; two runs never write at once."):
        try:
            forget_running(workspace.home)  # a killed run's, perhaps
            note_running(workspace.home)
            yield
        finally:
            forget_running(workspace.home)


@contextmanager
def only_one(path: Path, held: Callable[[], str], *, remedy: str) -> Iterator[None]:
    """Hold a lock file, or refuse at once.

    Parameters
    ----------
    path : Path
        The file; it stays, and the system's lock on it goes with the process.
    held : callable
        Says what is the matter where another process holds it.
    remedy : str
        What the reader can do then.

    Raises
    ------
    LockedError
        If another process holds it.
    WriteError
        If the file cannot be made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path)
        lock.acquire(timeout=0)
    except Timeout:
        raise LockedError(held(), where=str(path), remedy=remedy) from None
    except OSError as error:
        raise WriteError(
            f"the workspace cannot be written: {error.strerror or error}",
            where=str(path),
            remedy="Make the folder writable for this user.",
        ) from error
    try:
        yield
    finally:
        lock.release()
