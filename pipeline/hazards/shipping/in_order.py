"""Work on threads whose results come in the order of what is to be done, and never many of them at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

_Todo = TypeVar("_Todo")
_Done = TypeVar("_Done")


def in_order(work: Callable[[_Todo], _Done], todo: Iterable[_Todo], threads: int) -> Iterator[_Done]:
    """Give the results of a work in the order of what is to be done, on so many threads, one more ahead."""
    waiting: list[Future[_Done]] = []
    todo = iter(todo)
    with ThreadPoolExecutor(threads) as pool:
        while True:
            waiting.extend(pool.submit(work, one) for one in islice(todo, threads + 1 - len(waiting)))
            if not waiting:
                return
            yield waiting.pop(0).result()
