"""The part of the world whose reports can matter to the corridor."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pyproj import Transformer

from pipeline.config.ais import AisSection
from pipeline.geo import Grid

Receiver = Literal["terrestrial", "satellite"]
_MINUTE_M_PER_KN = 1852.0 / 60.0


@dataclass(frozen=True)
class Box:
    """A box of longitude and latitude, degrees WGS84."""

    west: float
    south: float
    east: float
    north: float


def gap_min(section: AisSection, receiver: Receiver) -> float:
    """Return the silence that ends a track, minutes, by who heard the reports."""
    return section.gap_satellite_min if receiver == "satellite" else section.gap_min


def corridor_box(route: Path, section: AisSection, receiver: Receiver) -> Box:
    """Return the swath's box and as far around it as a ship can come from between two reports.

    Parameters
    ----------
    route : Path
        Output of the ``route`` step.
    section : AisSection
        Silence that ends a track, and the speed that no ship has.
    receiver : {"terrestrial", "satellite"}
        Which silence holds.
    """
    grid = Grid.load(route / "grid.json")
    return box_around(grid.bounds, grid.crs, section, receiver)


def box_around(bounds_m: tuple[float, float, float, float], crs: str, section: AisSection, receiver: Receiver) -> Box:
    """Return a box and as far around it as a ship can come from between two reports.

    Parameters
    ----------
    bounds_m : tuple of float
        West, south, east and north of the swath in metres of ``crs``.
    crs : str
        A projected CRS.
    section : AisSection
        Silence that ends a track, and the speed that no ship has.
    receiver : {"terrestrial", "satellite"}
        Which silence holds.
    """
    west, south, east, north = bounds_m
    margin_m = section.max_jump_kn * gap_min(section, receiver) * _MINUTE_M_PER_KN
    to_lonlat = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    return Box(*to_lonlat.transform_bounds(west - margin_m, south - margin_m, east + margin_m, north + margin_m))
