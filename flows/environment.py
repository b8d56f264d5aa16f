"""What Prefect must be told before it is imported: where its home is, and to keep quiet and to itself."""

from __future__ import annotations

import os
import sys

from pipeline.workspace import Workspace

SERVER_START_TIMEOUT_S = 180
"""A cold machine compiles all of Prefect's server before it answers; 20 s, the default, is often not enough."""


def prepare_prefect(workspace: Workspace, *, debug: bool = False) -> None:
    """Set the environment that Prefect reads at import; what the user has set already stays.

    Parameters
    ----------
    workspace : Workspace
        Prefect's home lies in its ``.corridor`` unless a server's address is given by ``PREFECT_API_URL``.
    debug : bool
        Let Prefect's own log reach the terminal.

    Raises
    ------
    RuntimeError
        If Prefect was imported before, so that the settings would come too late.
    """
    if "prefect" in sys.modules:
        raise RuntimeError("prepare_prefect must be called before prefect is imported")
    settings = {
        "PREFECT_HOME": str(workspace.home / "prefect"),
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": str(SERVER_START_TIMEOUT_S),
        "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "true",
        "PREFECT_CLI_PROMPT": "false",
    }
    if not debug:
        settings["PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL"] = "CRITICAL"
    for name, value in settings.items():
        os.environ.setdefault(name, value)
