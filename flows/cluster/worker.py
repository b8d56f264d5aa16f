"""What is done on a worker before its first task; it imports no Prefect."""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

from distributed import Worker, WorkerPlugin

from flows.environment import prepare_numba
from pipeline.workspace import Workspace

PEAK = "peak_bytes"
"""Name of the metric of a worker: the most memory that its process has held."""


class Prepare(WorkerPlugin):
    """Give a worker what Prefect and numba read when they are imported, and let it tell its peak memory.

    Parameters
    ----------
    workspace : str
        The workspace's folder.
    settings : dict of str to str
        Environment variables; what the worker has already stays.
    """

    name = "cable-corridor"

    def __init__(self, workspace: str, settings: dict[str, str]) -> None:
        self._workspace, self._settings = workspace, settings

    def setup(self, worker: Worker) -> None:
        """Set them, and add the metric to what the worker's heartbeat tells."""
        for name, value in self._settings.items():
            os.environ.setdefault(name, value)
        prepare_numba(Workspace.at(Path(self._workspace)))
        worker.metrics[PEAK] = _peak_bytes


def _peak_bytes(worker: Worker) -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
