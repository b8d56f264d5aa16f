"""Exact cutting of straight motion at lines, without loops: cuts, parts between them, and their share of time."""

from __future__ import annotations

import numpy as np

from pipeline.geo import Floats, Ints


def cuts(start: Floats, end: Floats, lines: Floats) -> tuple[Ints, Floats]:
    """Return where motions cross lines of one coordinate.

    Parameters
    ----------
    start, end : ndarray, shape (n,)
        The coordinate at both ends of each motion.
    lines : ndarray
        Ascending coordinates of the lines; touching one at an end is no crossing.

    Returns
    -------
    owner : ndarray of int
        Index of the motion, one entry a crossing.
    fraction : ndarray
        How far along the motion the crossing lies, between 0 and 1.
    """
    first = np.searchsorted(lines, np.minimum(start, end), side="right")
    count = np.maximum(np.searchsorted(lines, np.maximum(start, end), side="left") - first, 0)
    owner = np.repeat(np.arange(len(start)), count)
    within = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    line = lines[np.repeat(first, count) + within]
    return owner, np.clip((line - start[owner]) / (end[owner] - start[owner]), 0.0, 1.0)


def parts(first: Floats, last: Floats, owner: Ints, fraction: Floats) -> tuple[Ints, Floats, Floats]:
    """Return the parts of motions between cuts, in order.

    Parameters
    ----------
    first, last : ndarray, shape (n,)
        The range of fractions that counts, of every motion; nothing where ``last <= first``.
    owner, fraction : ndarray
        Cuts, in any order; those outside the range are ignored.

    Returns
    -------
    owner, start, end : ndarray
        One entry a part. The end of a part is bit for bit the start of the next.
    """
    inside = (fraction > first[owner]) & (fraction < last[owner])
    every = np.flatnonzero(last > first)
    motion = np.concatenate([every, owner[inside], every])
    at = np.concatenate([first[every], fraction[inside], last[every]])
    order = np.lexsort((at, motion))
    motion, at = motion[order], at[order]
    same = motion[1:] == motion[:-1]
    return motion[:-1][same], at[:-1][same], at[1:][same]


def share_us(duration_us: Ints, start: Floats, end: Floats) -> Ints:
    """Return the whole microseconds between two fractions of a motion.

    Each is the difference of rounded running times, so that the parts of a motion add up to it exactly.
    """
    return (np.rint(end * duration_us) - np.rint(start * duration_us)).astype(np.int64)


def sum_by_key(key: Ints, value: Ints) -> tuple[Ints, Ints]:
    """Return the ascending distinct keys and the integer sum of their values."""
    if not len(key):
        return key.astype(np.int64), value.astype(np.int64)
    order = np.argsort(key, kind="stable")
    key, value = key[order], value[order]
    starts = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
    return key[starts], np.add.reduceat(value, starts)
