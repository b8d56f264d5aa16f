"""What Prefect and numba must be told before they are imported: where to keep their things, and to keep quiet."""

from __future__ import annotations

import logging
import os
import stat
import sys
from pathlib import Path

from pipeline import seabed
from pipeline.errors import WriteError
from pipeline.workspace import Workspace

SERVER_START_TIMEOUT_S = 180
"""A cold machine compiles all of Prefect's server before it answers; 20 s, the default, is often not enough."""
SERVER_ANSWER_TIMEOUT_S = 10
"""For one request. With the retries below, one that a server never answers is given up after 40 s, not 8 minutes."""
SERVER_RETRIES = 2


def prepare_numba(workspace: Workspace, package: Path | None = None) -> None:
    """Let numba keep compiled code in the workspace where it cannot lie beside its source, as Python's own does.

    Parameters
    ----------
    workspace : Workspace
        Its ``.corridor`` has a folder for each user: what numba reads there it trusts, so nobody else may write it.
    package : Path, optional
        Where the compiled modules lie.

    Raises
    ------
    WriteError
        If that folder belongs to somebody else.
    """
    beside = (package or Path(seabed.__path__[0])) / "__pycache__"
    if os.access(beside if beside.exists() else beside.parent, os.W_OK) or "NUMBA_CACHE_DIR" in os.environ:
        return
    folder = workspace.home / f"numba-{os.getuid()}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid() or status.st_mode & 0o022:
        raise WriteError(
            "the folder of compiled code can be written by somebody else, and what it holds is run",
            where=str(folder),
            remedy="Delete it; it is made again.",
        )
    os.environ["NUMBA_CACHE_DIR"] = str(folder)


def prepare_prefect(workspace: Workspace, *, debug: bool = False) -> None:
    """Set the environment that Prefect reads at import; what the user has set already stays.

    Parameters
    ----------
    workspace : Workspace
        Prefect's home lies in its ``.corridor``, one for each user: Prefect lets nobody else into it.
    debug : bool
        Let Prefect's own log reach the terminal.

    Raises
    ------
    RuntimeError
        If Prefect was imported before, so that the settings would come too late.
    """
    if "prefect" in sys.modules:
        raise RuntimeError("prepare_prefect must be called before prefect is imported")
    settings = prefect_settings(workspace)
    if not debug:
        logging.raiseExceptions = False  # a log line that a lost server does not take is no matter for the terminal
        settings["PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL"] = "CRITICAL"
        settings["DASK_LOGGING__DISTRIBUTED"] = "critical"  # a lost scheduler is told in our words
    for name, value in settings.items():
        os.environ.setdefault(name, value)


def prefect_settings(workspace: Workspace) -> dict[str, str]:
    """Return the environment of a Prefect that keeps its things in a workspace, and keeps quiet."""
    return {
        "PREFECT_HOME": str(workspace.home / f"prefect-{os.getuid()}"),
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",  # flows.server owns the temporary server
        "PREFECT_API_REQUEST_TIMEOUT": str(SERVER_ANSWER_TIMEOUT_S),
        "PREFECT_CLIENT_MAX_RETRIES": str(SERVER_RETRIES),
        "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
        "PREFECT_RESULTS_DEFAULT_SERIALIZER": "json",  # nothing that others may have written is ever unpickled
        "PREFECT_CLI_PROMPT": "false",
    }
