"""The ships of one station: the sums of ``station_strikes`` taken apart again, for those who check them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.config import Config
from pipeline.config.shipping import ShippingSection
from pipeline.geo import Floats, Frame
from pipeline.hazards.shipping.depth_modifier import least_depth_m, reaches
from pipeline.hazards.shipping.exposure import HOUR_US, panel_edges_km
from pipeline.hazards.shipping.exposure_of import Exposure
from pipeline.hazards.shipping.incident import accidental_per_km_yr
from pipeline.hazards.shipping.routine import Anchorings, anchorings_near, routine_per_km_yr
from pipeline.hazards.shipping.smoothing import along_route
from pipeline.hazards.shipping.tables import STATION_SHIPS, shaped
from pipeline.hazards.shipping.threat import Threat
from pipeline.store.step import Facts


def station_ship_rates(
    folders: Mapping[str, Path], facts: Mapping[str, Facts], config: Config, station: int
) -> pd.DataFrame:
    """Return what every ship adds at one station. It names no ship, but is for the team all the same.

    Parameters
    ----------
    folders, facts : mapping
        Output folders and facts of the steps ``route ais ships traffic shipping``, and of ``density`` where ship-time
        comes from there.
    config : Config
        Sections ``shipping`` and ``soil``.
    station : int
        The station.

    Returns
    -------
    DataFrame
        ``STATION_SHIPS``, one row a ship with ship-time or anchorings around the station, in order of ship; empty where
        shipping is not assessed or the station is dry. ``h_per_km2_yr`` is smoothed ship-hours times direction factor;
        ``strike_per_km_yr`` holds no routine anchoring, so that it is incident_per_ship_yr / 8760 * coverage_factor *
        traffic_modifier * growth_factor * h_per_km2_yr * drag_m / 1000 * p_wd. With ``routine_strike_per_km_yr`` it
        adds up to the station's anchor strikes.
    """
    section, exposure = config.shipping, Exposure.of(facts, folders)
    place = pd.read_parquet(folders["shipping"] / "station_inputs.parquet", filters=[("station", "==", station)])
    depth = place["water_depth_m"].to_numpy(float)
    if exposure is None or not (depth > 0.0).all() or not len(depth):
        return shaped(None, STATION_SHIPS)
    frame = Frame.load(folders["route"])
    ships = pd.read_parquet(folders["ships"] / "ships.parquet")
    edges = panel_edges_km(frame)
    time = time_around(exposure, edges, station, section)
    held_us = np.bincount(time["ship"], weights=time["hours_us"] * time["share"], minlength=len(ships))
    water = float(place["water_share"].iloc[0])
    area_km2 = (edges[station + 1] - edges[station]) * 2.0 * exposure.half_width_m / 1000.0 * water
    hours = held_us / HOUR_US / exposure.years / area_km2
    routine = np.zeros(len(ships))
    anchorings = exposure.anchorings(section.routine_anchoring)
    if anchorings is not None:
        routine = _routine(anchorings, frame, ships, station, config)

    ship = np.flatnonzero((hours > 0.0) | (routine > 0.0))
    threat = Threat.of(ships, config.soil, section)
    drag = threat.drag_m[ship, threat.holding(place["soil_class"])[0]]
    p_wd = threat.p_wd(ship, depth)
    afloat = depth >= least_depth_m(threat.draught_m[ship], section)
    released = accidental_per_km_yr(hours[ship], afloat * reaches(depth, threat.chain_m[ship], section), section)
    table = {
        "station": np.full(len(ship), station), "ship": ship, "h_per_km2_yr": hours[ship], "drag_m": drag,
        "p_wd": p_wd, "strike_per_km_yr": threat.strike(hours[ship], drag, p_wd),
        "routine_strike_per_km_yr": routine[ship], "accidental_strike_per_km_yr": released,
    }  # fmt: skip
    return shaped(pd.DataFrame(table), STATION_SHIPS)


def time_around(exposure: Exposure, edges_km: Floats, station: int, section: ShippingSection) -> pd.DataFrame:
    """Return the ship-time that smoothing brings to a station (METHODS 1.2).

    Parameters
    ----------
    exposure : Exposure
        Ship-time by panel.
    edges_km : ndarray, shape (stations + 1,)
        Ends of the panels of the stations.
    station : int
        The station.
    section : ShippingSection
        Holds the width of the box.

    Returns
    -------
    DataFrame
        ``station ship hours_us`` of the panels around, and ``share``: how much of each panel's time falls to the
        station.
    """
    box = along_route(edges_km, section.smoothing_km)[[station], :].tocoo()
    near = np.sort(box.coords[1])
    shares = np.zeros(len(edges_km) - 1)
    shares[box.coords[1]] = box.data
    time = pd.read_parquet(
        exposure.stations, filters=[("station", ">=", int(near[0])), ("station", "<=", int(near[-1]))]
    )
    return time.assign(share=shares[time["station"].to_numpy()])


def _routine(anchorings: Anchorings, frame: Frame, ships: pd.DataFrame, station: int, config: Config) -> np.ndarray:
    places = frame.stations[["x_m", "y_m"]].to_numpy()[[station]]
    _, which = anchorings_near(anchorings, places, config.shipping.routine_radius_m)
    count = np.bincount(anchorings.ship[which], minlength=len(ships)).astype(float)
    fluke = ships["fluke_length_m"].to_numpy(float)
    return routine_per_km_yr(count, fluke, anchorings.years, config.shipping)
