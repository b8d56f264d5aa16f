"""The ships that drive the number at a station, with all that a reviewer needs to redo it on paper."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from pipeline.config import Config
from pipeline.hazards.shipping.penetration import penetration_factor, penetration_m
from pipeline.hazards.shipping.station_ships import station_ship_rates
from pipeline.store.step import Facts

COLUMNS = (
    "mmsi", "name", "type_class", "length_m", "beam_m", "draught_m", "displacement_t", "dwt_t", "equipment_number",
    "anchor_kg", "chain_m", "fluke_length_m", "penetration_m", "drag_m", "p_wd", "h_per_km2_yr", "strike_per_km_yr",
    "share", "flags",
)  # fmt: skip


def explain_station(
    folders: Mapping[str, Path],
    facts: Mapping[str, Facts],
    station: int,
    config: Config,
    *,
    top: int | None = 10,
    factor: float | None = None,
) -> pd.DataFrame:
    """Return the ships with most strikes at a station. For the team: it names ships, and is never published.

    Parameters
    ----------
    folders, facts : mapping
        Output folders and facts of the steps, see ``station_ship_rates``.
    station : int
        The station.
    config : Config
        Sections ``shipping`` and ``soil``.
    top : int or None
        How many ships; None for all.
    factor : float, optional
        Penetration in fluke lengths where layers tell it; else that of the soil class.

    Returns
    -------
    DataFrame
        ``COLUMNS``, most dangerous first; empty where nothing is assessed. ``h_per_km2_yr`` is smoothed ship-hours
        times direction factor. The rate is incident_per_ship_yr / 8760 * coverage_factor * traffic_modifier *
        h_per_km2_yr * drag_m / 1000 * p_wd; ``share`` is the part of the station's strikes.
    """
    rows = station_ship_rates(folders, facts, config, station)
    if rows.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    place = pd.read_parquet(folders["shipping"] / "station_inputs.parquet", filters=[("station", "==", station)])
    ships = pd.read_parquet(folders["ships"] / "ships.parquet")
    table = rows.merge(ships, on="ship", how="left", validate="one_to_one")
    if factor is None:
        factor = penetration_factor(config.soil.classes[str(place["soil_class"].iloc[0])], config.shipping)
    table["penetration_m"] = penetration_m(table["fluke_length_m"].to_numpy(), factor)
    total = table["strike_per_km_yr"].sum()
    table["share"] = table["strike_per_km_yr"] / total if total > 0.0 else 0.0
    table = table.sort_values(["strike_per_km_yr", "ship"], ascending=[False, True], kind="stable", ignore_index=True)
    return table[list(COLUMNS)].head(len(table) if top is None else top)
