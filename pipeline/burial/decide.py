"""The whole decision at any set of places, stations or cells alike: threats and seabed in, depths and risk out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.burial.bpi import burial_protection_index
from pipeline.burial.curve import AnchorCurves
from pipeline.burial.factors import Factors
from pipeline.burial.montecarlo import PERCENTILES, Draws, required_percentiles_m
from pipeline.burial.protection import deficit_m
from pipeline.burial.residual import add_assessed, strike_at
from pipeline.burial.target import Target, choose_target
from pipeline.burial.trench import Trench, achievable
from pipeline.config import Config
from pipeline.geo import Floats


@dataclass(frozen=True, eq=False)
class Places:
    """What the decision rests on, at n places.

    Attributes
    ----------
    table : DataFrame
        ``station`` (whose draws and limit a place takes) ``water_depth_m slope_deg mobility_allowance_m soil_class
        soil_trench_class fishing_strike_per_km_yr gear_penetration_m required_dol_fishing_m``, and of the soil step
        ``layered_f`` and percentiles of strength.
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

    @property
    def trench_class(self) -> NDArray[np.str_]:
        """Class of each place that is hardest to trench: other than its soil class only near a line between soils."""
        return self.table["soil_trench_class"].to_numpy(str)


@dataclass(frozen=True, eq=False)
class Decision:
    """What is decided at n places.

    Attributes
    ----------
    table : DataFrame
        ``required_dol_p10_m ... p90_m required_dol_m required_dol_anchor_m required_dol_fishing_m target_dol_m
        above_ladder_m governing achievable_dol_m tool tool_rate deficit_m surface_strike_per_km_yr
        target_strike_per_km_yr residual_strike_per_km_yr penetration_f bpi``.
    trench : Trench
        Tools and what they reach.
    target : Target
        Target depths.
    """

    table: pd.DataFrame
    trench: Trench
    target: Target


def decide(places: Places, config: Config, factors: Factors, draws: Draws, sizes_m: tuple[float, float]) -> Decision:
    """Decide depths at places (METHODS 1.1, 1.2, 2.1, 3.3).

    Parameters
    ----------
    places : Places
        Seabed and threats.
    config : Config
        Sections acceptance, burial, soil, fishing.
    factors : Factors
        Penetration factors by soil.
    draws : Draws
        Random draws of the stations.
    sizes_m : tuple of float
        Fluke lengths for the burial protection index.

    Returns
    -------
    Decision
        Everything is NaN or empty where the water depth is not above 0.
    """
    depth, curves = places.column("water_depth_m"), places.curves
    wet = depth > 0
    soil = factors.at(places.table)
    f = soil.f
    gear, fishing = places.column("gear_penetration_m"), places.column("fishing_strike_per_km_yr")
    floor = fishing_floor_m(places, config)
    station = places.table["station"].to_numpy(np.int64)
    anchor = required_percentiles_m(curves, places.limit_per_km_yr, soil.group, station, draws, soil.draws)
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
    table = pd.DataFrame(
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
            "deficit_m": deficit_m(target.dol_m, trench.dol_m),
            "surface_strike_per_km_yr": surface,
            "target_strike_per_km_yr": strike_at(target.dol_m, curves, f, fishing, gear),
            "residual_strike_per_km_yr": strike_at(laid, curves, f, fishing, gear),
            "penetration_f": np.where(wet, f, np.nan),
            "bpi": burial_protection_index(laid, f, gear, sizes_m),
        }
    )
    return Decision(table, trench, target)


def fishing_floor_m(places: Places, config: Config) -> Floats:
    """Return the required depth against fishing; a rate above the limit needs burial even where the gear is pelagic.

    METHODS 2.2: pelagic gear needs no burial only while its strike rate stays under the limit per km.
    """
    floor = places.column("required_dol_fishing_m")
    strike = places.column("fishing_strike_per_km_yr")
    gear = np.nan_to_num(places.column("gear_penetration_m"))
    least = np.maximum(config.fishing.penetration_factor * gear, config.fishing.minimum_dol_m)
    return np.where((floor == 0) & (strike > places.limit_per_km_yr), least, floor)
