"""How much of the route each source covers, by kilometre post."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.quality.findings import Finding, files_of
from pipeline.quality.route import Stations
from pipeline.sources.places import kp_runs
from pipeline.workspace import SourceFiles


@dataclass(frozen=True)
class Bin:
    """Part of the route: from and to which kilometre post, and the percent of its stations that have a value."""

    from_km: float
    to_km: float
    percent: float


@dataclass(frozen=True)
class Coverage:
    """What one source, or all of a role together, covers.

    Attributes
    ----------
    role : str
        The role.
    source : str
        Name of the source; empty for all of the role together.
    provenance : str
        Of the source; empty for all together.
    percent : float
        Share of the stations with a value.
    bins : tuple of Bin
        The same along the route.
    gaps_km : tuple of (float, float)
        First and last KP of every run of stations without a value.
    """

    role: str
    source: str
    provenance: str
    percent: float
    bins: tuple[Bin, ...]
    gaps_km: tuple[tuple[float, float], ...]


def coverage_of(
    stations: Stations, covered: NDArray[np.bool_], bin_km: float, role: str, source: SourceFiles | None = None
) -> Coverage:
    """Return coverage by kilometre post.

    Parameters
    ----------
    stations : Stations
        The route.
    covered : ndarray of bool, shape (stations,)
        Which stations have a value.
    bin_km : float
        Length of a bin, kilometres; the last one ends with the route.
    role : str
        The role.
    source : SourceFiles, optional
        The source; without it all of the role together.
    """
    number = np.minimum((stations.kp_km / bin_km).astype(np.int64), _last_bin(stations, bin_km))
    total = np.bincount(number)
    share = 100.0 * np.bincount(number, weights=covered) / np.maximum(total, 1)
    ends = np.minimum((np.arange(total.size) + 1) * bin_km, stations.route.length_km)
    bins = tuple(
        Bin(round(index * bin_km, 3), round(float(end), 3), round(float(percent), 2))
        for index, (end, percent) in enumerate(zip(ends, share, strict=True))
    )
    gaps = tuple((round(a, 3), round(b, 3)) for a, b in kp_runs(stations.kp_km, ~covered))
    name, provenance = (source.name, source.section.provenance) if source else ("", "")
    return Coverage(role, name, provenance, round(100.0 * float(covered.mean()), 2), bins, gaps)


def told(stations: Stations, covered: NDArray[np.bool_], source: SourceFiles, what: str) -> Finding:
    """Return the finding that says how much of the route a source covers."""
    percent = 100.0 * float(covered.mean())
    if percent > 0.0:
        return Finding(
            "note", source.name, files_of(source), **stations.spot(~covered, "without: "),
            message=f"{what} at {percent:.1f} percent of the stations, {source.section.provenance}", remedy="",
            code="coverage",
        )  # fmt: skip
    return Finding(
        "warning", source.name, files_of(source), **stations.spot(~covered, "without: "),
        message=f"{what} at 0.0 percent of the stations, {source.section.provenance}",
        remedy="The source does not reach the route: check its CRS and extent.", code="no_coverage",
    )  # fmt: skip


def _last_bin(stations: Stations, bin_km: float) -> int:
    """Return the number of the last bin: the end of the route belongs to it even where it falls on a limit."""
    return max(int(np.ceil(stations.route.length_km / bin_km - 1e-9)) - 1, 0)
