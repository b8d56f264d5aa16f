"""What the pipeline finds at the stations when the sea stands at another level, over the same bed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.burial.cable import cable_types, weight_order
from pipeline.burial.curve import AnchorCurves
from pipeline.burial.decide import pelagic_floor_m
from pipeline.burial.inputs import Along
from pipeline.burial.target import minimum_dol_m
from pipeline.burial.trench import achievable
from pipeline.config import Config
from pipeline.geo import Floats, Mask
from pipeline.hazards.fishing.at_stations import AtStations as Boats
from pipeline.hazards.fishing.contacts import Threat
from pipeline.hazards.shipping.at_stations import AtStations as Ships
from pipeline.whatif.settings import Settings


@dataclass(frozen=True, eq=False)
class Ground:
    """The stations, and who passes over them.

    Attributes
    ----------
    config : Config
        Sections of the step.
    along : Along
        What earlier steps found at the configured level.
    ships : Ships or None
        None where shipping is not assessed.
    boats : Boats or None
        None where fishing is not assessed.
    """

    config: Config
    along: Along
    ships: Ships | None
    boats: Boats | None

    def column(self, name: str) -> Floats:
        """Return a column of the stations as floats."""
        return self.along.stations[name].to_numpy(float)


@dataclass(frozen=True, eq=False)
class Level:
    """One level of the sea; arrays of n stations, NaN on dry land and where something is not assessed.

    Attributes
    ----------
    curves : list of AnchorCurves
        Strike-depth curves by drop speed.
    fishing_per_km_yr, gear_penetration_m : ndarray
        Strikes by gear on a surface-laid cable, and how deep gear digs.
    fishing_floor_m, pelagic_floor_m : ndarray
        Required depth against fishing; and where that is 0, what it is if strikes by pelagic gear exceed the limit.
    least_m, achievable_m : ndarray
        Least target by water depth, and what can be trenched.
    cable : ndarray of int
        Rank of the cable type where burial does not fall short; 0 on dry land.
    wet : ndarray of bool
        Where there is water.
    """

    curves: list[AnchorCurves]
    fishing_per_km_yr: Floats
    gear_penetration_m: Floats
    fishing_floor_m: Floats
    pelagic_floor_m: Floats
    least_m: Floats
    achievable_m: Floats
    cable: NDArray[np.uint8]
    wet: Mask

    @classmethod
    def at(cls, ground: Ground, change_m: float, settings: Settings) -> Level:
        """Work out the level that is so much higher than the configured one."""
        config, burial = ground.config, ground.config.burial
        depth = ground.column("water_depth_m") + change_m
        wet = depth > 0.0
        fishing = _fishing(ground, change_m)
        pelagic = np.where(
            fishing.required_dol_m == 0.0, pelagic_floor_m(fishing.gear_penetration_m, config.fishing), np.nan
        )
        trench = achievable(
            config.soil, burial, soil_class=ground.along.stations["soil_trench_class"].to_numpy(str),
            slope_deg=ground.column("slope_deg"), water_depth_m=depth,
        )  # fmt: skip
        ranks = {name: rank for rank, name in enumerate(weight_order(config.cable))}
        cables = cable_types(config.cable, depth, np.zeros(len(depth)))
        return cls(
            _curves(ground, change_m, settings),
            fishing.strike_per_km_yr,
            fishing.gear_penetration_m,
            fishing.required_dol_m,
            pelagic,
            np.where(wet, minimum_dol_m(np.where(wet, depth, 0.0), burial), np.nan),
            trench.dol_m,
            np.array([ranks[str(name)] for name in cables], np.uint8),
            wet,
        )


def _fishing(ground: Ground, change_m: float) -> Threat:
    if ground.boats is None:
        return Threat(*(np.full(len(ground.along.stations), np.nan) for _ in range(4)))
    return ground.boats.at_level(change_m).threat(ground.config.fishing)


def _curves(ground: Ground, change_m: float, settings: Settings) -> list[AnchorCurves]:
    places = ground.along.stations["station"].to_numpy(np.int64)
    if ground.ships is None:
        unknown = AnchorCurves(np.zeros(0), np.zeros((len(places), 0)), np.zeros(len(places), bool))
        return [unknown] * len(settings.speeds_kn)
    ships = ground.ships.at_level(change_m)
    found = ships.strikes(ground.config.soil, settings.shipping(ground.config.shipping))
    return [
        AnchorCurves.from_table(
            struck.by_anchor[["station", "fluke_length_m", "strike_per_km_yr"]],
            key="station", places=places, assessed=ships.depth_m > 0.0,
        )
        for struck in found
    ]  # fmt: skip
