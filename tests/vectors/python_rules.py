"""What the pipeline's own functions make of a vector. ``None`` stands for what is not assessed.

A rule returns two things: what the step ``whatif`` would put into the page, and what both must find.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from pipeline.burial.acceptance import limit_per_km_yr
from pipeline.burial.cable import cable_types, weight_order
from pipeline.burial.curve import AnchorCurves
from pipeline.burial.decide import Places, fishing_floor_m
from pipeline.burial.montecarlo import PERCENTILES, required_percentiles_m
from pipeline.burial.protection import deficit_m
from pipeline.burial.residual import fishing_strike_at, strike_at
from pipeline.burial.target import choose_target, ladder_step_m, minimum_dol_m, mobility_allowance_m
from pipeline.burial.totals import route_totals
from pipeline.burial.zones import make_zones, zone_of
from pipeline.config import Config
from pipeline.config.burial import BurialSection, CableSection, UncertaintySection
from pipeline.config.corridor import AcceptanceSection
from pipeline.geo import Floats
from pipeline.whatif.codes import Ratios

Json = dict[str, Any]
_ROUND_OFF_M = 1e-9
_ONE = np.array([0])


def floats(values: list[float | None]) -> Floats:
    """Return numbers; None becomes NaN."""
    return np.array([math.nan if value is None else value for value in values], float)


def blanks(values: Any) -> list[Any]:
    """Return numbers; NaN becomes None."""
    return [None if isinstance(value, float) and math.isnan(value) else value for value in np.asarray(values).tolist()]


def _curves(anchors: list[list[float]] | None, growth: float) -> AnchorCurves:
    table = pd.DataFrame(anchors or [], columns=["fluke_length_m", "strike_per_km_yr"]).astype(float)
    table = table.assign(station=0, strike_per_km_yr=growth * table["strike_per_km_yr"])
    return AnchorCurves.from_table(table, key="station", places=_ONE, assessed=np.array([anchors is not None]))


def strikes(given: Json) -> tuple[Json, Json]:
    """Embedded: strikes by anchors at some depths, before any growth. Found: those by anchors, by gear, by both."""
    f = floats([given["penetration_f"]])
    fishing, gear = floats([given["fishing_per_km_yr"]]), floats([given["gear_m"]])
    base, grown = _curves(given["anchors"], 1.0), _curves(given["anchors"], given["growth"])
    rows = []
    for depth in given["depth_m"]:
        at = floats([depth])
        rates = (
            grown.strike_per_km_yr(at, f), fishing_strike_at(at, fishing, gear), strike_at(at, grown, f, fishing, gear)
        )  # fmt: skip
        rows.append([blanks(rate)[0] for rate in rates])
    embedded = [blanks(base.strike_per_km_yr(np.array([depth]), f))[0] for depth in given["depths_m"]]
    return {"rates_per_km_yr": embedded}, {"strikes_per_km_yr": rows}


def required(given: Json, limit: float, growth: float) -> Floats:
    """Return P10, P50 and P90 of the depth required against anchors."""
    limits, station = np.array([limit]), np.array([given["station"]])
    spread = UncertaintySection.model_validate(given["uncertainty"])
    curves = _curves(given["anchors"], growth)
    return required_percentiles_m(
        curves, limits, np.array(["soil"]), station, spread, lambda _, u: given["penetration_f"] * (1.3 - 0.6 * u)
    )[0]


def acceptance(given: Json) -> tuple[Json, Json]:
    """Embedded: codes of critical rates of rising depths. Found: how many of these the required depths exceed."""
    depths, own = np.array(given["depths_m"]), given["acceptance"]["route_strikes_per_yr"]

    def limit(of_route: float) -> float:
        section = AcceptanceSection.model_validate({**given["acceptance"], "route_strikes_per_yr": of_route})
        return float(limit_per_km_yr(section, np.array(given["length_km"]), given["soil"], 1.0)[0])

    exceeded = []
    for asked in given["asked"]:
        depth = required(given, limit(asked["tolerance_per_yr"]), asked["growth"])
        exceeded.append((depth[:, None] > depths[None, :]).sum(axis=1).tolist())
    shares = [asked["tolerance_per_yr"] / own / asked["growth"] for asked in given["asked"]]
    ratios = Ratios.over(min(shares), max(shares), [1.0])
    critical = np.array([[_critical(given, p, depth) for depth in depths] for p in range(len(PERCENTILES))])
    codes = ratios.codes(critical / limit(own), 0)
    return {"step": ratios.step, "one": list(ratios.one), "codes": codes.tolist()}, {"exceeded": exceeded}


def _critical(given: Json, percentile: int, depth_m: float) -> float:
    """Return the limit below which a required depth exceeds a depth, by halving; 0 where none does."""
    low, high = 1e-15, 1.0
    if not required(given, low, 1.0)[percentile] > depth_m:
        return 0.0
    while high / low > 1.0 + 1e-12:
        middle = math.sqrt(low * high)
        if required(given, middle, 1.0)[percentile] > depth_m:
            low = middle
        else:
            high = middle
    return high


def curves(given: Json) -> tuple[Json, Json]:
    """Find depths on a curve of knots, whose places fall."""
    places, depths = np.array(given["place"], float), np.array(given["depth_mm"], float)
    return {}, {"depth_mm": np.interp(-np.array(given["asked"], float), -places, depths).tolist()}


def ladder(given: Json) -> tuple[Json, Json]:
    """Find target depths, what governs them, deficits and cable types. Embedded: what each place asks for by itself."""
    burial, cable = BurialSection.model_validate(given["burial"]), CableSection()
    config = Config.model_validate({"fishing": given["fishing"]})
    place = {name: floats([item[name] for item in given["places"]]) for name in given["places"][0]}
    floor = _floors(place, config)
    _, target = choose_target(place["anchor_m"], floor, place["water_depth_m"], burial, place["bedform_m"])
    mobility = mobility_allowance_m(place["bedform_m"], burial)
    rungs = np.array(burial.ladder_m)
    fishing_step = ladder_step_m(floor, burial, place["bedform_m"])
    wanted = place["anchor_m"] + burial.tolerance_m + mobility
    held = np.column_stack([place["anchor_m"] <= 0, rungs[None, :] >= wanted[:, None] - _ROUND_OFF_M])
    exceeded = np.where(held.any(axis=1), held.argmax(axis=1), held.shape[1])
    least = minimum_dol_m(np.where(place["water_depth_m"] > 0, place["water_depth_m"], 0.0), burial)
    deficit = deficit_m(target.dol_m, place["achievable_m"])
    cables, order = cable_types(cable, place["water_depth_m"], deficit), weight_order(cable)
    bare = cable_types(cable, place["water_depth_m"], np.zeros(len(deficit)))
    decided = ~np.isnan(target.dol_m)
    embedded = {
        "exceeded": np.where(np.isnan(place["anchor_m"]), -1, exceeded).tolist(),
        "leads": (place["anchor_m"] >= np.nan_to_num(floor)).tolist(),
        "allowance_m": (burial.tolerance_m + mobility).tolist(),
        "least_m": least.tolist(),
        "bare_cable": [order.index(str(name)) for name in bare],
        "heaviest": len(order) - 1,
        "floor_m": blanks(floor),
        "fishing_step": np.searchsorted([0.0, *rungs], np.nan_to_num(fishing_step)).tolist(),
    }
    return embedded, {
        "dol_m": blanks(target.dol_m),
        "governing": [str(word) if known else "" for word, known in zip(target.governing, decided, strict=True)],
        "beyond": [bool(known and above > 0) for above, known in zip(target.above_ladder_m, decided, strict=True)],
        "deficit_m": blanks(deficit),
        "cable": [order.index(str(name)) for name in cables],
    }


def _floors(place: dict[str, Floats], config: Config) -> Floats:
    count = len(place["limit_per_km_yr"])
    nobody = AnchorCurves(np.empty(0), np.empty((count, 0)), np.zeros(count, bool))
    table = pd.DataFrame(
        {
            "required_dol_fishing_m": place["fishing_required_m"],
            "fishing_strike_per_km_yr": place["fishing_per_km_yr"],
            "gear_penetration_m": place["gear_m"],
        }
    )
    return fishing_floor_m(Places(table, nobody, place["limit_per_km_yr"]), config)


def merging(given: Json) -> tuple[Json, Json]:
    """Find zones of a route, and the zone of each of some kilometre posts."""
    zones = make_zones(
        np.array(given["edges_km"]), np.array(given["depth"]), np.array(given["cable"]),
        rounding_km=given["rounding_km"], minimum_km=given["minimum_km"],
    )  # fmt: skip
    return {}, {
        "zones": [[zone.kp_from_km, zone.kp_to_km, zone.depth, zone.cable] for zone in zones],
        "zone_of": zone_of(zones, np.array(given["kp_km"])).tolist(),
    }


def totals(given: Json) -> tuple[Json, Json]:
    """Find totals of a route."""
    columns = {name: floats(values) for name, values in given["stations"].items()}
    stations = pd.DataFrame(columns).assign(kp_km=np.cumsum(columns["length_km"]))
    zones = pd.DataFrame({"target_dol_m": [1.0], "length_km": [1.0]})
    found = route_totals(stations, zones, [], BurialSection())
    wanted = (
        "strike_per_yr_surface_laid", "strike_per_yr_at_target", "strike_per_yr_as_trenchable", "undecided_km",
        "deficit_km", "above_ladder_km",
    )  # fmt: skip
    return {}, {
        **{name: found[name] for name in wanted},
        "dol_km": [[float(depth), km] for depth, km in found["dol_km"].items()],
    }


RULES: dict[str, Callable[[Json], tuple[Json, Json]]] = {
    "strikes": strikes, "acceptance": acceptance, "curves": curves, "ladder": ladder, "merging": merging,
    "totals": totals,
}  # fmt: skip
