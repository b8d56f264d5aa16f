"""The numbers behind the anchor strikes of one station: ship-time, every ship's arithmetic, and what it adds up to."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.config import Config
from pipeline.geo import Frame
from pipeline.hazards.shipping.explain_passages import passages_near
from pipeline.hazards.shipping.explain_ship import ship_numbers
from pipeline.hazards.shipping.explain_time import terms
from pipeline.hazards.shipping.exposure import HOUR_US, panel_edges_km
from pipeline.hazards.shipping.exposure_of import Exposure
from pipeline.hazards.shipping.incident import growth_factor
from pipeline.hazards.shipping.penetration import penetration_factor
from pipeline.hazards.shipping.ships import dwt_class_order
from pipeline.hazards.shipping.station_ships import station_ship_rates, time_around
from pipeline.sources.ais.period import HOURS_PER_YEAR
from pipeline.store.step import Facts

Numbers = dict[str, Any]
"""Plain values, fit for JSON; None where something is not known."""

STRIKE, ROUTINE, ACCIDENTAL = "strike_per_km_yr", "routine_strike_per_km_yr", "accidental_strike_per_km_yr"


def explain_station(
    folders: Mapping[str, Path],
    facts: Mapping[str, Facts],
    station: int,
    config: Config,
    *,
    top: int | None = 10,
    factor: float | None = None,
) -> Numbers | None:
    """Return how the anchor strikes of a station come about. For the team: it names ships, and is never published.

    Parameters
    ----------
    folders, facts : mapping
        Output folders and facts of the steps, see ``station_ship_rates``; also ``traffic``.
    station : int
        The station.
    config : Config
        Sections ``shipping`` and ``soil``.
    top : int or None
        How many ships to list, those with most strikes; None for all.
    factor : float, optional
        Penetration in fluke lengths where layers tell it; else that of the soil class.

    Returns
    -------
    dict or None
        ``station water_depth_m soil_class holding penetration_f``; ``exposure`` (ship-hours per km2 and year before and
        after smoothing); ``rate`` (the factors that all ships share); ``ships``: one dict a ship, most dangerous first,
        see ``ship_numbers``; ``others``, ``totals`` (all ships against the station's own number); ``classes`` (by
        deadweight); ``passages`` over the kilometre around. None where nothing is assessed.
    """
    place = pd.read_parquet(folders["shipping"] / "station_inputs.parquet", filters=[("station", "==", station)])
    exposure = Exposure.of(facts, folders)
    if exposure is None or place.empty or not place["water_depth_m"].iloc[0] > 0.0:
        return None
    rows = station_ship_rates(folders, facts, config, station)
    ships = pd.read_parquet(folders["ships"] / "ships.parquet")
    table = rows.merge(ships, on="ship", how="left", validate="one_to_one")
    table["both"] = table[STRIKE] + table[ROUTINE]
    table = table.sort_values(["both", "ship"], ascending=[False, True], kind="stable", ignore_index=True)
    soil = config.soil.classes[str(place["soil_class"].iloc[0])]
    here: Numbers = {
        "station": station,
        "water_depth_m": float(place["water_depth_m"].iloc[0]),
        "soil_class": str(place["soil_class"].iloc[0]),
        "holding": soil.holding,
        "penetration_f": penetration_factor(soil, config.shipping) if factor is None else factor,
    }
    shown = table.head(len(table) if top is None else top)
    total = float(table["both"].sum())
    frame = Frame.load(folders["route"])
    time = time_around(exposure, panel_edges_km(frame), station, config.shipping)
    told = [
        ship_numbers(row, terms(time[time["ship"] == row["ship"]]), here, total, config.shipping)
        for row in shown.to_dict("records")
    ]
    at = pd.read_parquet(folders["shipping"] / "stations.parquet", filters=[("station", "==", station)]).iloc[0]
    return {
        **here,
        "exposure": _exposure(frame, exposure, time, place, float(table["h_per_km2_yr"].sum()), config),
        "rate": _rate(config),
        "ships": told,
        "others": {"ships": len(table) - len(told), STRIKE: total - float(shown["both"].sum())},
        "totals": _totals(table, at),
        "classes": _classes(table, total, config),
        "passages": passages_near(folders, facts, station, exposure.years, config),
    }


def _exposure(
    frame: Frame, exposure: Exposure, time: pd.DataFrame, place: pd.DataFrame, smoothed: float, config: Config
) -> Numbers:
    """Return ship-time in the panel of the station, and what the box makes of it."""
    edges, station = panel_edges_km(frame), int(place["station"].iloc[0])
    water = float(place["water_share"].iloc[0])
    here_us = time.loc[time["station"] == station, "hours_us"].sum()
    hours, length_km = float(here_us) / HOUR_US, float(edges[station + 1] - edges[station])
    return {
        "hours": hours, "years": exposure.years, "panel_km": length_km, "half_width_m": exposure.half_width_m,
        "water_share": water,
        "direction": exposure.told.get("direction"), "direction_factor": exposure.told.get("direction_factor"),
        "coverage": exposure.told.get("coverage"),
        "h_per_km2_yr": hours / exposure.years / (length_km * 2.0 * exposure.half_width_m / 1000.0 * water),
        "smoothing_km": config.shipping.smoothing_km, "smoothed_h_per_km2_yr": smoothed,
        "hours_around": terms(time),
    }  # fmt: skip


def _rate(config: Config) -> Numbers:
    section = config.shipping
    return {
        "incident_per_ship_yr": section.incident_per_ship_yr,
        "incident_per_ship_h": section.incident_per_ship_yr / HOURS_PER_YEAR,
        "coverage_factor": section.coverage_factor,
        "traffic_modifier": section.traffic_modifier,
        "growth_factor": growth_factor(section),
    }


def _totals(table: pd.DataFrame, at: pd.Series) -> Numbers:
    """Return the sums over all ships beside what the step told of the station."""
    of_station = float(at["anchor_strike_per_km_yr"])
    under_way, routine = float(table[STRIKE].sum()), float(table[ROUTINE].sum())
    return {
        "ships": len(table), "under_way_per_km_yr": under_way, "routine_per_km_yr": routine,
        "sum_per_km_yr": under_way + routine, "station_per_km_yr": _known(of_station),
        "off": _known((under_way + routine) / of_station - 1.0) if of_station else None,
        "routine_assessed": bool(np.isfinite(at["routine_strike_per_km_yr"])),
        "accidental_sum_per_km_yr": float(table[ACCIDENTAL].sum()),
        "accidental_per_km_yr": _known(float(at["accidental_strike_per_km_yr"])),
    }  # fmt: skip


def _known(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _classes(table: pd.DataFrame, total: float, config: Config) -> list[Numbers]:
    by_class = table.groupby("dwt_class").agg(
        ships=("ship", "size"), rate=("both", "sum"), hours=("h_per_km2_yr", "sum"), anchor=("anchor_kg", "max")
    )
    return [
        {
            "dwt_class": name, "ships": int(row["ships"]), "h_per_km2_yr": float(row["hours"]),
            "anchor_kg_max": int(row["anchor"]), STRIKE: float(row["rate"]),
            "share": float(row["rate"]) / total if total > 0.0 else 0.0,
        }
        for name, row in by_class.reindex(dwt_class_order(config.shipping)).dropna().iterrows()
    ]  # fmt: skip
