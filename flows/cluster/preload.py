"""What a worker of the local cluster loads at its start, and not with its first task."""

from __future__ import annotations

import gc
from importlib import import_module
from typing import TYPE_CHECKING

from flows.cluster.probe import WORKS

if TYPE_CHECKING:
    from distributed import Worker


def dask_setup(_worker: Worker) -> None:
    """Load tasks and libraries; Prefect reads its settings from the environment that the worker was started with.

    Dask calls this by its name, in a worker's own process. It notes in the worker's log what is raised here, and goes
    on: that the worker can work, ``check.load_on_workers`` asks.
    """
    gc.disable()  # they make a million objects that stay, and each of many collections would look at all of them
    try:
        for name in WORKS:
            import_module(name)
        gc.freeze()
    finally:
        gc.enable()
