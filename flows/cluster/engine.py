"""The engine for ``--engine dask``: Prefect's Dask task runner on a cluster that has been checked and is watched."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any, cast

from distributed import CancelledError, Client, wait
from distributed.client import ClosedClientError
from distributed.scheduler import KilledWorker
from prefect.futures import PrefectFuture
from prefect.task_runners import TaskRunner
from prefect_dask.task_runners import DaskTaskRunner, PrefectDaskFuture

from flows import interrupt
from flows.cluster.check import check_scheduler, check_workers, connect, load_on_workers
from flows.cluster.local import Cluster
from flows.cluster.watch import Watch, lost_scheduler
from flows.cluster.worker import Prepare
from flows.engine import Batch
from flows.environment import prefect_settings
from flows.program import fingerprint
from pipeline.config import Config
from pipeline.errors import ServiceError
from pipeline.store.cutting import Crew
from pipeline.workspace import Workspace

_LOOK_EVERY_S = 0.5
_ENDS_WITHIN_S = 5.0


class DaskEngine:
    """Tasks on the single-thread workers of a Dask cluster.

    Parameters
    ----------
    cluster : Cluster
        Where.
    client : Client
        Of its scheduler.
    watch : Watch
        Of its workers.
    """

    def __init__(self, cluster: Cluster, client: Client, watch: Watch) -> None:
        self._cluster, self._client, self._watch = cluster, client, watch

    @property
    def crew(self) -> Crew:
        """As many tasks as there are workers now, each of one thread."""
        return Crew(max(self._watch.workers, 1), 1, apart=True)

    @property
    def program(self) -> str:
        """What a worker must run."""
        return fingerprint()

    def runner(self) -> TaskRunner[PrefectFuture[Any]]:
        """Return a task runner for one stage."""
        runner = DaskTaskRunner(
            address=self._cluster.address, client_kwargs={"security": self._cluster.security}
        )  # fmt: skip
        return cast("TaskRunner[PrefectFuture[Any]]", runner)

    def next_done(self, running: Collection[Batch]) -> tuple[Batch, dict[str, Any]]:
        """Wait for one of the tasks, and return it with what it gave.

        Raises
        ------
        CorridorError
            Whatever it raised.
        ServiceError
            If the scheduler or all workers are lost, or the task has lost its worker too often.
        """
        batches = {cast("PrefectDaskFuture[Any]", batch).wrapped_future: batch for batch in running}
        self._watch.ours({str(future.key) for future in batches})
        try:
            while True:
                interrupt.check()  # the exception alone may be lost in a callback of a library
                self._watch.check()
                try:
                    with next(iter(batches)).client.as_current():
                        done = wait(list(batches), timeout=_LOOK_EVERY_S, return_when="FIRST_COMPLETED").done
                except TimeoutError:
                    continue
                future = next(iter(done))
                try:
                    return batches[future], batches[future].result()
                finally:
                    future.release()  # or Dask does it again when a worker that has done it is lost
        except KilledWorker as error:
            raise self._watch.given_up(str(error.task)) from error
        except CancelledError as error:  # how Dask tells that the connection to its scheduler broke
            raise self._gone() from error

    @contextmanager
    def sending(self) -> Iterator[None]:
        """Say in a block that sends tasks what it means that they cannot be sent.

        Raises
        ------
        ServiceError
            If the scheduler is lost.
        """
        try:
            yield
        except (OSError, ClosedClientError, CancelledError) as error:
            raise self._gone() from error

    def _gone(self) -> ServiceError:
        ended = self._cluster.ended(_ENDS_WITHIN_S)
        return lost_scheduler(self._client, f"is gone: {ended}" if ended else "is gone")

    def status(self) -> str:
        """Return how the workers are, in few words."""
        return self._watch.status()


@contextmanager
def dask_engine(
    workspace: Workspace,
    config: Config,
    cluster: Cluster,
    *,
    note: Callable[[str], None],
    record: Callable[[str], None],
) -> Iterator[DaskEngine]:
    """Give an engine on a cluster, once that has been checked.

    Parameters
    ----------
    workspace : Workspace
        The caller holds it.
    config : Config
        Its ``[scale]``, and what steps may hold.
    cluster : Cluster
        Where tasks run.
    note : callable
        Takes lines for people who watch.
    record : callable
        Takes lines for the log.

    Raises
    ------
    ServiceError
        If the cluster cannot do this build's work.
    WriteError
        If the workspace cannot be written.
    """
    # Dask gives its client a level of its own.
    logging.getLogger("distributed.client").setLevel(os.environ.get("DASK_LOGGING__DISTRIBUTED", "info").upper())
    scale = config.scale
    client = connect(cluster, scale.answer_s)
    try:
        settings = _settings(workspace)
        check_scheduler(client, settings, scale.answer_s)
        lines = check_workers(client, workspace, config, os.environ["PREFECT_API_URL"])
        load_on_workers(client, settings, scale.answer_s)
        note(f"Dask cluster {cluster.address}: {len(lines)} workers")
        for line in lines:
            record(line)
        client.register_plugin(Prepare(str(workspace.root), settings))
        watch = Watch(client, silent_s=scale.silent_s, retries=scale.retries, log=note)
        try:
            yield DaskEngine(cluster, client, watch)
        finally:
            watch.close()
            for line in watch.memory():
                record(line)
    finally:
        client.close()


def _settings(workspace: Workspace) -> dict[str, str]:
    """Return what a worker's Prefect must know: as here, and where the server is that the build tells."""
    also = ("PREFECT_API_URL", "PREFECT_LOGGING_TO_API_ENABLED", "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL")
    names = (*prefect_settings(workspace), *also)
    return {name: os.environ[name] for name in names if name in os.environ}
