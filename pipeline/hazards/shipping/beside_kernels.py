"""The compiled search of the place beside a route; see ``pipeline.geo.Route.locate``, whose answers it gives.

Import this module only where it runs: numba takes most of a second to import. All that a loop depends on is here or
passed to it: numba keeps it by this file alone.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pipeline.geo import Floats


@njit(cache=True, nogil=True)
def _length(dx: float, dy: float) -> float:
    return float(np.sqrt(dx * dx + dy * dy))  # a third of the time of hypot, whose care metres do not need


@njit(cache=True, nogil=True)
def locate(
    px: Floats,
    py: Floats,
    kp: Floats,
    vx: Floats,
    vy: Floats,
    pitch_m: float,
    kp_out: Floats,
    offset_out: Floats,
    beyond_out: NDArray[np.bool_],
) -> None:
    """Fill KP, offset and ``beyond`` of points.

    The nearest vertex is found by walking along the line in leaps: no vertex within k of one that lies d away is nearer
    than d - k * pitch. It begins beside the answer of the point before, which saves time and changes no answer.
    """
    last = len(vx) - 1
    hint = 0
    for p in range(len(px)):
        x, y = px[p], py[p]
        if p > 0 and x == px[p - 1] and y == py[p - 1]:
            kp_out[p], offset_out[p], beyond_out[p] = kp_out[p - 1], offset_out[p - 1], beyond_out[p - 1]
            continue
        nearest, best = hint, _length(vx[hint] - x, vy[hint] - y)
        for step in (1, -1):
            at = hint + step
            while 0 <= at <= last:
                distance = _length(vx[at] - x, vy[at] - y)
                if distance < best or (distance == best and at < nearest):
                    nearest, best = at, distance
                at += step * max(1, int((distance - best) / pitch_m))
        hint = nearest
        least = np.inf
        for leg in (min(max(nearest - 1, 0), last - 1), min(nearest, last - 1)):
            dx, dy = vx[leg + 1] - vx[leg], vy[leg + 1] - vy[leg]
            raw = ((x - vx[leg]) * dx + (y - vy[leg]) * dy) / (dx * dx + dy * dy)
            along = min(max(raw, 0.0), 1.0)
            ex, ey = x - (vx[leg] + along * dx), y - (vy[leg] + along * dy)
            distance = _length(ex, ey)
            if distance < least:
                least = distance
                kp_out[p] = kp[leg] + along * (kp[leg + 1] - kp[leg])
                offset_out[p] = -distance if ex * dy - ey * dx < 0.0 else distance
                beyond_out[p] = (leg == 0 and raw < 0.0) or (leg == last - 1 and raw > 1.0)
