"""How work is cut into blocks, and these are put into tasks: by what they cost, never by what comes out."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

_BLOCKS_A_SLOT = 3  # so that one which takes longer than thought holds up no other for long
_SHARES = 2  # a task takes of the work that is left one part in so many times the tasks at once
_LEAST_S = 1.0  # of a block and of a task: a task costs a cluster 0.3 to 0.4 s


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
    return max(wanted, _LEAST_S, total_s / most)


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


def batches(costs_s: Sequence[float], at_once: int, task_s: float, most: int) -> list[tuple[int, int]]:
    """Return contiguous ranges of blocks for tasks; of many blocks the first ranges are long and the last short.

    Each takes a share of what is left, so there are few, and short ones at the end even out those that took longer
    than thought: guided self-scheduling (Polychronopoulos and Kuck 1987, IEEE Transactions on Computers C-36(12)),
    with half its share.

    Parameters
    ----------
    costs_s : sequence of float
        What each block is thought to take.
    at_once : int
        Tasks that run at once.
    task_s : float
        None is longer than about this, which is to the nearest block,
    most : int
        unless there were more than so many.
    """
    costs = np.asarray(costs_s, float)
    ends = np.cumsum(costs)
    middle = ends - costs / 2.0
    found: list[tuple[int, int]] = []
    first = 0
    while first < len(costs):
        left_s = ends[-1] - ends[first] + costs[first]
        even_s = left_s / (most - len(found)) if len(found) + 1 < most else np.inf
        share_s = max(min(left_s / (_SHARES * at_once), task_s), _LEAST_S, even_s)
        all_of_it = left_s - share_s < _LEAST_S  # what would remain is no task
        end = len(costs) if all_of_it else int(np.searchsorted(middle, ends[-1] - left_s + share_s, side="right"))
        found.append((first, max(end, first + 1)))
        first = found[-1][1]
    return found
