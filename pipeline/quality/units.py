"""Suspicions about units: depths of two sources whose ratio is that of two units, or whose signs differ."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.config import Config
from pipeline.geo import Floats
from pipeline.quality.findings import Finding, files_of
from pipeline.quality.route import Stations
from pipeline.quality.surface import depth_line
from pipeline.sources.depths.datum_offset import UNITS_M
from pipeline.workspace import SourceFiles

_RATIOS: tuple[tuple[float, str], ...] = (
    *((1.0 / metres, unit) for unit, metres in UNITS_M.items()),
    (10.0, "decimetres"),
    (100.0, "centimetres"),
    (1000.0, "millimetres"),
    (-1.0, "metres with the other sign"),
    (-1.0 / UNITS_M["feet"], "feet with the other sign"),
)
"""Value in the unit over value in metres, and what the values are then in."""
_LEAST_STATIONS = 20
_SPREAD = 0.15


@dataclass(frozen=True)
class Sounded:
    """A depth source and the water depth that it gives at the stations, m; NaN where it has none."""

    source: SourceFiles
    depth_m: Floats


def check_units(sounded: Sequence[Sounded], stations: Stations, config: Config) -> Iterator[Finding]:
    """Compare the values of every two depth sources at the stations that both cover.

    Parameters
    ----------
    sounded : sequence of Sounded
        Depth sources; the one that is believed more counts as right.
    stations : Stations
        The route.
    config : Config
        Limits, datum and water level.
    """
    ranked = sorted(sounded, key=lambda item: item.source.rank)
    for trusted, other in itertools.combinations(ranked, 2):
        for one, base in ((other, trusted), (trusted, other)):
            found = _suspicion(one, base, stations, config)
            if found is not None:
                yield found
                break


def _suspicion(one: Sounded, base: Sounded, stations: Stations, config: Config) -> Finding | None:
    limits = config.quality
    factor, shift = depth_line(one.source.section, config.water)
    both = (base.depth_m >= limits.unit_min_depth_m) & ~np.isnan(one.depth_m)
    if both.sum() < _LEAST_STATIONS:
        return None
    # In the values of the file itself: a datum that is added afterwards would bend the ratio.
    values, expected = (one.depth_m[both] - shift) / factor, (base.depth_m[both] - shift) / factor
    ratio = values / np.where(expected == 0.0, np.nan, expected)
    middle = float(np.nanmedian(ratio))
    spread = float(np.nanmedian(np.abs(ratio - middle)))
    if spread > _SPREAD * abs(middle):
        return None
    unit = next((name for known, name in _RATIOS if abs(middle / known - 1.0) <= limits.unit_tolerance), None)
    if unit is None:
        return None
    return Finding(
        "warning", one.source.name, files_of(one.source), **stations.spot(both),
        message=f"the values are {middle:.2f} times what source '{base.source.name}' gives at the same "
        f"{int(both.sum())} stations, as if they were {unit} and not metres",
        remedy="Ask for the unit. Convert the file to metres (gdal_calc.py or gdal_translate -scale)"
        + (", or turn values of its source to the other of elevation_m and depth_m." if middle < 0 else "."),
        code="unit_suspicion",
    )  # fmt: skip
