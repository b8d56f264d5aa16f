"""One pass over the values of a raster file, in windows, on threads: what every check of surfaces needs of it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from pipeline.geo import Floats, Ints
from pipeline.quality.grain import Grain, grain_of
from pipeline.quality.holes import Gaps, gaps_of
from pipeline.quality.limits import Limits
from pipeline.quality.spikes import spikes
from pipeline.quality.stripes import Striped, sampled, striped
from pipeline.quality.windows import CHUNK, chunks_of, windows, with_halo
from pipeline.sources.rasters import RasterFile

DepthOf = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""Turns values of a file into water depth, m; linear."""


@dataclass(frozen=True)
class Plan:
    """How one file is looked at.

    Attributes
    ----------
    file : RasterFile
        The file.
    depth_of : callable
        Its values as water depth; linear.
    chunks : ndarray of bool
        What the swath can use of it (see ``windows.swath_chunks``).
    samples : frozenset of (int, int)
        Chunks that are looked at for stripes.
    windows : list of Window
        What is read at once.
    """

    file: RasterFile
    depth_of: DepthOf
    chunks: NDArray[np.bool_]
    samples: frozenset[tuple[int, int]]
    windows: list[Window]


@dataclass(frozen=True)
class Part:
    """What one window gives.

    Attributes
    ----------
    window : Window
        The window.
    grain : Grain
        By chunk; zero where the swath has no use for it.
    spike_row, spike_col : ndarray of int64
        Pixels of spikes.
    spike_m, beside_m : ndarray
        Their water depth and that of their neighbours, m.
    gaps : Gaps
        Cells without a value.
    depth_m : ndarray
        Mean water depth of each chunk; NaN without a value.
    stripes : dict of Striped
        Samples by row and column of the chunk.
    """

    window: Window
    grain: Grain
    spike_row: Ints
    spike_col: Ints
    spike_m: Floats
    beside_m: Floats
    gaps: Gaps
    depth_m: Floats
    stripes: dict[tuple[int, int], Striped]


def plan(file: RasterFile, depth_of: DepthOf, chunks: NDArray[np.bool_], pixels: int | None = None) -> Plan:
    """Return how a file is looked at; ``pixels`` is how many are read at once, which changes no result."""
    samples = frozenset((int(row), int(col)) for row, col in sampled(chunks, file.height, file.width))
    taken = windows(file, chunks, pixels) if pixels else windows(file, chunks)
    return Plan(file, depth_of, chunks, samples, taken)


def scan(plan: Plan, window: Window, limits: Limits) -> Part:
    """Look at one window.

    Raises
    ------
    DataError
        If it cannot be read.
    """
    around, above, before = with_halo(plan.file, window)
    with plan.file.open() as dataset:
        values = plan.file.read(dataset, around)
    core = (above, above + window.height, before, before + window.width)
    inner = values[core[0] : core[1], core[2] : core[3]]
    wanted = chunks_of(window, plan.chunks)
    gaps = gaps_of(np.isnan(inner), window, wanted)
    grain = grain_of(values, core)
    depth = plan.depth_of(values)
    rise_m = math.tan(math.radians(limits.own.spike_slope_deg)) * plan.file.resolution_m
    least = (max(limits.own.spike_min_m, rise_m), limits.own.spike_tvu, limits.survey.a_m, limits.survey.b)
    index, spike_m, beside_m = spikes(depth, core, least, limits.own.spike_spread)
    row, col = index // depth.shape[1] - above, index % depth.shape[1] - before
    inside = wanted[row // CHUNK, col // CHUNK]
    depth = depth[core[0] : core[1], core[2] : core[3]]
    return Part(
        window, Grain(*(count * wanted for count in vars(grain).values())),
        row[inside] + window.row_off, col[inside] + window.col_off, spike_m[inside], beside_m[inside],
        gaps, _mean(depth), _stripes(depth, window, plan.samples, limits),
    )  # fmt: skip


def _stripes(
    depth: NDArray[np.float32], window: Window, samples: frozenset[tuple[int, int]], limits: Limits
) -> dict[tuple[int, int], Striped]:
    found = {}
    top, left = window.row_off // CHUNK, window.col_off // CHUNK
    for row, col in sorted(samples):
        r, c = (row - top) * CHUNK, (col - left) * CHUNK
        if 0 <= r < window.height and 0 <= c < window.width:
            seen = striped(depth[r : r + CHUNK, c : c + CHUNK], limits.own.stripe_ratio)
            if seen is not None:
                found[row, col] = seen
    return found


def _mean(depth: NDArray[np.float32]) -> Floats:
    """Return the mean of every chunk, summed cell by cell in the same order whatever the window is."""
    known = ~np.isnan(depth)
    at = (np.arange(0, depth.shape[0], CHUNK), np.arange(0, depth.shape[1], CHUNK))
    rows = [
        np.add.reduceat(part, at[1], axis=1)
        for part in (np.where(known, depth, 0.0).astype(float), known.astype(float))
    ]
    total, number = (np.add.reduceat(part, at[0], axis=0) for part in rows)
    return np.where(number > 0, total / np.maximum(number, 1), np.nan)
