"""The penetration factor f at places: tabulated by class, or of the layers that were measured there, and its draws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.config import Config
from pipeline.config.soil import SoilSection
from pipeline.geo import Floats
from pipeline.hazards.shipping.penetration import penetration_factor
from pipeline.seabed.ground import STRENGTHS
from pipeline.seabed.strength import StrengthKind, bent_factor, factor_draws

_KINDS: tuple[StrengthKind, StrengthKind] = ("su_kpa", "dr_pct")


@dataclass(frozen=True, eq=False)
class PlaceFactors:
    """Penetration in fluke lengths at n places.

    Attributes
    ----------
    f : ndarray, shape (n,)
        The deterministic values.
    group : ndarray of str, shape (n,)
        Places of one group share their draws: a soil class, or a class with a number where layers were measured.
    measured : dict
        Group of measured layers to f, and to percentiles of su and of Dr, NaN where there are none.
    factors : Factors
        The rest.
    """

    f: Floats
    group: NDArray[np.str_]
    measured: dict[str, tuple[float, list[float]]]
    factors: Factors

    def draws(self, group: str, strength_u: Floats) -> Floats:
        """Return f of a group at quantiles of soil strength; 0.5 gives the deterministic f."""
        if group not in self.measured:
            return self.factors.draws(group, strength_u)
        f, strength = self.measured[group]
        for kind, (low, middle, high) in zip(_KINDS, (strength[:3], strength[3:]), strict=True):
            if not np.isnan(middle):
                return bent_factor(self.factors.soil, f, kind, (low, middle, high), strength_u)
        return np.full(strength_u.shape, f)


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

    def at(self, places: pd.DataFrame) -> PlaceFactors:
        """Return f at places: that of ``layered_f`` where the soil step gives one, else that of the class.

        Parameters
        ----------
        places : DataFrame
            ``soil_class layered_f`` and the percentiles of strength. The binary rule knows no layers.
        """
        group = places["soil_class"].to_numpy(str)
        f = self.of(group)
        layered = places["layered_f"].notna().to_numpy() & self.spread
        numbers = places.loc[layered, ["layered_f", *STRENGTHS]].to_numpy(float)
        keys = [(str(name), row.tobytes()) for name, row in zip(group[layered], numbers, strict=True)]
        named = {key: f"{key[0]} #{number}" for number, key in enumerate(sorted(set(keys)))}
        measured = {named[key]: (row[0], row[1:]) for key, row in zip(keys, numbers.tolist(), strict=True)}
        group = group.astype(object)
        group[layered] = [named[key] for key in keys]
        f = np.where(layered, places["layered_f"].to_numpy(float), f)
        return PlaceFactors(f, group.astype(str), measured, self)

    def draws(self, name: str, strength_u: Floats) -> Floats:
        """Return f of one class at quantiles of soil strength; 0.5 gives the tabulated f."""
        if self.spread:
            return factor_draws(self.soil, name, strength_u)
        return np.full(strength_u.shape, self.tabulated[name])
