"""Passages over the kilometre around a station, by deadweight class: how many, how fast, which way, how deep, when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
_COURSES_TOLD = 3
_FEW = 20
"""Of fewer, numbers are told instead of percent, which would promise more than is known."""


def passages_near(
    folders: Mapping[str, Path], facts: Mapping[str, Facts], station: int, years: float, config: Config
) -> list[dict[str, Any]] | None:
    """Return passages by class over the kilometre around a station; None where no tracks tell of any.

    Returns
    -------
    list of dict
        ``dwt_class passages passages_per_yr speed_median_kn angle_median_deg draught_median_m``, and ``courses`` and
        ``quarters``: how many in each of eight directions, most first, and in each quarter of the year, December first;
        those without any are left out. None for what no report states.
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
    courses = _counts(np.rint(rows["course_deg"].to_numpy(float) / 45.0) % 8.0, OCTANTS)
    month = pd.to_datetime(rows["time_us"], unit="us", utc=True).dt.month.to_numpy(np.int64)
    return {
        "dwt_class": name, "passages": len(rows), "passages_per_yr": len(rows) / years,
        "speed_median_kn": _median(rows["speed_kn"]), "angle_median_deg": _median(rows["angle_deg"]),
        "draught_median_m": _median(rows["draught_m"]),
        "courses": dict(sorted(courses.items(), key=lambda item: -item[1])),
        "quarters": _counts((month % 12 // 3).astype(float), QUARTERS),
    }  # fmt: skip


def _median(values: pd.Series) -> float | None:
    known = values.dropna()
    return float(known.median()) if len(known) else None


def _counts(index: Floats, names: tuple[str, ...]) -> dict[str, int]:
    """Return how often each name occurs, in the order of the names; those that do not are left out."""
    known = index[~np.isnan(index)].astype(np.int64)
    count = np.bincount(known, minlength=len(names)).tolist()
    return {name: number for name, number in zip(names, count, strict=True) if number}


def passage_lines(passages: Sequence[Mapping[str, Any]] | None) -> list[tuple[str, str]]:
    """Return a line for each class of ``passages_near``."""
    if passages is None:
        return [("passages", "not known: ship-time is from density rasters")]
    return [(f"{one['dwt_class']} t", _line(one)) for one in passages] or [("passages", "none")]


def _line(one: Mapping[str, Any]) -> str:
    medians = [
        f"{words} {'not stated' if one[name] is None else f'{one[name]:.{digits}f} {unit}'}"
        for name, words, digits, unit in (
            ("speed_median_kn", "speed", 1, "kn"), ("angle_median_deg", "angle to the cable", 0, "deg"),
            ("draught_median_m", "draught", 1, "m"),
        )
    ]  # fmt: skip
    parts = [f"{one['passages_per_yr']:.4g} a year ({one['passages']} seen)", f"medians: {', '.join(medians)}"]
    for name, most in (("courses", _COURSES_TOLD), ("quarters", len(QUARTERS))):
        if one[name]:
            total = sum(one[name].values())
            told = [
                f"{key} {count}" if total < _FEW else f"{key} {count / total:.0%}" for key, count in one[name].items()
            ]
            parts.append(f"{name}: {', '.join(told[:most])}")
    return "; ".join(parts)
