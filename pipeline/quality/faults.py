"""From what one pass over a file saw to findings with a place and a remedy."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pipeline.config.quality import QualitySection
from pipeline.geo import WGS84, Floats, Ints
from pipeline.quality.findings import Finding
from pipeline.quality.holes import holes_of
from pipeline.quality.route import Points, Spot, Stations, locate, lonlat_words
from pipeline.quality.scan import Part, Plan
from pipeline.quality.stripes import Striped
from pipeline.quality.windows import CHUNK, pixel_centres
from pipeline.sources.rasters import transformer
from pipeline.workspace import SourceFiles

_APART = 10  # pixels between two places of spikes that are named
_WHOLE = 0.999
_LEAST_CELLS = 1000
_LEVEL = 0.9
_HALF_CHUNK = CHUNK * CHUNK // 2
_LEAST_STRIPED = 3
_SAME_DIRECTION_DEG = 6.0


@dataclass(frozen=True)
class Weighed:
    """A finding, and how bad it is among those of its kind."""

    weight: float
    finding: Finding


@dataclass(frozen=True)
class File:
    """One file and what the pass over it saw.

    Attributes
    ----------
    source : SourceFiles
        Its source.
    plan : Plan
        How it was looked at.
    parts : sequence of Part
        What each window gave.
    """

    source: SourceFiles
    plan: Plan
    parts: Sequence[Part]

    @property
    def name(self) -> str:
        """How findings call it."""
        return self.source.name_of(self.plan.file.path)

    def by_chunk(self, what: Callable[[Part], NDArray[np.generic]], fill: float) -> NDArray[np.generic]:
        """Return one number a chunk for the whole file."""
        whole = np.full(self.plan.chunks.shape, fill)
        for part in self.parts:
            values = what(part)
            row, col = part.window.row_off // CHUNK, part.window.col_off // CHUNK
            whole[row : row + values.shape[0], col : col + values.shape[1]] = values
        return whole

    def count(self, name: str) -> Ints:
        """Return one of the counts of ``Grain``, by chunk."""
        return self.by_chunk(lambda part: getattr(part.grain, name), 0).astype(np.int64)

    @cached_property
    def depth_m(self) -> Floats:
        """Mean water depth of every chunk; NaN where there is none."""
        return self.by_chunk(lambda part: part.depth_m, np.nan).astype(np.float64)

    @cached_property
    def is_whole(self) -> bool:
        """Hardly a value has anything behind the point."""
        return bool(self.count("whole").sum() >= _WHOLE * self.count("valid").sum())

    def points(self, stations: Stations, row: Ints, col: Ints) -> Points:
        """Return where pixels lie."""
        return locate(stations, *pixel_centres(self.plan.file, row, col), self.plan.file.crs)

    def chunk_points(self, stations: Stations, places: Ints) -> Points:
        """Return where the middles of chunks lie; ``places`` holds their rows and columns, shape (n, 2)."""
        middle = np.minimum(places * CHUNK + CHUNK // 2, [self.plan.file.height - 1, self.plan.file.width - 1])
        return self.points(stations, middle[:, 0], middle[:, 1])

    def cell_m2(self, stations: Stations) -> float:
        """Return the area of the pixel in the middle of what is looked at, m^2 in the CRS of the route."""
        row, col = np.argwhere(self.plan.chunks)[int(self.plan.chunks.sum()) // 2] * CHUNK
        x, y = pixel_centres(self.plan.file, row + np.array([0, 1, 0]), col + np.array([0, 0, 1]))
        px, py = transformer(self.plan.file.crs, stations.crs).transform(x, y)
        return float(abs((px[1] - px[0]) * (py[2] - py[0]) - (px[2] - px[0]) * (py[1] - py[0])))


Fault = Callable[[File, Stations, QualitySection], Iterator[Weighed]]
"""Looks for one kind of fault."""


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
    told = "; ".join(
        f"{_height(depth[k])} amid {beside[k]:.1f} m at KP {points.kp_km[k]:.3f} (row {row[k]}, column {col[k]})"
        for k in named
    )
    cells = "1 cell stands" if number == 1 else f"{number} cells stand"
    yield Weighed(float(off.max()), Finding(
        "warning", file.source.name, file.name,
        **points.spot(named[0], inside=f"row {row[named[0]]}, column {col[named[0]]}"),
        message=f"{cells} out of the seabed around, like spikes: {told}",
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
    number = "1 hole" if near.size == 1 else f"{near.size} holes"
    inside = f"rows {holes[first, 1]}-{holes[first, 2]}, columns {holes[first, 3]}-{holes[first, 4]}"
    lon, lat = round(float(middle.lon[first]), 6), round(float(middle.lat[first]), 6)
    yield Weighed(area, Finding(
        "warning", file.source.name, file.name,
        f"KP {places[0][0]:.3f}-{places[0][1]:.3f}, {lonlat_words(lon, lat)}, {inside}",
        f"{number} inside the data, {area:,.0f} m\u00b2 together: {told}",
        "They stay blank, and nothing is interpolated. Have them surveyed, or add a source that covers them.",
        code="hole", kp_km=(round(places[0][0], 3), round(places[0][1], 3)), lon=lon, lat=lat,
    ))  # fmt: skip


def find_stripes(file: File, stations: Stations, limits: QualitySection) -> Iterator[Weighed]:
    """Tell whether many samples are striped in one direction."""
    seen = {place: sample for part in file.parts for place, sample in part.stripes.items()}
    strong = (
        []
        if file.is_whole
        else [
            (place, sample)
            for place, sample in sorted(seen.items())
            if sample.ratio >= limits.stripe_ratio
            and sample.jump_m >= max(limits.stripe_min_m, limits.stripe_tvu * limits.tvu_m(file.depth_m[place]))
            and file.depth_m[place] > 0.0
        ]
    )
    alike = max(
        ([item for item in strong if _turn(item[1].across_deg, one.across_deg) <= _SAME_DIRECTION_DEG]
         for _, one in strong),
        key=len, default=[],
    )  # fmt: skip
    if len(alike) < max(_LEAST_STRIPED, limits.stripe_share * len(seen)):
        return
    points = file.chunk_points(stations, np.array([place for place, _ in alike]))
    worst = int(np.argmax([sample.jump_m for _, sample in alike]))
    jump = float(np.median([sample.jump_m for _, sample in alike]))
    kp = points.kp_km
    message = (
        f"striped {_direction(file, *alike[worst])}: neighbouring lines differ by up to about {jump:.2f} m "
        f"(median of {len(alike)} of {len(seen)} samples, greatest {alike[worst][1].jump_m:.2f} m)"
    )
    yield Weighed(jump, Finding(
        "warning", file.source.name, file.name,
        **points.spot(worst) | {"kp_km": (round(float(kp.min()), 3), round(float(kp.max()), 3))},
        message=message,
        remedy="Slope and roughness are too high there. Look at tide, sound velocity and motion correction of "
        "the lines, and have the grid made again. Sharp, straight and regular bedforms look alike.", code="striping",
    ))  # fmt: skip


def find_whole(file: File, stations: Stations, limits: QualitySection) -> Iterator[Weighed]:
    """Tell whether a fine raster holds whole metres only, or many zeros."""
    valid, level = int(file.count("valid").sum()), int(file.count("level").sum())
    steepest = math.degrees(math.atan(1.0 / file.plan.file.resolution_m))
    if valid < _LEAST_CELLS:
        return
    if file.is_whole and level < _LEVEL * valid and steepest > limits.rounded_slope_deg:
        points = file.chunk_points(stations, np.argwhere(file.plan.chunks))
        yield Weighed(steepest, Finding(
            "warning", file.source.name, file.name, **_stretch(points),
            message=f"the depths are whole metres in cells of {file.plan.file.resolution_m:.3g} m: "
            f"terraces of {steepest:.0f} degrees where the bed slopes gently",
            remedy="Ask for the grid with decimetres; slope and roughness of this one are wrong.", code="rounded",
        ))  # fmt: skip
    zero = file.count("zero")
    if not file.is_whole and zero.sum() >= limits.zero_cells and zero.sum() < valid / 2:
        places = np.argwhere(zero == zero.max())[:1]
        yield Weighed(float(zero.sum()), Finding(
            "warning", file.source.name, file.name, **file.chunk_points(stations, places).spot(0),
            message=f"{int(zero.sum())} cells are exactly 0, which is probably nodata that was not declared",
            remedy="Set nodata = 0 in its source, unless the water's edge is drawn so.", code="zero_values",
        ))  # fmt: skip


def find_made_up(file: File, stations: Stations, limits: QualitySection) -> Iterator[Weighed]:
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
        area_km2 = near.size * CHUNK**2 * file.cell_m2(stations) / 1e6
        yield Weighed(area_km2, Finding(
            "warning" if severity == "warning" else "note", file.source.name, file.name,
            **points.spot(int(near[np.argmin(points.kp_km[near])]), to=int(near[np.argmax(points.kp_km[near])])),
            message=f"about {area_km2:.3g} km\u00b2 in blocks of {CHUNK} x {CHUNK} cells are {what}",
            remedy=remedy, code=code,
        ))  # fmt: skip


FAULTS: tuple[Fault, ...] = (find_spikes, find_holes, find_stripes, find_whole, find_made_up)
"""All that is looked for, in the order in which it is told."""


def _height(depth_m: float) -> str:
    return f"{abs(depth_m):.1f} m deep" if depth_m >= -0.05 else f"{-depth_m:.1f} m above water"


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


def _stretch(points: Points) -> Spot:
    return points.spot(int(np.argmin(points.kp_km)), to=int(np.argmax(points.kp_km)))
