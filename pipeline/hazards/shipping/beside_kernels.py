"""The compiled search of the place beside a route; see ``pipeline.geo.Route.locate``, whose answers it gives.

Import this module only where it runs: numba takes most of a second to import. All that a loop depends on is here or
passed to it: numba keeps it by this file alone.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pipeline.geo import Floats

_BESIDE = 16  # vertices either side of the last answer that are looked at first


@njit(cache=True, nogil=True)
def _square(x: float, y: float, vx: Floats, vy: Floats, at: int) -> float:
    dx, dy = vx[at] - x, vy[at] - y
    return float(dx * dx + dy * dy)


@njit(cache=True, nogil=True)
def _nearer(
    x: float, y: float, vx: Floats, vy: Floats, first: int, end: int, nearest: int, least: float
) -> tuple[int, float]:
    """Return the nearest of some vertices, the first of equals, and its distance squared, if it beats ``nearest``."""
    for at in range(first, end):
        square = _square(x, y, vx, vy, at)
        if square < least or (square == least and at < nearest):
            nearest, least = at, square
    return nearest, least


@njit(cache=True, nogil=True)
def _in_leaps(
    x: float, y: float, vx: Floats, vy: Floats, first: int, end: int, nearest: int, least: float, per_m: float
) -> int:
    """Return the nearest of all vertices; it is known among those from ``first`` to ``end``.

    No vertex within k of one that lies d away is nearer than d - k * pitch.
    """
    best = np.sqrt(least)
    for step in (1, -1):
        at = end if step == 1 else first - 1
        while 0 <= at < len(vx):
            square = _square(x, y, vx, vy, at)
            if square < least or (square == least and at < nearest):
                nearest, least, best = at, square, np.sqrt(square)
            at += step * max(1, int((np.sqrt(square) - best) * per_m))
    return nearest


@njit(cache=True, nogil=True)
def _from_afar(x: float, y: float, vx: Floats, vy: Floats, stride: int, pitch_m: float) -> int:
    """Return the nearest of all vertices: beside those of every so many that are not much further off than the best."""
    last, half = len(vx) - 1, stride // 2 + 1
    nearest, least = last, _square(x, y, vx, vy, last)
    for at in range(0, last, stride):
        nearest, least = _nearer(x, y, vx, vy, at, at + 1, nearest, least)
    nearest, least = _nearer(x, y, vx, vy, max(nearest - half, 0), min(nearest + half, last) + 1, nearest, least)
    bound = (np.sqrt(least) + half * pitch_m) ** 2
    for at in range(0, last + stride, stride):
        if _square(x, y, vx, vy, min(at, last)) <= bound:
            nearest, least = _nearer(x, y, vx, vy, max(at - half, 0), min(at + half, last) + 1, nearest, least)
    return nearest


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

    The nearest vertex is sought beside that of the point before first, which saves time and changes no answer.
    """
    last = len(vx) - 1
    nearest = 0
    far = (_BESIDE * pitch_m) ** 2
    stride = max(2 * _BESIDE, int(np.sqrt(last)))
    for p in range(len(px)):
        x, y = px[p], py[p]
        if p > 0 and x == px[p - 1] and y == py[p - 1]:
            kp_out[p], offset_out[p], beyond_out[p] = kp_out[p - 1], offset_out[p - 1], beyond_out[p - 1]
            continue
        first, end = max(nearest - _BESIDE, 0), min(nearest + _BESIDE, last) + 1
        nearest, square = _nearer(x, y, vx, vy, first, end, nearest, np.inf)
        if square <= far:
            nearest = _in_leaps(x, y, vx, vy, first, end, nearest, square, 1.0 / pitch_m)
        else:
            nearest = _from_afar(x, y, vx, vy, stride, pitch_m)
        least = np.inf
        for leg in (min(max(nearest - 1, 0), last - 1), min(nearest, last - 1)):
            dx, dy = vx[leg + 1] - vx[leg], vy[leg + 1] - vy[leg]
            raw = ((x - vx[leg]) * dx + (y - vy[leg]) * dy) / (dx * dx + dy * dy)
            along = min(max(raw, 0.0), 1.0)
            ex, ey = x - (vx[leg] + along * dx), y - (vy[leg] + along * dy)
            distance = np.sqrt(ex * ex + ey * ey)  # a third of the time of hypot, whose care metres do not need
            if distance < least:
                least = distance
                kp_out[p] = kp[leg] + along * (kp[leg + 1] - kp[leg])
                offset_out[p] = -distance if ex * dy - ey * dx < 0.0 else distance
                beyond_out[p] = (leg == 0 and raw < 0.0) or (leg == last - 1 and raw > 1.0)
