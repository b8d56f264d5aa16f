"""The reports of many legs between two times, in order of time: a pure function of the legs, at compiled speed."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pipeline.synth.ais_legs import ANCHORED, DEGREE_M, MOORED, PITCH_M, LaneTable, Legs
from pipeline.synth.voyages import KNOT_M_S

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Small = NDArray[np.int32]

SILENCE_S = 5400
"""Receivers are silent for such a while at a time, longer than any gap that a track bridges by default."""
SILENT = 0.06
"""Share of the ship-time under way that lies in silences (E)."""
MISSED = 0.05
"""Share of single reports that are not heard (E)."""
FAULT = 2e-5
"""Share of rows with each of the faults (E)."""
WRONG_MMSI = -1
"""Ship of a row whose number was never assigned."""
_TURN = 2.0 * np.pi
_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_MISS, _HUSH, _FAULTY, _NOISE, _MORE = (np.uint64(1 << bit) for bit in range(40, 45))


class Rows(NamedTuple):
    """Reports in order of time, arrays of one length.

    ``ship`` (``WRONG_MMSI`` or an index), ``second`` since the period began, ``lon lat`` degrees, ``sog_kn``,
    ``cog_deg``, ``heading_deg`` (511: not available), ``status``, ``draught_m``.
    """

    ship: NDArray[np.int32]
    second: Ints
    lon: Floats
    lat: Floats
    sog_kn: Floats
    cog_deg: Floats
    heading_deg: Floats
    status: Floats
    draught_m: Floats

    @classmethod
    def empty(cls, count: int) -> Rows:
        """Return rows yet to be filled."""
        floats = [np.empty(count) for _ in range(7)]
        return cls(np.empty(count, np.int32), np.empty(count, np.int64), *floats)


def count_rows(legs: Legs, start_s: int, end_s: int) -> int:
    """Return how many reports lie between two times."""
    return int(_per_second(legs.between(start_s, end_s), start_s, end_s).sum())


def rows_between(legs: Legs, table: LaneTable, silent_heading: NDArray[np.bool_], start_s: int, end_s: int) -> Rows:
    """Return the reports between two times, in order of time.

    Parameters
    ----------
    legs : Legs
        Of the whole period.
    table : LaneTable
        The lanes.
    silent_heading : ndarray of bool
        By ship: has no compass on the line.
    start_s, end_s : int
        Seconds since the period began; the end is not included.
    """
    here = legs.between(start_s, end_s)
    counts = _per_second(here, start_s, end_s)
    found = Rows.empty(int(counts.sum()))
    leg, number = _placed(here, np.cumsum(counts) - counts, found.second, start_s, end_s)
    _fill(leg, number, here, table, silent_heading, found)
    return found


@njit(nogil=True, cache=True)
def _mixed(key: np.uint64, number: int) -> np.uint64:
    """Return 64 random bits of a key and a number (SplitMix64, Steele, Lea and Flood 2014)."""
    z = key + (np.uint64(number) + np.uint64(1)) * _GAMMA
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@njit(nogil=True, cache=True)
def _share(bits: np.uint64) -> float:
    return np.float64(bits >> np.uint64(11)) / 9007199254740992.0


@njit(nogil=True, cache=True)
def _bell(bits: np.uint64) -> float:
    """Return about a normal variate: the sum of four uniform ones of 16 bits."""
    mask = np.uint64(0xFFFF)
    total = (
        np.float64(bits & mask) + np.float64((bits >> np.uint64(16)) & mask)
        + np.float64((bits >> np.uint64(32)) & mask) + np.float64(bits >> np.uint64(48))
    )  # fmt: skip
    return (total / 65536.0 - 2.0) * 1.7320508


@njit(nogil=True, cache=True)
def _heard_s(legs: Legs, leg: int, number: int) -> int:
    """Return the second of a leg's report, -1 where nobody heard it."""
    key, step = legs.key[leg], legs.interval_s[leg]
    if _share(_mixed(key ^ _MISS, number)) < MISSED:
        return -1
    moving = legs.kind[leg] != ANCHORED and legs.kind[leg] != MOORED
    if moving and _share(_mixed(key ^ _HUSH, number * step // SILENCE_S)) < SILENT:
        return -1
    second = legs.start_s[leg] + number * step + np.int64(_share(_mixed(key, number)) * step * 0.3)
    return second if second < legs.end_s[leg] else -1


@njit(nogil=True, cache=True)
def _copies(key: np.uint64, number: int) -> int:
    return 2 if _share(_mixed(key ^ _FAULTY, number)) < FAULT else 1


@njit(nogil=True, cache=True)
def _numbers(legs: Legs, leg: int, start_s: int, end_s: int) -> tuple[int, int]:
    """Return the range of a leg's reports that may lie between two times."""
    begin, step = legs.start_s[leg], legs.interval_s[leg]
    return max((start_s - begin) // step - 1, 0), (min(end_s, legs.end_s[leg]) - begin) // step + 1


@njit(nogil=True, cache=True)
def _per_second(legs: Legs, start_s: int, end_s: int) -> Ints:
    counts = np.zeros(end_s - start_s, np.int64)
    for leg in range(len(legs.ship)):
        first, last = _numbers(legs, leg, start_s, end_s)
        for number in range(first, last):
            second = _heard_s(legs, leg, number)
            if start_s <= second < end_s:
                counts[second - start_s] += _copies(legs.key[leg], number)
    return counts


@njit(nogil=True, cache=True)
def _placed(legs: Legs, at: Ints, second_of: Ints, start_s: int, end_s: int) -> tuple[Small, Small]:
    """Sort by counting: legs are in order of their start, so equal seconds keep that order."""
    leg_of, number_of = np.empty(len(second_of), np.int32), np.empty(len(second_of), np.int32)
    for leg in range(len(legs.ship)):
        first, last = _numbers(legs, leg, start_s, end_s)
        for number in range(first, last):
            second = _heard_s(legs, leg, number)
            if start_s <= second < end_s:
                for _ in range(_copies(legs.key[leg], number)):
                    place = at[second - start_s]
                    at[second - start_s] += 1
                    leg_of[place], number_of[place], second_of[place] = leg, number, second
    return leg_of, number_of


@njit(nogil=True, cache=True)
def _fill(
    leg_of: Small, number_of: Small, legs: Legs, lanes: LaneTable, silent_heading: NDArray[np.bool_], rows: Rows
) -> None:
    for row in range(len(leg_of)):
        leg, number = leg_of[row], number_of[row]
        key, kind, lane = legs.key[leg], legs.kind[leg], legs.lane[leg]
        noise, more = _mixed(key ^ _NOISE, number), _mixed(key ^ _MORE, number)
        elapsed = rows.second[row] - legs.start_s[leg]
        if kind in (ANCHORED, MOORED):
            riding = kind == ANCHORED
            # A ship at anchor swings about it with wind and tide; the berth leaves the noise of the receiver.
            angle = legs.phase[leg] + elapsed / 44_700.0 * _TURN + 0.3 * _bell(more)
            radius = (90.0 if riding else 3.0) * (1.0 + 0.1 * _bell(noise)) / DEGREE_M
            lat = legs.lat[leg] + radius * np.cos(angle)
            lon = legs.lon[leg] + radius * np.sin(angle) / np.cos(np.radians(lat))
            sog = abs(_bell(noise)) * (0.15 if riding else 0.02)
            cog = _share(more) * 360.0
            heading = (np.degrees(angle) + 180.0) % 360.0
        else:
            length = lanes.length_m[lane]
            done = min(elapsed * legs.speed_m_s[leg], length)
            along = done if legs.forward[leg] else length - done
            step = np.int64(along / PITCH_M)
            at, part = lanes.first[lane] + step, along / PITCH_M - step
            off = legs.sigmas[leg] + 0.25 * np.sin(_TURN * along / legs.wave_m[leg] + legs.phase[leg])
            off *= lanes.spread_m[at] + part * (lanes.spread_m[at + 1] - lanes.spread_m[at])
            off = (off if legs.forward[leg] else -off) + 4.0 * _bell(noise)
            lon = lanes.lon[at] + part * (lanes.lon[at + 1] - lanes.lon[at]) + off * lanes.right_lon[at]
            lat = lanes.lat[at] + part * (lanes.lat[at + 1] - lanes.lat[at]) + off * lanes.right_lat[at]
            sog = max(legs.speed_m_s[leg] / KNOT_M_S + 0.15 * _bell(more), 0.0)
            cog = (lanes.course_deg[at] + (0.0 if legs.forward[leg] else 180.0) + _bell(more)) % 360.0
            heading = (cog + 2.0 * _bell(noise)) % 360.0
        fault = _share(_mixed(key ^ _FAULTY ^ _MISS, number))
        who = legs.ship[leg]
        if fault < FAULT:
            lon, lat = 181.0, 91.0
        elif fault < 2.0 * FAULT:
            sog, cog, heading = 102.3, 360.0, 511.0
        elif fault < 3.0 * FAULT:
            lat += 1.5 + _share(more)
        elif fault < 4.0 * FAULT:
            who = WRONG_MMSI
        elif fault < 5.0 * FAULT:
            sog = 60.0
        rows.ship[row] = who
        rows.lon[row], rows.lat[row] = np.round(lon * 1e5) / 1e5, np.round(lat * 1e5) / 1e5
        rows.sog_kn[row], rows.cog_deg[row] = np.round(sog * 10.0) / 10.0, np.round(cog * 10.0) / 10.0
        rows.heading_deg[row] = 511.0 if silent_heading[legs.ship[leg]] else np.floor(heading)
        rows.status[row], rows.draught_m[row] = kind, legs.draught_m[leg]
