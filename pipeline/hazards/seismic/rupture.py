"""From a point source to the rupture around it: size and distance (Wells & Coppersmith 1994)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from pipeline.geo import Floats


def rupture_length_km(mw: ArrayLike) -> Floats:
    """Return the surface rupture length of all mechanisms, km: log SRL = -3.22 + 0.69 M (METHODS 4.7)."""
    return np.asarray(10.0 ** (-3.22 + 0.69 * np.asarray(mw, float)))


def rupture_width_km(mw: ArrayLike) -> Floats:
    """Return the down-dip width of all mechanisms, km: log RW = -1.01 + 0.32 M (Wells & Coppersmith 1994, K)."""
    return np.asarray(10.0 ** (-1.01 + 0.32 * np.asarray(mw, float)))


def top_of_rupture_km(mw: ArrayLike, depth_km: float, *, finite: bool) -> Floats:
    """Return the depth to the top of a vertical rupture centred at ``depth_km``; the depth itself for a point."""
    m = np.asarray(mw, float)
    if not finite:
        return np.full(m.shape, depth_km)
    return np.maximum(depth_km - rupture_width_km(m) / 2.0, 0.0)


def joyner_boore_km(mw: ArrayLike, epicentral_km: ArrayLike, strikes: int) -> Floats:
    """Return distances to the surface projection of ruptures that are centred on the epicentre.

    Parameters
    ----------
    mw, epicentral_km : array_like
        Magnitude and epicentral distance, km; broadcast together.
    strikes : int
        Strikes spread evenly over a quarter turn (symmetry gives the rest); 0 for a point source.

    Returns
    -------
    ndarray
        Broadcast shape + (max(strikes, 1),), km.
    """
    m, r = np.broadcast_arrays(np.asarray(mw, float)[..., None], np.asarray(epicentral_km, float)[..., None])
    if strikes == 0:
        return np.array(r)
    angle = (np.arange(strikes) + 0.5) * (np.pi / 2.0) / strikes
    beyond = np.maximum(r * np.cos(angle) - rupture_length_km(m) / 2.0, 0.0)
    return np.asarray(np.hypot(beyond, r * np.sin(angle)))
