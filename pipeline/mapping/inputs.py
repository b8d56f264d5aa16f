"""All that the map is drawn from, read once from the step folders."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.config import Config
from pipeline.errors import DataError
from pipeline.geo import Frame
from pipeline.mapping.joining import join_zones
from pipeline.mapping.messages import say
from pipeline.store import Facts, StepContext

_STATION_COLUMNS = ("kp_km", "lon", "lat", "water_depth_m", "target_dol_m")
_UNNAMED = (say("western landing"), say("eastern landing"))
_ZONE_COLUMNS = ("zone_id", "kp_from_km", "kp_to_km", "target_dol_m")


@dataclass(frozen=True, eq=False)
class Inputs:
    """What the steps before gave.

    Attributes
    ----------
    config : Config
        The sections that the map step declares.
    frame : Frame
        Route and stations.
    landings : tuple[str, str]
        Names of the first and the last position of the route.
    stations, all_zones : DataFrame
        The tables of the burial step.
    zones : DataFrame
        The zones that are drawn and listed: neighbours joined where there are more than ``[map] most_zones``.
    totals : dict
        Its ``totals.json``.
    facts : mapping
        What each step told.
    folders : mapping
        Output folders by step.
    """

    config: Config
    frame: Frame
    landings: tuple[str, str]
    stations: pd.DataFrame
    all_zones: pd.DataFrame
    zones: pd.DataFrame
    totals: dict[str, Any]
    facts: Mapping[str, Facts]
    folders: Mapping[str, Path]

    def raster(self, step: str, name: str) -> Path | None:
        """Return a raster of a step that was assessed, else None.

        Raises
        ------
        DataError
            If an assessed step did not write it.
        """
        if step not in self.folders or not self.facts.get(step, {}).get("assessed", True):
            return None
        path = self.folders[step] / name
        if not path.is_file():
            raise DataError(
                f"the step '{step}' left no {name} for the map",
                where=str(path),
                remedy="Run 'corridor build --force'.",
            )
        return path


def read_inputs(context: StepContext) -> Inputs:
    """Read the step folders.

    Raises
    ------
    DataError
        If a table lacks what a map cannot do without, or a file is missing.
    """
    burial = context.inputs["burial"]
    stations = _table(burial / "stations.parquet", _STATION_COLUMNS)
    zones = _table(burial / "zones.parquet", _ZONE_COLUMNS)
    if stations.empty:
        raise DataError("the burial step wrote no station", where=str(burial / "stations.parquet"))
    totals_path = burial / "totals.json"
    try:
        totals = json.loads(totals_path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(
            f"the route totals cannot be read: {error}", where=str(totals_path), remedy="Run 'corridor build --force'."
        ) from error
    zones = zones.sort_values("kp_from_km", kind="stable").reset_index(drop=True)
    return Inputs(
        config=context.config,
        frame=Frame.load(context.inputs["route"]),
        landings=_landings(context.inputs["route"] / "rpl.parquet"),
        stations=stations.reset_index(drop=True),
        all_zones=zones,
        zones=join_zones(zones, context.config.map.most_zones),
        totals=totals,
        facts=context.facts,
        folders=context.inputs,
    )


def _table(path: Path, needed: tuple[str, ...]) -> pd.DataFrame:
    try:
        table = pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise DataError(
            f"the table cannot be read: {error}", where=str(path), remedy="Run 'corridor build --force'."
        ) from error
    missing = [column for column in needed if column not in table.columns]
    if missing:
        raise DataError(
            f"the table lacks the columns {', '.join(missing)}",
            where=str(path),
            remedy="Run 'corridor build --force'.",
        )
    return table


def _landings(path: Path) -> tuple[str, str]:
    if path.is_file():
        events = pd.read_parquet(path).get("event")
        if events is not None and len(events):
            names = ["" if pd.isna(name) else str(name).strip() for name in (events.iloc[0], events.iloc[-1])]
            return names[0] or _UNNAMED[0], names[1] or _UNNAMED[1]
    return _UNNAMED


def deepest_need(stations: pd.DataFrame, limit: int) -> pd.DataFrame:
    """Return at most about ``limit`` stations: of each block the one whose required depth is deepest.

    A thinned profile must not lose a peak, so no block shows less than its worst station needs.
    """
    if len(stations) <= limit:
        return stations
    return stations.iloc[deepest_rows(stations, limit)].reset_index(drop=True)


def deepest_rows(stations: pd.DataFrame, limit: int) -> list[int]:
    """Return the rows of ``deepest_need``, in order; all where they are few."""
    if len(stations) <= limit:
        return list(range(len(stations)))
    block = -(-len(stations) // (limit - 1))
    need = stations["target_dol_m"].to_numpy(float, na_value=np.nan)
    if "required_dol_p90_m" in stations:
        need = stations["required_dol_p90_m"].to_numpy(float, na_value=np.nan)
    key = np.where(np.isnan(need), -np.inf, need)
    chosen = [start + int(np.argmax(key[start : start + block])) for start in range(0, len(key), block)]
    return sorted({0, *chosen, len(stations) - 1})
