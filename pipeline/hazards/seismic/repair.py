"""Repairs per kilometre after shaking, from water mains: a relative cost layer, never a forecast (METHODS 4.8).

Not yet part of the build, whose hazard is PGA; these take PGV.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from pipeline.geo import Floats

_PER_KM_FROM_PER_1000_FT = 1.0 / 0.3048
_CM_PER_INCH = 2.54


def ala_shaking_per_km(pgv_cm_s: ArrayLike, k1: float = 1.0) -> Floats:
    """Return K1 x 0.00187 x PGV[in/s] per 1000 ft, per km (ALA 2001)."""
    return np.asarray(k1 * 0.00187 * np.asarray(pgv_cm_s, float) / _CM_PER_INCH * _PER_KM_FROM_PER_1000_FT)


def ala_displacement_per_km(pgd_cm: ArrayLike, k2: float = 1.0) -> Floats:
    """Return K2 x 1.06 x PGD[in]^0.319 per 1000 ft, per km (ALA 2001)."""
    return np.asarray(k2 * 1.06 * (np.asarray(pgd_cm, float) / _CM_PER_INCH) ** 0.319 * _PER_KM_FROM_PER_1000_FT)


def jeon_orourke_per_km(pgv_cm_s: ArrayLike) -> Floats:
    """Return exp(1.30 ln PGV - 7.21) per km (Jeon & O'Rourke 2005; K, coefficients to be verified)."""
    return np.asarray(np.exp(1.30 * np.log(np.asarray(pgv_cm_s, float)) - 7.21))
