"""Where the stations of one release lie among those of another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyproj import Transformer
from scipy.spatial import cKDTree

from pipeline.config.changes import ChangeTolerance
from pipeline.geo import Floats, Ints

Flags = NDArray[np.bool_]
Span = tuple[float, float]
_SAME_KP_KM: Final = 1e-6
_TIE_M, _TIE_KM = 1.0, 0.05
"""Two places as near as each other, and as far apart along the route, are two passes of it."""


@dataclass(frozen=True, eq=False)
class Match:
    """The old place of every new station.

    Attributes
    ----------
    by_place : bool
        The stations are not the same ones, so that kilometre posts of the two releases differ.
    kp_km : ndarray, shape (n,)
        Kilometre posts of the new stations.
    old_kp_km : ndarray, shape (n,)
        Kilometre post of the nearest point of the old route; NaN where the new route runs elsewhere.
    offset_m : ndarray, shape (n,)
        Distance from the old route, metres.
    below, above, nearest : ndarray of int, shape (n,)
        Old stations on either side of that point, the same one twice where the new station is an old one.
    edges_km : ndarray, shape (n + 1,)
        Ends of the pieces of cable that the new stations stand for.
    left : tuple of (float, float)
        Pieces of the old route, in its own kilometre posts, where the new one does not run.
    reversed : bool
        Kilometre posts count from the other end.
    moved : ndarray of bool, shape (n,)
        The new station does not lie on the old route.
    same : ndarray of bool, shape (n,)
        The new station is an old one, with its number, so that it has the same random draws.
    """

    by_place: bool
    kp_km: Floats
    old_kp_km: Floats
    offset_m: Floats
    below: Ints
    above: Ints
    nearest: Ints
    edges_km: Floats
    left: tuple[Span, ...]
    reversed: bool
    moved: Flags
    same: Flags

    @property
    def comparable(self) -> Flags:
        """Stations that have an old place."""
        return ~np.isnan(self.old_kp_km)

    def old_span(self, first: int, last: int) -> Span:
        """Return the old kilometre posts of the cable of some stations; NaN where the route runs elsewhere."""
        if not self.by_place:
            return float(self.edges_km[first]), float(self.edges_km[last + 1])
        turn = -1.0 if self.reversed else 1.0
        start = self.old_kp_km[first] - turn * (self.kp_km[first] - self.edges_km[first])
        end = self.old_kp_km[last] + turn * (self.edges_km[last + 1] - self.kp_km[last])
        return float(start), float(end)


def match_stations(old: pd.DataFrame, new: pd.DataFrame, crs: str, changes: ChangeTolerance) -> Match:
    """Find the old place of every new station.

    Parameters
    ----------
    old, new : DataFrame
        Stations with ``kp_km lon lat``.
    crs : str
        Projected CRS in which distances are measured.
    changes : ChangeTolerance
        What is the same station and what is the same place.

    Notes
    -----
    Where the old route comes by more than once (a loop, a spur out and back), a station takes the pass that continues
    the places of its neighbours.
    """
    to_xy = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    old_xy = np.column_stack(to_xy.transform(old["lon"].to_numpy(), old["lat"].to_numpy()))
    new_xy = np.column_stack(to_xy.transform(new["lon"].to_numpy(), new["lat"].to_numpy()))
    old_kp, kp = old["kp_km"].to_numpy(), new["kp_km"].to_numpy()
    edges = np.concatenate([[kp[0]], (kp[1:] + kp[:-1]) / 2.0, [kp[-1]]])
    if len(old) == len(new) and (np.abs(old_kp - kp) <= _SAME_KP_KM).all():
        apart = np.hypot(*(new_xy - old_xy).T)
        if (apart <= changes.same_station_m).all():
            same = np.arange(len(new))
            yes = np.ones(len(new), dtype=bool)
            return Match(False, kp, kp, apart, same, same, same, edges, (), False, ~yes, yes)
    place, offset, turn = _places(old_xy, old_kp, new_xy, kp, changes.same_place_m)
    above = np.clip(np.searchsorted(old_kp, np.nan_to_num(place)), 1, len(old) - 1)
    below = above - 1
    nearest = np.where(np.abs(old_kp[above] - place) < np.abs(place - old_kp[below]), above, below)
    same_one = np.hypot(*(new_xy - old_xy[nearest]).T) <= changes.same_station_m
    below, above = np.where(same_one, nearest, below), np.where(same_one, nearest, above)
    moved, same = offset > changes.same_station_m, same_one & (nearest == np.arange(len(new)))
    left = _left(old_kp, kp, place, 2.0 * changes.same_place_m / 1000.0)
    return Match(True, kp, place, offset, below, above, nearest, edges, left, turn < 0, moved, same)


def _places(old_xy: Floats, old_kp: Floats, new_xy: Floats, kp: Floats, near_m: float) -> tuple[Floats, Floats, float]:
    """Return old kilometre post (NaN where none is near), distance, and whether posts count the same way (1) or not."""
    station, kp_there, away = _candidates(old_xy, old_kp, new_xy, near_m)
    place, offset = np.full(len(kp), np.nan), _far(old_xy, new_xy)
    order = np.lexsort((away, station))
    station, kp_there, away = station[order], kp_there[order], away[order]
    seen, first = np.unique(station, return_index=True)
    place[seen], offset[seen] = kp_there[first], away[first]
    tied = away <= offset[station] + _TIE_M
    sure = np.isfinite(place) & (_spread(station, kp_there, len(kp)) <= 4.0 * near_m / 1000.0)
    sure &= _spread(station[tied], kp_there[tied], len(kp)) <= _TIE_KM
    turn = _turn(place, sure)
    if sure.all() or not (np.isfinite(place) & ~sure).any():
        return place, offset, turn
    expected = _expected(place, kp, sure, turn, old_kp)
    unlike = np.abs(kp_there - expected[station])
    order = np.lexsort((unlike, station))
    seen, first = np.unique(station[order], return_index=True)
    pass_kp = np.full(len(kp), np.nan)
    pass_kp[seen] = kp_there[order][first]
    on_pass = np.abs(kp_there - pass_kp[station]) <= 4.0 * near_m / 1000.0
    station, kp_there, away = station[on_pass], kp_there[on_pass], away[on_pass]
    order = np.lexsort((np.abs(kp_there - expected[station]), away.round(), station))  # whole metres: ties continue
    seen, first = np.unique(station[order], return_index=True)
    place[seen], offset[seen] = kp_there[order][first], away[order][first]
    return place, offset, turn


def _spread(station: Ints, kp_there: Floats, count: int) -> Floats:
    """Return how far apart along the old route the candidates of every station lie; 0 where there is none."""
    lowest, highest = np.full(count, np.inf), np.full(count, -np.inf)
    np.minimum.at(lowest, station, kp_there)
    np.maximum.at(highest, station, kp_there)
    apart: Floats = np.maximum(highest - lowest, 0.0)
    return apart


def _candidates(old_xy: Floats, old_kp: Floats, new_xy: Floats, near_m: float) -> tuple[Ints, Floats, Floats]:
    """Return new station, old kilometre post and distance of every near point on a leg between old stations."""
    legs_m = np.hypot(*np.diff(old_xy, axis=0).T)
    found: Any = cKDTree(old_xy).query_ball_point(new_xy, near_m + float(legs_m.max()) / 2.0, workers=-1)
    counts = np.array([len(item) for item in found])
    station = np.repeat(np.arange(len(new_xy)), counts)
    ends = np.concatenate([np.asarray(item, dtype=np.int64) for item in found]) if counts.any() else np.empty(0, int)
    station = np.concatenate([station, station])
    leg = np.clip(np.concatenate([ends - 1, ends]), 0, len(legs_m) - 1)
    kp_there, away = _on_leg(old_xy, old_kp, new_xy[station], leg)
    near = away <= near_m
    return station[near], kp_there[near], away[near]


def _on_leg(old_xy: Floats, old_kp: Floats, points: Floats, leg: Ints) -> tuple[Floats, Floats]:
    start, along = old_xy[leg], old_xy[leg + 1] - old_xy[leg]
    share = np.clip(((points - start) * along).sum(axis=1) / np.maximum((along**2).sum(axis=1), 1e-12), 0.0, 1.0)
    away = np.hypot(*(points - start - share[:, None] * along).T)
    return old_kp[leg] + share * (old_kp[leg + 1] - old_kp[leg]), away


def _far(old_xy: Floats, new_xy: Floats) -> Floats:
    """Return distances to the legs at the nearest old station."""
    _, nearest = cKDTree(old_xy).query(new_xy, workers=-1)
    kp = np.arange(len(old_xy), dtype=float)
    legs = (np.clip(nearest - 1, 0, len(old_xy) - 2), np.clip(nearest, 0, len(old_xy) - 2))
    return np.minimum(*(_on_leg(old_xy, kp, new_xy, leg)[1] for leg in legs))


def _turn(place: Floats, sure: Flags) -> float:
    steps = np.diff(place[sure])
    return -1.0 if len(steps) and np.median(np.sign(steps)) < 0 else 1.0


def _expected(place: Floats, kp: Floats, sure: Flags, turn: float, old_kp: Floats) -> Floats:
    """Continue the places of the stations that have one place only: from those before, else from those after."""
    if not sure.any():
        return kp if turn > 0 else old_kp[-1] - kp
    known = np.flatnonzero(sure)
    before = known[np.clip(np.searchsorted(known, np.arange(len(kp)), side="right") - 1, 0, None)]
    return place[before] + turn * (kp - kp[before])


def _left(old_kp: Floats, kp: Floats, place: Floats, slack_km: float) -> tuple[Span, ...]:
    """Return pieces of the old route that no run of new stations covers."""
    known = np.flatnonzero(~np.isnan(place))
    run = np.abs(np.abs(np.diff(place[known])) - np.diff(kp[known])) <= slack_km
    covered = np.zeros(len(old_kp), dtype=bool)
    reach = float(np.diff(old_kp).max()) / 2.0
    for start, end in zip(known[:-1][run], known[1:][run], strict=True):
        low, high = sorted((place[start], place[end]))
        covered[np.searchsorted(old_kp, low - reach) : np.searchsorted(old_kp, high + reach, side="right")] = True
    edges = np.flatnonzero(np.diff(np.concatenate([[0], (~covered).astype(np.int8), [0]])))
    ends = np.concatenate([[old_kp[0]], (old_kp[1:] + old_kp[:-1]) / 2.0, [old_kp[-1]]])
    return tuple((float(ends[a]), float(ends[b])) for a, b in zip(edges[::2], edges[1::2], strict=True))
