"""Rates as whole numbers of 16 bits: even steps in the logarithm, so that the relative error is the same everywhere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.geo import Floats

Codes = NDArray[np.uint16]
BLANK = 65535
"""The code of a rate that is not assessed; the largest that a critical ratio can have."""
_LAST = BLANK - 1
_LEAST_RATE = 1e-12  # 1/km/yr; what is less is told as none: a strike in a million million years


@dataclass(frozen=True)
class Ratios:
    """Codes of ratios that are only ever compared with one number, whether they exceed it.

    Code n stands for logarithms above ``(n - one - 1/2) step`` up to ``(n - one + 1/2) step``. With ``one`` half way
    between two whole numbers the comparison with 1 is exact. Ratios beyond what is asked about are the first or last
    code.

    Attributes
    ----------
    step : float
        Of the natural logarithm.
    one : tuple of float
        Where a ratio of 1 lies, by drop speed. They are so far apart as the speeds let expect: where a rate follows the
        square of the speed its code is the same at every speed.
    """

    step: float
    one: tuple[float, ...]

    @classmethod
    def over(cls, low: float, high: float, speed_ratio: list[float]) -> Ratios:
        """Lay codes over the numbers ``low`` to ``high`` that ratios are compared with, for some drop speeds."""
        shift = np.log(speed_ratio)
        bottom, top = np.log(low) - shift.max(), np.log(high) - shift.min()
        step = float(top - bottom) / (_LAST - 4)
        one = float(np.round(2.0 - bottom / step)) + 0.5
        return cls(step, tuple(float(one - part) for part in shift / step))

    def codes(self, ratio: Floats, speed: int) -> Codes:
        """Return the codes of ratios at a drop speed; 0 where a ratio is 0."""
        with np.errstate(divide="ignore"):
            at = np.log(ratio) / self.step + (self.one[speed] - 0.5)
        return np.clip(np.ceil(at), 0.0, BLANK).astype(np.uint16)


@dataclass(frozen=True)
class Rates:
    """Codes of rates per kilometre and year: 0 is none, 65535 is not assessed.

    Attributes
    ----------
    step : float
        Of the natural logarithm.
    log_least : tuple of float
        A rate is ``exp(log_least + step * code)``, by drop speed.
    """

    step: float
    log_least: tuple[float, ...]

    @classmethod
    def up_to(cls, most_per_km_yr: float, speed_ratio: list[float]) -> Rates:
        """Lay codes up to a rate, for some drop speeds."""
        shift = np.log(speed_ratio)
        bottom = np.log(_LEAST_RATE)
        top = max(float(np.log(most_per_km_yr)) if most_per_km_yr > 0.0 else bottom, bottom + 1.0) - shift.min()
        return cls(float(top - bottom) / (_LAST - 2), tuple((bottom + shift).tolist()))

    def codes(self, rate_per_km_yr: Floats, speed: int) -> Codes:
        """Return the codes of rates at a drop speed; blank where a rate is NaN."""
        with np.errstate(divide="ignore"):
            at = np.round((np.log(rate_per_km_yr) - self.log_least[speed]) / self.step)
        return np.where(np.isnan(at), BLANK, np.clip(np.nan_to_num(at), 0.0, _LAST)).astype(np.uint16)
