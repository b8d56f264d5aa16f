"""Burial zones: maximal runs of one prescription along the route, none shorter than the minimum (METHODS 11)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from pipeline.geo import Floats, Ints

_KM = 1e-9  # round-off of kilometre posts


@dataclass(frozen=True)
class Zone:
    """A run of kilometre posts with one prescription.

    Attributes
    ----------
    kp_from_km, kp_to_km : float
        Its ends.
    depth : int
        Index of the target depth; -1 where none is decided.
    cable : int
        Index of the cable type, light to heavy.
    """

    kp_from_km: float
    kp_to_km: float
    depth: int
    cable: int

    @property
    def length_km(self) -> float:
        """Length of the zone."""
        return self.kp_to_km - self.kp_from_km


def make_zones(edges_km: Floats, depth: Ints, cable: Ints, *, rounding_km: float, minimum_km: float) -> list[Zone]:
    """Cut the route into zones.

    Parameters
    ----------
    edges_km : ndarray, shape (stations + 1,)
        Ends of the pieces of cable that the stations stand for.
    depth, cable : ndarray of int, shape (stations,)
        Prescription of each station as ranks: a larger rank is deeper, or heavier; -1 and 0 where none is decided.
    rounding_km : float
        Zones begin and end at multiples of this, and at the ends of the route. A piece that a station shares takes the
        deeper of the prescriptions.
    minimum_km : float
        Shortest zone. A shorter one joins a neighbour that is at least as deep and as heavy; if it has none, it grows
        into the deeper neighbour until it is long enough. So merging only ever deepens.

    Returns
    -------
    list of Zone
        In KP order, without gap or overlap.
    """
    route_km = float(edges_km[-1])
    count = max(int(np.ceil(route_km / rounding_km - 1e-6)), 1)
    ends = np.append(np.round(np.arange(count) * rounding_km, 9), route_km)
    runs = _runs(_rank_pieces(ends, edges_km, depth, cable))
    lengths = [float(ends[run.stop] - ends[run.start]) for run in runs]
    while len(runs) > 1 and (shortest := min(lengths)) < minimum_km - _KM:
        short = lengths.index(shortest)
        around = slice(max(short - 2, 0), short + 3)  # the run, its neighbours, and theirs: nothing else changes
        now = _replaced(runs[around], _lengthened(runs, short, ends, minimum_km))
        runs[around], lengths[around] = now, [float(ends[run.stop] - ends[run.start]) for run in now]
    return [Zone(float(ends[run.start]), float(ends[run.stop]), *run.rank) for run in runs]


def zone_of(zones: list[Zone], kp_km: Floats) -> Ints:
    """Return the index of the zone that holds each kilometre post; a boundary belongs to the zone after it."""
    starts = np.array([zone.kp_from_km for zone in zones])
    return np.clip(np.searchsorted(starts, kp_km + _KM, side="right") - 1, 0, len(zones) - 1).astype(np.int64)


def _rank_pieces(ends: Floats, edges_km: Floats, depth: Ints, cable: Ints) -> Ints:
    """Return the deepest and heaviest ranks among the stations that share each piece, shape (pieces, 2)."""
    first = np.searchsorted(ends, edges_km[:-1] + _KM, side="right") - 1
    last = np.searchsorted(ends, edges_km[1:] - _KM, side="left") - 1
    ranks = np.column_stack([np.full(len(ends) - 1, -1), np.zeros(len(ends) - 1, dtype=int)]).astype(np.int64)
    for piece in range(int((last - first).max()) + 1):
        at = first + piece
        on = at <= last
        np.maximum.at(ranks[:, 0], at[on], depth[on])
        np.maximum.at(ranks[:, 1], at[on], cable[on])
    return ranks


class _Run(NamedTuple):
    """Pieces with one prescription: the first, the one after the last, and the ranks of depth and cable."""

    start: int
    stop: int
    rank: tuple[int, int]


def _runs(ranks: Ints) -> list[_Run]:
    cuts = (np.flatnonzero((np.diff(ranks, axis=0) != 0).any(axis=1)) + 1).tolist()
    depths, cables = ranks.T.tolist()
    return [_Run(start, stop, (depths[start], cables[start])) for start, stop in pairwise([0, *cuts, len(ranks)])]


def _lengthened(runs: list[_Run], short: int, ends: Floats, minimum_km: float) -> _Run:
    """Return a short run deepened to a neighbour, or grown into it with the deeper of both prescriptions."""
    start, stop, own = runs[short]
    neighbours = [at for at in (short - 1, short + 1) if 0 <= at < len(runs)]
    deeper = [at for at in neighbours if runs[at].rank[0] >= own[0] and runs[at].rank[1] >= own[1]]
    if deeper:
        return _Run(start, stop, min((runs[at].rank, at) for at in deeper)[0])
    chosen = max(neighbours, key=lambda at: (runs[at].rank, -at))
    depth, cable = runs[chosen].rank
    missing = minimum_km - (ends[stop] - ends[start])
    if chosen < short:
        start = max(runs[chosen].start, int(np.searchsorted(ends, ends[start] - missing + _KM, side="right")) - 1)
    else:
        stop = min(runs[chosen].stop, int(np.searchsorted(ends, ends[stop] + missing - _KM, side="left")))
    return _Run(start, stop, (max(own[0], depth), max(own[1], cable)))


def _replaced(runs: list[_Run], new: _Run) -> list[_Run]:
    """Return runs with a new one over them; equal ones that then lie next to each other are one."""
    before = [_Run(run.start, min(run.stop, new.start), run.rank) for run in runs if run.start < new.start]
    after = [_Run(max(run.start, new.stop), run.stop, run.rank) for run in runs if run.stop > new.stop]
    pieces = [*before, new, *after]
    joined = pieces[:1]
    for run in pieces[1:]:
        if run.rank == joined[-1].rank:
            joined[-1] = _Run(joined[-1].start, run.stop, run.rank)
        else:
            joined.append(run)
    return joined
