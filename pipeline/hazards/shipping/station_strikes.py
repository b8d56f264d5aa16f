"""Strikes at stations: ship by ship in the arithmetic, by anchor size and class in what is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.geo import Floats, Frame, Ints
from pipeline.hazards.shipping.alike import Alike
from pipeline.hazards.shipping.anchor_rates import AnchorRates
from pipeline.hazards.shipping.depth_modifier import holds, reaches
from pipeline.hazards.shipping.exposure import panel_edges_km
from pipeline.hazards.shipping.group_sums import group_sums
from pipeline.hazards.shipping.incident import accidental_per_km_yr, strike_of_dragged
from pipeline.hazards.shipping.routine import Anchorings, add_routine
from pipeline.hazards.shipping.ship_time import HELD_ROWS, ShipTime
from pipeline.hazards.shipping.smoothing import along_route
from pipeline.hazards.shipping.spread import Spread
from pipeline.hazards.shipping.tables import STATION_ANCHORS, shaped
from pipeline.hazards.shipping.threat import HOLDINGS, Threat

RATES = ("strike_per_km_yr", "routine_strike_per_km_yr", "accidental_strike_per_km_yr")


@dataclass(frozen=True)
class StationStrikes:
    """Strikes at stations.

    Attributes
    ----------
    by_anchor : DataFrame
        ``STATION_ANCHORS``: the three rates by station and anchor size. Routine anchoring is part of the strikes,
        accidental release is not.
    by_class_per_yr : Series
        Strikes a year of the whole route by deadweight class, without routine anchoring.
    by_class : DataFrame, shape (stations, classes)
        The same per kilometre and year at every station, a column a class.
    """

    by_anchor: pd.DataFrame
    by_class_per_yr: pd.Series
    by_class: pd.DataFrame


def station_strikes(
    frame: Frame,
    ships: pd.DataFrame,
    exposure: Path,
    threat: Threat,
    depth_m: Floats,
    holding: Ints,
    years: float,
    half_width_m: float,
    anchorings: Anchorings | None = None,
    *,
    water_share: Floats | None = None,
    held_rows: int = HELD_ROWS,
) -> StationStrikes:
    """Return strikes per kilometre and year at every station (METHODS 1.10).

    Parameters
    ----------
    frame : Frame
        Stations.
    ships : DataFrame
        The fleet.
    exposure : Path
        ``station ship hours_us``: ship-time times direction factor, Parquet.
    threat : Threat
        Drag and depth reach of the fleet.
    depth_m, holding : ndarray, shape (stations,)
        Water depth and column of the soil's holding kind in ``threat``.
    years : float
        What the ship-time covers.
    half_width_m : float
        How far either side of the route it was counted.
    anchorings : Anchorings, optional
        Ships at anchor; None where they are not assessed or not wanted.
    water_share : ndarray, shape (stations,), optional
        From ``panel_water_share``; all is water without.
    held_rows : int
        Rows held at once.
    """
    return strikes_of_threats(
        frame, ships, exposure, [threat], depth_m, holding, years, half_width_m, anchorings,
        water_share=water_share, held_rows=held_rows,
    )[0]  # fmt: skip


def strikes_of_threats(
    frame: Frame,
    ships: pd.DataFrame,
    exposure: Path,
    threats: Sequence[Threat],
    depth_m: Floats,
    holding: Ints,
    years: float,
    half_width_m: float,
    anchorings: Anchorings | None = None,
    *,
    water_share: Floats | None = None,
    held_rows: int = HELD_ROWS,
) -> list[StationStrikes]:
    """Return the strikes of each of several threats that differ in drag alone, for one reading of the ship-time.

    The other parameters are those of ``station_strikes``.
    """
    section = threats[0].section
    alike = Alike.of(ships, by_class=True)
    time = ShipTime.read(exposure, "station", alike, held_rows=held_rows)
    spread = Spread.along(frame, section.smoothing_km, half_width_m, water_share)
    kinds, last = len(HOLDINGS), len(HOLDINGS) * len(threats)
    weights = np.column_stack([*(threat.drag_m for threat in threats), np.ones(len(ships))])
    reads = np.column_stack([*(holding + kinds * which for which in range(len(threats))), np.full(len(holding), last)])
    rates = [AnchorRates.of(ships, RATES, len(depth_m)) for _ in threats]
    size, chain_m = rates[0].size_of(alike.table), alike.table["chain_m"].to_numpy(float)
    length_km = frame.stations["length_km"].to_numpy()
    of_group = np.zeros((len(threats), len(alike)))
    labels, class_of = np.unique(alike.table["dwt_class"].to_numpy(str), return_inverse=True)
    of_class = np.zeros((len(threats), len(labels), len(depth_m)))
    for group, at, sums in group_sums(alike, time, threats[0], spread, depth_m, weights, reads, years):
        held = holds(depth_m[at], chain_m[group], section)
        released = accidental_per_km_yr(sums[:, -1], reaches(depth_m[at], chain_m[group], section), section)
        for which, own in enumerate(rates):
            strike = strike_of_dragged(sums[:, which], held, section)
            own.add(at, int(size[group]), strike_per_km_yr=strike, accidental_strike_per_km_yr=released)
            of_group[which, group] = (strike * length_km[at]).sum()
            of_class[which, class_of[group], at] += strike
    if anchorings is not None:
        places = frame.stations[["x_m", "y_m"]].to_numpy()
        for own in rates:
            add_routine(own, anchorings, ships, places, depth_m, section)
    classes = alike.table["dwt_class"].to_numpy()
    return [
        StationStrikes(
            shaped(own.table("station"), STATION_ANCHORS),
            pd.Series(per_yr).groupby(classes).sum(),
            pd.DataFrame(by_class.T, columns=labels),
        )
        for own, per_yr, by_class in zip(rates, of_group, of_class, strict=True)
    ]


def smoothed_passages_per_km_yr(frame: Frame, station: Ints, smoothing_km: float, years: float) -> Floats:
    """Return passages per kilometre of route and year, smoothed like the exposure."""
    edges = panel_edges_km(frame)
    count = np.bincount(station, minlength=len(edges) - 1).astype(float)
    return np.asarray(along_route(edges, smoothing_km) @ count) / np.diff(edges) / years


def total_at(by_anchor: pd.DataFrame, key: str, rate: str, depth_m: Floats) -> Floats:
    """Return the sum over anchor sizes at every place; NaN on dry land and where depth is unknown."""
    total = np.bincount(by_anchor[key], weights=by_anchor[rate].to_numpy(float), minlength=len(depth_m))
    return np.where(depth_m > 0.0, total.astype(np.float64), np.nan)
