"""Infinite slope under pseudo-static shaking: factors of safety and the yield coefficient (METHODS 4.5)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from pipeline.geo import Floats


def fs_undrained(
    su_kpa: ArrayLike,
    slope_deg: ArrayLike,
    *,
    depth_m: ArrayLike,
    buoyant_kn_m3: ArrayLike,
    saturated_kn_m3: ArrayLike,
    kh: ArrayLike,
) -> Floats:
    """Return the factor of safety of clay: ``su / [g' z sin b cos b + kh g_sat z cos^2 b]``.

    Gravity acts on the buoyant weight, inertia on the total saturated weight (Morgenstern 1967, K). Infinite on a
    level bed at rest.

    Parameters
    ----------
    su_kpa : array_like
        Undrained strength at the slip plane.
    slope_deg : array_like
        Slope of the bed.
    depth_m : array_like
        Depth of the slip plane.
    buoyant_kn_m3, saturated_kn_m3 : array_like
        Unit weights.
    kh : array_like
        Horizontal coefficient, share of g.
    """
    slope = np.radians(np.asarray(slope_deg, float))
    weight = np.asarray(buoyant_kn_m3, float) * np.sin(slope) * np.cos(slope)
    shaking = np.asarray(kh, float) * np.asarray(saturated_kn_m3, float) * np.cos(slope) ** 2
    with np.errstate(divide="ignore"):
        return np.asarray(np.asarray(su_kpa, float) / (np.asarray(depth_m, float) * (weight + shaking)))


def fs_drained(
    friction_deg: ArrayLike,
    slope_deg: ArrayLike,
    *,
    buoyant_kn_m3: ArrayLike,
    saturated_kn_m3: ArrayLike,
    kh: ArrayLike,
) -> Floats:
    """Return the factor of safety of sand: ``tan(phi) (g' - kh g_sat tan b) / (g' tan b + kh g_sat)``.

    Friction alone, with no excess pore pressure; at rest this is tan(phi)/tan(b). The undrained formula of METHODS 4.5
    does not hold for sand: this is the same balance of forces with the strength of friction.
    """
    tan_slope = np.tan(np.radians(np.asarray(slope_deg, float)))
    buoyant = np.asarray(buoyant_kn_m3, float)
    inertia = np.asarray(kh, float) * np.asarray(saturated_kn_m3, float)
    normal = np.maximum(buoyant - inertia * tan_slope, 0.0)
    with np.errstate(divide="ignore"):
        return np.asarray(
            np.tan(np.radians(np.asarray(friction_deg, float))) * normal / (buoyant * tan_slope + inertia)
        )


def yield_coefficient(
    su_kpa: float, slope_deg: float, *, depth_m: float, buoyant_kn_m3: float, saturated_kn_m3: float
) -> float:
    """Return ky, at which the undrained factor of safety is 1: ``[su/(z cos^2 b) - g' tan b] / g_sat``."""
    slope = np.radians(slope_deg)
    return float((su_kpa / (depth_m * np.cos(slope) ** 2) - buoyant_kn_m3 * np.tan(slope)) / saturated_kn_m3)
