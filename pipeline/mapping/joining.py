"""Thousands of zones on one page: neighbours are shown joined, so that little of the cable looks deeper than it is."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from pipeline.config.corridor import PROVENANCE_ORDER
from pipeline.mapping.words import blank

_SUMS: Final = ("length_km", "surface_strike_per_yr", "residual_strike_per_yr")
_LARGEST: Final = (
    "target_dol_m", "required_dol_p90_m", "deficit_m", "water_depth_max_m", "frequency_category", "pga_475yr_g",
    "confidence",
)  # fmt: skip
_LEAST: Final = ("achievable_dol_m", "water_depth_min_m", "slope_fs_min")


def join_zones(zones: pd.DataFrame, most: int) -> pd.DataFrame:
    """Return at most ``most`` zones: neighbours joined, each with its worst numbers and its commonest words.

    Parameters
    ----------
    zones : DataFrame
        The zones of the burial step, in KP order.
    most : int
        How many rows may stay. Zones without a target join none that has one, so more stay where these alternate.

    Returns
    -------
    DataFrame
        ``zones`` itself where they are few; else the same columns. A joined zone is called ``first–last`` and has the
        deepest target, the largest deficit, the least achievable depth, and the sum of the strikes.
    """
    if len(zones) <= most:
        return zones
    targets = zones["target_dol_m"].to_numpy(float, na_value=np.nan)
    lengths = (zones["kp_to_km"] - zones["kp_from_km"]).to_numpy(float)
    starts = joined_starts(targets, lengths, most)
    parts = np.split(np.arange(len(zones)), starts[1:])
    return pd.DataFrame([_row(zones.iloc[part], lengths[part]) for part in parts], columns=zones.columns)


def joined_starts(targets_m: Any, lengths_km: Any, most: int) -> list[int]:
    """Return where the groups begin into which neighbours are joined, the cheapest pair first.

    The price of a pair is the length of cable times by how much more its target would look deeper than it is. Of equal
    prices the first pair along the route is joined.

    Parameters
    ----------
    targets_m, lengths_km : ndarray, shape (zones,)
        Target depths (NaN where none is decided) and lengths.
    most : int
        How many groups may stay.
    """
    deepest, length = list(map(float, targets_m)), list(map(float, lengths_km))
    count = len(deepest)
    after, before = list(range(1, count + 1)), list(range(-1, count - 1))
    state = [0] * count  # how often a group has grown; -1 for one that has joined another

    def price(left: int) -> float:
        right = after[left]
        both = max(deepest[left], deepest[right])
        return (both - deepest[left]) * length[left] + (both - deepest[right]) * length[right]

    queue: list[tuple[float, int, int, int]] = []

    def offer(left: int) -> None:
        if left >= 0 and after[left] < count and math.isnan(deepest[left]) == math.isnan(deepest[after[left]]):
            worth = 0.0 if math.isnan(deepest[left]) else price(left)
            heapq.heappush(queue, (worth, left, state[left], state[after[left]]))

    for left in range(count - 1):
        offer(left)
    groups = count
    while groups > most and queue:
        _, left, grown, other = heapq.heappop(queue)
        right = after[left]
        if state[left] != grown or right >= count or state[right] != other:
            continue
        deepest[left], length[left] = max(deepest[left], deepest[right]), length[left] + length[right]
        after[left] = after[right]
        if after[right] < count:
            before[after[right]] = left
        state[left], state[right] = state[left] + 1, -1
        groups -= 1
        offer(before[left])
        offer(left)
    return [index for index in range(count) if state[index] >= 0]


def _row(part: pd.DataFrame, lengths_km: Any) -> dict[str, Any]:
    first, last = part.iloc[0], part.iloc[-1]
    if len(part) == 1:
        return dict(first)
    row = {name: _RULES.get(str(name), _commonest)(part[name].tolist(), lengths_km) for name in part.columns}
    row |= {"zone_id": f"{first['zone_id']}\N{EN DASH}{last['zone_id']}", "kp_from_km": first["kp_from_km"]}
    row |= {"kp_to_km": last["kp_to_km"]}
    if "return_period_yr" in row:
        residual = row.get("residual_strike_per_yr")
        row["return_period_yr"] = 1.0 / residual if residual and residual > 0 else math.nan
    return row


def _known(values: Sequence[Any]) -> list[Any]:
    return [value for value in values if not blank(value)]


def _commonest(values: Sequence[Any], lengths_km: Any) -> Any:
    km: dict[Any, float] = {}
    for value, length in zip(values, lengths_km, strict=True):
        if not blank(value):
            km[value] = km.get(value, 0.0) + float(length)
    return max(km, key=lambda value: (km[value], str(value)), default=None)


def _worst(values: Sequence[Any], _: Any) -> Any:
    return max(_known(values), key=lambda value: PROVENANCE_ORDER.index(value), default="")


_RULES: Final[dict[str, Callable[[Sequence[Any], Any], Any]]] = {
    **dict.fromkeys(_SUMS, lambda values, _: sum(_known(values)) if _known(values) else math.nan),
    **dict.fromkeys(_LARGEST, lambda values, _: max(_known(values), default=None)),
    **dict.fromkeys(_LEAST, lambda values, _: min(_known(values), default=None)),
    "provenance": _worst,
}
