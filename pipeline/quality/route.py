"""The route, and places in its kilometre posts and in longitude and latitude."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from pipeline.config import Config
from pipeline.errors import CorridorError
from pipeline.geo import Floats, Route
from pipeline.quality.findings import Finding, finding_of, short
from pipeline.sources.frame import refuse_far_from_crs, refuse_too_fine
from pipeline.sources.places import in_words, kp_runs
from pipeline.sources.rasters import transformer
from pipeline.sources.rpl import crossings, from_the_west, read_rpl, route_of
from pipeline.workspace import Workspace

_WGS84 = "EPSG:4326"
_CROSSINGS_NAMED = 3


class Spot(TypedDict):
    """Where a finding lies: the fields of ``Finding`` that tell it."""

    place: str
    kp_km: tuple[float, float] | None
    lon: float | None
    lat: float | None


@dataclass(frozen=True)
class Stations:
    """Stations along the route.

    Attributes
    ----------
    route : Route
        The route.
    kp_km, x_m, y_m : ndarray, shape (stations,)
        Kilometre posts, and projected metres in the CRS of the route.
    half_width_m : float
        The swath: what lies farther from the route concerns nobody.
    """

    route: Route
    kp_km: Floats
    x_m: Floats
    y_m: Floats
    half_width_m: float

    @property
    def crs(self) -> str:
        """CRS of the projected metres."""
        return self.route.crs

    def spot(self, where: NDArray[np.bool_], words: str = "") -> Spot:
        """Return where along the route something holds: all runs in words, the middle of the longest as the place.

        Parameters
        ----------
        where : ndarray of bool, shape (stations,)
            The stations concerned.
        words : str
            Put before the runs.
        """
        runs = kp_runs(self.kp_km, where)
        if not runs:
            return Spot(place="", kp_km=None, lon=None, lat=None)
        longest = max(runs, key=lambda run: run[1] - run[0])
        lon, lat = self.route.lonlat(np.array([sum(longest) / 2.0]))
        return Spot(
            place=f"{words}{in_words(runs)}", kp_km=(round(runs[0][0], 3), round(runs[-1][1], 3)),
            lon=round(float(lon[0]), 6), lat=round(float(lat[0]), 6),
        )  # fmt: skip


@dataclass(frozen=True)
class Points:
    """Places of points beside the route.

    Attributes
    ----------
    lon, lat : ndarray, shape (n,)
        Degrees WGS84.
    kp_km, offset_m : ndarray, shape (n,)
        Kilometre post of the nearest point of the route, and the distance from it, always positive.
    """

    lon: Floats
    lat: Floats
    kp_km: Floats
    offset_m: Floats

    def spot(self, index: int, *, along: Floats | None = None, inside: str = "") -> Spot:
        """Return one of the points as the place of a finding.

        Parameters
        ----------
        index : int
            The point.
        along : ndarray, optional
            Kilometre posts of all that the finding is about; else that of the point alone.
        inside : str
            The place in the file.
        """
        posts = self.kp_km[[index]] if along is None else along
        kp = (float(posts.min()), float(posts.max()))
        lon, lat = round(float(self.lon[index]), 6), round(float(self.lat[index]), 6)
        words = f"KP {kp[0]:.3f}" if kp[1] - kp[0] < 0.0005 else f"KP {kp[0]:.3f}-{kp[1]:.3f}"  # less than a metre
        place = f"{words}, {lonlat_words(lon, lat)}{f', {inside}' if inside else ''}"
        return Spot(place=place, kp_km=(round(kp[0], 3), round(kp[1], 3)), lon=lon, lat=lat)


def locate(stations: Stations, x: Floats, y: Floats, crs: str) -> Points:
    """Return where points lie.

    Parameters
    ----------
    stations : Stations
        The route.
    x, y : ndarray, shape (n,)
        Points in ``crs``, east and north (longitude and latitude).
    crs : str
        Their CRS.
    """
    lon, lat = transformer(crs, _WGS84).transform(x, y)
    px, py = transformer(crs, stations.crs).transform(x, y)
    place = stations.route.locate(np.asarray(px), np.asarray(py))
    return Points(np.asarray(lon), np.asarray(lat), place.kp_km, np.abs(place.offset_m))


def lonlat_words(lon: float, lat: float) -> str:
    """Return a place as people write it: ``51.00012 E 42.10034 N``."""
    return f"{abs(lon):.5f} {'E' if lon >= 0 else 'W'} {abs(lat):.5f} {'N' if lat >= 0 else 'S'}"


def check_route(workspace: Workspace, config: Config) -> tuple[Stations | None, list[Finding]]:
    """Check the route; return its stations where it is usable, and what was found."""
    try:
        path = workspace.path(config.route.file, key="route.file")
        table, turned = from_the_west(read_rpl(path))
        refuse_far_from_crs(table, config.corridor.crs, str(path))
        route = route_of(table, config.corridor.crs)
        refuse_too_fine(route, config.corridor)
        kp = route.stations_kp_km(config.corridor.station_m)
        stations = Stations(route, kp, *route.xy(kp), config.corridor.half_width_m)
    except CorridorError as error:
        return None, [finding_of(error, "route", workspace)]
    file = short(path, workspace)
    message = f"{route.length_km:.3f} km through {len(table)} positions"
    if turned:
        message += "; given from the east and turned, so that KP counts from the western landing"
    found = [Finding("note", "route", file, "", message, "", code="route")]
    crossed = crossings(table)
    if crossed:
        beyond = len(crossed) - _CROSSINGS_NAMED
        more = f" and {beyond} more" if beyond > 0 else ""
        found.append(
            Finding(
                "warning", "route", file, "; ".join(crossed[:_CROSSINGS_NAMED]) + more,
                "the route crosses or touches itself, so that kilometre posts there are ambiguous",
                "Check the order of the positions.", code="route_crosses_itself",
            )
        )  # fmt: skip
    return stations, found
