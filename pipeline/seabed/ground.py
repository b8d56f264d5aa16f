"""The soil at places, from maps and samples: class, strength percentiles and penetration factor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.config.soil import SoilSection
from pipeline.geo import Floats, Ints
from pipeline.seabed.penetration import SoilLayer, effective_factor
from pipeline.seabed.profiles import class_layers
from pipeline.seabed.samples import Reach, weight
from pipeline.seabed.soil_map import Codes, Mapped
from pipeline.seabed.spread import percentiles_near, top_metre
from pipeline.seabed.strength import graded_factor, strength_kind
from pipeline.sources.soils.soil_codes import UNKNOWN

STRENGTHS = ("su_p10_kpa", "su_p50_kpa", "su_p90_kpa", "dr_p10_pct", "dr_p50_pct", "dr_p90_pct")
"""Percentiles of the top metre, columns of every table of places; blank where the soil has no such strength."""

_TRENCH_M = 3.0  # METHODS 3.6: no target is deeper


@dataclass(frozen=True, eq=False)
class Ground:
    """Soil at n places.

    Attributes
    ----------
    soil_class, trench : ndarray of str, shape (n,)
        The class, and that which is hardest to trench of those that may be meant, or a strong clay.
    profile, grab : ndarray of int64, shape (n,)
        Which sample counts; -1 none.
    leans : ndarray of bool, shape (n,)
        Where a profile tells the strength, and its class is still that of a grab sample or the map.
    distance_m : ndarray, shape (n,)
        How far the sample is that told the most; NaN where none counts.
    strength : ndarray, shape (n, 6)
        ``STRENGTHS``.
    layered_f : ndarray, shape (n,)
        Penetration factor by layers; NaN where the class's own holds.
    stacks : dict
        (profile or -1, class) to layers: the layered soil of every place.
    """

    soil_class: NDArray[np.str_]
    trench: NDArray[np.str_]
    profile: Ints
    grab: Ints
    leans: NDArray[np.bool_]
    distance_m: Floats
    strength: Floats
    layered_f: Floats
    stacks: dict[tuple[int, str], list[SoilLayer]]

    def stack(self, place: int) -> list[SoilLayer]:
        """Return the layers at one place."""
        return self.stacks[int(self.profile[place]), str(self.soil_class[place])]

    def table(self) -> pd.DataFrame:
        """Return ``layered_f`` and ``STRENGTHS``: what the burial decision takes beside the class."""
        return pd.DataFrame({"layered_f": self.layered_f, **dict(zip(STRENGTHS, self.strength.T, strict=True))})


def ground_at(mapped: Mapped, cpt: Reach, grab: Reach, x_m: Floats, y_m: Floats, soil: SoilSection) -> Ground:
    """Return the soil at points.

    A profile within its correlation length gives strength, layers and factor; the class is the one that it describes,
    else that of a grab sample or the map as long as it has strength of that kind, else the class of nearest strength.
    A grab sample within its own length gives the class. Beyond both the map holds.

    Parameters
    ----------
    mapped : Mapped
        What maps say at the points.
    cpt, grab : Reach
        Samples.
    x_m, y_m : ndarray, shape (n,)
        The points.
    soil : SoilSection
        Classes, tables and spreads.
    """
    names = np.full(256, "unknown", dtype=object)
    for name, item in soil.classes.items():
        names[item.code] = name
    base, trench = names[mapped.code].astype(str), names[mapped.trench].astype(str)
    grabbed, grab_m = grab.nearest(x_m, y_m)
    near_grab = grabbed >= 0
    if near_grab.any():
        told = np.array([sample.soil_class for sample in grab.samples])
        base = np.where(near_grab, told[grabbed], base)
    profile, cpt_m = cpt.nearest(x_m, y_m)
    stacks, soil_class, leans = _stacks(profile, base, cpt, soil)
    sampled = near_grab | (profile >= 0)
    return Ground(
        soil_class=soil_class,
        trench=_trench(np.where(sampled, soil_class, trench), profile, soil_class, stacks, soil),
        profile=profile,
        grab=grabbed,
        leans=leans,
        distance_m=np.where(profile >= 0, cpt_m, np.where(near_grab, grab_m, np.nan)),
        strength=_strengths(soil_class, profile, weight(cpt_m, cpt.length_m), stacks, soil),
        layered_f=_factors(soil_class, profile, cpt, soil),
        stacks=stacks,
    )


def groups(number: Ints, name: NDArray[np.str_]) -> Iterator[tuple[int, str, Ints]]:
    """Give every pair of a number and a name that occurs, in order, and the places where it does."""
    names, which = np.unique(name, return_inverse=True)
    key = number * len(names) + which
    order = np.argsort(key, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(key[order])) + 1) if len(order) else []:
        yield int(number[rows[0]]), str(name[rows[0]]), rows


def _stacks(
    profile: Ints, base: NDArray[np.str_], cpt: Reach, soil: SoilSection
) -> tuple[dict[tuple[int, str], list[SoilLayer]], NDArray[np.str_], NDArray[np.bool_]]:
    """Return the layers of each profile on each class; of each place its top class, and whether that is ``base``'s."""
    soil_class, stacks, leans = base.astype(object), {}, np.zeros(len(base), dtype=bool)
    for number, name, rows in groups(profile, base):
        top = name if number < 0 else cpt.samples[number].layers(name, soil)[0].soil_class
        stacks[number, top] = class_layers(name, soil) if number < 0 else cpt.samples[number].layers(top, soil)
        soil_class[rows] = top
        leans[rows] = number >= 0 and top == name and not cpt.samples[number].readings[0].soil_class
    return stacks, soil_class.astype(str), leans


