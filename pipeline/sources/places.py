"""Kilometre posts in words: runs of stations that have something in common."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.geo import Floats

_RUNS_NAMED = 6


def kp_runs(kp_km: Floats, where: NDArray[np.bool_]) -> list[tuple[float, float]]:
    """Return first and last KP of every run of stations for which ``where`` holds."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], where, [False]]).astype(np.int8)))
    return [(float(kp_km[start]), float(kp_km[end - 1])) for start, end in edges.reshape(-1, 2)]


def in_words(runs: list[tuple[float, float]]) -> str:
    """Return runs as ``KP 0.0-3.2, 10.1`` (km); a long list is cut and says so."""
    words = [f"{a:.1f}" if a == b else f"{a:.1f}-{b:.1f}" for a, b in runs[:_RUNS_NAMED]]
    more = f" and {len(runs) - _RUNS_NAMED} more" if len(runs) > _RUNS_NAMED else ""
    return f"KP {', '.join(words)}{more}" if runs else ""
