"""Decisions from what the page gets, by the told layout alone; zones and totals by the pipeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pipeline.burial.residual import add_assessed, fishing_strike_at
from pipeline.burial.tables import cut_zones
from pipeline.burial.totals import route_totals
from pipeline.config import Config

BLANK = 65535
NO_SHIFT = 32768


@dataclass(frozen=True)
class Page:
    """What the page gets."""

    meta: dict[str, Any]
    arrays: dict[str, np.ndarray]

    def stations(self, config: Config, *, change_m: float, speed_kn: float, a: float, g: float) -> pd.DataFrame:
        """Decide at the stations: tolerance a times, and traffic g times the default."""
        meta, at = self.meta, self.arrays
        s = [level["change_m"] for level in meta["surfaces"]].index(change_m)
        v = meta["speeds_kn"].index(speed_kn)
        w = s * len(meta["speeds_kn"]) + v
        critical, last = meta["critical"], len(meta["steps_m"]) - 1
        t = critical["one"][v] + np.log(a / g) / critical["step"]
        exceeded = at["critical"][w] > t
        holds = ~exceeded[1 : last + 1]
        by_anchor = np.where(exceeded[0], np.where(holds.any(axis=0), holds.argmax(axis=0) + 1, last), 0)
        strikes = self.rates(at["strikes"][w], v) * g
        anchors = at["strikes"][w, 0] != BLANK
        fishing = self.rates(at["fishing"][s], meta["default"]["speed"])
        pelagic = at["fishing_critical"][s] > self._one(a)
        step = np.where(pelagic, at["pelagic_step"][s], at["fishing_step"][s])
        floor = np.where(pelagic, at["pelagic_floor"][s], at["fishing_floor"][s])
        steps = np.fmax(
            np.where(anchors, np.array(meta["steps_m"])[by_anchor], np.nan),
            np.where(step == 255, np.nan, np.array([*meta["steps_m"], *[np.nan] * 256])[step]),
        )
        levels = np.array([*meta["fishing_levels_m"], *[np.nan] * 256])
        depths = np.array([*meta["depths_m"], *[np.nan] * 256])
        wet = at["water_depth_m"] + change_m > 0
        least, achievable = depths[at["least"][s]], depths[at["achievable"][s]]
        decided = wet & ~(np.isnan(steps) & (least == 0))
        target = np.where(decided, np.fmax(steps, least), np.nan)
        laid = np.minimum(target, achievable)
        gear = levels[np.where(at["gear_penetration"][s] == 255, -1, at["gear_penetration"][s])]

        def struck(depth_m: np.ndarray) -> np.ndarray:
            index = np.searchsorted(meta["depths_m"], np.nan_to_num(depth_m))
            own = np.where(np.isnan(depth_m), np.nan, strikes[index, np.arange(len(depth_m))])
            return add_assessed(own, fishing_strike_at(depth_m, fishing, gear))

        short = np.maximum(target - achievable, 0.0)
        from_anchor = (floor == 0) | (at["critical_fishing"][w] > t) | (floor == 255)
        threat = np.where(anchors & from_anchor | (floor == 0), "anchor", "fishing")
        governing = np.where(~decided | (target == 0), "none", np.where(steps >= least, threat, "minimum"))
        governing = np.where(decided & np.isnan(steps), "minimum", governing)
        cables = np.array(meta["cables"])
        return pd.DataFrame(
            {
                "kp_km": at["kp_km"],
                "length_km": at["length_km"],
                "target_dol_m": target,
                "achievable_dol_m": achievable,
                "deficit_m": short,
                "governing": np.where(np.isnan(target), "", governing),
                "above": anchors & exceeded[last],
                "cable_type": np.where(
                    wet, np.where(short > 0, cables[meta["deficit_cable"]], cables[at["cable"][s]]), ""
                ),
                "surface_strike_per_km_yr": np.where(wet, add_assessed(strikes[0], fishing), np.nan),
                "target_strike_per_km_yr": struck(target),
                "residual_strike_per_km_yr": struck(laid),
            }
        )

    def required(self, *, change_m: float, speed_kn: float, a: float, g: float) -> np.ndarray:
        """Return the depths required against anchors and gear, shape (percentiles, n); NaN on dry land."""
        meta, at = self.meta, self.arrays
        s = [level["change_m"] for level in meta["surfaces"]].index(change_m)
        v = meta["speeds_kn"].index(speed_kn)
        w, told = s * len(meta["speeds_kn"]) + v, meta["required"]
        ratio = np.log(a / g) / told["step"] - told["speed"][v] + NO_SHIFT - at["required_shift"][w].astype(float)
        stops = np.cumsum(at["required_knots"]).reshape(at["required_knots"].shape)
        fished = at["fishing_critical"][s] > self._one(a)
        floor = np.where(fished, at["pelagic_floor"][s], at["fishing_floor"][s])
        floor_m = np.array([*meta["fishing_levels_m"], *[np.nan] * 256])[floor]
        anchors = at["strikes"][w, 0] != BLANK
        found = np.full((len(meta["percentiles"]), meta["stations"]), np.nan)
        for p, i in np.ndindex(found.shape):
            curve = at["required_curve"][w, i]
            knots = slice(int(stops[p, curve]) - int(at["required_knots"][p, curve]), int(stops[p, curve]))
            if anchors[i]:
                found[p, i] = 0.0
            if anchors[i] and at["required_start"][p, curve] > told["one"] + ratio[i]:
                place = ratio[i] + told["zero"]
                places, depths_mm = at["required_place"][knots].astype(float), at["required_mm"][knots]
                found[p, i] = np.interp(-place, -places, depths_mm) / 1000.0
        wet = at["water_depth_m"] + change_m > 0
        return np.where(wet, np.fmax(found, floor_m), np.nan)

    def _one(self, a: float) -> float:
        critical = self.meta["critical"]
        return float(critical["one"][self.meta["default"]["speed"]] + np.log(a) / critical["step"])

    def rates(self, codes: np.ndarray, v: int) -> np.ndarray:
        """Return rates at the default growth, NaN where not assessed."""
        rate = self.meta["rate"]
        value = np.exp(rate["log_least"][v] + rate["step"] * codes.astype(float))
        return np.where(codes == BLANK, np.nan, np.where(codes == 0, 0.0, value))


def totals(stations: pd.DataFrame, config: Config) -> dict[str, Any]:
    """Add up a decided route as the pipeline does."""
    zones, depths, _ = cut_zones(stations, config)
    table = pd.DataFrame(
        {"target_dol_m": [depths[zone.depth] for zone in zones], "length_km": [zone.length_km for zone in zones]}
    )
    return route_totals(stations.assign(above_ladder_m=stations["above"].astype(float)), table, [], config.burial)
