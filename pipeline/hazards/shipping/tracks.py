"""Reports to track segments: no duplicates, no teleports, no bridging of silences (METHODS 1.10)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pyproj import Transformer

from pipeline.config.ais import AisSection
from pipeline.geo import Floats, Ints
from pipeline.hazards.shipping.coarse import Coarse
from pipeline.hazards.shipping.drag import KNOT_M_S
from pipeline.hazards.shipping.reports import Reports

Bools = NDArray[np.bool_]
MINUTE_US = 60_000_000
_SILENCE, _MOTION, _STILL, _DRIFT = 1, 2, 3, 4  # of ``Voyages.kind``


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
        Mean of both reported speeds over ground; where not known, or not believed, the speed made good.
    stationary : ndarray of bool, shape (n,)
        Anchored or moored.
    track : ndarray of int64, shape (n,)
        Ascending number, of each ship, of a run without silence, break or stop.
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
    """What became of reports: near ones are duplicate, jump or used.

    Attributes
    ----------
    duplicate, jump, used : int
        Reports dropped and used.
    gaps : int
        Silences.
    splits : int
        Strands of an MMSI beyond its first that persist: the track breaks there.
    shared : int
        MMSI whose strands overlap in time: two ships share it, or clocks were wrong.
    lossy : int
        MMSI that lost more than ``jumps_told_pct`` of their reports as jumps.
    """

    duplicate: int = 0
    jump: int = 0
    used: int = 0
    gaps: int = 0
    splits: int = 0
    shared: int = 0
    lossy: int = 0

    def __add__(self, other: TrackCounts) -> TrackCounts:
        return TrackCounts(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class Voyages:
    """Used reports in the order in which each ship sailed them, and what leads to each.

    Attributes
    ----------
    reports : Reports
        All reports; the others hold their indices or lie beside ``order``.
    order : ndarray of int32, shape (used,)
        Used reports: ships in order, their strands in order, each in the order of time.
    before : ndarray of int32, shape (n,)
        The report before each report in its strand; negative where there is none.
    kind : ndarray of uint8, shape (used,)
        What leads to the report: 0 nothing, 1 a silence, 2 a motion, 3 standing still, 4 a motion that the reported
        speeds deny.
    length_m : ndarray, shape (used,)
        How far from the report before, metres on the ground.
    track, at_stop : ndarray, shape (used,)
        See ``Segments.track``; whether the leg belongs to a stop.
    stop_first, stop_last : ndarray of int64
        Places in ``order`` where each stop begins and ends.
    counts : TrackCounts
        What became of the reports.
    """

    reports: Reports
    order: NDArray[np.int32]
    before: NDArray[np.int32]
    kind: NDArray[np.uint8]
    length_m: Floats
    track: Ints
    at_stop: Bools
    stop_first: Ints
    stop_last: Ints
    counts: TrackCounts

    @property
    def is_segment(self) -> Bools:
        """Which legs are segments: motion or standing still, shape (used,)."""
        return np.asarray(self.kind >= _MOTION)

    @property
    def is_silence(self) -> Bools:
        """Which legs are silences, shape (used,)."""
        return np.asarray(self.kind == _SILENCE)


def gap_limits_us(section: AisSection) -> Ints:
    """Return the longest silence of a terrestrial and of a satellite report, microseconds."""
    return np.array([round(minutes * MINUTE_US) for minutes in (section.gap_min, section.gap_satellite_min)])


def voyages(reports: Reports, section: AisSection) -> Voyages:
    """Return what each ship sailed.

    Parameters
    ----------
    reports : Reports
        Whole ships, sorted.
    section : AisSection
        Limits of silence, speed and standing still.

    Notes
    -----
    A ship is at one place at a time: of reports of one time within ``duplicate_m`` the first stays, the others are
    duplicates. Further apart, two ships share a number, and each report goes its own way.

    The reports of an MMSI are laid into strands, report by report in the order of time. A report joins a strand whose
    last report she can have come from at ``max_jump_kn``: one that is not silent before one that is, one of several
    reports before one of a single one, and then the nearest; a single report beside other strands is not continued over
    a silence. If there is none, it begins a strand. ``strands_followed`` are followed at once; for a further one is
    given up a silent one before one that is not, of these a single report before several, and then the one that was
    heard of longest ago. Strands of fewer than ``split_reports`` reports beside others are jumps: she would have jumped
    to reach and to leave a teleport, and a time stamp that is wrong for a moment. What is left are the voyages of one
    ship that jumped for good, of ships that share an MMSI, or of a clock that was wrong for a while: each is a track of
    its own, and nothing joins them.

    A silence is longer than the limits of both its reports. A leg is standing still if both reported speeds are below
    ``stationary_kn``, or below ``manoeuvring_kn`` where both reports say anchored or moored; where a speed is not
    reported, if the speed made good is below ``stationary_kn``.

    A halt begins with a leg of standing still, and lasts until a silence or a report more than ``stop_radius_m`` from
    where it began. If it is shorter than ``stop_min_min`` and was left slowly, or follows one that was left slowly, its
    legs of standing still are motion, with the speed made good: the reported speeds are not believed. A leg is slow
    that is itself standing still or slower than ``manoeuvring_kn`` (the faster of its reported speeds, else made good).
    A ship at anchor jitters and swings within the radius; one that drifts or is towed leaves it in less than that time.
    """
    from pipeline.hazards.shipping.leg_kernels import legs, track_names
    from pipeline.hazards.shipping.track_kernels import drifts, stays, strands

    limits = gap_limits_us(section)
    n = len(reports)
    before, order, step = np.empty(n, np.int32), np.empty(n, np.int32), np.empty(n)
    totals = np.zeros(5, np.int64)
    places = reports.lon, reports.lat
    used = strands(
        reports.ship, reports.time_us, *places, reports.satellite, limits, section.max_jump_kn, section.duplicate_m,
        section.split_reports, section.strands_followed, section.jumps_told_pct / 100.0, before, step, order, totals,
    )  # fmt: skip
    order = order[:used]
    kind, length = np.empty(used, np.uint8), np.empty(used)
    gaps = legs(
        order, before, reports.time_us, step, reports.sog_kn, reports.status, reports.satellite, limits,
        section.stationary_kn, section.manoeuvring_kn, kind, length,
    )  # fmt: skip
    least_us, radius = int(section.stop_min_min * MINUTE_US), section.stop_radius_m
    drifts(
        order, reports.time_us, *places, reports.sog_kn, length, least_us, radius, section.manoeuvring_kn, kind
    )  # fmt: skip
    first, last = np.empty(used, np.int64), np.empty(used, np.int64)
    stops = stays(
        order, kind, reports.time_us, *places, least_us, int(section.stop_join_min * MINUTE_US), radius, first, last
    )  # fmt: skip
    track, at_stop = np.empty(used, np.int64), np.empty(used, np.bool_)
    track_names(order, reports.ship, kind, first, last, stops, track, at_stop)
    duplicate, jump, splits, shared, lossy = (int(count) for count in totals)
    counts = TrackCounts(duplicate, jump, used, gaps, splits, shared, lossy)
    return Voyages(
        reports, order, before, kind, length, track, at_stop, first[:stops].copy(), last[:stops].copy(), counts
    )


def legs_least_m(sailed: Voyages, coarse: Coarse) -> Floats:
    """Return a lower bound of how near each leg comes to the route, projected metres, shape (used,)."""
    from pipeline.hazards.shipping.coarse_kernels import least_distance

    out = np.empty(len(sailed.order))
    least_distance(
        sailed.order, sailed.before, sailed.reports.lon, sailed.reports.lat, sailed.length_m, coarse.west_deg,
        coarse.south_deg, coarse.step_deg, coarse.least_m, coarse.metres_per_m, out,
    )  # fmt: skip
    return out


def segments(sailed: Voyages, legs: Ints, to_xy: Transformer) -> Segments:
    """Return legs as motions in projected metres; ``legs`` are places in ``Voyages.order``, ascending."""
    reports = sailed.reports
    last = sailed.order[legs].astype(np.int64)
    first = sailed.before[last].astype(np.int64)
    needed = np.zeros(len(reports), np.bool_)
    needed[first] = needed[last] = True
    x, y = np.empty(len(reports)), np.empty(len(reports))
    x[needed], y[needed] = to_xy.transform(reports.lon[needed], reports.lat[needed])
    duration = reports.time_us[last] - reports.time_us[first]
    sog = (reports.sog_kn[first].astype(np.float64) + reports.sog_kn[last]) / 2.0
    made_good = np.isnan(sog) | (sailed.kind[legs] == _DRIFT)
    return Segments(
        ship=reports.ship[last].astype(np.int64), start_us=reports.time_us[first], duration_us=duration,
        x0_m=x[first], y0_m=y[first], x1_m=x[last], y1_m=y[last],
        speed_kn=np.where(made_good, sailed.length_m[legs] / (duration / 1e6) / KNOT_M_S, sog),
        stationary=sailed.kind[legs] == _STILL, track=sailed.track[legs],
    )  # fmt: skip
