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
from pipeline.seabed.profile_class import station_class, trench_class
from pipeline.seabed.profiles import class_layers
from pipeline.seabed.samples import Reach, weight
from pipeline.seabed.soil_map import Codes, Mapped
from pipeline.seabed.spread import percentiles_near, top_metre
from pipeline.seabed.strength import graded_factor, strength_kind
from pipeline.sources.soils.soil_codes import UNKNOWN

STRENGTHS = ("su_p10_kpa", "su_p50_kpa", "su_p90_kpa", "dr_p10_pct", "dr_p50_pct", "dr_p90_pct")
"""Percentiles of the top metre, columns of every table of places; blank where the soil has no such strength."""


@dataclass(frozen=True, eq=False)
class Ground:
    """Soil at n places.

    Attributes
    ----------
    base, soil_class, trench : ndarray of str, shape (n,)
        The class of a grab sample or the map; that which counts; and the hardest to trench of those that may be meant
        or that a profile goes through, or a strong clay.
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
        (profile or -1, ``base``) to layers: the layered soil of every place.
    """

    base: NDArray[np.str_]
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
        return self.stacks[int(self.profile[place]), str(self.base[place])]

    def table(self) -> pd.DataFrame:
        """Return ``layered_f`` and ``STRENGTHS``: what penetration takes beside the class."""
        return pd.DataFrame({"layered_f": self.layered_f, **dict(zip(STRENGTHS, self.strength.T, strict=True))})


def ground_at(mapped: Mapped, cpt: Reach, grab: Reach, x_m: Floats, y_m: Floats, soil: SoilSection) -> Ground:
    """Return the soil at points.

    A profile within its correlation length gives strength, layers and factor; the class is the one that it describes,
    else that of a grab sample or the map as long as it has strength of that kind, else the class of nearest strength;
    of several layers ``station_class`` and ``trench_class`` choose.
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
    stacks = {
        (number, name): class_layers(name, soil) if number < 0 else cpt.samples[number].layers(name, soil)
        for number, name, _ in groups(profile, base)
    }
    soil_class, trench = base.astype(object), np.where(near_grab, base, trench).astype(object)
    leans = np.zeros(len(base), dtype=bool)
    for number, name, rows in groups(profile, base):
        if number >= 0:
            layers = stacks[number, name]
            soil_class[rows], trench[rows] = station_class(layers, name, soil), trench_class(layers, name, soil)
            described = {reading.soil_class for reading in cpt.samples[number].readings}
            leans[rows] = (soil_class[rows] == name) & (name not in described)
    soil_class = soil_class.astype(str)
    return Ground(
        base=base,
        soil_class=soil_class,
        trench=trench.astype(str),
        profile=profile,
        grab=grabbed,
        leans=leans,
        distance_m=np.where(profile >= 0, cpt_m, np.where(near_grab, grab_m, np.nan)),
        strength=_strengths(base, soil_class, profile, weight(cpt_m, cpt.length_m), stacks, soil),
        layered_f=_factors(base, profile, stacks, soil),
        stacks=stacks,
    )


def groups(number: Ints, name: NDArray[np.str_]) -> Iterator[tuple[int, str, Ints]]:
    """Give every pair of a number and a name that occurs, in order, and the places where it does."""
    names, which = np.unique(name, return_inverse=True)
    key = number * len(names) + which
    order = np.argsort(key, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(key[order])) + 1) if len(order) else []:
        yield int(number[rows[0]]), str(name[rows[0]]), rows


def _strengths(
    base: NDArray[np.str_],
    soil_class: NDArray[np.str_],
    profile: Ints,
    near: Floats,
    stacks: dict[tuple[int, str], list[SoilLayer]],
    soil: SoilSection,
) -> Floats:
    """Return percentiles of the top metre: a profile's own, widening with distance to the spread of its class."""
    found = np.full((len(base), len(STRENGTHS)), np.nan)
    for number, mapped, rows in groups(profile, base):
        name = str(soil_class[rows[0]])
        kind, median = top_metre(stacks[number, mapped]) if number >= 0 else ("none", np.nan)
        if kind == "none":
            item = soil.classes[name]
            found[rows, :3] = item.su_kpa if item.su_kpa else np.nan
            found[rows, 3:] = item.dr_pct if item.dr_pct else np.nan
        else:
            first = 0 if kind == "su_kpa" else 3
            found[rows, first : first + 3] = percentiles_near(kind, median, name, near[rows], soil)
    return found


def _factors(
    base: NDArray[np.str_], profile: Ints, stacks: dict[tuple[int, str], list[SoilLayer]], soil: SoilSection
) -> Floats:
    """Return the factor of profiles; with ``layered_penetration`` also of classes whose strength grows with depth."""
    found = np.full(len(base), np.nan)
    for number, name, rows in groups(profile, base):
        item = soil.classes[name]
        if number >= 0:
            found[rows] = effective_factor(stacks[number, name], soil)
        elif soil.layered_penetration and strength_kind(item) == "su_kpa" and item.su_kpa:
            flat = float(graded_factor(soil, "su_kpa", np.array(item.su_kpa[1])))
            found[rows] = item.penetration_f * effective_factor(stacks[number, name], soil) / flat
    return found


def boundary_names(mapped: Mapped, sampled: NDArray[np.bool_], order: Codes, soil: SoilSection) -> list[str]:
    """Return the other classes that may be meant near a line, in words; empty where none is or a sample counts."""
    names = [soil.by_code(int(code))[0] for code in order]
    return [
        "" if sample or not bits or code == UNKNOWN
        else ", ".join(name for at, name in enumerate(names) if bits >> at & 1)
        for bits, sample, code in zip(mapped.near.tolist(), sampled.tolist(), mapped.code.tolist(), strict=True)
    ]  # fmt: skip
