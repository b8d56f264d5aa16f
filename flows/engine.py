"""Where tasks run: ``Engine`` is all that the flows know of it, and this process's threads are always there."""

from __future__ import annotations

from collections.abc import Collection
from concurrent.futures import FIRST_COMPLETED
from concurrent.futures import Future as PlainFuture
from concurrent.futures import wait as wait_for_any
from typing import Any, Protocol, cast

from prefect.futures import PrefectConcurrentFuture, PrefectFuture
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from pipeline.store.cutting import Crew

_STEPS_AT_ONCE = 2  # tasks of two steps that need nothing of each other; each has threads of its own

Batch = PrefectFuture[dict[str, Any]]
"""A task that does a batch: see ``flows.tasks.do_batch``."""


class Engine(Protocol):
    """Somewhere for tasks to run."""

    @property
    def crew(self) -> Crew:
        """Into how many tasks, and of how many threads, work is worth being cut."""

    def runner(self) -> TaskRunner[PrefectFuture[Any]]:
        """Return a task runner for one stage."""

    def next_done(self, running: Collection[Batch]) -> tuple[Batch, dict[str, Any]]:
        """Wait for one of the tasks, and return it with what it gave.

        Raises
        ------
        CorridorError
            Whatever it raised; or why it can never end.
        """


class Threads:
    """Threads of this process."""

    crew = Crew.here()

    def runner(self) -> TaskRunner[PrefectFuture[Any]]:
        """Return a pool of threads for one stage."""
        return cast("TaskRunner[PrefectFuture[Any]]", ThreadPoolTaskRunner(max_workers=_STEPS_AT_ONCE))

    def next_done(self, running: Collection[Batch]) -> tuple[Batch, dict[str, Any]]:
        """Wait for one of the tasks, and return it with what it gave or raise what it raised."""
        plain: dict[PlainFuture[Any], Batch] = {
            cast("PrefectConcurrentFuture[Any]", future).wrapped_future: future for future in running
        }
        done = plain[next(iter(wait_for_any(plain, return_when=FIRST_COMPLETED).done))]
        return done, done.result()
