"""Passages: one row each time a moving ship crosses the cable, however often she reports (METHODS 1.10)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pyproj import Transformer

from pipeline.geo import WGS84, Floats, Frame, Ints
from pipeline.hazards.shipping.beside import Pieces
from pipeline.hazards.shipping.exposure import panel_edges_km
from pipeline.hazards.shipping.tracks import Bools, Segments, Voyages

_ABOUT_M = 50.0  # either side of a crossing, for its course over ground


@dataclass(frozen=True)
class Told:
    """What the reports at both ends of segments say.

    Attributes
    ----------
    at_stop : ndarray of bool, shape (n,)
        The segment belongs to a stop, standing still or swinging.
    heading0_deg, heading1_deg : ndarray, shape (n,)
        True heading at both ends, NaN where not known.
    draught_m : ndarray, shape (n,)
        Last reported before the segment, NaN where none was.
    """

    at_stop: Bools
    heading0_deg: Floats
    heading1_deg: Floats
    draught_m: Floats

    @classmethod
    def of(cls, sailed: Voyages, legs: Ints) -> Told:
        """Return what the reports of legs say; ``legs`` are places in ``Voyages.order``."""
        from pipeline.hazards.shipping.leg_kernels import last_known

        last = sailed.order[legs]
        first = sailed.before[last]
        heading = sailed.reports.heading_deg.astype(np.float64)
        draught = last_known(sailed.order, sailed.before, sailed.reports.draught_m)
        return cls(sailed.at_stop[legs], heading[first], heading[last], draught[first].astype(np.float64))

    def where(self, rows: Bools | Ints) -> Told:
        """Return some of them."""
        return Told(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


def passages(pieces: Pieces, segments: Segments, told: Told, frame: Frame, settle_m: float) -> pd.DataFrame:
    """Return the passages of moving segments.

    Parameters
    ----------
    pieces, segments, told : Pieces, Segments, Told
        Motions beside the route: ships in order, their motions in the order in which they were sailed.
    frame : Frame
        Route and stations.
    settle_m : float
        How far over a ship is on the other side for certain.

    Returns
    -------
    DataFrame
        ``PASSAGES`` without longitude and latitude, in order of KP, time and ship. ``angle_deg`` lies between 0 (along
        the cable) and 90 (square across); ``course_deg`` and ``heading_deg`` are from true north; the heading is that
        of the nearer report that has one.

    Notes
    -----
    A track that touches or crosses the cable and comes back before it was ``settle_m`` over, has not passed. Of several
    crossings to and fro within ``settle_m``, the last that led to the other side is the passage. Where a track ends or
    leaves the surroundings of the route, the side on which it was left counts. A ship at a stop never crosses.
    """
    from pipeline.hazards.shipping.passage_kernels import settled_crossings

    rows = settled_crossings(
        pieces.segment, pieces.start, pieces.end, pieces.offset0_m, pieces.offset1_m, pieces.length_m,
        segments.ship, segments.track, segments.start_us, segments.duration_us, segments.stationary | told.at_stop,
        settle_m,
    )  # fmt: skip
    segment = pieces.segment[rows]
    offset0, offset1 = pieces.offset0_m[rows], pieces.offset1_m[rows]
    along = offset0 / (offset0 - offset1)
    kp = pieces.kp0_km[rows] + along * (pieces.kp1_km[rows] - pieces.kp0_km[rows])
    fraction = pieces.fraction(rows, along)
    edges = panel_edges_km(frame)
    station = np.clip(np.searchsorted(edges, kp, side="right") - 1, 0, len(edges) - 2)
    crossing = segments.where(segment)
    theta = crossing.heading_deg - frame.route.bearing_deg(kp)
    before, after = told.heading0_deg[segment], told.heading1_deg[segment]
    one, other = np.where(fraction < 0.5, before, after), np.where(fraction < 0.5, after, before)
    table = pd.DataFrame(
        {
            "station": station.astype(np.int32),
            "kp_km": np.round(kp, 6),
            "time_us": crossing.start_us + np.rint(fraction * crossing.duration_us).astype(np.int64),
            "speed_kn": crossing.speed_kn,
            "angle_deg": np.degrees(np.arcsin(np.abs(np.sin(np.radians(theta))))),
            "course_deg": _course_deg(crossing, fraction, frame.route.crs),
            "heading_deg": np.where(np.isnan(one), other, one),
            "draught_m": told.draught_m[segment],
            "ship": crossing.ship.astype(np.int32),
        }
    )
    return table.sort_values(["kp_km", "time_us", "ship"], kind="stable", ignore_index=True)


def _course_deg(crossing: Segments, fraction: Floats, crs: str) -> Floats:
    """Return the true course over ground where motions cross: the azimuth of a short way along the projected line."""
    if not len(crossing):
        return np.zeros(0)
    dx, dy = crossing.x1_m - crossing.x0_m, crossing.y1_m - crossing.y0_m
    x, y = crossing.x0_m + fraction * dx, crossing.y0_m + fraction * dy
    length = np.hypot(dx, dy)  # never 0: a motion that crosses has one
    dx, dy = dx / length * _ABOUT_M, dy / length * _ABOUT_M
    to_lonlat = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    azimuth, _, _ = WGS84.inv(*to_lonlat.transform(x - dx, y - dy), *to_lonlat.transform(x + dx, y + dy))
    return np.asarray(azimuth) % 360.0
