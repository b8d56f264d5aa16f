"""What each ship's anchor does in each soil and depth: the table that station and cell strikes share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.config.shipping import ShippingSection
from pipeline.config.soil import SoilSection
from pipeline.geo import Floats, Ints
from pipeline.hazards.shipping.depth_modifier import depth_modifier
from pipeline.hazards.shipping.drag import drag_m
from pipeline.hazards.shipping.incident import strike_per_km_yr


@dataclass(frozen=True)
class Threat:
    """Ships against soils and depths.

    Attributes
    ----------
    drag_m : ndarray, shape (ships, soils)
        Drag distance by ship and soil class, in the order of ``soils``.
    draught_m, chain_m : ndarray, shape (ships,)
        Design draught and total chain.
    soils : list[str]
        Names of the soil classes.
    """

    drag_m: Floats
    draught_m: Floats
    chain_m: Floats
    soils: list[str]
    section: ShippingSection

    @classmethod
    def of(cls, ships: pd.DataFrame, soil: SoilSection, section: ShippingSection) -> Threat:
        """Work out drag for every ship and soil class."""
        weight, anchor = ships["displacement_t"].to_numpy(), ships["anchor_kg"].to_numpy()
        drag = [drag_m(weight, anchor, kind.holding, section) for kind in soil.classes.values()]
        names = list(soil.classes)
        return cls(np.column_stack(drag), ships["draught_m"].to_numpy(), ships["chain_m"].to_numpy(), names, section)

    def soil_index(self, names: pd.Series) -> Ints:
        """Return the column of each soil name; what is blank or not configured is ``unknown``, never sand."""
        index = {name: at for at, name in enumerate(self.soils)}
        return names.map(index).fillna(index["unknown"]).to_numpy().astype(np.int64)

    def p_wd(self, ship: Ints, water_depth_m: Floats) -> Floats:
        """Return the depth modifier of ships (broadcast against depths)."""
        return depth_modifier(water_depth_m, self.draught_m[ship], self.chain_m[ship], self.section)

    def strike(self, h_per_km2_yr: Floats, drag: Floats, p_wd: Floats) -> Floats:
        """Return strikes per km and year."""
        return strike_per_km_yr(h_per_km2_yr, drag, p_wd, self.section)
