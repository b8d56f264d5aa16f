"""What each ship's anchor does on each kind of ground and depth: what station and cell strikes share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from pipeline.config.shipping import ShippingSection
from pipeline.config.soil import SoilSection
from pipeline.geo import Floats, Ints
from pipeline.hazards.shipping.depth_modifier import depth_modifier
from pipeline.hazards.shipping.drag import drag_m
from pipeline.hazards.shipping.incident import strike_per_km_yr

HOLDINGS: tuple[Literal["sand"], Literal["mud"]] = ("sand", "mud")
"""The kinds of ground that anchors hold in; drag depends on the soil through them only (METHODS 1.7)."""


@dataclass(frozen=True)
class Threat:
    """Ships against grounds and depths.

    Attributes
    ----------
    drag_m : ndarray, shape (ships, 2)
        Drag distance by ship and holding kind, in the order of ``HOLDINGS``.
    draught_m, chain_m : ndarray, shape (ships,)
        Design draught and total chain.
    holding_of : dict
        Soil class to its column of ``drag_m``.
    section : ShippingSection
        Depth modifier and rates.
    """

    drag_m: Floats
    draught_m: Floats
    chain_m: Floats
    holding_of: dict[str, int]
    section: ShippingSection

    @classmethod
    def of(cls, ships: pd.DataFrame, soil: SoilSection, section: ShippingSection) -> Threat:
        """Work out drag for every ship and holding kind."""
        weight, anchor = ships["displacement_t"].to_numpy(float), ships["anchor_kg"].to_numpy(float)
        drag = np.column_stack([drag_m(weight, anchor, kind, section) for kind in HOLDINGS])
        holding_of = {name: HOLDINGS.index(kind.holding) for name, kind in soil.classes.items()}
        return cls(drag, ships["draught_m"].to_numpy(float), ships["chain_m"].to_numpy(float), holding_of, section)

    def holding(self, soil_class: pd.Series) -> Ints:
        """Return the column of each soil name; what is blank or not configured is ``unknown``, never sand."""
        return soil_class.map(self.holding_of).fillna(self.holding_of["unknown"]).to_numpy().astype(np.int64)

    def p_wd(self, ship: Ints, water_depth_m: Floats) -> Floats:
        """Return the depth modifier of ships (broadcast against depths)."""
        return depth_modifier(water_depth_m, self.draught_m[ship], self.chain_m[ship], self.section)

    def strike(self, h_per_km2_yr: Floats, drag: Floats, p_wd: Floats) -> Floats:
        """Return strikes per km and year."""
        return strike_per_km_yr(h_per_km2_yr, drag, p_wd, self.section)
