"""How deep a fluke digs through layered soil: a march down, each layer taking its part of the fluke (METHODS 1.6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.config.soil import SoilSection
from pipeline.geo import Floats
from pipeline.seabed.strength import StrengthKind, graded_factor

_SLICE_M = 0.005  # 1/f is summed by trapezia so thick: a fluke's depth is right to a tenth of a millimetre


@dataclass(frozen=True)
class SoilLayer:
    """One layer of soil below the seabed.

    Attributes
    ----------
    top_m, bottom_m : float
        Its depth below the seabed.
    soil_class : str
        Name in ``[soil.classes]``.
    kind : {"su_kpa", "dr_pct", "none"}
        What its strength is told in.
    at_top, at_bottom : float
        Median strength at its ends, linear between; NaN where the kind is "none".
    source : str
        Where it comes from: ``measured``, ``above the profile``, ``below the profile``, ``not measured``, ``class``.
    """

    top_m: float
    bottom_m: float
    soil_class: str
    kind: StrengthKind
    at_top: float
    at_bottom: float
    source: str


def penetration_m(layers: Sequence[SoilLayer], fluke_length_m: Floats, soil: SoilSection) -> Floats:
    """Return how deep flukes dig.

    A thickness h of soil with factor f consumes the part h / (f L_f) of a fluke L_f; it stops where the parts add up to
    one (METHODS 1.6). So the sum of h / f down to a depth is the fluke length that just reaches it, which is worked out
    once for all lengths.

    Parameters
    ----------
    layers : sequence of SoilLayer
        From the seabed down, without gaps. Below the last its lower end goes on.
    fluke_length_m : ndarray
        Fluke lengths.
    soil : SoilSection
        Tables of f by strength; a layer without strength takes the factor of its class.

    Returns
    -------
    ndarray
        Metres below the seabed; exactly ``f L_f`` in uniform soil.
    """
    z, f, reach = _march(layers, soil)
    length = np.asarray(fluke_length_m, dtype=np.float64)
    return np.where(length <= reach[-1], np.interp(length, reach, z), z[-1] + (length - reach[-1]) * f[-1])


def effective_factor(layers: Sequence[SoilLayer], soil: SoilSection) -> float:
    """Return the largest penetration in fluke lengths over ``reference_fluke_m``.

    One number stands for all anchors, so that strike-depth curves stay what they are; none of these anchors digs deeper
    than it says. Between two slices p is linear in L_f and p / L_f has no maximum, so that the slices tell it exactly.
    """
    least, most = soil.reference_fluke_m
    reach = _march(layers, soil)[2]
    lengths = np.concatenate([[least, most], reach[(reach > least) & (reach < most)]])
    return float((penetration_m(layers, lengths, soil) / lengths).max())


def _march(layers: Sequence[SoilLayer], soil: SoilSection) -> tuple[Floats, Floats, Floats]:
    """Return depths z, the factor f there, and the length of the fluke that just reaches them."""
    depth, factor = [], []
    for layer in layers:
        share = np.linspace(0.0, 1.0, 2 + int((layer.bottom_m - layer.top_m) / _SLICE_M))
        depth.append(layer.top_m + share * (layer.bottom_m - layer.top_m))
        if layer.kind == "none":
            factor.append(np.full(share.size, soil.classes[layer.soil_class].penetration_f))
        else:
            factor.append(graded_factor(soil, layer.kind, layer.at_top + share * (layer.at_bottom - layer.at_top)))
    z, f = np.concatenate(depth), np.concatenate(factor)
    return z, f, np.concatenate([[0.0], np.cumsum(np.diff(z) * (1.0 / f[1:] + 1.0 / f[:-1]) / 2.0)])
