"""Who in this process hears what a task says while it runs; a task in another process brings its lines home."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

_listening: dict[str, Callable[[str], None]] = {}


@contextmanager
def hearing(order: str, listener: Callable[[str], None]) -> Iterator[None]:
    """Hear the tasks of an order while the block runs."""
    _listening[order] = listener
    try:
        yield
    finally:
        del _listening[order]


def of(order: str) -> Callable[[str], None] | None:
    """Return who hears the tasks of an order."""
    return _listening.get(order)
