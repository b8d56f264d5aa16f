"""Liquefaction: HAZUS classes on land, Youd et al. 2001 for the top metres of the seabed (METHODS 4.4).

Not yet part of the build: without soundings the sea bed's blow counts are a guess. Formulas for landfalls and reviews.
"""

from __future__ import annotations

import numpy as np

# Susceptibility -> slope and intercept of the probability line, and the share of the map unit that can liquefy (S34).
HAZUS: dict[str, tuple[float, float, float]] = {
    "very high": (9.09, 0.82, 0.25),
    "high": (7.67, 0.92, 0.20),
    "moderate": (6.67, 1.0, 0.10),
    "low": (5.57, 1.18, 0.05),
    "very low": (4.16, 1.08, 0.02),
}
_FEET_PER_M = 1.0 / 0.3048


def hazus_probability(susceptibility: str, pga_g: float, mw: float, water_table_m: float) -> float:
    """Return the probability of liquefaction on land: ``clip(slope PGA - int, 0, 1) Pml / (Km Kw)``.

    Raises
    ------
    KeyError
        If the susceptibility is not one of ``HAZUS``.
    """
    slope, intercept, share = HAZUS[susceptibility]
    km = 0.0027 * mw**3 - 0.0267 * mw**2 - 0.2055 * mw + 2.9188
    kw = 0.022 * water_table_m * _FEET_PER_M + 0.93
    return float(np.clip(slope * pga_g - intercept, 0.0, 1.0) * share / (km * kw))


def cyclic_stress_ratio(pga_g: float, depth_m: float, saturated_kn_m3: float, water_kn_m3: float) -> float:
    """Return CSR = 0.65 a (sv/sv') rd with rd = 1 - 0.00765 z; sv of the soil alone, as free water carries no shear."""
    ratio = saturated_kn_m3 / (saturated_kn_m3 - water_kn_m3)
    return 0.65 * pga_g * ratio * (1.0 - 0.00765 * depth_m)


def cyclic_resistance_ratio(n1_60: float) -> float:
    """Return CRR for M 7.5 from the corrected blow count, clean sand, below 30 blows; infinite from there.

    ``1/(34-N) + N/135 + 50/(10N+45)^2 - 1/200`` (Youd et al. 2001).
    """
    if n1_60 >= 30.0:
        return float("inf")
    return 1.0 / (34.0 - n1_60) + n1_60 / 135.0 + 50.0 / (10.0 * n1_60 + 45.0) ** 2 - 1.0 / 200.0


def magnitude_scaling(mw: float) -> float:
    """Return MSF = 10^2.24 / M^2.56."""
    return float(10.0**2.24 / mw**2.56)


def factor_of_safety(
    pga_g: float, mw: float, depth_m: float, n1_60: float, *, saturated_kn_m3: float, water_kn_m3: float
) -> float:
    """Return CRR MSF / CSR at a depth in the seabed."""
    stress = cyclic_stress_ratio(pga_g, depth_m, saturated_kn_m3, water_kn_m3)
    return cyclic_resistance_ratio(n1_60) * magnitude_scaling(mw) / stress
