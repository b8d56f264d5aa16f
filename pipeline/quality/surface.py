"""Surfaces of depth rasters: every file of the usable sources, where the swath can use it, in one pass."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.config import Config
from pipeline.config.corridor import SourceSection, WaterSection
from pipeline.quality.faults_by_cell import find_holes, find_spikes
from pipeline.quality.faults_by_chunk import find_made_up, find_stripes, find_whole
from pipeline.quality.findings import Finding
from pipeline.quality.route import Stations
from pipeline.quality.scan import Part, Plan, plan, scan
from pipeline.quality.seen import Fault, File, Weighed
from pipeline.quality.windows import swath_chunks
from pipeline.sources.datum import bed_baltic77_m, water_depth_m
from pipeline.sources.intake import inspect_raster
from pipeline.workspace import SourceFiles

_MOST_THREADS = 4  # each holds a window of some 100 MB while it is worked on
_FILES_NAMED = 5
_FAULTS: tuple[Fault, ...] = (find_spikes, find_holes, find_stripes, find_whole, find_made_up)


@dataclass(frozen=True)
class _Job:
    source: SourceFiles
    plan: Plan


def check_surfaces(
    sources: Sequence[SourceFiles], stations: Stations, config: Config, *, pixels: int | None = None, threads: int = 0
) -> Iterator[Finding]:
    """Look for spikes, holes, stripes and values that are no measurements.

    Parameters
    ----------
    sources : sequence of SourceFiles
        Depth sources whose files can be read.
    stations : Stations
        The route: nothing is said of what lies beyond the swath.
    config : Config
        Limits, datum and water level.
    pixels, threads : int, optional
        How much is read at once, and by how many; neither changes a finding.

    Raises
    ------
    DataError
        If a file cannot be read.
    """
    jobs = [job for source in sources for job in _jobs(source, stations, config.water, pixels)]
    weighed: dict[tuple[str, str], list[Weighed]] = {}
    with ThreadPoolExecutor(threads or min(os.cpu_count() or 1, _MOST_THREADS)) as pool:
        parts = pool.map(
            lambda task: scan(task[0], task[1], config.quality),
            [(job.plan, window) for job in jobs for window in job.plan.windows],
        )
        for job in jobs:
            own: list[Part] = [next(parts) for _ in job.plan.windows]
            for fault in _FAULTS:
                for item in fault(File(job.source, job.plan, own), stations, config.quality):
                    weighed.setdefault((job.source.name, item.finding.code), []).append(item)
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


def depth_line(section: SourceSection, water: WaterSection) -> tuple[float, float]:
    """Return ``factor`` and ``shift`` that turn values of a source into water depth: factor times value plus shift."""
    assert section.values is not None  # the configuration refuses a bathymetry source without them
    assert section.vertical_datum is not None
    bed = bed_baltic77_m(np.array([0.0, 1.0]), section.values, section.vertical_datum, water)
    shift, next_one = water_depth_m(bed, water.surface_m).tolist()
    return next_one - shift, shift


def _jobs(source: SourceFiles, stations: Stations, water: WaterSection, pixels: int | None) -> Iterator[_Job]:
    factor, shift = depth_line(source.section, water)

    def depth_of(values: NDArray[np.float32]) -> NDArray[np.float32]:
        return values * np.float32(factor) + np.float32(shift)

    for path in source.paths:
        file = inspect_raster(path, source.section)
        chunks = swath_chunks(file, stations)
        if chunks.any():
            yield _Job(source, plan(file, depth_of, chunks, pixels))
