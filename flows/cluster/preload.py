"""What a worker of the local cluster loads at its start, and not with its first task: the tasks, and all libraries."""

from __future__ import annotations

import gc
from importlib import import_module

from distributed import Worker


def dask_setup(_worker: Worker) -> None:
    """Load them. Dask calls it by this name, in a worker's own process: their keeper imports this module too."""
    gc.disable()  # they make a million objects that stay, and each of many collections would look at all of them
    for name in ("flows.tasks", "pipeline.plan"):
        import_module(name)
    gc.freeze()
    gc.enable()
