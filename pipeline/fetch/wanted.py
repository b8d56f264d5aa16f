"""What is wanted of a service: the corridor's box, the period, the file."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from pipeline.config import Config
from pipeline.config.fetch import Box, FetchSection, FetchSource
from pipeline.errors import ConfigError
from pipeline.geo import WGS84
from pipeline.sources.routes.rpl import read_rpl
from pipeline.workspace import Workspace

_STEP_DEG = 0.05  # boxes go outward to such lines, so that mending a route position asks for nothing new


@dataclass(frozen=True)
class Wanted:
    """One source to fetch.

    Attributes
    ----------
    name : str
        Key in ``[fetch.NAME]``.
    source : FetchSource
        What the configuration says of it.
    section : FetchSection
        Patience, limits and defaults.
    box : tuple
        West, south, east, north; degrees WGS84.
    """

    name: str
    source: FetchSource
    section: FetchSection
    box: Box


def wanted_of(workspace: Workspace, config: Config, name: str) -> Wanted:
    """Return what ``[fetch.NAME]`` wants.

    Raises
    ------
    ConfigError
        If there is no such section, or the box would cross the 180th meridian.
    DataError
        If the route, which the box lies around, cannot be read.
    """
    section = config.fetch
    if name not in section.sources:
        known = ", ".join(section.sources)
        raise ConfigError(
            f"there is no section [fetch.{name}]" if known else "no public source to fetch is configured",
            where=str(workspace.config_path),
            remedy=f"There are: {known}." if known else "docs/fetch.md shows the sections to write, [fetch.NAME].",
        )
    source = section.sources[name]
    return Wanted(name, source, section, source.box or _around_route(workspace, config, name))


def _around_route(workspace: Workspace, config: Config, name: str) -> Box:
    source = config.fetch.sources[name]
    table = read_rpl(workspace.path(config.route.file, key="route.file"))
    lon, lat = table["lon"].to_numpy(float), table["lat"].to_numpy(float)
    margin_km = source.margin_km if source.margin_km is not None else config.fetch.margin_km[source.service]
    margin_m = margin_km * 1000.0 + config.corridor.half_width_m
    south, north = _moved(lat.min(), 180.0, margin_m), _moved(lat.max(), 0.0, margin_m)
    # A metre spans most degrees of longitude where the box is nearest to a pole.
    far = max(abs(south), abs(north))
    _, _, degree_m = WGS84.inv(0.0, far, 1.0, far)
    east_deg = margin_m / degree_m if degree_m > 0 else 360.0
    west, east = float(lon.min()) - east_deg, float(lon.max()) + east_deg
    if west < -180 or east > 180 or np.ptp(lon) > 180:
        raise ConfigError(
            "the box around the route would cross the 180th meridian or a pole",
            where=f"{workspace.config_path}, key fetch.{name}",
            remedy="Write box = [west, south, east, north] there; two sources may fetch the two sides.",
        )
    lines = (math.floor(west / _STEP_DEG), math.floor(south / _STEP_DEG),
             math.ceil(east / _STEP_DEG), math.ceil(north / _STEP_DEG))  # fmt: skip
    left, low, right, high = (round(line * _STEP_DEG, 2) for line in lines)
    return (max(left, -180.0), max(low, -90.0), min(right, 180.0), min(high, 90.0))


def _moved(lat: float, azimuth_deg: float, distance_m: float) -> float:
    """Return the latitude so far north or south of another; not beyond the pole."""
    pole = 90.0 if azimuth_deg == 0.0 else -90.0
    _, _, to_pole_m = WGS84.inv(0.0, lat, 0.0, pole)
    return pole if distance_m >= to_pole_m else float(WGS84.fwd(0.0, lat, azimuth_deg, distance_m)[1])
