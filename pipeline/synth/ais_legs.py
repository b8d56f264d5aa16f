"""Who sails when over a long synthetic period: every ship's voyages and stays, one table of legs in order of time."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pyproj import Transformer

from pipeline.synth import CRS
from pipeline.synth.fleet import SERVICES, Ship, fleet
from pipeline.synth.lanes import ANCHORAGES, OPEN_WATER, PORTS, lane
from pipeline.synth.voyages import KNOT_M_S

Floats = NDArray[np.float64]

SAILING, ANCHORED, MOORED, FISHING = 0, 1, 5, 7
"""Kinds of legs; also the navigational status that ships send."""
PITCH_M = 500.0
"""Between the points of ``LaneTable``."""

AWAY_DAYS = {"FERRY": 12.0, "TANKER": 60.0, "CARGO": 80.0, "SUPPLY": 18.0, "FISHING": 24.0}
"""Mean time between two visits, days: out of reach of every receiver, in other waters or switched off (E)."""
INTERVALS_S = ((10, 0.02), (30, 0.08), (60, 0.45), (180, 0.25), (300, 0.20))
"""How often a ship under way is heard, seconds, and the share of ships (E): archives thin what is sent."""
ANCHOR_S, BERTH_S = 180, 360
DEGREE_M = 111_195.0
"""Of a sphere of 6,371 km."""


class LaneTable(NamedTuple):
    """All lanes, one behind the other, as points of ``PITCH_M``.

    Attributes
    ----------
    first : ndarray of int64, shape (lanes,)
        Index of the first point of each lane.
    length_m : ndarray, shape (lanes,)
        Length.
    lon, lat : ndarray, shape (points,)
        Degrees.
    right_lon, right_lat : ndarray, shape (points,)
        Degrees a metre to starboard.
    spread_m : ndarray, shape (points,)
        One sigma of the tracks.
    course_deg : ndarray, shape (points,)
        Course over ground towards the end of the lane.
    """

    first: NDArray[np.int64]
    length_m: Floats
    lon: Floats
    lat: Floats
    right_lon: Floats
    right_lat: Floats
    spread_m: Floats
    course_deg: Floats

    @classmethod
    def of(cls, names: list[str]) -> LaneTable:
        """Return lanes by name, in that order."""
        to_lonlat = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)
        columns: list[list[Floats]] = [[] for _ in range(6)]
        first, lengths, points = [], [], 0
        for name in names:
            path = lane(name)
            along = np.append(np.arange(0.0, path.length_m, PITCH_M), path.length_m + PITCH_M)
            x, y = path.positions(along, np.zeros(len(along)))
            dx, dy = np.gradient(x), np.gradient(y)
            norm = np.maximum(np.hypot(dx, dy), 1e-9)
            lon, lat = to_lonlat.transform(x, y)
            far_lon, far_lat = to_lonlat.transform(x + 100.0 * dy / norm, y - 100.0 * dx / norm)
            spread = np.interp(along, path.along_m, path.spread_m)
            course = np.degrees(np.arctan2(dx, dy)) % 360.0
            for column, values in zip(
                columns, (lon, lat, (far_lon - lon) / 100.0, (far_lat - lat) / 100.0, spread, course), strict=True
            ):
                column.append(values)
            first.append(points)
            lengths.append(path.length_m)
            points += len(along)
        return cls(np.array(first), np.array(lengths), *(np.concatenate(column) for column in columns))


class Legs(NamedTuple):
    """Voyages and stays, in order of their start.

    Attributes
    ----------
    ship, lane : ndarray of int64, shape (n,)
        Index of the ship and of the lane.
    kind : ndarray of int64, shape (n,)
        ``SAILING ANCHORED MOORED FISHING``.
    forward : ndarray of bool, shape (n,)
        Towards the end of the lane.
    start_s, end_s : ndarray of int64, shape (n,)
        Seconds since the period began.
    interval_s : ndarray of int64, shape (n,)
        Between two reports.
    speed_m_s : ndarray, shape (n,)
        At sea.
    sigmas, phase, wave_m : ndarray, shape (n,)
        The line beside the middle of the lane, in sigmas, and its slow wave.
    draught_m : ndarray, shape (n,)
        As reported.
    lon, lat : ndarray, shape (n,)
        Of a stay, degrees.
    key : ndarray of uint64, shape (n,)
        What the random numbers of its reports are made from.
    """

    ship: NDArray[np.int64]
    lane: NDArray[np.int64]
    kind: NDArray[np.int64]
    forward: NDArray[np.bool_]
    start_s: NDArray[np.int64]
    end_s: NDArray[np.int64]
    interval_s: NDArray[np.int64]
    speed_m_s: Floats
    sigmas: Floats
    phase: Floats
    wave_m: Floats
    draught_m: Floats
    lon: Floats
    lat: Floats
    key: NDArray[np.uint64]

    def where(self, rows: NDArray[np.bool_] | NDArray[np.int64]) -> Legs:
        """Return some of the legs."""
        return Legs._make(column[rows] for column in self)

    def between(self, start_s: int, end_s: int) -> Legs:
        """Return the legs of which a part lies between two times."""
        return self.where((self.start_s < end_s) & (self.end_s > start_s))


def large_fleet(ships: int, seed: int) -> list[Ship]:
    """Return the synthetic fleet, each service enlarged alike to so many ships in all, at least one each."""
    total = sum(service.ships for service in SERVICES)
    bounds = np.rint(np.cumsum([0, *(service.ships for service in SERVICES)]) * ships / total).astype(int)
    return fleet(seed, tuple(replace(s, ships=int(n)) for s, n in zip(SERVICES, np.diff(bounds), strict=True)))


def legs_of(ships: list[Ship], lanes: list[str], table: LaneTable, *, days: int, seed: int) -> Legs:
    """Return every ship's visits over a period: a voyage, a wait at anchor, a stay at the berth, and the way back.

    What a ship does depends on the seed and her number alone.
    """
    made = [_visits(ship, index, lanes, table, days, seed) for index, ship in enumerate(ships)]
    every = Legs._make(np.concatenate(columns) for columns in zip(*made, strict=True))
    order = np.lexsort((every.ship, every.start_s))
    return every.where(order)._replace(key=_keys(len(order), seed))


def _visits(ship: Ship, index: int, lanes: list[str], table: LaneTable, days: int, seed: int) -> Legs:
    rng = np.random.default_rng([seed, 3, ship.mmsi])
    service = ship.service
    at = lanes.index(service.lane)
    path = lane_ends(service.lane)
    length_m = table.length_m[at]
    mean_kn, spread_kn = service.speed_kn
    away_s = AWAY_DAYS[service.label] * 86400.0
    cycle_s = 2.0 * length_m / (mean_kn * KNOT_M_S) + service.stay_h * 3600.0 + away_s
    count = int(1.5 * days * 86400.0 / cycle_s) + 7
    speed = np.clip(rng.normal(mean_kn, spread_kn, (2, count)), mean_kn - 2.0, mean_kn + 2.0) * KNOT_M_S
    sail_s = length_m / speed
    stay_s = np.maximum(rng.gamma(4.0, service.stay_h / 4.0, count), 4.0) * 3600.0
    wait_s = stay_s * rng.uniform(0.05, 0.5, count)
    pause_s = rng.gamma(2.0, away_s / 2.0, count)
    # The order of a visit: out, wait, berth, back; then away.
    lasts = np.stack([sail_s[0], wait_s, stay_s - wait_s, sail_s[1], pause_s], axis=1)
    begin = np.cumsum(lasts.ravel()) - lasts.ravel() - rng.uniform(2.0, 3.0) * cycle_s
    start, end = begin.reshape(count, 5)[:, :4].ravel(), (begin + lasts.ravel()).reshape(count, 5)[:, :4].ravel()
    n = 4 * count
    forward = np.repeat((np.arange(count) + int(rng.integers(2))) % 2 == 0, 4)
    forward[3::4] = ~forward[3::4]
    sailing = FISHING if service.label == "FISHING" else SAILING
    kind = np.tile([sailing, ANCHORED, MOORED, sailing], count)
    berth = kind == MOORED
    port = np.where(forward, path[1], path[0])
    kind[berth & np.isin(port, sorted(OPEN_WATER))] = ANCHORED
    where = np.array([PORTS[p] if b else ANCHORAGES.get(p, PORTS[p]) for p, b in zip(port, berth, strict=True)])
    spread_m = np.where(kind == ANCHORED, 1500.0, 80.0)
    off = rng.normal(0.0, 1.0, (2, n)) * spread_m / DEGREE_M
    hears = int(rng.choice([i for i, _ in INTERVALS_S], p=[p for _, p in INTERVALS_S]))
    interval = np.select([kind == ANCHORED, kind == MOORED], [max(ANCHOR_S, hears), max(BERTH_S, hears)], hears)
    load = np.repeat(np.where(rng.random(count) < 0.55, 1.0, 0.72), 4)
    found = Legs(
        ship=np.full(n, index), lane=np.full(n, at), kind=kind, forward=forward,
        start_s=np.ceil(start).astype(np.int64), end_s=np.floor(end).astype(np.int64), interval_s=interval,
        speed_m_s=np.stack([speed[0], speed[0], speed[0], speed[1]], axis=1).ravel(),
        sigmas=np.clip(rng.normal(0.5, 0.8, n), -2.2, 2.2), phase=rng.uniform(0.0, 2.0 * np.pi, n),
        wave_m=rng.uniform(50e3, 140e3, n), draught_m=np.round(ship.draught_m * load, 1),
        lon=where[:, 0] + off[0] / np.cos(np.radians(where[:, 1])), lat=where[:, 1] + off[1],
        key=np.zeros(n, np.uint64),
    )  # fmt: skip
    return found.where((found.start_s < days * 86400) & (found.end_s > 0))


@cache
def lane_ends(name: str) -> tuple[str, str]:
    """Return the two ports in the name of a lane."""
    path = lane(name)
    return path.start, path.end


def _keys(count: int, seed: int) -> NDArray[np.uint64]:
    return np.random.default_rng([seed, 4]).integers(0, 2**63, count, dtype=np.uint64)
