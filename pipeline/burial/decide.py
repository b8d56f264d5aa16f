"""The whole decision at any set of places, stations or cells alike: threats and seabed in, depths and risk out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.burial.curve import AnchorCurves
from pipeline.burial.factors import Factors
from pipeline.burial.montecarlo import PERCENTILES, required_percentiles_m
from pipeline.burial.protection import deficit_m
from pipeline.burial.residual import add_assessed, strike_at
from pipeline.burial.target import choose_target
from pipeline.burial.trench import achievable
from pipeline.config import Config
from pipeline.config.fishing import FishingSection
from pipeline.geo import Floats
from pipeline.seabed.ground import STRENGTHS

DECISIVE = (
    "station", "water_depth_m", "slope_deg", "mobility_allowance_m", "soil_class", "soil_trench_class",
    "fishing_strike_per_km_yr", "gear_penetration_m", "required_dol_fishing_m", "layered_f", *STRENGTHS,
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Places:
    """What the decision rests on, at n places.

    Attributes
    ----------
    table : DataFrame
        At least the columns ``DECISIVE``; a place takes draws and limit of its ``station``.
    curves : AnchorCurves
        Strike-depth curves of the places.
    limit_per_km_yr : ndarray, shape (n,)
        Tolerable strikes.
    """

    table: pd.DataFrame
    curves: AnchorCurves
    limit_per_km_yr: Floats

    def column(self, name: str) -> Floats:
        """Return a column as floats."""
        return self.table[name].to_numpy(float)

    def followed_by(self, other: Places) -> Places:
        """Return these places and then others, with the columns that a decision rests on."""
        columns = list(DECISIVE)
        return Places(
            pd.concat([self.table[columns], other.table[columns]], ignore_index=True),
            self.curves.followed_by(other.curves),
            np.concatenate([self.limit_per_km_yr, other.limit_per_km_yr]),
        )

    @property
    def trench_class(self) -> NDArray[np.str_]:
        """Class of each place that is hardest to trench: other than its soil class only near a line between soils."""
        return self.table["soil_trench_class"].to_numpy(str)


def decide(places: Places, config: Config, factors: Factors) -> pd.DataFrame:
    """Decide depths at places (METHODS 1.1, 1.2, 2.1, 3.3). No digit depends on which places are decided together.

    Parameters
    ----------
    places : Places
        Seabed and threats.
    config : Config
        Sections acceptance, burial, soil, fishing, uncertainty.
    factors : Factors
        Penetration factors by soil.

    Returns
    -------
    DataFrame
        ``required_dol_p10_m ... p90_m required_dol_m required_dol_anchor_m required_dol_fishing_m target_dol_m
        above_ladder_m governing achievable_dol_m tool tool_rate any_tool_m deficit_m surface_strike_per_km_yr
        target_strike_per_km_yr residual_strike_per_km_yr penetration_f``; NaN or empty where the water depth is not
        above 0.
    """
    depth, curves = places.column("water_depth_m"), places.curves
    wet = depth > 0
    soil = factors.at(places.table)
    f = soil.f
    gear, fishing = places.column("gear_penetration_m"), places.column("fishing_strike_per_km_yr")
    floor = fishing_floor_m(places, config)
    station = places.table["station"].to_numpy(np.int64)
    anchor = required_percentiles_m(curves, places.limit_per_km_yr, soil.group, station, config.uncertainty, soil.draws)
    required = np.where(wet[:, None], np.fmax(anchor, floor[:, None]), np.nan)
    chosen = PERCENTILES.index(config.acceptance.percentile)
    _, target = choose_target(anchor[:, chosen], floor, depth, config.burial, places.column("mobility_allowance_m"))
    trench = achievable(
        config.soil,
        config.burial,
        soil_class=places.trench_class,
        slope_deg=places.column("slope_deg"),
        water_depth_m=depth,
    )
    laid = np.minimum(target.dol_m, trench.dol_m)
    surface = np.where(wet, add_assessed(curves.total_per_km_yr, fishing), np.nan)
    return pd.DataFrame(
        {
            **{f"required_dol_p{p}_m": required[:, index] for index, p in enumerate(PERCENTILES)},
            "required_dol_m": required[:, chosen],
            "required_dol_anchor_m": np.where(wet, anchor[:, chosen], np.nan),
            "required_dol_fishing_m": np.where(wet, floor, np.nan),
            "target_dol_m": target.dol_m,
            "above_ladder_m": target.above_ladder_m,
            "governing": np.where(np.isnan(target.dol_m), "", target.governing),
            "achievable_dol_m": trench.dol_m,
            "tool": trench.tool,
            "tool_rate": trench.rate,
            "any_tool_m": trench.any_tool_m,
            "deficit_m": deficit_m(target.dol_m, trench.dol_m),
            "surface_strike_per_km_yr": surface,
            "target_strike_per_km_yr": strike_at(target.dol_m, curves, f, fishing, gear),
            "residual_strike_per_km_yr": strike_at(laid, curves, f, fishing, gear),
            "penetration_f": np.where(wet, f, np.nan),
        }
    )


def fishing_floor_m(places: Places, config: Config) -> Floats:
    """Return the required depth against fishing; a rate above the limit needs burial even where the gear is pelagic.

    METHODS 2.2: pelagic gear needs no burial only while its strike rate stays under the limit per km.
    """
    floor = places.column("required_dol_fishing_m")
    strike = places.column("fishing_strike_per_km_yr")
    least = pelagic_floor_m(places.column("gear_penetration_m"), config.fishing)
    return np.where((floor == 0) & (strike > places.limit_per_km_yr), least, floor)


def pelagic_floor_m(gear_penetration_m: Floats, fishing: FishingSection) -> Floats:
    """Return the depth that keeps clear of gear, where strikes by pelagic gear exceed the limit (METHODS 2.2)."""
    return np.maximum(fishing.penetration_factor * np.nan_to_num(gear_penetration_m), fishing.minimum_dol_m)
