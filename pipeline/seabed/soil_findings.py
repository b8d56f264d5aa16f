"""What is remarkable about soil files: what was noticed in them, samples that contradict, samples off the route."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.spatial import KDTree

from pipeline.geo import Floats
from pipeline.seabed.profiles import NOT_MEASURED
from pipeline.seabed.samples import ELSEWHERE_M, Reach, Sample, conflicts
from pipeline.sources.rasters.layers import Layer

_NAMED = 5
_KM_FROM_M = 10_000.0


@dataclass(frozen=True)
class SoilRemark:
    """One remark; nothing of it stops a build.

    Attributes
    ----------
    source : str
        Name of the source.
    path : Path
        The file.
    message, remedy : str
        What it is, and what can be done.
    x_m, y_m : float
        Where, in the frame's CRS; NaN where it concerns the whole file.
    """

    source: str
    path: Path
    message: str
    remedy: str
    x_m: float = float("nan")
    y_m: float = float("nan")


def file_remarks(layers: Sequence[Layer]) -> Iterator[SoilRemark]:
    """Give what was noticed while files were read: features set aside, rows twice or out of order."""
    for layer in layers:
        for tile in layer.files:
            for message in tile.facts.get("remarks", ()):
                yield SoilRemark(layer.name, tile.path, message, "")


def sample_findings(
    points: Sequence[Layer], reaches: Sequence[Reach], x_m: Floats, y_m: Floats
) -> Iterator[SoilRemark]:
    """Give samples that lie off the route, profiles with long gaps, and pairs that contradict.

    Parameters
    ----------
    points : sequence of Layer
        The sources of samples; their files are tiles of ``soil_samples.read_samples``.
    reaches : sequence of Reach
        Their samples, by kind.
    x_m, y_m : ndarray, shape (stations,)
        The stations.
    """
    stations = KDTree(np.column_stack([x_m, y_m]))
    for reach in reaches:
        yield from _off_the_route(points, reach, stations)
        yield from _gaps(points, reach)
        for one, other, distance in conflicts(reach.samples, reach.factors, reach.soil.same_place_m):
            yield SoilRemark(
                points[one.layer].name, _path(points, one),
                f"the samples {one.name} and {other.name}, {distance:.0f} m apart, contradict: penetration factors "
                f"{one.factor(reach.soil):.2f} and {other.factor(reach.soil):.2f}; the larger counts",
                "Check both, and take out the one that is wrong.", one.x_m, one.y_m,
            )  # fmt: skip


def _off_the_route(points: Sequence[Layer], reach: Reach, stations: KDTree) -> Iterator[SoilRemark]:
    if not reach.samples:
        return
    distance = np.asarray(stations.query(np.array([(s.x_m, s.y_m) for s in reach.samples]))[0]).tolist()
    for number, layer in enumerate(points):
        for file, tile in enumerate(layer.files):
            own = [
                (far, s) for far, s in zip(distance, reach.samples, strict=True) if (s.layer, s.file) == (number, file)
            ]
            off = sorted((float(far), s.name, s) for far, s in own if far > reach.length_m)
            if off:
                names = ", ".join(f"{name} ({_words(far)})" for far, name, _ in off[:_NAMED])
                more = f" and {len(off) - _NAMED} more" if off[_NAMED:] else ""
                yield SoilRemark(
                    layer.name, tile.path,
                    f"{len(off)} of {len(own)} samples lie farther from the route than they speak for "
                    f"({reach.length_m:g} m) and count at no station: {names}{more}",
                    "Check their coordinates if they were taken on the route.", off[0][2].x_m, off[0][2].y_m,
                )  # fmt: skip


def _gaps(points: Sequence[Layer], reach: Reach) -> Iterator[SoilRemark]:
    soil = reach.soil
    for number, layer in enumerate(points):
        for file, tile in enumerate(layer.files):
            gaps = [
                (sample, below.top_m, below.bottom_m)
                for sample in sorted(reach.samples, key=lambda s: s.name)
                if sample.readings and (sample.layer, sample.file) == (number, file)
                for below in sample.layers("unknown", soil)
                if below.source == NOT_MEASURED
            ]
            if gaps:
                places = ", ".join(f"{one.name} from {top:.2f} to {bottom:.2f} m" for one, top, bottom in gaps[:_NAMED])
                more = f" and {len(gaps) - _NAMED} more" if gaps[_NAMED:] else ""
                yield SoilRemark(
                    layer.name, tile.path,
                    f"profiles say nothing of gaps longer than {soil.longest_gap_m:g} m: {places}{more}; there the "
                    "deepest penetrated of the map's soil, unknown soil and the readings beside counts",
                    "Raise longest_gap_m in [soil] if the soil is known to go on.", gaps[0][0].x_m, gaps[0][0].y_m,
                )  # fmt: skip


def _path(points: Sequence[Layer], sample: Sample) -> Path:
    return points[sample.layer].files[sample.file].path


def _words(distance_m: float) -> str:
    if distance_m >= ELSEWHERE_M / 10.0:
        return "elsewhere on Earth"
    return f"{distance_m:.0f} m" if distance_m < _KM_FROM_M else f"{distance_m / 1000.0:.0f} km"
