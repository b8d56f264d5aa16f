"""The target depth of lowering: what is ordered from the installer (METHODS 1.1)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.config.burial import BurialSection
from pipeline.geo import Floats

_ROUND_OFF_M = 1e-9  # METHODS 1.1: required 0.5 m plus 0.1 m is the step of 0.6 m, not the next one


@dataclass(frozen=True, eq=False)
class Target:
    """Target depths and why.

    Attributes
    ----------
    dol_m : ndarray, shape (n,)
        Target depth of lowering; NaN on dry land, where the depth is unknown, and where neither threat is assessed and
        no minimum by water depth holds.
    above_ladder_m : ndarray, shape (n,)
        How far the required depth with its allowances lies beyond the last step; 0 where the ladder reaches it.
    governing : ndarray of str, shape (n,)
        ``anchor fishing minimum none``.
    """

    dol_m: Floats
    above_ladder_m: Floats
    governing: NDArray[np.str_]


def mobility_allowance_m(bedform_m: Floats | float, burial: BurialSection) -> Floats:
    """Return the larger of the route's allowance and that of the bedforms at a place; NaN where none are known."""
    return np.asarray(np.fmax(bedform_m, burial.mobility_allowance_m))


def ladder_step_m(required_m: Floats, burial: BurialSection, bedform_m: Floats | float = 0.0) -> Floats:
    """Return the smallest ladder step that holds the required depth and its allowances; the last step if none does.

    A required depth of 0 stays 0: tolerance and mobility allowance are never added to nothing. NaN stays NaN.
    """
    ladder = np.array(sorted(burial.ladder_m))
    wanted = required_m + burial.tolerance_m + mobility_allowance_m(bedform_m, burial)
    step = np.clip(np.searchsorted(ladder, wanted - _ROUND_OFF_M, side="left"), 0, len(ladder) - 1)
    return np.where(np.isnan(required_m), np.nan, np.where(required_m > 0, ladder[step], 0.0))


def minimum_dol_m(water_depth_m: Floats, burial: BurialSection) -> Floats:
    """Return the least target by water depth: each band ends below its limit, the last one at it; 0 beyond."""
    bands = sorted(burial.minimum_target_dol_m)
    if not bands:
        return np.zeros_like(water_depth_m)
    limits = np.array([limit for limit, _ in bands])
    limits[-1] = np.nextafter(limits[-1], np.inf)
    depths = np.array([*(depth for _, depth in bands), 0.0])
    return np.asarray(depths[np.searchsorted(limits, water_depth_m, side="right")], float)


def choose_target(
    anchor_m: Floats, fishing_m: Floats, water_depth_m: Floats, burial: BurialSection, bedform_m: Floats | float = 0.0
) -> tuple[Floats, Target]:
    """Decide the target depth.

    Parameters
    ----------
    anchor_m, fishing_m : ndarray, shape (n,)
        Required depth against each threat; NaN where not assessed.
    water_depth_m : ndarray, shape (n,)
        Positive down; nothing is decided where it is not above 0.
    burial : BurialSection
        Ladder, allowances and minimum.
    bedform_m : ndarray, shape (n,), optional
        What mobile bedforms add; NaN where they are not known.

    Returns
    -------
    required_m : ndarray, shape (n,)
        The larger of what is assessed; NaN where neither is.
    target : Target
        The minimum by water depth is already a target: no tolerance is added to it.
    """
    wet = water_depth_m > 0
    required = np.where(wet, np.fmax(anchor_m, fishing_m), np.nan)
    step = ladder_step_m(required, burial, bedform_m)
    least = minimum_dol_m(np.where(wet, water_depth_m, 0.0), burial)
    # Where no threat is assessed and no minimum holds, 0 m would say that surface-laid is safe: nobody has looked.
    decided = wet & ~(np.isnan(required) & (least == 0))
    dol = np.where(decided, np.fmax(step, least), np.nan)
    wanted = required + burial.tolerance_m + mobility_allowance_m(bedform_m, burial)
    above = np.where(required > 0, np.maximum(wanted - max(burial.ladder_m) - _ROUND_OFF_M, 0.0), 0.0)
    threat = np.where(np.nan_to_num(anchor_m) >= np.nan_to_num(fishing_m), "anchor", "fishing")
    governing = np.where(~decided | (dol == 0), "none", np.where(step >= least, threat, "minimum"))
    governing = np.where(decided & np.isnan(required), "minimum", governing)
    return required, Target(dol, np.where(np.isnan(required), np.nan, above), governing)
