"""Compiled loops over the used reports of ships: what leads to each, and which track it belongs to.

Import this module only where it runs: numba takes most of a second to import. All that a loop depends on is here or
passed to it: numba keeps it by this file alone.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pipeline.geo import Floats, Ints

_KNOT_M_S = 1852.0 / 3600.0
_ANCHORED, _MOORED = 1, 5  # ITU-R M.1371


@njit(cache=True, nogil=True)
def _still(status: int) -> bool:
    return status in (_ANCHORED, _MOORED)


@njit(cache=True, nogil=True)
def legs(
    order: NDArray[np.int32],
    before: NDArray[np.int32],
    time_us: Ints,
    step_m: Floats,
    sog_kn: NDArray[np.float32],
    status: NDArray[np.uint8],
    satellite: NDArray[np.uint8],
    gap_us: Ints,
    stationary_kn: float,
    manoeuvring_kn: float,
    kind: NDArray[np.uint8],
    length_m: Floats,
) -> int:
    """Say of each used report what leads to it: 0 nothing, 1 a silence, 2 a motion, 3 standing still.

    What is said of one leg alone: positions jitter, so that the speed made good over seconds contradicts no reported
    speed. How far she may go is the work of ``track_kernels.drifts``.

    Fills ``kind`` and ``length_m`` in the order of ``order`` and returns the number of silences.
    """
    silences = 0
    for at in range(len(order)):
        i = order[at]
        j = before[i]
        kind[at], length_m[at] = 0, 0.0
        if j < 0:
            continue
        lapse = time_us[i] - time_us[j]
        length_m[at] = step_m[i]
        if lapse > max(gap_us[satellite[i]], gap_us[satellite[j]]):
            kind[at] = 1
            silences += 1
            continue
        if np.isnan(sog_kn[i]) or np.isnan(sog_kn[j]):
            still = step_m[i] < stationary_kn * _KNOT_M_S * (lapse / 1e6)
        else:
            # She yaws at her anchor faster than she moves, and says that she lies there.
            told = _still(status[i]) and _still(status[j])
            still = max(sog_kn[i], sog_kn[j]) < (manoeuvring_kn if told else stationary_kn)
        kind[at] = 3 if still else 2
    return silences


@njit(cache=True, nogil=True)
def track_names(
    order: NDArray[np.int32],
    ship: NDArray[np.int32],
    kind: NDArray[np.uint8],
    first: Ints,
    last: Ints,
    stops: int,
    track: Ints,
    at_stop: NDArray[np.bool_],
) -> None:
    """Fill the number of the run, without silence, break or stop, of the leg that leads to each report."""
    stop = 0
    number = 0
    for at in range(len(order)):
        while stop < stops and at > last[stop]:
            stop += 1
        inside = stop < stops and first[stop] < at <= last[stop]
        if at == 0 or ship[order[at]] != ship[order[at - 1]]:
            number = 0
        elif kind[at] < 2 or inside != at_stop[at - 1] or (inside and at == first[stop] + 1):
            number += 1
        track[at], at_stop[at] = number, inside


@njit(cache=True, nogil=True)
def last_known(order: NDArray[np.int32], before: NDArray[np.int32], value: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return each report's value, or the last before it in its strand; NaN where none was sent yet."""
    out = value.copy()
    for at in range(len(order)):
        i = order[at]
        if np.isnan(out[i]) and before[i] >= 0:
            out[i] = out[before[i]]
    return out
