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
        Classes, tables and ``su_gradient_kpa_m``.

    Returns
    -------
    list of SoilLayer
        Between two readings of one kind strength is linear; between others each goes on to the middle. Between two
        described layers that leave a gap the weaker goes on. Above the first reading su falls by
        ``su_gradient_kpa_m``, not below the least plausible; below the last nothing grows.
    """
    measured = _between(readings, base, soil)
    first, last = measured[0], measured[-1]
    above, below = [], []
    if first.top_m > 0.0:
        least = min(first.at_top, soil.plausible_su_kpa[0])
        at_top = (
            max(first.at_top - soil.su_gradient_kpa_m * first.top_m, least) if first.kind == "su_kpa" else first.at_top
        )
        above = [replace(first, top_m=0.0, bottom_m=first.top_m, at_top=at_top, at_bottom=first.at_top,
                         source="above the profile")]  # fmt: skip
    if last.bottom_m < soil.layers_to_m:
        below = [replace(last, top_m=last.bottom_m, bottom_m=soil.layers_to_m, at_top=last.at_bottom,
                         source="below the profile")]  # fmt: skip
    return [_cut(layer, soil.layers_to_m) for layer in (*above, *measured, *below) if layer.top_m < soil.layers_to_m]


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


def _between(readings: Sequence[Reading], base: str, soil: SoilSection) -> list[SoilLayer]:
    found: list[SoilLayer] = []

    def add(reading: Reading, top_m: float, bottom_m: float, end: float | None = None) -> None:
        if bottom_m > top_m or len(readings) == 1:
            value = reading.strength if end is None else (reading.strength + end) / 2.0
            name = reading.soil_class or class_of_strength(reading.kind, value, base, soil)
            at_bottom = reading.strength if end is None else end
            found.append(SoilLayer(top_m, bottom_m, name, reading.kind, reading.strength, at_bottom, "measured"))

    for one, other in pairwise(readings):
        add(one, one.top_m, one.bottom_m)
        both_points = one.top_m == one.bottom_m and other.top_m == other.bottom_m
        if both_points and one.kind == other.kind != "none" and one.soil_class == other.soil_class:
            add(one, one.bottom_m, other.top_m, other.strength)
        elif both_points:
            middle = (one.bottom_m + other.top_m) / 2.0
            add(one, one.bottom_m, middle)
            add(other, middle, other.top_m)
        else:
            weaker = max(one, other, key=lambda reading: _factor(reading, soil))
            add(weaker, one.bottom_m, other.top_m)
    add(readings[-1], readings[-1].top_m, readings[-1].bottom_m)
    return found


def _factor(reading: Reading, soil: SoilSection) -> float:
    if reading.kind == "none":
        return soil.classes[reading.soil_class].penetration_f
    return float(graded_factor(soil, reading.kind, np.array(reading.strength)))


def _cut(layer: SoilLayer, depth_m: float) -> SoilLayer:
    if layer.bottom_m <= depth_m:
        return layer
    share = (depth_m - layer.top_m) / (layer.bottom_m - layer.top_m)
    return replace(layer, bottom_m=depth_m, at_bottom=layer.at_top + share * (layer.at_bottom - layer.at_top))
