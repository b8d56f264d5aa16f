"""Taking aftershocks and foreshocks out of a catalogue: Gardner & Knopoff (1974) windows (METHODS 4.1)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.geo import WGS84, Floats


def window_days(mw: ArrayLike) -> Floats:
    """Return the time window, days: 10^(0.5409 M - 0.547) below M 6.5, 10^(0.032 M + 2.7389) from there."""
    m = np.asarray(mw, float)
    return np.where(m < 6.5, 10.0 ** (0.5409 * m - 0.547), 10.0 ** (0.032 * m + 2.7389))


def window_km(mw: ArrayLike) -> Floats:
    """Return the distance window, km: 10^(0.1238 M + 0.983)."""
    return np.asarray(10.0 ** (0.1238 * np.asarray(mw, float) + 0.983))


def mainshocks(time_s: Floats, lon_deg: Floats, lat_deg: Floats, mw: Floats) -> NDArray[np.bool_]:
    """Return a flag a mainshock.

    Events are taken from the largest down (ties: the earlier first); each that still stands removes the smaller ones
    in its windows, before and after.
    """
    standing = np.ones(len(mw), dtype=bool)
    days, reach = window_days(mw), window_km(mw)
    order = np.lexsort((time_s, -mw))
    for index in order:
        if not standing[index]:
            continue
        near = standing & (np.abs(time_s - time_s[index]) <= days[index] * 86400.0) & (np.arange(len(mw)) != index)
        near &= (mw < mw[index]) | ((mw == mw[index]) & (time_s >= time_s[index]))
        at = np.flatnonzero(near)
        if len(at):
            start = (np.full(len(at), lon_deg[index]), np.full(len(at), lat_deg[index]))
            _, _, metres = WGS84.inv(*start, lon_deg[at], lat_deg[at])
            standing[at[np.asarray(metres) <= reach[index] * 1000.0]] = False
    return standing
