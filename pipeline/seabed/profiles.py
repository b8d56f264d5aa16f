"""From the readings of a CPT or borehole to layers without gaps, down to where anchors and trenches end."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from pipeline.config.soil import SoilSection
from pipeline.seabed.penetration import SoilLayer
from pipeline.seabed.strength import StrengthKind, graded_factor, strength_kind

NOT_MEASURED = "not measured"
"""Source of layers that no reading of a profile is near enough to tell."""


@dataclass(frozen=True)
class Reading:
    """One row of a profile.

    Attributes
    ----------
    top_m, bottom_m : float
        Its layer below the seabed; equal for a reading at a depth.
    su_kpa, dr_pct : float
        Undrained shear strength, or relative density; NaN where blank.
    soil_class : str
        Class as described; empty where it is not.
    """

    top_m: float
    bottom_m: float
    su_kpa: float
    dr_pct: float
    soil_class: str

    @property
    def kind(self) -> StrengthKind:
        """What its strength is told in."""
        if not math.isnan(self.su_kpa):
            return "su_kpa"
        return "none" if math.isnan(self.dr_pct) else "dr_pct"

    @property
    def strength(self) -> float:
        """Its strength; NaN where it has none."""
        return self.dr_pct if math.isnan(self.su_kpa) else self.su_kpa


def layers_of_profile(readings: Sequence[Reading], base: str, soil: SoilSection) -> list[SoilLayer]:
    """Return the layers of a profile from the seabed to ``layers_to_m``.

    Parameters
    ----------
    readings : sequence of Reading
        Sorted by depth, each with a strength or a class.
    base : str
        Class that maps tell there; it stays where a measured strength is of its kind.
    soil : SoilSection
        Classes, tables, ``su_gradient_kpa_m`` and ``longest_gap_m``.

    Returns
    -------
    list of SoilLayer
        Over gaps up to ``longest_gap_m``: between two readings of one kind strength is linear, between others each goes
        on to the middle; between two described layers the weaker goes on; above the first reading su falls by
        ``su_gradient_kpa_m``, not below the least plausible; below the last nothing grows. Longer gaps are
        ``NOT_MEASURED``, but for half that length around a reading: there the deepest penetrated of ``base``, unknown
        soil and the readings at the gap's ends counts.
    """
    first, last = readings[0], readings[-1]
    found = _above(first, base, soil)
    for one, other in pairwise(readings):
        found += [*_own(one, base, soil), *_between(one, other, base, soil)]
    found += [*_own(last, base, soil), *_below(last, base, soil)]
    return [_cut(layer, soil.layers_to_m) for layer in found if layer.top_m < min(layer.bottom_m, soil.layers_to_m)]


def class_layers(name: str, soil: SoilSection) -> list[SoilLayer]:
    """Return the one layer of a class without a profile: su grows by ``su_gradient_kpa_m``, the rest stays."""
    item = soil.classes[name]
    kind = strength_kind(item)
    top = item.su_kpa[1] if item.su_kpa else item.dr_pct[1] if item.dr_pct else math.nan
    gain = soil.su_gradient_kpa_m * soil.layers_to_m if kind == "su_kpa" else 0.0
    return [SoilLayer(0.0, soil.layers_to_m, name, kind, top, top + gain, "class")]


def class_of_strength(kind: StrengthKind, strength: float, base: str, soil: SoilSection) -> str:
    """Return the class of a measured strength: ``base`` where it has strength of that kind, else the nearest median.

    Near in ln su or in Dr; classes that have both kinds, such as mixed soil, are no guess.
    """
    own = soil.classes[base]
    if (own.su_kpa if kind == "su_kpa" else own.dr_pct) is not None:
        return base

    def far(name: str) -> tuple[float, float]:
        item = soil.classes[name]
        if kind == "su_kpa" and item.su_kpa and not item.dr_pct:
            return abs(math.log(strength / item.su_kpa[1])), -item.penetration_f
        if kind == "dr_pct" and item.dr_pct and not item.su_kpa:
            return abs(strength - item.dr_pct[1]), -item.penetration_f
        return math.inf, 0.0

    nearest = min(soil.classes, key=far)
    return nearest if math.isfinite(far(nearest)[0]) else "unknown"


def _layer(
    reading: Reading, top_m: float, bottom_m: float, base: str, soil: SoilSection,
    *, end: float | None = None, source: str = "measured",
) -> SoilLayer:  # fmt: skip
    """Return a layer of a reading's soil; its strength runs to ``end``, or stays."""
    at_bottom = reading.strength if end is None else end
    name = reading.soil_class or class_of_strength(reading.kind, (reading.strength + at_bottom) / 2.0, base, soil)
    return SoilLayer(top_m, bottom_m, name, reading.kind, reading.strength, at_bottom, source)


