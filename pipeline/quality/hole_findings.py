"""Findings about holes, also those that reach over the seam of two tiles of one lattice."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from rasterio.windows import Window

from pipeline.geo import Ints
from pipeline.quality.findings import Finding
from pipeline.quality.holes import Gaps, holes_of
from pipeline.quality.limits import Limits
from pipeline.quality.route import Stations
from pipeline.quality.seen import File, Weighed
from pipeline.sources.rasters.drivers.soundings import SoundingsFile
from pipeline.sources.rasters.lattice import Lattice
from pipeline.sources.rasters.raster_file import apply


def find_holes(files: Sequence[File], stations: Stations, limits: Limits) -> Iterator[Weighed]:
    """Tell which gaps the data of one source enclose, file by file; one over a seam is told with its first file."""
    for group in _lattices(files):
        base, _, _ = group[0]
        least = max(math.ceil(limits.own.hole_min_m2 / base.cell_m2(stations)), 1)
        holes = holes_of(
            (
                _moved(part.gaps, row, col, number)
                for number, (file, row, col) in enumerate(group)
                for part in file.parts
            ),
            least,
        )
        for number, (file, row, col) in enumerate(group):
            yield from _told(
                file, holes[holes[:, 5] == number] - np.array([0, row, row, col, col, 0]), stations, limits
            )


def _lattices(files: Sequence[File]) -> list[list[tuple[File, int, int]]]:
    """Return files by the lattice of their pixels, each with its first row and column in that of the first of them."""
    groups: list[tuple[Lattice, list[tuple[File, int, int]]]] = []
    for file in files:
        own = file.plan.file
        lattice, _, _ = Lattice.of(own)
        for shared, group in groups:
            if shared.holds(lattice, max(own.width, own.height)):
                corner = np.array([own.transform.c]), np.array([own.transform.f])
                col, row = (round(float(axis[0])) for axis in apply(~group[0][0].plan.file.transform, *corner))
                group.append((file, row, col))
                break
        else:
            groups.append((lattice, [(file, 0, 0)]))
    return [group for _, group in groups]


def _moved(gaps: Gaps, row: int, col: int, file: int) -> Gaps:
    """Return gaps with pixels counted as in the lattice of several files."""
    window = Window(gaps.window.col_off + col, gaps.window.row_off + row, gaps.window.width, gaps.window.height)
    return replace(
        gaps, file=file, window=window, first_row=gaps.first_row + row, last_row=gaps.last_row + row,
        first_col=gaps.first_col + col, last_col=gaps.last_col + col,
    )  # fmt: skip


def _told(file: File, holes: Ints, stations: Stations, limits: Limits) -> Iterator[Weighed]:
    cell_m2 = file.cell_m2(stations)
    middle = file.points(stations, (holes[:, 1] + holes[:, 2]) // 2, (holes[:, 3] + holes[:, 4]) // 2)
    reach_m = np.hypot(holes[:, 2] - holes[:, 1], holes[:, 4] - holes[:, 3]) / 2.0 * math.sqrt(cell_m2)
    near = np.flatnonzero(middle.offset_m - reach_m <= stations.half_width_m)
    if not near.size:
        return
    named = near[: limits.own.places_named].tolist()
    corners = [file.points(stations, holes[k, [1, 1, 2, 2]], holes[k, [3, 4, 3, 4]]).kp_km for k in named]
    told = "; ".join(
        f"{holes[k, 0] * cell_m2:,.0f} m\u00b2 at KP {posts.min():.3f}-{posts.max():.3f}"
        for k, posts in zip(named, corners, strict=True)
    )
    first, area = int(near[0]), float(holes[near, 0].sum() * cell_m2)
    message = f"a hole of {area:,.0f} m\u00b2 inside the data"
    if near.size > 1:
        message = f"{near.size} holes inside the data, {area:,.0f} m\u00b2 together, the largest: {told}"
    inside = f"rows {holes[first, 1]}-{holes[first, 2]}, columns {holes[first, 3]}-{holes[first, 4]}"
    if isinstance(file.plan.file, SoundingsFile):  # nobody has the grid that these would be rows of
        inside = ""
    yield Weighed(area, Finding(
        "warning", file.source.name, file.name, **middle.spot(first, along=corners[0], inside=inside), message=message,
        remedy="Where no other source covers them they stay blank; nothing is interpolated. Have them surveyed.",
        code="hole",
    ))  # fmt: skip
