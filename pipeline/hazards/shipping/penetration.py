"""How deep an anchor's fluke digs (METHODS 1.6): a factor of the soil times the fluke length."""

from __future__ import annotations

import numpy as np

from pipeline.config.shipping import ShippingSection
from pipeline.config.soil import SoilClass
from pipeline.geo import Floats


def penetration_factor(soil: SoilClass, section: ShippingSection) -> float:
    """Return f of a soil class, fluke lengths.

    ``graded`` is the class's own factor. ``ctc835_binary`` knows only hard and soft ground; what holds like mud (also
    mixed and unknown soil) is soft.
    """
    if section.penetration == "graded":
        return soil.penetration_f
    return section.binary_soft_f if soil.holding == "mud" else section.binary_hard_f


def penetration_m(fluke_length_m: Floats, factor: Floats | float) -> Floats:
    """Return penetration below the seabed: ``f`` times fluke length, metres."""
    return np.asarray(fluke_length_m, float) * factor
