"""P_wd: can an anchor of this ship reach the bed and hold in this depth of water? See METHODS 1.4."""

from __future__ import annotations

import numpy as np

from pipeline.config.shipping import ShippingSection
from pipeline.geo import Floats


def depth_modifier(water_depth_m: Floats, draught_m: Floats, chain_total_m: Floats, section: ShippingSection) -> Floats:
    """Return P_wd between 0 and 1; NaN on dry land and where depth is unknown.

    Parameters
    ----------
    water_depth_m, draught_m, chain_total_m : ndarray
        Broadcast against each other, metres. ``chain_total_m`` is both sides together.
    section : ShippingSection
        ``pwd`` chooses between the straight line from one sixth to one half of the chain (``chain``) and the scope of
        one side's chain between 3 and 1 (``scope``).
    """
    depth = np.asarray(water_depth_m, float)
    afloat = depth >= least_depth_m(draught_m, section)
    return np.where(depth > 0.0, np.where(afloat, holds(depth, chain_total_m, section), 0.0), np.nan)


def least_depth_m(draught_m: Floats, section: ShippingSection) -> Floats:
    """Return the depth of water that a ship of this draught needs; the ground protects what lies shallower."""
    return section.grounding_factor * np.asarray(draught_m, float)


def holds(water_depth_m: Floats, chain_total_m: Floats, section: ShippingSection) -> Floats:
    """Return the part of P_wd that the chain decides, of a ship that floats."""
    depth = np.asarray(water_depth_m, float)
    full = np.asarray(chain_total_m, float) * section.full_depth_per_chain
    reach = np.asarray(chain_total_m, float) * section.reach_depth_per_chain
    if section.pwd == "scope":
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(np.clip((reach / depth - 1.0) / 2.0, 0.0, 1.0))
    return np.asarray(np.clip((reach - depth) / (reach - full), 0.0, 1.0))


def reaches(water_depth_m: Floats, chain_total_m: Floats, section: ShippingSection) -> Floats:
    """Return 1 where an anchor that runs out by itself reaches the bed, above d2 of METHODS 1.4, else 0."""
    reach = np.asarray(chain_total_m, float) * section.reach_depth_per_chain
    return (np.asarray(water_depth_m, float) < reach).astype(float)
