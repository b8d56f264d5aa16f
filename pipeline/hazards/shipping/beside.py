"""Track segments in the route's own coordinates, as short pieces straight in kilometre post and offset."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.geo import Floats, Ints, Route
from pipeline.hazards.shipping.located import Beside, locate
from pipeline.hazards.shipping.tracks import Segments


@dataclass(frozen=True)
class Pieces:
    """Pieces of segments, none longer than the configured length, none past the ends of the route.

    Attributes
    ----------
    segment : ndarray of int64, shape (n,)
        Index of the segment that a piece belongs to.
    start, end : ndarray, shape (n,)
        Fractions of the segment.
    kp0_km, kp1_km : ndarray, shape (n,)
        Kilometre post at both ends.
    offset0_m, offset1_m : ndarray, shape (n,)
        Signed distance from the route at both ends.
    length_m : ndarray, shape (n,)
        Length in projected metres.
    """

    segment: Ints
    start: Floats
    end: Floats
    kp0_km: Floats
    kp1_km: Floats
    offset0_m: Floats
    offset1_m: Floats
    length_m: Floats

    def fraction(self, owner: Ints, along: Floats) -> Floats:
        """Return fractions of the segment from fractions of its pieces; a piece's ends are kept bit for bit."""
        start, end = self.start[owner], self.end[owner]
        return np.where(along >= 1.0, end, start + along * (end - start))

    def where(self, rows: NDArray[np.bool_] | Ints) -> Pieces:
        """Return some of the pieces."""
        return Pieces(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


def least_distance_m(segments: Segments, route: Route) -> Floats:
    """Return a lower bound of how near each segment comes to the route, metres."""
    middle = locate(route, (segments.x0_m + segments.x1_m) / 2.0, (segments.y0_m + segments.y1_m) / 2.0)
    return np.abs(middle.offset_m) - segments.length_m / 2.0


def pieces(segments: Segments, route: Route, piece_m: float) -> Pieces:
    """Cut segments into equal pieces of at most ``piece_m`` and place them beside the route.

    Between the ends of a piece both coordinates are taken as linear: exact beside a straight route, and within a
    few metres beside a bend. What lies past the perpendicular at an end of the route is cut off there.
    """
    count = np.maximum(np.ceil(segments.length_m / piece_m).astype(np.int64), 1)
    points = count + 1
    owner = np.repeat(np.arange(len(segments)), points)
    step = np.arange(len(owner)) - np.repeat(np.cumsum(points) - points, points)
    fraction = step / count[owner]
    ends = step == count[owner]  # bit for bit where the next segment begins, so that it is sought once
    x = np.where(ends, segments.x1_m[owner], segments.x0_m[owner] + fraction * (segments.x1_m - segments.x0_m)[owner])
    y = np.where(ends, segments.y1_m[owner], segments.y0_m[owner] + fraction * (segments.y1_m - segments.y0_m)[owner])
    place = locate(route, x, y)
    first = np.flatnonzero(step < count[owner])
    first = first[~(place.beyond[first] & place.beyond[first + 1])]
    found = Pieces(
        segment=owner[first], start=fraction[first], end=fraction[first + 1],
        kp0_km=place.kp_km[first], kp1_km=place.kp_km[first + 1],
        offset0_m=place.offset_m[first], offset1_m=place.offset_m[first + 1],
        length_m=np.hypot(x[first + 1] - x[first], y[first + 1] - y[first]),
    )  # fmt: skip
    return _cut_at_ends(found, route, place, first, x, y)


def _cut_at_ends(found: Pieces, route: Route, place: Beside, first: Ints, x: Floats, y: Floats) -> Pieces:
    """Move the end of a piece that lies beyond the route onto the perpendicular at the route's end."""
    for late in (False, True):
        beyond, inside = (first + 1, first) if late else (first, first + 1)
        rows = np.flatnonzero(place.beyond[beyond])
        if not len(rows):
            continue
        outer, inner = beyond[rows], inside[rows]
        kp = place.kp_km[outer]
        end_x, end_y = route.xy(kp)
        bearing = np.radians(route.bearing_deg(kp))
        ux, uy = np.sin(bearing), np.cos(bearing)
        along_outer = (x[outer] - end_x) * ux + (y[outer] - end_y) * uy
        along_inner = (x[inner] - end_x) * ux + (y[inner] - end_y) * uy
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.nan_to_num(np.clip(along_outer / (along_outer - along_inner), 0.0, 1.0))
        cut_x = x[outer] + share * (x[inner] - x[outer])
        cut_y = y[outer] + share * (y[inner] - y[outer])
        offset = (cut_x - end_x) * uy - (cut_y - end_y) * ux
        name, side = ("end", "offset1_m") if late else ("start", "offset0_m")
        span = found.end[rows] - found.start[rows]
        getattr(found, name)[rows] += -share * span if late else share * span
        getattr(found, side)[rows] = offset
        found.length_m[rows] *= 1.0 - share
    return found
