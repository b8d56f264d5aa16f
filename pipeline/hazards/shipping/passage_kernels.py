"""The compiled walk along each track that tells which of its crossings of the cable are passages; see ``passages``.

Import this module only where it runs: numba takes most of a second to import. All that a loop depends on is here or
passed to it: numba keeps it by this file alone.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pipeline.geo import Floats, Ints

_SLACK = 1.01  # a piece that crosses is no shorter than its two offsets together, but for the bend of the route


@njit(cache=True, nogil=True)
def settled_crossings(
    segment: Ints,
    start: Floats,
    end: Floats,
    offset0: Floats,
    offset1: Floats,
    length_m: Floats,
    ship: Ints,
    track: Ints,
    start_us: Ints,
    duration_us: Ints,
    lies: NDArray[np.bool_],
    settle_m: float,
) -> Ints:
    """Return the pieces in which a passage crosses the cable.

    Parameters
    ----------
    segment, start, end, offset0, offset1, length_m : ndarray, shape (pieces,)
        As in ``Pieces``: ships in order, their motions in the order in which they were sailed.
    ship, track, start_us, duration_us : ndarray, shape (segments,)
        As in ``Segments``.
    lies : ndarray of bool, shape (segments,)
        Anchored or moored: never crosses.
    settle_m : float
        How far over a ship is on the other side for certain.
    """
    found, used = np.empty(len(segment), np.int64), 0
    side, held = False, -1  # the side that the ship is on (True: port), and the last crossing that led off it
    for p in range(len(segment)):
        s = segment[p]
        follows = False
        if p > 0:
            q = segment[p - 1]
            if q == s:
                follows = start[p] == end[p - 1]
            else:
                follows = (
                    ship[q] == ship[s] and track[q] == track[s] and start_us[q] + duration_us[q] == start_us[s]
                    and end[p - 1] == 1.0 and start[p] == 0.0
                )  # fmt: skip
        was, now = offset0[p] < 0.0, offset1[p] < 0.0
        if not follows:
            if held >= 0:  # the track ends here: what counts is the side she was left on
                found[used] = held
                used += 1
            side, held = was, -1
        if lies[s]:  # a drift across is no crossing, but one back undoes one
            if held < 0:
                side = now
            elif now == side:
                held = -1
            continue
        if was != now:
            # Beside a sharp bend the nearest leg, and with it the sign, can change far from the route.
            if abs(offset0[p]) + abs(offset1[p]) <= _SLACK * length_m[p] + 1.0:
                held = p if now != side else -1
            else:
                if held >= 0:
                    found[used] = held
                    used += 1
                side, held = now, -1
        if held >= 0 and abs(offset1[p]) >= settle_m:
            found[used] = held
            used += 1
            side, held = now, -1
    if held >= 0:
        found[used] = held
        used += 1
    return found[:used]
