"""Reports to track segments: no duplicates, no teleports, no bridging of silences (METHODS 1.10)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.config.ais import AisSection
from pipeline.geo import Floats, Ints
from pipeline.hazards.shipping.drag import KNOT_M_S
from pipeline.sources.ais.positions import Reports

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Segments:
    """Straight motions between consecutive reports of one ship.

    Attributes
    ----------
    ship : ndarray of int64, shape (n,)
        Index of the ship.
    start_us, duration_us : ndarray of int64, shape (n,)
        Time of the first report, microseconds since 1970 UTC, and time to the second.
    x0_m, y0_m, x1_m, y1_m : ndarray, shape (n,)
        Projected ends, metres.
    speed_kn : ndarray, shape (n,)
        Mean of both reported speeds over ground; where not known, the speed made good.
    stationary : ndarray of bool, shape (n,)
        Anchored or moored.
    track : ndarray of int64, shape (n,)
        Ascending; one number a run of a ship without silence, break or stop.
    """

    ship: Ints
    start_us: Ints
    duration_us: Ints
    x0_m: Floats
    y0_m: Floats
    x1_m: Floats
    y1_m: Floats
    speed_kn: Floats
    stationary: Bools
    track: Ints

    def __len__(self) -> int:
        return len(self.ship)

    @property
    def length_m(self) -> Floats:
        """Straight length, metres."""
        return np.hypot(self.x1_m - self.x0_m, self.y1_m - self.y0_m)

    @property
    def heading_deg(self) -> Floats:
        """Grid azimuth of the motion, degrees; NaN where both ends are one place."""
        dx, dy = self.x1_m - self.x0_m, self.y1_m - self.y0_m
        return np.where((dx == 0.0) & (dy == 0.0), np.nan, np.degrees(np.arctan2(dx, dy)) % 360.0)

    def where(self, rows: Bools | Ints) -> Segments:
        """Return some of the segments."""
        return Segments(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class TrackCounts:
    """What became of the reports of a chunk."""

    duplicate: int
    jump: int
    used: int
    gaps: int
    splits: int


def unique_reports(reports: Reports) -> Bools:
    """Return which reports to keep so that a ship is at one place at a time: the first of equal times, by place."""
    again = (reports.ship[1:] == reports.ship[:-1]) & (reports.time_us[1:] == reports.time_us[:-1])
    return np.concatenate([[True], ~again]) if len(reports.ship) else np.zeros(0, bool)


def segments(reports: Reports, x_m: Floats, y_m: Floats, section: AisSection) -> tuple[Segments, TrackCounts]:
    """Return the segments of sorted reports.

    Parameters
    ----------
    reports : Reports
        Sorted by ship, time and place.
    x_m, y_m : ndarray, shape (n,)
        Their projected places, metres.
    section : AisSection
        Gap, jump and stationary limits.

    Returns
    -------
    Segments
        Pairs of consecutive reports of a ship no further apart than the gap and no faster than the jump limit.
    TrackCounts
        Reports dropped and used, silences, and breaks where a ship seems to jump for good (a shared MMSI).

    Notes
    -----
    A report is a teleport if the ship would have jumped both to reach and to leave it. If only one side jumps, the
    track breaks there and both sides are kept. A segment is stationary if both reported speeds are below the limit
    and the speed made good does not contradict them; where a speed is not reported, if the speed made good is.
    """
    keep = np.flatnonzero(unique_reports(reports))
    duplicates = len(reports.ship) - len(keep)
    same, hours, knots = _steps(reports, x_m, y_m, keep)
    fast = same & (knots > section.max_jump_kn)
    teleport = np.zeros(len(keep), bool)
    if len(keep):
        teleport[1:-1] = fast[:-1] & fast[1:]
    jumps = int(teleport.sum())
    keep = keep[~teleport]

    same, hours, knots = _steps(reports, x_m, y_m, keep)
    silent = same & (hours * 60.0 > section.gap_min)
    fast = same & ~silent & (knots > section.max_jump_kn)
    at = np.flatnonzero(same & ~silent & ~fast)
    first, last, made_good = keep[at], keep[at + 1], knots[at]
    sog0, sog1 = reports.sog_kn[first], reports.sog_kn[last]
    reported = ~(np.isnan(sog0) | np.isnan(sog1))
    slow = (np.maximum(sog0, sog1) < section.stationary_kn) & (made_good < section.manoeuvring_kn)
    still = np.where(reported, slow, made_good < section.stationary_kn)
    found = Segments(
        ship=reports.ship[first],
        start_us=reports.time_us[first],
        duration_us=reports.time_us[last] - reports.time_us[first],
        x0_m=x_m[first], y0_m=y_m[first], x1_m=x_m[last], y1_m=y_m[last],
        speed_kn=np.where(reported, (sog0 + sog1) / 2.0, made_good),
        stationary=still,
        track=np.cumsum((np.diff(at, prepend=-2) != 1) | (np.diff(still, prepend=False) != 0)),
    )  # fmt: skip
    return found, TrackCounts(duplicates, jumps, len(keep), int(silent.sum()), int(fast.sum()))


def _steps(reports: Reports, x_m: Floats, y_m: Floats, keep: Ints) -> tuple[Bools, Floats, Floats]:
    """Return, between consecutive kept reports: same ship, hours, and speed made good in knots."""
    same = reports.ship[keep[1:]] == reports.ship[keep[:-1]]
    seconds = (reports.time_us[keep[1:]] - reports.time_us[keep[:-1]]) / 1e6
    metres = np.hypot(np.diff(x_m[keep]), np.diff(y_m[keep]))
    with np.errstate(divide="ignore", invalid="ignore"):
        knots = np.where(same, metres / seconds / KNOT_M_S, np.nan)
    return same, seconds / 3600.0, knots
