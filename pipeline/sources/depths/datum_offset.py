"""What the overlap of two depth sources says of their datums and units: a constant bias, or one that grows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

import numpy as np

from pipeline.config.corridor import WaterSection
from pipeline.config.datum import DatumSection
from pipeline.errors import DataError
from pipeline.sources.depths.beds import confidence
from pipeline.sources.depths.datum import AIOC95_M, VerticalDatum, plane_m
from pipeline.sources.depths.datum_evidence import reading_of, reading_words
from pipeline.sources.depths.overlaps import Overlap, Side

UNITS_M = {"feet": 0.3048, "fathoms": 1.8288}
"""Units that depths are recorded in, in metres: 1 ft = 0.3048 m, 1 fathom = 6 ft."""
_UNIT_TOLERANCE = 0.02
# Growth with depth is only told where depths range over metres and follow one another closely.
_LEAST_RANGE_M, _LEAST_CORRELATION = 5.0, 0.95
_LEAST_PLACES = 50


@dataclass(frozen=True)
class Offset:
    """How two overlapping sources differ as a whole.

    Attributes
    ----------
    places : int
        Places in common.
    bias_m, rms_about_bias_m : float
        Median of the one's depth less the other's, and the scatter about it.
    ratio : float or None
        Depth of the one per depth of the other (slope of a least-squares line); None where depths hardly vary or do
        not follow one another.
    remedies : tuple of (int, str)
        Which datum of the one (0) or of the other (1) would take the bias away, in words.
    unit : str
        The unit that the ratio betrays, and whose values it is; empty where none.
    """

    places: int
    bias_m: float
    rms_about_bias_m: float
    ratio: float | None
    remedies: tuple[tuple[int, str], ...]
    unit: str


def offset(overlap: Overlap, water: WaterSection, limits: DatumSection) -> Offset:
    """Describe how two sources differ.

    Parameters
    ----------
    overlap : Overlap
        Their depths in common, over the whole route.
    water, limits : WaterSection, DatumSection
        Levels, and what counts as a difference of datums.
    """
    difference = overlap.difference_m
    bias = float(np.median(difference))
    rms = float(np.sqrt(np.mean((difference - bias) ** 2)))
    ratio = _ratio(overlap)
    enough = difference.size >= _LEAST_PLACES and rms <= limits.offset_spread * abs(bias)
    near = max(limits.offset_tolerance_m, rms / 2.0)
    remedies = _remedies(overlap, bias, near, water) if enough and abs(bias) > near else ()
    return Offset(difference.size, bias, rms, ratio, remedies, "" if ratio is None else _unit(overlap, ratio))


def finding(overlap: Overlap, found: Offset, limits: DatumSection) -> str:
    """Return what is suspicious about two sources in words for people; empty where nothing is."""
    pair = f"{overlap.one.words} and {overlap.other.words}"
    if found.unit:
        return f"{pair}: depths of the one are {found.ratio:.3f} times those of the other: {found.unit}"
    smooth = "C" in (confidence(overlap.one.layer), confidence(overlap.other.layer))
    if found.ratio is not None and not smooth and abs(found.ratio - 1.0) > limits.growth:
        return (
            f"{pair} differ more with depth: the one has {found.ratio:.3f} times the depth of the other; "
            "check units, sound speed and sign"
        )
    if found.remedies:
        return f"{pair} differ by {found.bias_m:+.1f} m nearly everywhere; {_choices(overlap, found)} would explain it"
    return ""


def refuse_offset(overlap: Overlap, found: Offset, limits: DatumSection) -> None:
    """Refuse two sources that differ by what two datums differ by, if that is so much that one of them must be wrong.

    Raises
    ------
    DataError
        If they do; it names both, what the configuration says of each, the offset, and what would reconcile them.
    """
    if not found.remedies or abs(found.bias_m) < limits.offset_refused_m:
        return
    one, other = overlap.one, overlap.other
    raise DataError(
        f"depths of {one.words} ({reading_words(reading_of(one.layer.section))}) and {other.words} "
        f"({reading_words(reading_of(other.layer.section))}) differ by {found.bias_m:+.1f} m nearly everywhere "
        f"(scatter {found.rms_about_bias_m:.1f} m at {found.places} places), which is what two datums differ by",
        where=", ".join(dict.fromkeys([one.where, other.where])),
        remedy=f"One of them is on another datum than the configuration says: {_choices(overlap, found)} would "
        "explain it. Mend that one.",
    )


def _remedies(overlap: Overlap, bias_m: float, near_m: float, water: WaterSection) -> tuple[tuple[int, str], ...]:
    """Return the datums that would take a bias away if one of the two were on them; the nearest first."""
    known: dict[str, float] = {
        f'vertical_datum = "{datum}"': plane_m(datum, water) for datum in get_args(VerticalDatum)
    }
    planes = {**known, "AIOC95 (EPSG:5797, 5734), to be converted first,": AIOC95_M}
    found: list[tuple[float, int, str]] = []
    for number, (side, direction) in enumerate(((overlap.one, 1.0), (overlap.other, -1.0))):
        _, datum = reading_of(side.layer.section)
        for words, height in planes.items():
            left = abs(bias_m - direction * (height - plane_m(datum, water)))
            if left <= near_m:
                found.append((round(left, 9), number, words))
    return tuple((number, words) for _, number, words in sorted(found))


def _choices(overlap: Overlap, found: Offset) -> str:
    sides: tuple[Side, Side] = (overlap.one, overlap.other)
    words = [f"{datum} for {sides[number].words}" for number, datum in found.remedies]
    return " or ".join(words)


def _ratio(overlap: Overlap) -> float | None:
    one, other = overlap.depth_m, overlap.other_depth_m
    if one.size < _LEAST_PLACES or min(np.std(one), np.std(other)) < _LEAST_RANGE_M:
        return None
    covariance = np.cov(one, other)
    if abs(covariance[0, 1]) < _LEAST_CORRELATION * np.sqrt(covariance[0, 0] * covariance[1, 1]):
        return None
    return float(covariance[0, 1] / covariance[1, 1])


def _unit(overlap: Overlap, ratio: float) -> str:
    for unit, metres in UNITS_M.items():
        for side, of in ((overlap.one, 1.0 / ratio), (overlap.other, ratio)):
            if abs(of / metres - 1.0) <= _UNIT_TOLERANCE:
                return f"{side.words} looks like {unit}"
    if abs(ratio + 1.0) <= _UNIT_TOLERANCE:
        return "one of them has the wrong sign (elevation_m against depth_m)"
    return ""
