"""Steps between the tiles of one source: along their seams, and where they overlap."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from pipeline.config import Config
from pipeline.geo import Floats
from pipeline.quality.findings import Finding
from pipeline.quality.limits import Limits
from pipeline.quality.route import Points, Stations, locate
from pipeline.quality.seen import Weighed
from pipeline.quality.surface import MOST_THREADS, worst_files
from pipeline.sources.depths.datum import depth_line
from pipeline.sources.rasters.intake import inspect_raster
from pipeline.sources.rasters.raster_file import RasterFile, apply, positions, transformer
from pipeline.sources.rasters.resample import sample
from pipeline.workspace import SourceFiles

_ALONG_SIDE = 400
"""Points compared along one side of a tile, at most."""
_LEAST_POINTS = 20
_TO_DEVIATION = 1.4826
_SURE = 4.0  # standard errors
_ALIKE = 10.0  # so many neighbouring points say no more than one


@dataclass(frozen=True)
class _Differences:
    """First tile minus second, m, at places along the seam; those within an overlap are direct.

    ``sides_m`` holds the values of both, shape (2, n).
    """

    depth_m: Floats
    sides_m: Floats
    overlap: bool
    points: Points


def check_seams(source: SourceFiles, stations: Stations, config: Config) -> Iterator[Finding]:
    """Compare the tiles of a source that touch or overlap in the swath.

    Raises
    ------
    DataError
        If a file cannot be read.
    """
    files = [inspect_raster(path, source.section) for path in source.paths]

    def compare(pair: tuple[int, int]) -> list[Weighed]:
        with ExitStack() as stack:
            one, other = (stack.enter_context(_ready(files[number])) for number in pair)
            return list(_step(source, one, other, stations, config))

    with ThreadPoolExecutor(min(os.cpu_count() or 1, MOST_THREADS)) as pool:
        yield from worst_files([item for found in pool.map(compare, _neighbours(files, stations)) for item in found])


def _ready(file: RasterFile) -> AbstractContextManager[RasterFile]:
    """Make ready what is not read in place; of a plain raster the sides are read, and not all of it."""
    return nullcontext(file) if type(file) is RasterFile else file.ready()


def _neighbours(files: Sequence[RasterFile], stations: Stations) -> list[tuple[int, int]]:
    """Return the pairs of files that are not farther apart than a pixel and a half."""
    outlines = []
    for file in files:
        across, down = np.linspace(-1.5, file.width + 1.5, 9), np.linspace(-1.5, file.height + 1.5, 9)
        col = np.concatenate([across, np.full(9, across[-1]), across[::-1], np.full(9, across[0])])
        row = np.concatenate([np.full(9, down[0]), down, np.full(9, down[-1]), down[::-1]])
        x, y = transformer(file.crs, stations.crs).transform(*apply(file.transform, col, row))
        outlines.append(shapely.Polygon(np.column_stack([x, y])) if np.isfinite(x).all() else shapely.Polygon())
    tree = shapely.STRtree(outlines)
    pairs = {
        (min(one, int(other)), max(one, int(other)))
        for one, outline in enumerate(outlines)
        for other in tree.query(outline, predicate="intersects")
    }
    return sorted(pair for pair in pairs if pair[0] != pair[1])


def _step(
    source: SourceFiles, one: RasterFile, other: RasterFile, stations: Stations, config: Config
) -> Iterator[Weighed]:
    factor, shift = depth_line(source.section, config.water)
    found = [*_along_sides(one, other, stations, 1.0), *_along_sides(other, one, stations, -1.0)]
    if not found:
        return
    limits = Limits.of(config)
    difference = factor * np.concatenate([part.depth_m for part in found])
    if difference.size < _LEAST_POINTS:
        return
    # That of the deeper side: one of the two may be upside down.
    sides = factor * np.concatenate([part.sides_m for part in found], axis=1) + shift
    depth = float(np.median(sides.max(axis=0)))
    bias, rms = float(np.median(difference)), float(np.sqrt(np.mean(difference**2)))
    spread = _TO_DEVIATION * float(np.median(np.abs(difference - bias)))
    error = spread / max(difference.size / _ALIKE, 1.0) ** 0.5
    if depth <= 0.0 or abs(bias) < max(limits.own.step_min_m, limits.own.step_tvu * limits.tvu_m(depth), _SURE * error):
        return
    points = max(found, key=lambda part: part.depth_m.size).points
    kp = np.concatenate([part.points.kp_km for part in found])
    where = "where they overlap" if any(part.overlap for part in found) else "along their seam"
    names = [source.name_of(file.path) for file in (one, other)]
    yield Weighed(abs(bias), Finding(
        "warning", source.name, " and ".join(names), **points.spot(points.kp_km.size // 2, along=kp),
        message=f"a step of {abs(bias):.2f} m between two tiles: {one.path.name} lies "
        f"{'deeper' if bias > 0 else 'shallower'} than {other.path.name} {where} "
        f"(bias {bias:+.2f} m, RMS {rms:.2f} m at {difference.size} points)",
        remedy="Look at tide, draught and datum of the two; a step shows as slope and roughness.", code="tile_step",
    ))  # fmt: skip


def _along_sides(one: RasterFile, other: RasterFile, stations: Stations, sign: float) -> Iterator[_Differences]:
    """Compare one tile with another along the sides of the first.

    Where the other has a value at the outermost pixels of the first, the two are compared there. Where it begins just
    beyond, both are drawn out to the seam by the slope of their two outermost pixels.
    """
    for col, row, out_col, out_row in _sides(one):
        steps = [apply(one.transform, col + step * out_col, row + step * out_row) for step in (-0.5, -1.5, 0.5, 1.5)]
        meets = np.flatnonzero(_within(other, *steps[0], one.crs) | _within(other, *steps[2], one.crs))
        if not meets.size:
            continue
        points = locate(stations, steps[0][0][meets], steps[0][1][meets], one.crs)
        near = points.offset_m <= stations.half_width_m
        if not near.any():
            continue
        steps = [(x[meets][near], y[meets][near]) for x, y in steps]
        own = sample(one, *steps[0], one.crs, bilinear=False)
        there = sample(other, *steps[0], one.crs)
        overlap = bool((~np.isnan(own - there)).any())
        if not overlap:
            own += (own - sample(one, *steps[1], one.crs, bilinear=False)) / 2.0
            there = sample(other, *steps[2], one.crs)
            there += (there - sample(other, *steps[3], one.crs)) / 2.0
        known = ~np.isnan(own - there)
        if known.any():
            kept = Points(*(values[near][known] for values in vars(points).values()))
            yield _Differences(sign * (own - there)[known], np.stack([own, there])[:, known], overlap, kept)


def _within(file: RasterFile, x: Floats, y: Floats, crs: str) -> NDArray[np.bool_]:
    """Tell which points lie in the frame of a file."""
    col, row = positions(file, x, y, crs)
    inside: NDArray[np.bool_] = (col >= 0) & (col < file.width) & (row >= 0) & (row < file.height)
    return inside


def _sides(file: RasterFile) -> Iterator[tuple[Floats, Floats, int, int]]:
    """Return points along each side in pixels (column, row), and the step in columns and rows that leads out."""
    for size, vertical in ((file.width, False), (file.height, True)):
        along = np.unique(np.linspace(0, size - 1, min(size, _ALONG_SIDE)).astype(np.int64)).astype(float) + 0.5
        for end in (0, file.height if not vertical else file.width):
            outward = -1 if end == 0 else 1
            fixed = np.full(along.size, float(end))
            yield (fixed, along, outward, 0) if vertical else (along, fixed, 0, outward)
