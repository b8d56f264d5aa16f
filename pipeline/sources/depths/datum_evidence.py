"""What depths say of their own datum and sign, compared with the configuration (METHODS 7.1).

Nothing here reads a file: a build and ``corridor check`` hand in values as a file has them. Each witness speaks only
where it can; otherwise it is undecided, and says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np

from pipeline.config.corridor import SourceSection, WaterSection
from pipeline.config.datum import DatumSection
from pipeline.errors import DataError
from pipeline.geo import Floats
from pipeline.sources.depths.datum import Values, VerticalDatum, bed_baltic77_m, plane_m

Verdict = Literal["agrees", "contradicts", "undecided"]
Reading = tuple[Values, VerticalDatum]
"""How values are read: ``values`` and ``vertical_datum`` of a source."""

READINGS: tuple[Reading, ...] = tuple((kind, datum) for kind in get_args(Values) for datum in get_args(VerticalDatum))
"""All that a configuration can say of a depth source."""

# Of a basin's deepest values a few may be spikes: the fifth counts, if so many points were covered.
_SPIKES, _LEAST_BASIN_POINTS = 4, 100


@dataclass(frozen=True)
class Evidence:
    """What one witness says of one source.

    Attributes
    ----------
    witness : str
        ``shoreline``, ``basin`` or ``sign``.
    verdict : {"agrees", "contradicts", "undecided"}
        How it stands to the configuration.
    found : str
        The value that the data give, in words, as the configuration reads them.
    expected : str
        The value that they should give, in words.
    level_m, spread_m : float or None
        Bed elevation found (Baltic 1977), and the width of the band that holds half of the values.
    points : int
        Places that were asked.
    fitting : tuple of Reading
        Other readings under which the data would fit.
    """

    witness: Literal["shoreline", "basin", "sign"]
    verdict: Verdict
    found: str
    expected: str
    level_m: float | None = None
    spread_m: float | None = None
    points: int = 0
    fitting: tuple[Reading, ...] = ()

    @property
    def words(self) -> str:
        """One line for people."""
        return f"{self.witness}: {self.found}; {self.expected} ({self.verdict})"


def shoreline(
    values: Floats, section: SourceSection, water: WaterSection, limits: DatumSection, resolution_m: float
) -> Evidence:
    """Compare heights at shoreline points with the level of the water.

    The level is the midpoint of the shortest band that holds half of the values (Rousseeuw's least median of squares):
    beside a steep coast a coarse pixel on the shoreline holds mostly land, so that the median errs by tens of metres.

    Parameters
    ----------
    values : ndarray
        Values of the pixels that hold the points, as the file has them; NaN where it has none.
    section : SourceSection
        How they are read.
    water, limits : WaterSection, DatumSection
        Levels, and when the answer is believed.
    resolution_m : float
        Longer side of a pixel: points in one pixel count once.
    """
    known = values[np.isfinite(values)]
    pixels = int(known.size * min(1.0, limits.shore_spacing_m / resolution_m))
    expected = f"the water stands at {water.surface_m:.1f} m"
    if pixels < limits.shore_least:
        found = f"only {pixels} pixels on the shoreline"
        return Evidence("shoreline", "undecided", found, expected, points=known.size)
    middle, spread = shortest_half(known)
    level = _bed(middle, reading_of(section), water)
    found = f"as {reading_words(reading_of(section))} the shoreline lies at {level:.1f} m on Baltic 1977"
    told = Evidence("shoreline", "undecided", found, expected, level, spread, known.size)
    if spread > limits.shore_spread_m:
        return replace(told, found=f"{found}, but half of it scatters over {spread:.0f} m")
    if abs(level - water.surface_m) <= limits.shore_tolerance_m:
        return replace(told, verdict="agrees")
    fitting = tuple(
        reading for reading in READINGS
        if abs(_bed(middle, reading, water) - water.surface_m) <= limits.shore_tolerance_m
    )  # fmt: skip
    return replace(told, verdict="contradicts", fitting=fitting) if fitting else told


def basin(
    values: Floats, section: SourceSection, water: WaterSection, limits: DatumSection, resolution_m: float
) -> Evidence | None:
    """Compare the deepest bed of a basin with what is known of it; None where nothing can be said.

    A bed that is deeper than the basin proves a wrong datum, for coarse cells never make it deeper. A bed that is not
    deep enough proves nothing: 6-minute ETOPO1 has its deepest cell at -1025 m, which reads as if it were counted from
    the lake, but its shoreline lies at -29 m. Only of fine cells that cover the whole box is more said.

    Parameters
    ----------
    values : ndarray
        Values at points over the box, as the file has them; NaN where it has none.
    section, water, limits, resolution_m
        As in ``shoreline``.
    """
    known = values[np.isfinite(values)]
    if limits.basin.greatest_depth_m <= 0.0 or known.size < _LEAST_BASIN_POINTS:
        return None
    deepest_m = limits.basin.level_m - limits.basin.greatest_depth_m
    tolerance = limits.basin.tolerance_m
    level = _lowest(known, reading_of(section), water)
    reading, name = reading_of(section), limits.basin.name
    found = f"as {reading_words(reading)} the bed of the {name} reaches {level:.0f} m on Baltic 1977"
    expected = f"its deepest is known to be {deepest_m:.0f} m"
    told = Evidence("basin", "undecided", found, expected, level, None, known.size)
    if level < deepest_m - tolerance:
        fitting = tuple(reading for reading in READINGS if abs(_lowest(known, reading, water) - deepest_m) <= tolerance)
        return replace(told, verdict="contradicts", fitting=fitting)
    if resolution_m > limits.basin.fine_cell_m or known.size < values.size:
        return None
    if level <= deepest_m + tolerance:
        return replace(told, verdict="agrees")
    as_from_lake = abs(level - deepest_m + limits.basin.level_m) <= tolerance
    return replace(told, found=f"{found}, as if it were counted from the lake") if as_from_lake else told


def sign(bed_m: Floats, section: SourceSection, water: WaterSection, limits: DatumSection) -> Evidence | None:
    """Compare what is dry as configured with what would be dry under the other sign; None where nothing is wrong.

    Parameters
    ----------
    bed_m : ndarray
        Bed elevation at places in the sea, such as stations, as configured (Baltic 1977); NaN where unknown.
    section, water, limits
        As in ``shoreline``.
    """
    known = bed_m[np.isfinite(bed_m)]
    if known.size < limits.sign_least or np.median(known) - water.surface_m < limits.sign_height_m:
        return None
    kind, datum = reading_of(section)
    plane = plane_m(datum, water)
    dry, wet = np.mean(known > water.surface_m), np.mean(2.0 * plane - known < water.surface_m)
    if min(dry, wet) < limits.sign_share:
        return None
    other: Reading = ("depth_m" if kind == "elevation_m" else "elevation_m", datum)
    return Evidence(
        "sign", "contradicts", f"as {reading_words((kind, datum))} {dry:.0%} of it is dry land",
        f"as {reading_words(other)} {wet:.0%} of it is sea", points=known.size, fitting=(other,),
    )  # fmt: skip


def refuse_contradicting(
    evidence: Evidence, section: SourceSection, where: str, *, words: str = "", remedy: str = ""
) -> None:
    """Refuse a source whose data contradict what the configuration says of them.

    Parameters
    ----------
    evidence : Evidence
        What they say.
    section : SourceSection
        What the configuration says.
    where : str
        The file.
    words, remedy : str, optional
        What is to be added to the cause, and what can be done; else the readings that fit.

    Raises
    ------
    DataError
        If the verdict is that they contradict; it names both values.
    """
    if evidence.verdict != "contradicts":
        return
    choices = " or ".join(f'values = "{kind}", vertical_datum = "{datum}"' for kind, datum in evidence.fitting)
    raise DataError(
        f"the data contradict the configuration, which says {reading_words(reading_of(section))}: {evidence.found}, "
        f"but {evidence.expected}{words}",
        where=where,
        remedy=remedy
        or (f"Set {choices} in its source if that is how it was made; else mend the file, or [water] surface_m."
        if choices else "Find out on which datum the file is: no datum that can be configured fits."),
    )  # fmt: skip


def shortest_half(values: Floats) -> tuple[float, float]:
    """Return midpoint and width of the shortest interval that holds half of the values (Rousseeuw 1984)."""
    ordered = np.sort(values)
    half = (ordered.size + 1) // 2
    widths = ordered[half - 1 :] - ordered[: ordered.size - half + 1]
    first = int(np.argmin(widths))
    return float((ordered[first] + ordered[first + half - 1]) / 2.0), float(widths[first])


def reading_of(section: SourceSection) -> Reading:
    """Return what the configuration says of a depth source."""
    assert section.values is not None  # the configuration refuses a bathymetry source without them
    assert section.vertical_datum is not None
    return section.values, section.vertical_datum


def reading_words(reading: Reading) -> str:
    """Return a reading as messages have it: ``elevation_m on msl``."""
    return f"{reading[0]} on {reading[1]}"


def _lowest(values: Floats, reading: Reading, water: WaterSection) -> float:
    bed = bed_baltic77_m(values, *reading, water)
    return float(np.partition(bed, _SPIKES)[_SPIKES])


def _bed(value: float, reading: Reading, water: WaterSection) -> float:
    return float(bed_baltic77_m(np.array([value]), *reading, water)[0])
