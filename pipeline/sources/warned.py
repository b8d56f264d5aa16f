"""Warnings of libraries, caught by one thread at a time: Python keeps what is to be done with them for all threads."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock

_one_at_a_time = RLock()


@contextmanager
def ignoring(kind: type[Warning]) -> Iterator[None]:
    """Let a block's warnings of a kind pass unsaid."""
    with _one_at_a_time, warnings.catch_warnings():
        warnings.simplefilter("ignore", kind)
        yield


@contextmanager
def listening() -> Iterator[list[warnings.WarningMessage]]:
    """Give the list in which a block's warnings gather."""
    with _one_at_a_time, warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        yield said
