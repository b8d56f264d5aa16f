"""A small flow on a real Dask engine, as a process of its own: ``python -m tests.flows.dask_run WORKSPACE WORK...``.

A work is one of ``dask_work``; it tells in ``WORKSPACE/said.txt`` what it does, for the test that harms it.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows import interrupt
from flows.environment import prepare_prefect
from flows.server import temporary_server
from pipeline.errors import CorridorError
from pipeline.workspace import Workspace


@contextmanager
def named_server(log: Path) -> Iterator[None]:
    with temporary_server(log) as ready:
        ready()
        yield


def run(workspace: Workspace, names: list[str]) -> None:
    from flows.cluster.engine import dask_engine
    from flows.telling import briefly
    from flows.where import cluster_for
    from tests.flows.dask_work import do_all, say, use

    config = workspace.config()
    with (
        briefly(),
        cluster_for(workspace, config.scale, "dask", os.environ.get("DASK", "")) as cluster,
        dask_engine(workspace, config, cluster(), note=say, record=say) as engine,
    ):
        use(engine)
        do_all.with_options(task_runner=engine.runner())(str(workspace.root / "said.txt"), names)


def main() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a test run in the background ignores it
    interrupt.listen()
    workspace = Workspace.at(Path(sys.argv[1]))
    prepare_prefect(workspace)
    try:
        with named_server(workspace.home / "logs" / "prefect-server.log"):
            run(workspace, sys.argv[2:])
    except CorridorError as error:
        print(f"{type(error).__name__}: {error}", flush=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(interrupt.end())


if __name__ == "__main__":
    main()
