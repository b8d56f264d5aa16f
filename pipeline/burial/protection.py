"""How the cable is protected where burial is, or is not, enough: one word a station, ranked by METHODS 3.3."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.burial.runs import runs_of
from pipeline.config.burial import BurialSection
from pipeline.geo import Floats

PROTECTIONS = ("none", "burial", "deeper_tool", "armour", "rock", "mattress", "reroute")


def choose_protection(
    burial: BurialSection,
    *,
    target_m: Floats,
    achievable_m: Floats,
    any_tool_m: Floats,
    residual_per_km_yr: Floats,
    limit_per_km_yr: Floats,
    water_depth_m: Floats,
    length_km: Floats,
) -> NDArray[np.str_]:
    """Choose the first remedy that serves, station by station.

    Parameters
    ----------
    burial : BurialSection
        Limits of the remedies.
    target_m, achievable_m, any_tool_m : ndarray, shape (stations,)
        Target depth; achievable depth; what the listed tools reach where slope and water depth stop none.
    residual_per_km_yr, limit_per_km_yr, water_depth_m, length_km : ndarray, shape (stations,)
        Strikes that remain at min(target, achievable); tolerable strikes; water depth; cable length.

    Returns
    -------
    ndarray of str, shape (stations,)
        ``none`` no target; ``burial`` the target is achievable; then, where it is not: ``deeper_tool`` a listed tool
        that only its slope or depth limit stops would reach it, or a second pass would; ``armour`` a heavier cable is
        enough because the remaining strikes are tolerable; ``mattress`` over short gaps and ``rock`` over long ones;
        ``reroute`` where the water is too deep for cover. Empty where no target is decided.
    """
    decided = ~np.isnan(target_m)
    deficit = deficit_m(target_m, achievable_m)
    short = decided & (deficit > 0)
    another_tool = any_tool_m >= target_m
    second_pass = (achievable_m >= burial.second_pass_from_m) & (deficit <= burial.second_pass_gain_m)
    tolerable = residual_per_km_yr <= limit_per_km_yr
    uncovered = short & ~another_tool & ~second_pass & ~tolerable
    gap_km = _run_length_km(uncovered, length_km)
    word = np.select(
        [
            ~decided,
            target_m == 0,
            ~short,
            another_tool | second_pass,
            tolerable,
            water_depth_m > burial.cover_water_depth_limit_m,
            gap_km <= burial.mattress_length_km,
        ],
        ["", "none", "burial", "deeper_tool", "armour", "reroute", "mattress"],
        default="rock",
    )
    return np.asarray(word)


def deficit_m(target_m: Floats, achievable_m: Floats) -> Floats:
    """Return max(0, target - achievable); NaN where either is not known."""
    return np.maximum(target_m - achievable_m, 0.0)


def geohazard_note(slope_class: NDArray[np.str_]) -> NDArray[np.str_]:
    """Return what an unstable slope asks for: never depth, which would not help (METHODS 11)."""
    notes = {
        "high": "slope may fail in the 475-year earthquake: route, slack and cable type, not depth",
        "medium": "slope is marginal in the 475-year earthquake: check by survey; depth does not help",
    }
    return np.array([notes.get(str(name), "") for name in slope_class])


def _run_length_km(mask: NDArray[np.bool_], length_km: Floats) -> Floats:
    starts = runs_of(mask.tolist())
    return np.repeat(np.add.reduceat(length_km, starts), np.diff([*starts, len(mask)]))
