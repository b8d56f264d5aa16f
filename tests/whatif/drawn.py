"""How close required depths of a what-if are drawn."""

from __future__ import annotations

from typing import Any

import numpy as np

WORST_M = 0.05
"""Where a required depth falls at once with the limit, it is drawn that far off in the workspaces of these tests."""
_NEARLY_ALL = 0.98


def _close_m(depth_m: Any) -> Any:
    """Return how close a required depth is drawn: ``[whatif] required_within_m`` and ``required_within_pct``."""
    return np.maximum(0.01, 0.005 * depth_m)


def assert_drawn_close(drawn_m: Any, exact_m: Any) -> None:
    """Compare required depths with those of a build; few fall at once with the limit (docs/limits.md)."""
    drawn, exact = np.asarray(drawn_m, float), np.asarray(exact_m, float)
    np.testing.assert_array_equal(np.isnan(drawn), np.isnan(exact))
    np.testing.assert_array_equal(drawn == 0.0, exact == 0.0)
    asked = exact > 0.0
    apart = np.abs(drawn - exact)[asked]
    assert (apart <= _close_m(exact[asked])).mean() >= _NEARLY_ALL
    assert apart.max() <= WORST_M
