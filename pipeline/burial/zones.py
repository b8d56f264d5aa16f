"""Burial zones: maximal runs of one prescription along the route, none shorter than the minimum (METHODS 11)."""

from __future__ import annotations

from dataclasses import dataclass

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
    ranks = _rank_pieces(ends, edges_km, depth, cable)
    runs = _runs(ranks)
    while len(runs) > 1:
        lengths = [ends[stop] - ends[start] for start, stop in runs]
        short = int(np.argmin(lengths))
        if lengths[short] >= minimum_km - _KM:
            break
        _lengthen(ranks, runs, short, ends, minimum_km)
        runs = _runs(ranks)
    return [
        Zone(float(ends[start]), float(ends[stop]), int(ranks[start, 0]), int(ranks[start, 1])) for start, stop in runs
    ]


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


def _runs(ranks: Ints) -> list[tuple[int, int]]:
    cuts = np.flatnonzero((np.diff(ranks, axis=0) != 0).any(axis=1)) + 1
    return list(zip([0, *cuts.tolist()], [*cuts.tolist(), len(ranks)], strict=True))


def _lengthen(ranks: Ints, runs: list[tuple[int, int]], short: int, ends: Floats, minimum_km: float) -> None:
    """Deepen a short run to a neighbour, or deepen a part of the neighbour with it."""
    start, stop = runs[short]
    own = ranks[start].copy()
    neighbours = [at for at in (short - 1, short + 1) if 0 <= at < len(runs)]
    value = {at: ranks[runs[at][0]].copy() for at in neighbours}
    deeper = [at for at in neighbours if (value[at] >= own).all()]
    if deeper:
        ranks[start:stop] = value[min(deeper, key=lambda at: (*value[at].tolist(), at))]
        return
    chosen = max(neighbours, key=lambda at: (*value[at].tolist(), -at))
    joined = np.maximum(own, value[chosen])
    missing = minimum_km - (ends[stop] - ends[start])
    if chosen < short:
        floor = runs[chosen][0]
        start = max(floor, int(np.searchsorted(ends, ends[start] - missing + _KM, side="right")) - 1)
    else:
        ceiling = runs[chosen][1]
        stop = min(ceiling, int(np.searchsorted(ends, ends[stop] + missing - _KM, side="left")))
    ranks[start:stop] = joined
