"""IMO ship numbers: seven digits, the last of which checks the others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

_WEIGHTS = (7, 6, 5, 4, 3, 2)


def is_imo_number(values: ArrayLike, placeholders: Sequence[int] = ()) -> NDArray[np.bool_]:
    """Return which values are IMO ship numbers.

    Parameters
    ----------
    values : array_like of float
        Numbers as typed; NaN where there is none.
    placeholders : sequence of int, optional
        Numbers that are typed where none was assigned.

    Notes
    -----
    The last digit is that of the sum of the first six times 7, 6, 5, 4, 3, 2 (IMO resolution A.1117(30)).
    """
    given = np.asarray(values, dtype=np.float64)
    with np.errstate(invalid="ignore"):
        whole = (given >= 1_000_000) & (given <= 9_999_999) & (given == np.floor(given))
    number = np.where(whole, given, 0.0).astype(np.int64)
    digits = [number // 10**power % 10 for power in range(6, 0, -1)]
    total = sum(weight * digit for weight, digit in zip(_WEIGHTS, digits, strict=True))
    return np.asarray(whole & (total % 10 == number % 10) & ~np.isin(number, placeholders))
