"""How far a slope slides once it yields: Newmark displacement by Jibson 2007 (METHODS 4.5).

Not yet part of the build, which classes slopes by their factor of safety.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from pipeline.geo import Floats

LOG10_SIGMA = 0.51  # standard deviation of log10 D (K)


def displacement_cm(ratio: ArrayLike) -> Floats:
    """Return the median displacement, cm, for ``ratio`` = critical / peak acceleration; 0 where the slope holds.

    ``log10 D = 0.215 + log10[(1 - r)^2.341 r^-1.438]``, 0 < r < 1.
    """
    r = np.asarray(ratio, float)
    inside = np.clip(r, 1e-9, 1.0)
    return np.where(r >= 1.0, 0.0, 10.0**0.215 * (1.0 - inside) ** 2.341 * inside**-1.438)
