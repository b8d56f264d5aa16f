"""Warnings of libraries, silenced by one thread at a time: Python keeps one list of filters for all threads."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_one_at_a_time = Lock()


@contextmanager
def ignoring(kind: type[Warning]) -> Iterator[None]:
    """Let a block's warnings of a kind pass unsaid."""
    with _one_at_a_time, warnings.catch_warnings():
        warnings.simplefilter("ignore", kind)
        yield
