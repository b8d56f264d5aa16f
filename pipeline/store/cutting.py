"""How work is cut into blocks, and these are put into tasks: by what they cost, never by what comes out."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

_BLOCKS_A_SLOT = 3  # so that one which takes longer than thought holds up no other for long
_LEAST_BLOCK_S = 1.0


@dataclass(frozen=True)
class Crew:
    """Who works.

    Attributes
    ----------
    tasks : int
        Tasks done at once.
    threads : int
        Threads of each task.
    apart : bool
        Tasks run in other processes, more of which may come: many tasks a round. Otherwise this process does a round.
    """

    tasks: int
    threads: int
    apart: bool = False

    @classmethod
    def here(cls) -> Crew:
        """Return this process with all processors that it may use."""
        return cls(1, processors())

    @property
    def slots(self) -> int:
        """How many blocks may be worked on at once."""
        return self.tasks * self.threads


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def block_cost_s(total_s: float, crew: Crew, task_s: float, most: int) -> float:
    """Return about how long a block is to take.

    Parameters
    ----------
    total_s : float
        What all of the work takes on one thread.
    crew : Crew
        Who shares it.
    task_s : float
        Not longer than this,
    most : int
        unless there were more than so many blocks.
    """
    wanted = min(task_s, total_s / (_BLOCKS_A_SLOT * crew.slots))
    return max(wanted, _LEAST_BLOCK_S, total_s / most)


def cut(costs_s: Sequence[float], block_s: float) -> list[tuple[int, int]]:
    """Return contiguous blocks of units, each of about a cost: first unit, and the one after the last.

    A unit that costs more than that is a block of its own. All units are in a block, in their order.
    """
    if not len(costs_s):
        return []
    costs = np.asarray(costs_s, float)
    middle = np.cumsum(costs) - costs / 2.0  # a large unit belongs where its middle lies
    starts = np.flatnonzero(np.diff(np.floor(middle / block_s), prepend=-1.0))
    return list(pairwise([*(int(start) for start in starts), len(costs)]))


def batches(costs_s: Sequence[float], tasks: int) -> list[tuple[int, int]]:
    """Return contiguous ranges of blocks, at most so many, of about the same cost."""
    if tasks <= 1:
        return [(0, len(costs_s))] if len(costs_s) else []
    share = max(float(np.sum(costs_s)) / tasks, 1e-9)
    found = cut(costs_s, share)
    return found if len(found) <= tasks else [*found[: tasks - 1], (found[tasks - 1][0], len(costs_s))]
