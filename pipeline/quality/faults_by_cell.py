"""Findings about single cells and groups of them: spikes and holes."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from pipeline.config.quality import QualitySection
from pipeline.quality.findings import Finding
from pipeline.quality.holes import holes_of
from pipeline.quality.route import Stations, lonlat_words
from pipeline.quality.seen import File, Weighed

_APART = 10  # pixels between two places of spikes that are named


def find_spikes(file: File, stations: Stations, limits: QualitySection) -> Iterator[Weighed]:
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
        if len(named) == limits.places_named:
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


def find_holes(file: File, stations: Stations, limits: QualitySection) -> Iterator[Weighed]:
    """Tell which gaps the data enclose."""
    cell_m2 = file.cell_m2(stations)
    holes = holes_of((part.gaps for part in file.parts), max(math.ceil(limits.hole_min_m2 / cell_m2), 1))
    middle = file.points(stations, (holes[:, 1] + holes[:, 2]) // 2, (holes[:, 3] + holes[:, 4]) // 2)
    reach_m = np.hypot(holes[:, 2] - holes[:, 1], holes[:, 4] - holes[:, 3]) / 2.0 * math.sqrt(cell_m2)
    near = np.flatnonzero(middle.offset_m - reach_m <= stations.half_width_m)
    if not near.size:
        return
    places = []
    for k in near[: limits.places_named].tolist():
        corner = file.points(stations, holes[k, [1, 1, 2, 2]], holes[k, [3, 4, 3, 4]])
        places.append((float(corner.kp_km.min()), float(corner.kp_km.max())))
    told = "; ".join(
        f"{holes[k, 0] * cell_m2:,.0f} m\u00b2 at KP {low:.3f}-{high:.3f}"
        for k, (low, high) in zip(near.tolist(), places, strict=False)
    )
    first, area = int(near[0]), float(holes[near, 0].sum() * cell_m2)
    message = f"a hole of {area:,.0f} m\u00b2 inside the data"
    if near.size > 1:
        message = f"{near.size} holes inside the data, {area:,.0f} m\u00b2 together, the largest: {told}"
    inside = f"rows {holes[first, 1]}-{holes[first, 2]}, columns {holes[first, 3]}-{holes[first, 4]}"
    lon, lat = round(float(middle.lon[first]), 6), round(float(middle.lat[first]), 6)
    yield Weighed(area, Finding(
        "warning", file.source.name, file.name,
        f"KP {places[0][0]:.3f}-{places[0][1]:.3f}, {lonlat_words(lon, lat)}, {inside}",
        message,
        "They stay blank, and nothing is interpolated. Have them surveyed, or add a source that covers them.",
        code="hole", kp_km=(round(places[0][0], 3), round(places[0][1], 3)), lon=lon, lat=lat,
    ))  # fmt: skip


def _height(depth_m: float) -> str:
    return f"{abs(depth_m):.1f} m deep" if depth_m >= -0.05 else f"{-depth_m:.1f} m above water"
