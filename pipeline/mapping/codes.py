"""Numbers of the packed blocks as whole numbers of 16 bits; why.js and cells.js read them back."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint16]

BLANK: Final = 65535
"""Not assessed."""
_STEP: Final = 0.001
_LOG_LEAST: Final = math.log(1e-16)

RATE_META: Final[dict[str, float]] = {"step": _STEP, "log_least": _LOG_LEAST}
"""What the page needs to read rates back."""


def rate_codes(values: Any) -> Codes:
    """Return rates as steps of their logarithm, right to 0.05 percent; 0 is none, ``BLANK`` not assessed."""
    rate = np.asarray(values, np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = np.rint((np.log(rate) - _LOG_LEAST) / _STEP)
    codes = np.where(rate > 0.0, np.clip(np.nan_to_num(steps), 1, BLANK - 1), 0)
    return np.where(np.isfinite(rate), codes, BLANK).astype(np.uint16)


def fixed_codes(values: Any, per_unit: float, *, zero_at: int = 0) -> Codes:
    """Return numbers as whole parts of a unit above an offset; ``BLANK`` is not assessed.

    Parameters
    ----------
    values : array_like
        NaN is not assessed.
    per_unit : float
        Parts in one unit.
    zero_at : int
        Code of zero, for what may be negative.
    """
    number = np.asarray(values, np.float64)
    parts = np.clip(np.rint(np.nan_to_num(number) * per_unit) + zero_at, 0, BLANK - 1)
    return np.where(np.isfinite(number), parts, BLANK).astype(np.uint16)
