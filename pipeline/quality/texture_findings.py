"""Findings about stretches of a surface: striping, and values that are no measurements."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from pipeline.geo import WGS84
from pipeline.quality.findings import Finding
from pipeline.quality.limits import Limits
from pipeline.quality.route import Stations
from pipeline.quality.seen import File, Weighed
from pipeline.quality.stripes import Striped
from pipeline.quality.windows import CHUNK, pixel_centres
from pipeline.sources.rasters.raster_file import transformer

_LEAST_CELLS = 1000
_LEVEL = 0.9
_HALF_CHUNK = CHUNK * CHUNK // 2
_LEAST_STRIPED = 3
_SAME_DIRECTION_DEG = 6.0


def find_stripes(file: File, stations: Stations, limits: Limits) -> Iterator[Weighed]:
    """Tell whether many samples are striped in one direction."""
    seen = {place: sample for part in file.parts for place, sample in part.stripes.items()}
    if file.is_whole:  # terraces are straight, too
        return
    strong = [
        (place, sample)
        for place, sample in sorted(seen.items())
        if sample.ratio >= limits.own.stripe_ratio
        and sample.jump_m >= max(limits.own.stripe_min_m, limits.own.stripe_tvu * limits.tvu_m(file.depth_m[place]))
        and file.depth_m[place] > 0.0
    ]
    alike = max(
        ([item for item in strong if _turn(item[1].across_deg, one.across_deg) <= _SAME_DIRECTION_DEG]
         for _, one in strong),
        key=len, default=[],
    )  # fmt: skip
    if len(alike) < max(_LEAST_STRIPED, limits.own.stripe_share * len(seen)):
        return
    points = file.chunk_points(stations, np.array([place for place, _ in alike]))
    worst = int(np.argmax([sample.jump_m for _, sample in alike]))
    jump = float(np.median([sample.jump_m for _, sample in alike]))
    message = (
        f"striped {_direction(file, *alike[worst])}: neighbouring lines differ by up to about {jump:.2f} m "
        f"(median of {len(alike)} of {len(seen)} samples, greatest {alike[worst][1].jump_m:.2f} m)"
    )
    yield Weighed(jump, Finding(
        "warning", file.source.name, file.name,
        **points.spot(worst, along=points.kp_km),
        message=message,
        remedy="Slope and roughness are too high there. Look at tide, sound velocity and motion correction of "
        "the lines, and have the grid made again. Sharp, straight and regular bedforms look alike.", code="striping",
    ))  # fmt: skip


def find_whole(file: File, stations: Stations, limits: Limits) -> Iterator[Weighed]:
    """Tell whether a fine raster holds whole metres only, or many zeros."""
    valid, level = int(file.count("valid").sum()), int(file.count("level").sum())
    steepest = math.degrees(math.atan(1.0 / file.plan.file.resolution_m))
    if valid < _LEAST_CELLS:
        return
    if file.is_whole and level < _LEVEL * valid and steepest > limits.own.rounded_slope_deg:
        points = file.chunk_points(stations, np.argwhere(file.plan.chunks))
        yield Weighed(steepest, Finding(
            "warning", file.source.name, file.name, **points.spot(len(points.kp_km) // 2, along=points.kp_km),
            message=f"the depths are whole metres in cells of {file.plan.file.resolution_m:.3g} m: "
            f"terraces of {steepest:.0f} degrees where the bed slopes gently",
            remedy="Ask for the grid with decimetres; slope and roughness of this one are wrong.", code="rounded",
        ))  # fmt: skip
    zero = file.count("zero")
    if not file.is_whole and zero.sum() >= limits.own.zero_cells:
        places = np.argwhere(zero == zero.max())[:1]
        yield Weighed(float(zero.sum()), Finding(
            "warning", file.source.name, file.name, **file.chunk_points(stations, places).spot(0),
            message=f"{int(zero.sum())} cells ({zero.sum() / valid:.0%}) are exactly 0, "
            "which is probably nodata that was not declared",
            remedy="Set nodata = 0 in its source, unless the water's edge is drawn so.", code="zero_values",
        ))  # fmt: skip


def find_made_up(file: File, stations: Stations, limits: Limits) -> Iterator[Weighed]:
    """Tell where chunks are level or plane to the last digit."""
    if file.is_whole:
        return
    valid, wet = file.count("valid"), file.depth_m > 0.0
    level = (file.count("level") >= _LEVEL * valid) & (valid >= _HALF_CHUNK) & wet
    plane = (file.count("plane") >= _LEVEL * valid) & (valid >= _HALF_CHUNK) & wet & ~level
    for where, severity, code, what, remedy in (
        (level, "warning", "level_block", "one and the same depth",
         "Check that these are depths that were measured; give cells that were only filled no value."),
        (plane, "note", "plane_block", "an exact plane, so interpolated and not measured",
         "Slope and roughness there are those of the interpolation."),
    ):  # fmt: skip
        points = file.chunk_points(stations, np.argwhere(where))
        near = np.flatnonzero(points.offset_m <= stations.half_width_m)
        if not near.size:
            continue
        depth = np.median(file.depth_m[where])
        area_km2 = near.size * CHUNK**2 * file.cell_m2(stations) / 1e6
        yield Weighed(area_km2, Finding(
            "warning" if severity == "warning" else "note", file.source.name, file.name,
            **points.spot(int(near[0]), along=points.kp_km[near]),
            message=f"about {area_km2:.3g} km\u00b2 in blocks of {CHUNK} x {CHUNK} cells are {what}"
            + (f", here {depth:.3f} m" if code == "level_block" else ""),
            remedy=remedy, code=code,
        ))  # fmt: skip


def _turn(one_deg: float, other_deg: float) -> float:
    """Return the angle between two directions without sense, degrees."""
    return abs((one_deg - other_deg + 90.0) % 180.0 - 90.0)


def _direction(file: File, place: tuple[int, int], sample: Striped) -> str:
    """Return which way stripes run: along rows or columns, and the true bearing."""
    across = math.radians(sample.across_deg)
    middle = np.array(place) * CHUNK + CHUNK // 2
    ends = middle[:, None] + np.outer([math.cos(across), -math.sin(across)], [-10.0, 10.0])
    x, y = pixel_centres(file.plan.file, ends[0], ends[1])
    lon, lat = transformer(file.plan.file.crs, "EPSG:4326").transform(x, y)
    bearing = round(WGS84.inv(lon[0], lat[0], lon[1], lat[1])[0]) % 180
    along = {0: "along columns", 90: "along rows"}.get(round(sample.across_deg) % 180, "")
    return f"{along} ({bearing} degrees true)" if along else f"along {bearing} degrees true"