def _own(reading: Reading, base: str, soil: SoilSection) -> list[SoilLayer]:
    return [_layer(reading, reading.top_m, reading.bottom_m, base, soil)]


def _above(first: Reading, base: str, soil: SoilSection) -> list[SoilLayer]:
    at_seabed = first
    if first.kind == "su_kpa":
        least = min(first.su_kpa, soil.plausible_su_kpa[0])
        at_seabed = replace(first, su_kpa=max(first.su_kpa - soil.su_gradient_kpa_m * first.top_m, least))
    if first.top_m > soil.longest_gap_m:
        near = first.top_m - _reach(first, soil)
        return [
            _not_measured((at_seabed,), 0.0, near, base, soil),
            _layer(first, near, first.top_m, base, soil, source="above the profile"),
        ]
    layer = _layer(first, 0.0, first.top_m, base, soil, source="above the profile")
    return [replace(layer, at_top=at_seabed.strength)]


def _below(last: Reading, base: str, soil: SoilSection) -> list[SoilLayer]:
    end = soil.layers_to_m
    near = end if end - last.bottom_m <= soil.longest_gap_m else last.bottom_m + _reach(last, soil)
    goes_on = _layer(last, last.bottom_m, near, base, soil, source="below the profile")
    return [goes_on, _not_measured((last,), near, end, base, soil)]


def _between(one: Reading, other: Reading, base: str, soil: SoilSection) -> list[SoilLayer]:
    top, bottom = one.bottom_m, other.top_m
    points = one.top_m == one.bottom_m and other.top_m == other.bottom_m
    if bottom - top > soil.longest_gap_m:
        upper, lower = top + _reach(one, soil), bottom - _reach(other, soil)
        return [
            _layer(one, top, upper, base, soil),
            _not_measured((one, other), upper, lower, base, soil),
            _layer(other, lower, bottom, base, soil),
        ]
    if points and one.kind == other.kind != "none" and one.soil_class == other.soil_class:
        return [_layer(one, top, bottom, base, soil, end=other.strength)]
    if points:
        middle = (top + bottom) / 2.0
        return [_layer(one, top, middle, base, soil), _layer(other, middle, bottom, base, soil)]
    return [_layer(max(one, other, key=lambda reading: _factor(reading, soil)), top, bottom, base, soil)]


def _reach(reading: Reading, soil: SoilSection) -> float:
    """Return how far a reading speaks into a gap that is too long to bridge; layers end where they are said to."""
    return soil.longest_gap_m / 2.0 if reading.top_m == reading.bottom_m else 0.0


def _not_measured(
    ends: Sequence[Reading], top_m: float, bottom_m: float, base: str, soil: SoilSection
) -> SoilLayer:  # fmt: skip
    """Return the soil of a gap: the deepest penetrated of the map's, unknown soil and the readings at its ends."""
    told = [Reading(top_m, bottom_m, math.nan, math.nan, name) for name in (base, "unknown")]
    weakest = max((*told, *ends), key=lambda reading: _factor(reading, soil))
    return _layer(weakest, top_m, bottom_m, base, soil, source=NOT_MEASURED)


def _factor(reading: Reading, soil: SoilSection) -> float:
    if reading.kind == "none":
        return soil.classes[reading.soil_class].penetration_f
    return float(graded_factor(soil, reading.kind, np.array(reading.strength)))


def _cut(layer: SoilLayer, depth_m: float) -> SoilLayer:
    if layer.bottom_m <= depth_m:
        return layer
    share = (depth_m - layer.top_m) / (layer.bottom_m - layer.top_m)
    return replace(layer, bottom_m=depth_m, at_bottom=layer.at_top + share * (layer.at_bottom - layer.at_top))
