"""Findings about holes, also those that reach over the seam of two tiles of one lattice."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from rasterio.windows import Window

from pipeline.config.quality import QualitySection
from pipeline.geo import Ints
from pipeline.quality.findings import Finding
from pipeline.quality.holes import Gaps, holes_of
from pipeline.quality.route import Stations, lonlat_words
from pipeline.quality.seen import File, Weighed
from pipeline.sources.rasters import RasterFile, apply

_SAME_LATTICE = 0.01
"""Tiles whose pixels lie no farther than this from one lattice, in pixels, belong to it."""


def find_holes(files: Sequence[File], stations: Stations, limits: QualitySection) -> Iterator[Weighed]:
    """Tell which gaps the data of one source enclose, file by file: the one that holds the middle of a hole."""
    for group in _lattices(files):
        base, _, _ = group[0]
        least = max(math.ceil(limits.hole_min_m2 / base.cell_m2(stations)), 1)
        holes = holes_of((_moved(part.gaps, row, col) for file, row, col in group for part in file.parts), least)
        for file, row, col in group:
            own = holes - np.array([0, row, row, col, col])
            middle_row, middle_col = (own[:, 1] + own[:, 2]) // 2, (own[:, 3] + own[:, 4]) // 2
            raster = file.plan.file
            inside = (middle_row >= 0) & (middle_row < raster.height) & (middle_col >= 0) & (middle_col < raster.width)
            yield from _told(file, own[inside], stations, limits)


def _lattices(files: Sequence[File]) -> list[list[tuple[File, int, int]]]:
    """Return files by the lattice of their pixels, each with its first row and column in that of the first of them."""
    groups: list[list[tuple[File, int, int]]] = []
    for file in files:
        own = file.plan.file
        for group in groups:
            base = group[0][0].plan.file
            corner = np.array([own.transform.c]), np.array([own.transform.f])
            col, row = (float(axis[0]) for axis in apply(~base.transform, *corner))
            alike = own.crs == base.crs and _pixel(own) == _pixel(base)
            if alike and max(abs(row - round(row)), abs(col - round(col))) < _SAME_LATTICE:
                group.append((file, round(row), round(col)))
                break
        else:
            groups.append([(file, 0, 0)])
    return groups


def _pixel(file: RasterFile) -> tuple[float, ...]:
    t = file.transform
    return (t.a, t.b, t.d, t.e)


def _moved(gaps: Gaps, row: int, col: int) -> Gaps:
    window = Window(gaps.window.col_off + col, gaps.window.row_off + row, gaps.window.width, gaps.window.height)
    return replace(
        gaps, window=window, first_row=gaps.first_row + row, last_row=gaps.last_row + row,
        first_col=gaps.first_col + col, last_col=gaps.last_col + col,
    )  # fmt: skip


def _told(file: File, holes: Ints, stations: Stations, limits: QualitySection) -> Iterator[Weighed]:
    cell_m2 = file.cell_m2(stations)
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
        "Where no other source covers them they stay blank; nothing is interpolated. Have them surveyed.",
        code="hole", kp_km=(round(places[0][0], 3), round(places[0][1], 3)), lon=lon, lat=lat,
    ))  # fmt: skip
