"""The cable type by water depth, and the heavier one wherever burial falls short (METHODS 5.3)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.config.burial import CableSection
from pipeline.geo import Floats


def cable_types(cable: CableSection, water_depth_m: Floats, deficit_m: Floats) -> NDArray[np.str_]:
    """Return the cable type at each place; empty on dry land and where the depth is unknown.

    A type holds down to and including its limit; the last one holds beyond it too.
    """
    bands = sorted(cable.types, key=lambda band: band.to_water_depth_m)
    names = np.array([band.name for band in bands])
    limits = np.array([band.to_water_depth_m for band in bands[:-1]])
    wet = water_depth_m > 0
    chosen = names[np.searchsorted(limits, np.where(wet, water_depth_m, 0.0), side="left")]
    chosen = np.where(deficit_m > 0, cable.deficit_type, chosen)
    return np.asarray(np.where(wet, chosen, ""))


def weight_order(cable: CableSection) -> list[str]:
    """Return the cable types from light to heavy: deep-water types first, the type of deficits last."""
    names = [band.name for band in sorted(cable.types, key=lambda band: -band.to_water_depth_m)]
    names = [name for name in dict.fromkeys(names) if name != cable.deficit_type]
    return ["", *names, cable.deficit_type]
