"""Surfaces of depth rasters: every file of a source, where the swath can use it, in one pass."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.config import Config
from pipeline.quality.far_files import find_far
from pipeline.quality.findings import Finding
from pipeline.quality.hole_findings import find_holes
from pipeline.quality.limits import Limits
from pipeline.quality.route import Stations
from pipeline.quality.scan import plan, scan
from pipeline.quality.seen import Fault, File, Weighed
from pipeline.quality.spike_findings import find_spikes
from pipeline.quality.texture_findings import find_made_up, find_stripes, find_whole
from pipeline.quality.windows import swath_chunks
from pipeline.sources.depths.datum import depth_line
from pipeline.sources.rasters.intake import inspect_raster
from pipeline.sources.rasters.raster_file import RasterFile
from pipeline.workspace import SourceFiles

MOST_THREADS = 4
"""Each holds a window of some 100 MB while it is worked on."""

_FILES_NAMED = 5
_FAULTS: tuple[Fault, ...] = (find_spikes, find_stripes, find_whole, find_made_up)


def check_surfaces(
    source: SourceFiles,
    stations: Stations,
    config: Config,
    *,
    sparse: Set[str] = frozenset(),
    pixels: int | None = None,
    threads: int = 0,
) -> Iterator[Finding]:
    """Look for spikes, holes, stripes and values that are no measurements.

    Parameters
    ----------
    source : SourceFiles
        A depth source whose files can be read.
    stations : Stations
        The route: nothing is said of what lies beyond the swath.
    config : Config
        Limits, datum and water level.
    sparse : set of str, optional
        Names of files whose empty cells are no holes.
    pixels, threads : int, optional
        How much is read at once, and by how many; neither changes a finding.

    Raises
    ------
    DataError
        If a file cannot be read.
    """
    limits = Limits.of(config)
    threads = threads or min(os.cpu_count() or 1, MOST_THREADS)
    with ThreadPoolExecutor(threads) as pool:
        # Many files are shared among threads, few by their windows.
        by_file, by_window = (pool.map, map) if len(source.paths) >= threads else (map, pool.map)

        def see(path: Path) -> File | RasterFile:
            described = inspect_raster(path, source.section)
            with described.ready() as file:
                chunks = swath_chunks(file, stations)
                if not chunks.any():
                    return described
                planned = plan(file, depth_of, chunks, pixels)
                parts = list(by_window(lambda window: scan(planned, window, limits), planned.windows))
            return File(source, replace(planned, file=described), parts)  # and let go of what was held in memory

        factor, shift = (np.float32(number) for number in depth_line(source.section, config.water))

        def depth_of(values: NDArray[np.float32]) -> NDArray[np.float32]:
            return values * factor + shift

        seen = list(by_file(see, source.paths))
    files = [file for file in seen if isinstance(file, File)]
    far = [file for file in seen if isinstance(file, RasterFile)]
    weighed: dict[str, list[Weighed]] = {}
    for file in files:
        for fault in _FAULTS:
            for item in fault(file, stations, limits):
                weighed.setdefault(item.finding.code, []).append(item)
    weighed["far_file"] = list(find_far(source, far, [file.plan.file for file in files], stations))
    weighed["hole"] = list(find_holes([file for file in files if file.name not in sparse], stations, limits))
    for items in weighed.values():
        yield from worst_files(items)


def worst_files(items: Sequence[Weighed]) -> Iterator[Finding]:
    """Name the worst files of one kind of fault and count the others, so that a survey of 400 tiles stays readable."""
    ordered = sorted(items, key=lambda item: (-item.weight, item.finding.file))
    yield from (item.finding for item in ordered[:_FILES_NAMED])
    others = [item.finding for item in ordered[_FILES_NAMED:]]
    if others:
        first = others[0]
        kp = [post for finding in others if finding.kp_km for post in finding.kp_km]
        yield Finding(
            first.severity, first.source, f"{first.file} and {len(others) - 1} more" if others[1:] else first.file,
            f"KP {min(kp):.1f}-{max(kp):.1f}" if kp else "",
            f"{len(others)} more files show the same, less strongly ({first.code.replace('_', ' ')})", first.remedy,
            code=first.code, kp_km=(min(kp), max(kp)) if kp else None, lon=first.lon, lat=first.lat,
        )  # fmt: skip
