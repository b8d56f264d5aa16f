"""Passages over the kilometre around a station, by deadweight class: how many, how fast, which way, how deep, when."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.config import Config
from pipeline.geo import Floats, Frame
from pipeline.hazards.shipping.ships import dwt_class_order
from pipeline.store.step import Facts

NEAR_KM = 0.5
"""How far either side of the station passages are told of."""
OCTANTS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")
QUARTERS = ("Dec-Feb", "Mar-May", "Jun-Aug", "Sep-Nov")


def passages_near(
    folders: Mapping[str, Path], facts: Mapping[str, Facts], station: int, years: float, config: Config
) -> list[dict[str, Any]] | None:
    """Return passages by class over the kilometre around a station; None where no tracks tell of any.

    Returns
    -------
    list of dict
        ``dwt_class passages passages_per_yr speed_median_kn angle_median_deg draught_median_m``, and ``courses`` and
        ``quarters``: shares of eight directions and of quarters of the year. None for what no report states.
    """
    path = folders["traffic"] / "passages.parquet"
    if facts.get("traffic", {}).get("exposure", "ais") != "ais" or not path.exists():
        return None
    kp_km = float(Frame.load(folders["route"]).stations["kp_km"].iloc[station])
    near = pd.read_parquet(path, filters=[("kp_km", ">=", kp_km - NEAR_KM), ("kp_km", "<=", kp_km + NEAR_KM)])
    by_class = {str(name): rows for name, rows in near.groupby("dwt_class")}
    return [
        _of_class(name, by_class[name], years) for name in dwt_class_order(config.shipping) if name in by_class
    ]  # fmt: skip


def _of_class(name: str, rows: pd.DataFrame, years: float) -> dict[str, Any]:
    month = pd.to_datetime(rows["time_us"], unit="us", utc=True).dt.month.to_numpy(np.int64)
    return {
        "dwt_class": name, "passages": len(rows), "passages_per_yr": len(rows) / years,
        "speed_median_kn": _median(rows["speed_kn"]), "angle_median_deg": _median(rows["angle_deg"]),
        "draught_median_m": _median(rows["draught_m"]),
        "courses": _shares(np.rint(rows["course_deg"].to_numpy(float) / 45.0) % 8.0, OCTANTS),
        "quarters": _shares((month % 12 // 3).astype(float), QUARTERS),
    }  # fmt: skip


def _median(values: pd.Series) -> float | None:
    known = values.dropna()
    return float(known.median()) if len(known) else None


def _shares(index: Floats, names: tuple[str, ...]) -> dict[str, float]:
    """Return the share of each name that occurs, largest first."""
    known = index[~np.isnan(index)].astype(np.int64)
    count = np.bincount(known, minlength=len(names))
    order = np.argsort(-count, kind="stable")
    return {names[at]: float(count[at] / len(known)) for at in order if count[at]}
