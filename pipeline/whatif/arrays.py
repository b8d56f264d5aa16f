"""Levels of the sea as the arrays that the page gets; the layout is told at the head of this package."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.burial.cable import weight_order
from pipeline.burial.factors import Factors, PlaceFactors
from pipeline.burial.montecarlo import PERCENTILES
from pipeline.burial.target import ladder_step_m, mobility_allowance_m
from pipeline.config import Config
from pipeline.errors import DataError
from pipeline.geo import Floats
from pipeline.whatif.codes import Codes, Rates, Ratios
from pipeline.whatif.critical import Asked, critical_rates
from pipeline.whatif.level import Ground, Level
from pipeline.whatif.required import Closeness, Required, Strikes, required_curves, starting_with
from pipeline.whatif.settings import Settings

Arrays = dict[str, NDArray[Any]]
NONE = 255
_NO_SHIFT = 32768
_PLACE_STEP = 0.0005  # of the logarithm of a limit
_MOST_PLACES = 60_000  # of 16 bits
_LEVELS_APART = 1.25  # strikes at another level are a multiple of the configured ones, up to so much
_ROUND_OFF_M = 1e-9  # that of ``burial.target``: a step holds what needs it exactly
_DECISIONS = 1.0 + 1e-9  # that of ``burial.montecarlo``: strikes at the limit do not exceed it


@dataclass(frozen=True, eq=False)
class WhatIf:
    """Everything that the page needs to decide anew.

    Attributes
    ----------
    meta : dict
        Settings and what codes mean; JSON values.
    arrays : dict
        By name; the station is the last axis.
    """

    meta: dict[str, Any]
    arrays: Arrays

    @classmethod
    def of(cls, ground: Ground, settings: Settings, threads: int) -> WhatIf:
        """Work out every level of the sea at every drop speed."""
        config, burial = ground.config, ground.config.burial
        with ThreadPoolExecutor(threads) as pool:
            levels = list(pool.map(lambda change: Level.at(ground, change, settings), settings.changes_m))
        steps = [0.0, *burial.ladder_m]
        depths = np.unique(
            np.concatenate([steps, *(part[~np.isnan(part)] for at in levels for part in (at.least_m, at.achievable_m))])
        )
        gear = (part for at in levels for part in (at.fishing_floor_m, at.pelagic_floor_m, at.gear_penetration_m))
        fishing = np.unique(np.concatenate([[0.0], *(part[~np.isnan(part)] for part in gear)]))
        factors = Factors.from_config(config).at(ground.along.stations)
        rates = _strikes(levels, depths, factors.f)
        ratio = settings.speed_ratio()
        own = np.concatenate([[0.0], np.ravel(rates), *(at.fishing_per_km_yr for at in levels)])
        of_rates = Rates.up_to(float(np.nanmax(own)), ratio)
        (low, high), (least, most) = settings.tolerance_range, settings.traffic_range
        of_ratios = Ratios.over(low / most, high / least, ratio)
        strikes = _anchors(ground, levels, settings)
        critical, against_fishing = _critical(ground, levels, settings, strikes, factors, threads)
        close = closeness(config, settings)
        required = required_curves(
            strikes, close, ground.along.stations["station"].to_numpy(np.int64), factors, config.uncertainty, threads
        )
        limit = ground.along.limit_per_km_yr
        mobility = mobility_allowance_m(ground.column("mobility_allowance_m"), burial)
        speeds, speed = range(len(settings.speeds_kn)), settings.speed
        arrays: Arrays = {
            "kp_km": ground.column("kp_km"),
            "length_km": ground.column("length_km"),
            "limit_per_km_yr": limit,
            "water_depth_m": ground.column("water_depth_m"),
            "mobility_m": mobility.astype(np.float32),
            "critical": _stacked([of_ratios.codes(critical[:, v] / (limit * _DECISIONS), v) for v in speeds]),
            **required_codes(required, close, ratio),
            "critical_fishing": _stacked(
                [of_ratios.codes(against_fishing[:, v] / (limit * _DECISIONS), v) for v in speeds]
            ),
            "strikes": _stacked([of_rates.codes(rates[:, v], v) for v in speeds]),
            "fishing": np.stack([of_rates.codes(at.fishing_per_km_yr, speed) for at in levels]),
            "fishing_critical": np.stack(
                [of_ratios.codes(np.where(at.fishing_floor_m == 0.0, at.fishing_per_km_yr, 0.0) / limit, speed)
                 for at in levels]
            ),
            "fishing_floor": np.stack([places(at.fishing_floor_m, fishing) for at in levels]),
            "pelagic_floor": np.stack([places(at.pelagic_floor_m, fishing) for at in levels]),
            "gear_penetration": np.stack([places(at.gear_penetration_m, fishing) for at in levels]),
            **{
                f"{name}_step": np.stack(
                    [places(ladder_step_m(getattr(at, f"{name}_floor_m"), burial, mobility), np.array(steps))
                     for at in levels]
                )
                for name in ("fishing", "pelagic")
            },
            "least": np.stack([places(at.least_m, depths) for at in levels]),
            "achievable": np.stack([places(at.achievable_m, depths) for at in levels]),
            "cable": np.stack([at.cable for at in levels]),
        }  # fmt: skip
        return cls(_meta(ground, settings, depths, fishing, of_ratios, close, of_rates), arrays)

    def bases(self) -> dict[str, list[int]]:
        """Return, for arrays with a row a variant or level, the row that each is told against; -1 for none.

        A drop speed is told against the configured one at the same level, a level against the configured level.
        """
        surfaces, speeds = len(self.meta["surfaces"]), len(self.meta["speeds_kn"])
        surface, speed = self.meta["default"]["surface"], self.meta["default"]["speed"]
        own = [-1 if s == surface else surface for s in range(surfaces)]
        variants = [
            s * speeds + speed if v != speed else (-1 if s == surface else surface * speeds + speed)
            for s in range(surfaces)
            for v in range(speeds)
        ]
        by_variant = ("critical", "critical_fishing", "strikes", "required_curve", "required_shift")
        neither = (*by_variant, "required_start", "required_knots")
        by_level = [name for name, values in self.arrays.items() if values.ndim > 1 and name not in neither]
        return {**dict.fromkeys(by_variant, variants), **dict.fromkeys(by_level, own)}


def _meta(
    ground: Ground,
    settings: Settings,
    depths_m: Floats,
    fishing_m: Floats,
    of_ratios: Ratios,
    close: Closeness,
    of_rates: Rates,
) -> dict[str, Any]:
    """Return the settings, and what indices and codes mean; see the head of this package."""
    config, burial = ground.config, ground.config.burial
    (low, high), (least, most) = settings.tolerance_range, settings.traffic_range
    cables = weight_order(config.cable)
    return {
        "stations": len(ground.along.stations),
        "default": {
            "surface": settings.surface,
            "speed": settings.speed,
            "strikes_per_yr": config.acceptance.route_strikes_per_yr,
            "traffic_growth_pct": config.shipping.traffic_growth_pct,
            "percentile": config.acceptance.percentile,
        },
        "surfaces": [
            {"change_m": change, "level_m": round(config.water.surface_m + change, 6), "label": label}
            for change, label in zip(settings.changes_m, settings.labels, strict=True)
        ],
        "speeds_kn": list(settings.speeds_kn),
        "strike_years": sorted(1.0 / (share * config.acceptance.route_strikes_per_yr) for share in (low, high)),
        "traffic_growth_pct": [
            round((share * (1.0 + config.shipping.traffic_growth_pct / 100.0) - 1.0) * 100.0, 6)
            for share in (least, most)
        ],
        "percentiles": list(PERCENTILES),
        "steps_m": [0.0, *burial.ladder_m],
        "depths_m": depths_m.tolist(),
        "fishing_levels_m": fishing_m.tolist(),
        "tolerance_m": burial.tolerance_m,
        "cables": cables,
        "deficit_cable": len(cables) - 1,
        "route_km": float(ground.column("kp_km")[-1]),
        "rounding_km": burial.zone_rounding_m / 1000.0,
        "minimum_km": burial.minimum_zone_km,
        "assessed": {"anchors": ground.ships is not None, "fishing": ground.boats is not None},
        "critical": {"step": of_ratios.step, "one": list(of_ratios.one)},
        "required": {
            "step": close.place_step,
            "one": close.places_below + 0.5,
            "speed": (np.log(settings.speed_ratio()) / close.place_step).tolist(),
            "zero": close.places_below,
            "within_m": close.within_m,
            "within_pct": config.whatif.required_within_pct,
        },
        "rate": {"step": of_rates.step, "log_least": list(of_rates.log_least)},
    }


def _strikes(levels: Sequence[Level], depths_m: Floats, penetration_f: Floats) -> Floats:
    """Return anchor strikes at depths, 1/km/yr, shape (levels, speeds, depths, stations)."""
    return np.array(
        [
            [[curves.strike_per_km_yr(np.full(len(penetration_f), depth), penetration_f) for depth in depths_m]
             for curves in level.curves]
            for level in levels
        ]
    )  # fmt: skip


def _anchors(ground: Ground, levels: Sequence[Level], settings: Settings) -> Strikes:
    """Return anchor strikes of every level and drop speed, by the sizes of all."""
    sizes = np.unique(np.concatenate([curves.fluke_length_m for level in levels for curves in level.curves]))
    none = np.zeros(len(ground.along.stations))
    rates = np.stack(
        [[np.column_stack([np.nan_to_num(curves.at_least(sizes)), none]) for curves in level.curves]
         for level in levels]
    )  # fmt: skip
    return Strikes(sizes, rates, ground.along.limit_per_km_yr, settings.surface, settings.speed)


def _critical(
    ground: Ground,
    levels: Sequence[Level],
    settings: Settings,
    strikes: Strikes,
    factors: PlaceFactors,
    threads: int,
) -> tuple[Floats, Floats]:
    """Return critical rates of the steps and of the depth that fishing asks for, of the percentile that decides.

    Returns
    -------
    ndarray, shape (levels, speeds, steps, stations)
    ndarray, shape (levels, speeds, stations)
    """
    config, burial = ground.config, ground.config.burial
    stations = ground.along.stations["station"].to_numpy(np.int64)
    mobility = mobility_allowance_m(ground.column("mobility_allowance_m"), burial)[:, None]
    held = np.maximum(np.array(burial.ladder_m) - burial.tolerance_m - mobility + _ROUND_OFF_M, 0.0)
    depths = np.column_stack([np.zeros(len(stations)), held])
    speeds, order = range(len(settings.speeds_kn)), starting_with(settings.speed, len(settings.speeds_kn))
    decisive = PERCENTILES.index(config.acceptance.percentile)
    floors = [np.where(at.fishing_floor_m > 0.0, at.fishing_floor_m, at.pelagic_floor_m) for at in levels]
    at_floor = np.nextafter(np.nan_to_num(np.stack(floors)), 0.0)  # not less is more than what is just less
    asked = Asked(strikes.fluke_length_m, strikes.rates_per_km_yr[:, order], depths, at_floor)
    found = critical_rates(asked, stations, factors, config.uncertainty, threads)
    found = found[:, [order.index(v) for v in speeds], decisive]
    return found[:, :, :-1], found[:, :, -1]


def closeness(config: Config, settings: Settings) -> Closeness:
    """Return how close drawn depths are to be, over all limits that can be asked about."""
    (low, high), (thin, dense) = settings.tolerance_range, settings.traffic_range
    ratio, within = settings.speed_ratio(), config.whatif
    least, most = min(ratio) / _LEVELS_APART, max(ratio) * _LEVELS_APART
    lowest, highest = low / dense / most, high / thin / least
    step = max(_PLACE_STEP, float(np.log(highest / lowest)) / _MOST_PLACES)
    return Closeness(within.required_within_m, within.required_within_pct / 100.0, lowest, highest, least, most, step)


def required_codes(required: Required, close: Closeness, speed_ratio: list[float]) -> Arrays:
    """Return the curves of required depths as the page gets them."""
    by_variant = (-1, required.curve.shape[-1])
    expected = np.array(speed_ratio)[:, None]
    shift = np.rint(np.log(required.multiple / expected) / close.place_step) + _NO_SHIFT
    return {
        "required_curve": required.curve.reshape(by_variant).astype(np.uint32),
        "required_shift": np.where(required.curve > 0, shift, _NO_SHIFT).reshape(by_variant).astype(np.uint16),
        "required_start": Ratios(close.place_step, (close.places_below + 0.5,)).codes(required.start, 0),
        "required_knots": required.knots.astype(np.uint16),
        "required_place": (required.place + close.places_below).astype(np.uint16),
        "required_mm": required.depth_mm.astype(np.uint16),
    }


def _stacked(by_speed: Sequence[Codes]) -> Codes:
    """Return rows by level and drop speed of rows by level, one array a speed."""
    found = np.stack(by_speed, axis=1)
    return np.asarray(found.reshape(-1, *found.shape[2:]))


def places(values: Floats, levels: Floats) -> NDArray[np.uint8]:
    """Return the index of each value among levels that hold them all; ``NONE`` for NaN.

    Raises
    ------
    DataError
        If there are more levels than an index can tell apart.
    """
    if len(levels) > NONE:
        raise DataError(
            f"the what-if tells depths by {NONE} numbers, and {len(levels)} different ones occur",
            where="[burial] ladder_m, [soil] and [fishing] depths",
            remedy="Use fewer different depths, or set offered to false in [whatif].",
        )
    return np.where(np.isnan(values), NONE, np.searchsorted(levels, np.nan_to_num(values))).astype(np.uint8)
