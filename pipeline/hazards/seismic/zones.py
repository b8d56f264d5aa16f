"""Source zones with published recurrence: polygons whose rate is log10 N(>=M) per year = a - b M."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from pipeline.config.corridor import SourceSection
from pipeline.errors import DataError
from pipeline.sources.vectors import read_features
from pipeline.workspace import SourceFiles

_NAMES = ("name", "a_value", "b_value", "mmin", "mmax", "depths_km", "depth_weights", "mechanism", "provenance")
MECHANISMS = ("SS", "RV", "NM", "U")
_REMEDY = (
    "A zone needs name, a_value, b_value, mmin, mmax, depths_km, depth_weights (adding up to 1) and mechanism "
    "(SS, RV, NM or U); see data/raw/seismic."
)


@dataclass(frozen=True)
class Zone:
    """An area source.

    Attributes
    ----------
    name : str
        Name of the zone.
    polygon : shapely geometry
        Outline in longitude and latitude.
    a_value, b_value : float
        ``log10 N(>=M)`` per year over the whole zone is ``a - b M``.
    mmin, mmax : float
        Ends of the truncated Gutenberg-Richter law; N(>= mmin) is its rate.
    depths_km, depth_weights : tuple of float
        Depth branches.
    mechanism : str
        ``SS``, ``RV``, ``NM`` or ``U``.
    provenance, source : str
        How it is known and by whom; may be empty.
    """

    name: str
    polygon: shapely.Geometry
    a_value: float
    b_value: float
    mmin: float
    mmax: float
    depths_km: tuple[float, ...]
    depth_weights: tuple[float, ...]
    mechanism: str
    provenance: str = ""
    source: str = ""

    @property
    def rate_per_yr(self) -> float:
        """Events of at least ``mmin`` a year."""
        return float(10.0 ** (self.a_value - self.b_value * self.mmin))


def read_zones(source: SourceFiles) -> list[Zone]:
    """Read the zones of a source, in the order of their names.

    Raises
    ------
    DataError
        If a file cannot be read or a zone has no usable property.
    """
    zones = [zone for path in source.paths for zone in _read_file(path, source.section)]
    return sorted(zones, key=lambda zone: (zone.name, zone.a_value, shapely.to_wkb(zone.polygon)))


def _read_file(path: Path, section: SourceSection) -> list[Zone]:
    """Read all zones of a file: one that is left out would lower the hazard."""
    found = read_features(
        path,
        section.crs,
        what="the zones",
        remedy=_REMEDY,
        layer=section.variable,
        areas=True,
        names=_NAMES,
        whole=True,
    )
    shapes, table = found.table.geometry, found.table.drop(columns="geometry")
    return [
        _zone(properties, polygon, f"{path}, feature {number}")
        for number, polygon, properties in zip(table.index, shapes, table.to_dict("records"), strict=True)
    ]


def _zone(properties: dict[str, Any], polygon: shapely.Geometry, where: str) -> Zone:
    def number(key: str) -> float:
        try:
            value = float(properties[key])
        except (KeyError, TypeError, ValueError):
            raise DataError(f"the zone has no usable {key}", where=where, remedy=_REMEDY) from None
        if not np.isfinite(value):
            raise DataError(f"the zone has no usable {key}", where=where, remedy=_REMEDY)
        return value

    name = str(properties.get("name") or f"zone {where}")
    depths, weights = (numbers(properties.get(key), where, key) for key in ("depths_km", "depth_weights"))
    zone = Zone(
        name, polygon, number("a_value"), number("b_value"), number("mmin"), number("mmax"), depths, weights,
        str(properties.get("mechanism") or "U"), _text(properties.get("provenance")), _text(properties.get("source")),
    )  # fmt: skip
    problem = _problem(zone)
    if problem:
        raise DataError(f"zone '{name}': {problem}", where=where, remedy=_REMEDY)
    return zone


def numbers(value: object, where: str, key: str) -> tuple[float, ...]:
    """Return a list property, which GDAL may hand over as an array, a list or JSON text."""
    try:
        items = json.loads(value) if isinstance(value, str) else value
        return tuple(float(item) for item in (items if np.iterable(items) else [items]))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise DataError(f"the zone has no usable {key}", where=where, remedy=_REMEDY) from None


def _problem(zone: Zone) -> str:
    if not zone.b_value > 0.0:
        return "b_value is not above zero"
    if not zone.mmin < zone.mmax:
        return "mmin is not below mmax"
    if zone.mmax > 9.5 or abs(zone.a_value) > 100.0 or zone.rate_per_yr > 1e5:
        return "a_value, b_value or mmax is out of any reason"
    if len(zone.depths_km) != len(zone.depth_weights) or not zone.depths_km:
        return "depths_km and depth_weights differ in length"
    if min(zone.depths_km) <= 0.0 or min(zone.depth_weights) < 0.0 or abs(sum(zone.depth_weights) - 1.0) > 1e-6:
        return "depths must be above zero and their weights add up to 1"
    return "" if zone.mechanism in MECHANISMS else f"mechanism {zone.mechanism!r} is not one of {', '.join(MECHANISMS)}"


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
