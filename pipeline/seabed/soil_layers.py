"""``soil_layers.parquet``: the soil below every station down to ``layers_to_m``, layer by layer."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.config.soil import SoilSection
from pipeline.geo import Floats
from pipeline.seabed.ground import Ground, groups
from pipeline.seabed.penetration import SoilLayer
from pipeline.seabed.spread import spread_near

ENDS = tuple(
    f"{kind}_p{percentile}_{end}_{unit}"
    for kind, unit in (("su", "kpa"), ("dr", "pct"))
    for end in ("top", "bottom")
    for percentile in (10, 50, 90)
)
"""Strength percentiles at the ends of a layer: su top, su bottom, Dr top, Dr bottom."""


def layer_table(ground: Ground, near: Floats, soil: SoilSection) -> pd.DataFrame:
    """Return one row a station and layer, from the seabed down.

    Parameters
    ----------
    ground : Ground
        Soil at the stations.
    near : ndarray, shape (stations,)
        Weight of the profile that counts there.
    soil : SoilSection
        Classes and spreads.

    Returns
    -------
    DataFrame
        ``station top_m bottom_m soil_class layer_source`` and ``ENDS``; blank where a soil has no such strength.
        ``layer_source``: ``measured``, ``above the profile``, ``below the profile``, ``not measured``
        (a gap of a profile), or ``class``.
    """
    parts = []
    for number, name, rows in groups(ground.profile, ground.base):
        for at, layer in enumerate(ground.stacks[number, name]):
            measured = number >= 0 and layer.kind != "none"
            ends = _measured_ends(layer, near[rows], soil) if measured else _class_ends(layer, soil)
            part = pd.DataFrame(
                {
                    "station": rows.astype(np.int32), "at": at, "top_m": layer.top_m, "bottom_m": layer.bottom_m,
                    "soil_class": layer.soil_class, "layer_source": layer.source,
                }
            )  # fmt: skip
            part[list(ENDS)] = np.broadcast_to(ends, (len(rows), len(ENDS)))
            parts.append(part)
    table = pd.concat(parts, ignore_index=True).sort_values(["station", "at"], kind="stable", ignore_index=True)
    return table.drop(columns="at")


def _class_ends(layer: SoilLayer, soil: SoilSection) -> Floats:
    item = soil.classes[layer.soil_class]
    gain = soil.su_gradient_kpa_m * layer.bottom_m if layer.source == "class" else 0.0
    su = np.array(item.su_kpa) if item.su_kpa else np.full(3, np.nan)
    dr = np.array(item.dr_pct) if item.dr_pct else np.full(3, np.nan)
    return np.concatenate([su, su + gain, dr, dr])[None, :]


def _measured_ends(layer: SoilLayer, near: Floats, soil: SoilSection) -> Floats:
    lower, upper = spread_near(layer.kind, layer.soil_class, near, soil)
    zero = np.zeros(near.shape)
    blank = np.full((len(near), 6), np.nan)
    ends = [layer.at_top, layer.at_bottom]
    if layer.kind == "su_kpa":
        return np.hstack([*(value * np.exp(np.column_stack([-lower, zero, upper])) for value in ends), blank])
    around = np.column_stack([-lower, zero, upper])
    return np.hstack([blank, *(np.clip(value + around, 0.0, 100.0) for value in ends)])
