"""Where tasks run: ``Engine`` is all that the flows know of it, and this process's threads are always there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from concurrent.futures import FIRST_COMPLETED
from concurrent.futures import Future as PlainFuture
from concurrent.futures import wait as wait_for_any
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, Protocol, cast

from prefect.futures import PrefectConcurrentFuture, PrefectFuture
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from flows.session import Session
from pipeline.store.cutting import Crew

if TYPE_CHECKING:
    from flows.cluster.local import Cluster

_STEPS_AT_ONCE = 2  # tasks of two steps that need nothing of each other; each has threads of its own

Batch = PrefectFuture[dict[str, Any]]
"""A task that does a batch: see ``flows.tasks.do_batch``."""


class Engine(Protocol):
    """Somewhere for tasks to run."""

    @property
    def program(self) -> str:
        """What a process must run that does its tasks, see ``flows.program``; empty where that is this process."""

    @property
    def crew(self) -> Crew:
        """Into how many tasks, and of how many threads, work is worth being cut."""

    def runner(self) -> TaskRunner[PrefectFuture[Any]]:
        """Return a task runner for one stage."""

    def sending(self) -> AbstractContextManager[None]:
        """Give a block in which tasks are sent; it says why they cannot be."""

    def next_done(self, running: Collection[Batch]) -> tuple[Batch, dict[str, Any]]:
        """Wait for one of the tasks, and return it with what it gave.

        Raises
        ------
        CorridorError
            Whatever it raised; or why it can never end.
        """


class Threads:
    """Threads of this process."""

    program = ""
    crew = Crew.here()

    def runner(self) -> TaskRunner[PrefectFuture[Any]]:
        """Return a pool of threads for one stage."""
        return cast("TaskRunner[PrefectFuture[Any]]", ThreadPoolTaskRunner(max_workers=_STEPS_AT_ONCE))

    def sending(self) -> AbstractContextManager[None]:
        """Nothing can go wrong on the way to a thread."""
        return nullcontext()

    def next_done(self, running: Collection[Batch]) -> tuple[Batch, dict[str, Any]]:
        """Wait for one of the tasks, and return it with what it gave or raise what it raised."""
        plain: dict[PlainFuture[Any], Batch] = {
            cast("PrefectConcurrentFuture[Any]", future).wrapped_future: future for future in running
        }
        done = plain[next(iter(wait_for_any(plain, return_when=FIRST_COMPLETED).done))]
        return done, done.result()


@contextmanager
def engine_for(session: Session, cluster: Callable[[], Cluster] | None) -> Iterator[None]:
    """Give a session its engine while the block runs.

    Parameters
    ----------
    session : Session
        Whose build it is.
    cluster : callable or None
        Waits for a Dask cluster and returns it; None: threads of this process.

    Raises
    ------
    ServiceError
        If the cluster does not start, or cannot do this build's work.
    WriteError
        If the workspace cannot be written.
    """
    if cluster is None:
        yield
        return
    from flows.cluster.engine import dask_engine  # its libraries are optional

    build, reporter = session.build, session.reporter
    with dask_engine(build.workspace, build.config, cluster(), note=reporter.note, record=reporter.record) as engine:
        session.chosen_engine, reporter.beside = engine, engine.status
        yield
