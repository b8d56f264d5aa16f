"""What becomes of scheduler and workers while a build runs: who is lost, and how much each has held."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Thread
from typing import Any

from distributed import Client

from flows.cluster.check import address_of
from flows.cluster.worker import PEAK
from pipeline.errors import ServiceError

_LOOK_EVERY_S = 1.0
_MB = 1e6
_MEMORY_REMEDY = (
    "Where memory is the cause, raise [scale] worker_memory_mb, or --memory-limit of workers of your own; or lower "
    "what steps are configured to hold. What was finished is not done twice, and what was published is untouched."
)
_LOST_REMEDY = "See its log, start it again and run again: what was finished is not done twice."


@dataclass
class _Held:
    """Memory of a worker, in bytes."""

    name: str
    now: int = 0
    peak: int = 0
    limit: int = 0


class Watch:
    """Ask the scheduler again and again, in a thread of its own: a call to one that hangs does not return.

    Parameters
    ----------
    client : Client
        Of the scheduler.
    silent_s : float
        How long a scheduler may not answer, or no worker take work.
    retries : int
        How often a task may lose its worker.
    log : callable
        Takes a line about a lost worker.
    """

    def __init__(self, client: Client, *, silent_s: float, retries: int, log: Callable[[str], None]) -> None:
        self._client, self._silent_s, self._retries, self._log = client, silent_s, retries, log
        self._workers: dict[str, _Held] = {}
        self._losses: Counter[str] = Counter()
        self._over_memory: dict[str, int] = {}
        self._ours: set[str] = set()
        self._given_up: ServiceError | None = None
        self._heard = self._working = time.monotonic()
        self._ended = Event()
        self._take(client.scheduler_info(n_workers=-1)["workers"])
        client.subscribe_topic("worker-restart-memory", self._on_memory)
        client.subscribe_topic("all", self._on_event)
        Thread(target=self._look, daemon=True, name="watch of the Dask cluster").start()

    def close(self) -> None:
        """Look no longer."""
        self._ended.set()

    def ours(self, keys: set[str]) -> None:
        """Take the keys of tasks that are open now: only their losses count."""
        self._ours = keys

    def check(self) -> None:
        """Raise what the build must end for.

        Raises
        ------
        ServiceError
            If the scheduler is silent, no worker takes work, or a task has lost its worker too often.
        """
        now = time.monotonic()
        if self._given_up is not None:
            raise self._given_up
        if now - self._heard > self._silent_s:
            raise lost_scheduler(self._client, f"has not answered for {self._silent_s:g} s ([scale] silent_s)")
        if now - self._working > self._silent_s:
            raise ServiceError(
                f"no Dask worker has taken work for {self._silent_s:g} s ([scale] silent_s): all are gone, or paused "
                "because they hold too much",
                where=address_of(self._client),
                remedy=_LOST_REMEDY,
            )

    def given_up(self, task: str) -> ServiceError:
        """Return the error for a task that has lost its worker too often."""
        held = [f"{size / _MB:.0f} MB" for size in self._over_memory.values()]
        why = f"; a worker was ended because it held {held[-1]}{self._limit()}" if held else ""
        times = self._losses[task] or self._retries + 1  # a scheduler of one's own may give up before we count
        return ServiceError(
            f"a task was given up: it has lost its worker {times} times ([scale] retries is {self._retries}){why}",
            where=task,
            remedy=_MEMORY_REMEDY,
        )

    @property
    def workers(self) -> int:
        """How many there are."""
        return sum(held.now > 0 for held in list(self._workers.values()))

    def memory(self) -> list[str]:
        """Return a line about each worker there has been: the most that it has held, and what it may hold."""
        return [
            f"worker {held.name}: held {held.peak / _MB:.0f} MB at most, may hold "
            + (f"{held.limit / _MB:.0f} MB" if held.limit else "what its machine has")
            for held in self._workers.values()
        ]

    def status(self) -> str:
        """Return how many workers there are, and what the fullest holds, in few words."""
        fullest = max((held.now for held in list(self._workers.values())), default=0)
        return f"{self.workers} workers, {fullest / _MB:.0f} MB"

    def _look(self) -> None:
        while not self._ended.wait(_LOOK_EVERY_S):
            scheduler = self._client.scheduler
            if scheduler is None:  # lost: whoever waits for a task is told by its future
                continue
            try:
                found = self._client.sync(scheduler.identity, n_workers=-1, callback_timeout=self._silent_s)
            except (OSError, TimeoutError, RuntimeError):  # RuntimeError: the client has been closed
                continue
            self._heard = time.monotonic()
            self._take(found["workers"])

    def _take(self, workers: dict[str, dict[str, Any]]) -> None:
        for address, worker in workers.items():
            held = self._workers.setdefault(address, _Held(str(worker["name"])))
            held.limit = worker["memory_limit"]
            held.now = worker["metrics"].get("memory", 0)
            held.peak = max(held.peak, held.now, worker["metrics"].get(PEAK, 0))
            if worker["status"] == "running" or worker["metrics"].get("executing"):
                self._working = time.monotonic()
        for address in self._workers.keys() - workers.keys():
            self._workers[address].now = 0

    def _on_memory(self, event: tuple[float, dict[str, Any]]) -> None:
        said = event[1]
        self._over_memory[said["worker"]] = said["rss"]
        if said["worker"] in self._workers:
            held = self._workers[said["worker"]]
            held.peak = max(held.peak, said["rss"])

    def _on_event(self, event: tuple[float, Any]) -> None:
        said = event[1]
        if not isinstance(said, dict) or said.get("action") != "remove-worker" or said.get("expected"):
            return
        address = said["worker"]
        lost = sorted(self._ours.intersection(map(str, said["processing-tasks"])))
        self._losses.update(lost)
        held = self._over_memory.get(address)
        why = f" because it held {held / _MB:.0f} MB{self._limit(address)}" if held else ""
        name = self._workers[address].name if address in self._workers else address
        worst = max((self._losses[key] for key in lost), default=0)
        again = f"; {_count(len(lost))} tried again ({worst} of at most {self._retries} times)" if lost else ""
        self._log(f"worker {name} was lost{why}{again}")
        if worst > self._retries:
            self._given_up = self.given_up(next(key for key in lost if self._losses[key] == worst))

    def _limit(self, address: str = "") -> str:
        limits = [held.limit for at, held in self._workers.items() if held.limit and address in ("", at)]
        return f" of {limits[-1] / _MB:.0f} MB" if limits else ""


def lost_scheduler(client: Client, what: str = "is gone") -> ServiceError:
    """Return the error for a scheduler that is no longer there."""
    return ServiceError(
        f"the Dask scheduler {what}; what was published is untouched", where=address_of(client), remedy=_LOST_REMEDY
    )


def _count(tasks: int) -> str:
    return "1 task is" if tasks == 1 else f"{tasks} tasks are"
