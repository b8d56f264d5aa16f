"""Suspicions about units: depths of two sources whose ratio is that of two units, or whose signs differ."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

import numpy as np

from pipeline.config import Config
from pipeline.geo import Floats
from pipeline.quality.findings import Finding, files_of
from pipeline.quality.route import Stations
from pipeline.sources.depths.other_unit import other_unit
from pipeline.workspace import SourceFiles

_LEAST_STATIONS = 20
_SPREAD = 0.15


@dataclass(frozen=True)
class Sounded:
    """A depth source and the water depth that it gives at the stations, m; NaN where it has none."""

    source: SourceFiles
    depth_m: Floats


def check_units(
    sounded: Sequence[Sounded], stations: Stations, config: Config, refused: Set[str] = frozenset()
) -> Iterator[Finding]:
    """Compare the values of every two depth sources at the stations that both cover.

    Parameters
    ----------
    sounded : sequence of Sounded
        Depth sources; the one that is believed more counts as right.
    stations : Stations
        The route.
    config : Config
        Limits, datum and water level.
    refused : set of str
        Sources with an error; that of a wrong sign, datum or unit would be told twice.
    """
    ranked = sorted(sounded, key=lambda item: item.source.rank)
    for trusted, other in itertools.combinations(ranked, 2):
        if refused & {trusted.source.name, other.source.name}:
            continue
        for one, base in ((other, trusted), (trusted, other)):
            found = _suspicion(one, base, stations, config)
            if found is not None:
                yield found
                break


def _suspicion(one: Sounded, base: Sounded, stations: Stations, config: Config) -> Finding | None:
    limits, source = config.quality, one.source
    both = (base.depth_m >= limits.unit_min_depth_m) & ~np.isnan(one.depth_m)
    if both.sum() < _LEAST_STATIONS:
        return None
    found = other_unit(one.depth_m[both], base.depth_m[both], source.section, config.water, limits.unit_tolerance)
    if found is None or found.spread > _SPREAD:
        return None
    return Finding(
        "warning", source.name, files_of(source), **stations.spot(both),
        message=f"the values are {found.ratio:.2f} times what source '{base.source.name}' gives at the same "
        f"{found.places} stations, as if they were {found.name} and not metres",
        remedy=found.remedy(source.paths[0].name, source.name, base.source.name), code="unit_suspicion",
    )  # fmt: skip
