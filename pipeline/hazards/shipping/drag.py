"""How far a dropped anchor is dragged until it stops the ship (METHODS 1.7)."""

from __future__ import annotations

from typing import Literal

import numpy as np

from pipeline.config.shipping import ShippingSection
from pipeline.geo import Floats

KNOT_M_S = 1852.0 / 3600.0


def holding_kn(anchor_kg: Floats, holding: Literal["sand", "mud"], section: ShippingSection) -> Floats:
    """Return the ultimate holding capacity of an anchor: H_R (m/4536)^b, kN (UFC 4-159-03 eq. 26)."""
    capacity = section.holding[holding]
    ratio = np.asarray(anchor_kg, float) / section.holding_reference_kg
    return capacity.reference_kn * ratio**capacity.exponent


def drag_m(
    displacement_t: Floats, anchor_kg: Floats, holding: Literal["sand", "mud"], section: ShippingSection
) -> Floats:
    """Return the drag distance from the energy balance, metres, between the configured least and most.

    D = 1000 displacement (1 + Ca) V^2 / (2 eta UHC), with V the speed at which the anchor is let go.
    """
    speed_m_s = section.drop_speed_kn * KNOT_M_S
    mass_kg = np.asarray(displacement_t, float) * 1000.0 * (1.0 + section.added_mass)
    distance = mass_kg * speed_m_s**2 / (2.0 * section.drag_eta * holding_kn(anchor_kg, holding, section) * 1000.0)
    return np.clip(distance, section.min_drag_m, section.max_drag_m)
