"""What a fault does to a cable that crosses it: displacement and recurrence (Wells & Coppersmith 1994; METHODS 4.7).

Not yet part of the build: the fault traces at hand carry no slip rates. Rupture length for the hazard integral lives in
``rupture``.
"""

from __future__ import annotations

from typing import Literal

# Surface rupture length: log10 SRL = a + b M (SS, RV, NM; S40).
_LENGTH = {"all": (-3.22, 0.69), "SS": (-3.55, 0.74), "RV": (-2.86, 0.63), "NM": (-2.01, 0.50)}


def average_displacement_m(mw: float) -> float:
    """Return log10 AD = -4.80 + 0.69 M."""
    return float(10.0 ** (-4.80 + 0.69 * mw))


def maximum_displacement_m(mw: float) -> float:
    """Return log10 MD = -5.46 + 0.82 M."""
    return float(10.0 ** (-5.46 + 0.82 * mw))


def surface_rupture_length_km(mw: float, mechanism: Literal["all", "SS", "RV", "NM"] = "all") -> float:
    """Return the surface rupture length by mechanism."""
    a, b = _LENGTH[mechanism]
    return float(10.0 ** (a + b * mw))


def recurrence_yr(mw: float, slip_rate_mm_per_yr: float) -> float:
    """Return the years in which slip adds up to one average displacement."""
    return average_displacement_m(mw) * 1000.0 / slip_rate_mm_per_yr