def _trench(
    trench: NDArray[np.str_],
    profile: Ints,
    soil_class: NDArray[np.str_],
    stacks: dict[tuple[int, str], list[SoilLayer]],
    soil: SoilSection,
) -> NDArray[np.str_]:
    """Name the strong clay where a profile measured one above the deepest target: its class would promise too much."""
    found = trench.astype(object)
    for number, name, rows in groups(profile, soil_class):
        most = max(
            (max(layer.at_top, layer.at_bottom) for layer in stacks[number, name]
             if layer.kind == "su_kpa" and layer.top_m < _TRENCH_M),
            default=0.0,
        )  # fmt: skip
        strong = [clay for clay, item in soil.strong_clay.items() if most >= item.su_kpa]
        if number >= 0:
            found[rows] = min(
                (name, *strong), key=lambda one: max((t.depth_m for t in soil.tools_of(one)), default=0.0)
            )
    return found.astype(str)


def _strengths(
    soil_class: NDArray[np.str_],
    profile: Ints,
    near: Floats,
    stacks: dict[tuple[int, str], list[SoilLayer]],
    soil: SoilSection,
) -> Floats:
    """Return percentiles of the top metre: a profile's own, widening with distance to the spread of its class."""
    found = np.full((len(soil_class), len(STRENGTHS)), np.nan)
    for number, name, rows in groups(profile, soil_class):
        kind, median = top_metre(stacks[number, name]) if number >= 0 else ("none", np.nan)
        if kind == "none":
            item = soil.classes[name]
            found[rows, :3] = item.su_kpa if item.su_kpa else np.nan
            found[rows, 3:] = item.dr_pct if item.dr_pct else np.nan
        else:
            first = 0 if kind == "su_kpa" else 3
            found[rows, first : first + 3] = percentiles_near(kind, median, name, near[rows], soil)
    return found


def _factors(soil_class: NDArray[np.str_], profile: Ints, cpt: Reach, soil: SoilSection) -> Floats:
    """Return the factor of profiles; with ``layered_penetration`` also of classes whose strength grows with depth."""
    found = np.where(profile >= 0, np.append(cpt.factors, np.nan)[profile], np.nan)
    if soil.layered_penetration:
        for name, item in soil.classes.items():
            if strength_kind(item) == "su_kpa" and item.su_kpa:
                flat = float(graded_factor(soil, "su_kpa", np.array(item.su_kpa[1])))
                gain = effective_factor(class_layers(name, soil), soil) / flat
                found[(profile < 0) & (soil_class == name)] = item.penetration_f * gain
    return found


def boundary_names(mapped: Mapped, sampled: NDArray[np.bool_], order: Codes, soil: SoilSection) -> list[str]:
    """Return the other classes that may be meant near a line, in words; empty where none is or a sample counts."""
    names = [soil.by_code(int(code))[0] for code in order]
    return [
        "" if sample or not bits or code == UNKNOWN
        else ", ".join(name for at, name in enumerate(names) if bits >> at & 1)
        for bits, sample, code in zip(mapped.near.tolist(), sampled.tolist(), mapped.code.tolist(), strict=True)
    ]  # fmt: skip
