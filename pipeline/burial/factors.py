"""The penetration factor f of each soil, as tabulated and as it is drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.config import Config
from pipeline.config.soil import SoilSection
from pipeline.geo import Floats
from pipeline.hazards.shipping.penetration import penetration_factor
from pipeline.seabed.strength import factor_draws


@dataclass(frozen=True)
class Factors:
    """Penetration in fluke lengths by soil class (METHODS 1.6).

    Attributes
    ----------
    soil : SoilSection
        Classes and their strength.
    tabulated : dict
        Soil class to f: the deterministic values, field maxima (P95).
    spread : bool
        Soil strength bends f; not so under the binary rule, which knows only hard and soft.
    """

    soil: SoilSection
    tabulated: dict[str, float]
    spread: bool

    @classmethod
    def from_config(cls, config: Config) -> Factors:
        """Take f of every class by the configured method."""
        tabulated = {name: penetration_factor(soil, config.shipping) for name, soil in config.soil.classes.items()}
        return cls(config.soil, tabulated, spread=config.shipping.penetration == "graded")

    def of(self, soil_class: NDArray[np.str_]) -> Floats:
        """Return the tabulated f at places; NaN where the soil name is empty."""
        names, which = np.unique(soil_class, return_inverse=True)
        return np.array([self.tabulated.get(str(name), np.nan) for name in names])[which]

    def draws(self, name: str, strength_u: Floats) -> Floats:
        """Return f of one class at quantiles of soil strength; 0.5 gives the tabulated f."""
        if self.spread:
            return factor_draws(self.soil, name, strength_u)
        return np.full(strength_u.shape, self.tabulated[name])
