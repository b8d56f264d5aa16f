"""Findings about spikes: how many cells of a file are, and where the worst stand."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pipeline.quality.findings import Finding
from pipeline.quality.limits import Limits
from pipeline.quality.route import Stations
from pipeline.quality.seen import File, Weighed

_APART = 10  # pixels between two places of spikes that are named


def find_spikes(file: File, stations: Stations, limits: Limits) -> Iterator[Weighed]:
    """Tell how many cells are spikes, and name the worst."""
    row, col, depth, beside = (
        np.concatenate([getattr(part, name) for part in file.parts])
        for name in ("spike_row", "spike_col", "spike_m", "beside_m")
    )
    points = file.points(stations, row, col)
    off = np.where(points.offset_m <= stations.half_width_m, np.abs(depth - beside), 0.0)
    if not off.any():
        return
    named: list[int] = []
    for index in np.lexsort((col, row, -off))[: int((off > 0.0).sum())].tolist():
        if all(max(abs(row[index] - row[k]), abs(col[index] - col[k])) > _APART for k in named):
            named.append(index)
        if len(named) == limits.own.places_named:
            break
    number = int((off > 0.0).sum())
    heights = [f"{_height(depth[k])} amid {beside[k]:.1f} m" for k in named]
    if number == 1:
        told = f"a spike: one cell is {heights[0]}"
    else:
        places = [f" at KP {points.kp_km[k]:.3f} (row {row[k]}, column {col[k]})" for k in named]
        told = f"spikes: {number} cells, such as {'; '.join(map(str.__add__, heights, places))}"
    yield Weighed(float(off.max()), Finding(
        "warning", file.source.name, file.name,
        **points.spot(named[0], inside=f"row {row[named[0]]}, column {col[named[0]]}"),
        message=told,
        remedy="Look at them in the survey's own software; clean the soundings, or give those cells no value. "
        "A wreck or a rock that is real may stay.", code="spike",
    ))  # fmt: skip


def _height(depth_m: float) -> str:
    return f"{abs(depth_m):.1f} m deep" if depth_m >= -0.05 else f"{-depth_m:.1f} m above water"
