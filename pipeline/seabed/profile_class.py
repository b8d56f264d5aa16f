"""The one class that a profile gives its place: what anchors hold and gear digs in, and what a trencher must cut."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from pipeline.config.soil import SoilSection
from pipeline.seabed.penetration import SoilLayer, penetration_m
from pipeline.seabed.profiles import NOT_MEASURED


def station_class(layers: Sequence[SoilLayer], base: str, soil: SoilSection) -> str:
    """Return the class of a place by its profile.

    It is the class that fills most of the uppermost ``class_depth_m``. Where that one holds or bears gear like sand,
    and the longest fluke of ``reference_fluke_m`` reaches soil that does so like mud, it is the one of these that fills
    most of what the fluke digs through: drag, gear depth and Vs30 go by the softer.

    Parameters
    ----------
    layers : sequence of SoilLayer
        From the seabed down.
    base : str
        Class that maps or a grab sample tell there, which holds where nothing was measured.
    soil : SoilSection
        Classes.
    """
    named = list(_named(layers, base))
    most = _thickest(named, soil.class_depth_m, soil)
    if _soft(most, soil):
        return most
    dug_m = float(penetration_m(layers, np.array([soil.reference_fluke_m[1]]), soil)[0])
    soft = [(layer, name) for layer, name in named if _soft(name, soil) and layer.top_m < dug_m]
    return _thickest(soft, dug_m, soil) if soft else most


def trench_class(layers: Sequence[SoilLayer], base: str, soil: SoilSection) -> str:
    """Return the class or strong clay that is least trenchable of those that a trencher meets.

    From the seabed down, as deep as the tools of what lies above reach: rock under 2.5 m of sand, which is jetted to
    2 m, stops nobody.
    """
    least, reach_m = base, math.inf
    for layer, name in _named(layers, base):
        if layer.top_m >= reach_m:
            break
        su_kpa = max(layer.at_top, layer.at_bottom) if layer.kind == "su_kpa" else 0.0
        strong = [clay for clay, item in soil.strong_clay.items() if su_kpa >= item.su_kpa]
        for one in (name, *strong):
            depth_m = max((tool.depth_m for tool in soil.tools_of(one)), default=0.0)
            if depth_m < reach_m:
                least, reach_m = one, depth_m
    return least


def _named(layers: Sequence[SoilLayer], base: str) -> Iterator[tuple[SoilLayer, str]]:
    for layer in layers:
        yield layer, base if layer.source == NOT_MEASURED else layer.soil_class


def _soft(name: str, soil: SoilSection) -> bool:
    return "mud" in (soil.classes[name].holding, soil.classes[name].gear_column)


def _thickest(named: Iterable[tuple[SoilLayer, str]], depth_m: float, soil: SoilSection) -> str:
    """Return the class that is thickest above a depth; of equals the one that anchors penetrate deeper."""
    thickness: dict[str, float] = {}
    for layer, name in named:
        thickness[name] = thickness.get(name, 0.0) + max(min(layer.bottom_m, depth_m) - layer.top_m, 0.0)
    return max(thickness, key=lambda name: (round(thickness[name], 6), soil.classes[name].penetration_f, name))
