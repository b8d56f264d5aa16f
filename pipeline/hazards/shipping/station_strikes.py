"""Strikes at stations, ship by ship."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from pipeline.geo import Floats, Frame, Ints
from pipeline.hazards.shipping.exposure import HOUR_US, panel_edges_km
from pipeline.hazards.shipping.smoothing import along_route
from pipeline.hazards.shipping.tables import STATION_ANCHORS, STATION_SHIPS, shaped
from pipeline.hazards.shipping.threat import Threat


@dataclass(frozen=True)
class StationStrikes:
    """Strikes at stations in three resolutions.

    Attributes
    ----------
    by_ship : DataFrame
        ``STATION_SHIPS``: exposure, drag, P_wd and strike of every ship at every station with known depth.
    by_anchor : DataFrame
        ``STATION_ANCHORS``: the same strikes by anchor size.
    total : ndarray, shape (stations,)
        Their sum; NaN on dry land and where depth is unknown.
    """

    by_ship: pd.DataFrame
    by_anchor: pd.DataFrame
    total: Floats


def station_strikes(
    frame: Frame,
    ships: pd.DataFrame,
    time: pd.DataFrame,
    threat: Threat,
    depth_m: Floats,
    soil: Ints,
    years: float,
    half_width_m: float,
) -> StationStrikes:
    """Return strikes per kilometre and year at every station.

    Parameters
    ----------
    frame : Frame
        Stations.
    ships : DataFrame
        The fleet.
    time : DataFrame
        ``station ship hours_us``: ship-time times direction factor.
    threat : Threat
        Drag and depth reach of the fleet.
    depth_m, soil : ndarray, shape (stations,)
        Water depth and column of the soil class in ``threat``.
    years : float
        What the ship-time covers.
    half_width_m : float
        How far either side of the route it was counted.
    """
    section = threat.section
    edges = panel_edges_km(frame)
    held = sparse.coo_array(
        (time["hours_us"].to_numpy().astype(float), (time["station"].to_numpy(), time["ship"].to_numpy())),
        shape=(len(edges) - 1, len(ships)),
    ).tocsr()
    spread = sparse.csr_array(along_route(edges, section.smoothing_km) @ held)
    spread.sort_indices()
    entries = spread.tocoo()
    station, ship = (np.asarray(axis, dtype=np.int64) for axis in entries.coords)
    wet = (depth_m[station] > 0.0) & (entries.data > 0.0)
    station, ship, spread_us = station[wet], ship[wet], entries.data[wet]
    area_km2 = np.diff(edges) * 2.0 * half_width_m / 1000.0
    hours = spread_us / HOUR_US / years / area_km2[station]
    drag = threat.drag_m[ship, soil[station]]
    p_wd = threat.p_wd(ship, depth_m[station])
    rate = threat.strike(hours, drag, p_wd)
    by_ship = pd.DataFrame(
        {
            "station": station, "ship": ship, "h_per_km2_yr": hours, "drag_m": drag, "p_wd": p_wd,
            "strike_per_km_yr": rate,
        }
    )  # fmt: skip
    anchors = by_ship.assign(
        anchor_kg=ships["anchor_kg"].to_numpy()[ship], fluke_length_m=ships["fluke_length_m"].to_numpy()[ship]
    )
    by_anchor = (
        anchors[rate > 0.0]
        .groupby(["station", "anchor_kg"], as_index=False, sort=True)
        .agg(fluke_length_m=("fluke_length_m", "first"), strike_per_km_yr=("strike_per_km_yr", "sum"))
    )
    by_anchor = shaped(by_anchor, STATION_ANCHORS)
    weights = by_anchor["strike_per_km_yr"].to_numpy()
    total = np.bincount(by_anchor["station"], weights=weights, minlength=len(edges) - 1).astype(np.float64)
    total = np.where(depth_m > 0.0, total, np.nan)
    return StationStrikes(shaped(by_ship, STATION_SHIPS), by_anchor, total)


def smoothed_passages_per_km_yr(frame: Frame, station: Ints, smoothing_km: float, years: float) -> Floats:
    """Return passages per kilometre of route and year, smoothed like the exposure."""
    edges = panel_edges_km(frame)
    count = np.bincount(station, minlength=len(edges) - 1).astype(float)
    return np.asarray(along_route(edges, smoothing_km) @ count) / np.diff(edges) / years
