"""The chart of the changes: target depths of both releases along the route, drawn without a script."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from pipeline.geo import Floats
from pipeline.releases.changes.compare import Changes
from pipeline.releases.changes.draw import STROKES
from pipeline.releases.changes.places import Match
from pipeline.releases.changes.quantities import TARGET
from pipeline.releases.changes.ranges import KINDS

_MOST_STEPS: Final = 4000
"""Stations in the lines of the chart."""
_BINS: Final = 1000
"""Shares of the route in the bar above them."""


def chart(
    changes: Changes, listed: Sequence[int], was: pd.DataFrame, now: pd.DataFrame, match: Match
) -> dict[str, Any]:
    """Return the target depths of both releases along the new route, in percent of the chart's width and height."""
    new = now[TARGET].to_numpy(float)
    old = np.where(match.comparable, was[TARGET].to_numpy(float)[match.nearest], np.nan)
    deepest = float(np.nanmax([np.nanmax(side) if np.isfinite(side).any() else 0.0 for side in (old, new)]))
    scale = max(deepest, 0.5) * 1.08
    length = float(match.edges_km[-1])
    factor = 100.0 / scale
    across, old, new = _telling(100.0 * match.edges_km / length, old * factor, new * factor)
    step_km = next(s for s in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000) if length / s <= 10)
    step_m = 0.5 if deepest <= 3.0 else 1.0 if deepest <= 6.0 else 2.0
    return {
        "old": " ".join(_steps(across, old)),
        "new": " ".join(_steps(across, new)),
        "between": list(_between(across, old, new)),
        "rest": list(_rest(changes, set(listed), length)),
        "bands": [
            {
                "x": 100.0 * piece.kp_from_km / length, "width": max(100.0 * piece.length_km / length, 0.15),
                "colour": STROKES[piece.kind].colour, "index": index, "kind": piece.kind,
            }
            for index, piece in sorted(
                ((index, changes.ranges[index]) for index in listed), key=lambda item: -KINDS.index(item[1].kind)
            )
        ],
        "kp": [(float(kp), 100.0 * kp / length) for kp in np.arange(0.0, length, step_km) if kp <= 0.95 * length],
        "depths": [(float(depth), float(depth) * factor) for depth in np.arange(0.0, scale, step_m)],
    }  # fmt: skip


def _between(across: Floats, old: Floats, new: Floats) -> Iterator[dict[str, Any]]:
    """Yield boxes between the two lines where they differ."""
    apart = np.abs(new - old) > 0.0  # False where either is blank
    cuts = np.flatnonzero(np.diff(old, prepend=np.nan) + np.diff(new, prepend=np.nan) != 0.0)
    for start, end in zip(cuts, [*cuts[1:], len(new)], strict=True):
        if apart[start]:
            yield {
                "x": across[start], "width": across[end] - across[start], "y": min(old[start], new[start]),
                "height": abs(new[start] - old[start]), "kind": "deeper" if new[start] > old[start] else "shallower",
            }  # fmt: skip


def _telling(across: Floats, old: Floats, new: Floats) -> tuple[Floats, Floats, Floats]:
    """Return at most about ``_MOST_STEPS`` stations: of each block the one that differs most, else the deepest."""
    block = -(-len(new) // _MOST_STEPS)
    if block == 1:
        return across, old, new
    weight = np.nan_to_num(np.abs(new - old)) * 1e6 + np.nan_to_num(new, nan=-1.0)
    starts = np.arange(0, len(new), block)
    chosen = np.array([start + int(np.argmax(weight[start : start + block])) for start in starts])
    return np.append(across[starts], across[-1]), old[chosen], new[chosen]


def _rest(changes: Changes, listed: set[int], length_km: float) -> Iterator[dict[str, Any]]:
    """Yield boxes for the ranges without a row: in each share of the route the kind that matters most."""
    kinds = np.full(_BINS, len(KINDS))
    for index, piece in enumerate(changes.ranges):
        if index not in listed:
            first, last = (int(_BINS * kp / length_km) for kp in (piece.kp_from_km, piece.kp_to_km))
            kinds[first : last + 1] = np.minimum(kinds[first : last + 1], KINDS.index(piece.kind))
    cuts = np.flatnonzero(np.diff(kinds, prepend=-1))
    for start, end in zip(cuts, [*cuts[1:], _BINS], strict=True):
        if kinds[start] < len(KINDS):
            colour = STROKES[KINDS[kinds[start]]].colour
            yield {"x": 100.0 * start / _BINS, "width": 100.0 * (end - start) / _BINS, "colour": colour}


def _steps(across: Floats, values: Floats) -> Iterator[str]:
    """Yield an SVG path that stays level between changes and has a gap where there is no value."""
    before = np.nan
    for index in range(len(values)):
        value = values[index]
        if np.isnan(value):
            if not np.isnan(before):
                yield f"H{across[index]:.2f}"
        elif np.isnan(before):
            yield f"M{across[index]:.2f} {value:.2f}"
        elif value != before:
            yield f"H{across[index]:.2f}V{value:.2f}"
        before = value
    if not np.isnan(before):
        yield f"H{across[-1]:.2f}"
