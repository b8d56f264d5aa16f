"""The small map of the portal: coast and route, and in colour where something changed; drawn without a script."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from pipeline.geo import Floats
from pipeline.mapping.messages import say
from pipeline.releases.changes.draw import STROKES, Stroke
from pipeline.releases.changes.ranges import KINDS
from pipeline.releases.changes.stations import STATIONS
from pipeline.releases.changes.words import KIND_WORDS
from pipeline.releases.release import CHANGES_JSON

_WIDTH: Final = 420.0
_MARGIN: Final = 0.12
"""Of the longer side of the route's box."""
_MOST_POINTS: Final = 400


@dataclass(frozen=True)
class Piece:
    """Where the route changed in one way: an SVG path, its stroke, and kilometres."""

    path: str
    stroke: Stroke
    label: str
    km: float


@dataclass(frozen=True)
class SmallMap:
    """A picture in its own units.

    Attributes
    ----------
    width, height : float
        Of the picture.
    land : tuple of str
        SVG paths.
    route : str
        SVG path.
    pieces : tuple of Piece
        What changed, the most important last, so that it lies on top.
    ends : tuple of (float, float)
        First and last place of the route.
    """

    width: float
    height: float
    land: tuple[str, ...]
    route: str
    pieces: tuple[Piece, ...]
    ends: tuple[tuple[float, float], ...]


def small_map(folder: Path, manifest: dict[str, Any]) -> SmallMap | None:
    """Return the map of what changed in a release since the one before.

    Parameters
    ----------
    folder : Path
        Where the release lies, or is being put together.
    manifest : dict
        Its manifest.

    Returns
    -------
    SmallMap or None
        None where it was not compared with any, or is damaged: a portal is made all the same.
    """
    try:
        ranges = json.loads((folder / CHANGES_JSON).read_text(encoding="utf-8"))["ranges"]
        stations = pd.read_parquet(folder / STATIONS, columns=["kp_km", "lon", "lat"])
        spans = [(str(item["kind"]), float(item["kp_from_km"]), float(item["kp_to_km"])) for item in ranges]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    kp, lon, lat = (stations[name].to_numpy(float) for name in ("kp_km", "lon", "lat"))
    return drawn(kp, lon, lat, spans, manifest.get("layers", {}).get("map", {}).get("land") or ())


def drawn(
    kp_km: Floats,
    lon: Floats,
    lat: Floats,
    spans: Iterable[tuple[str, float, float]],
    land: Sequence[Sequence[Sequence[float]]],
) -> SmallMap:
    """Return the picture of a route.

    Parameters
    ----------
    kp_km, lon, lat : ndarray, shape (n,)
        The route.
    spans : iterable of (str, float, float)
        Kind of change, from KP and to KP.
    land : sequence of rings
        Longitude and latitude, degrees.
    """
    squeeze = float(np.cos(np.radians(lat.mean())))
    wide, high = float(np.ptp(lon)) * squeeze, float(np.ptp(lat))
    margin = _MARGIN * max(wide, high)
    scale = _WIDTH / (wide + 2.0 * margin)
    height = min((high + 2.0 * margin) * scale, 1.25 * _WIDTH)
    # A tall route is made to fit; a level one keeps a strip of sea on either side.
    scale = min(scale, height / (high + 2.0 * margin))
    middle = (float(lon.min() + lon.max()) / 2.0, float(lat.min() + lat.max()) / 2.0)

    def place(at_lon: Floats, at_lat: Floats) -> Floats:
        x = _WIDTH / 2.0 + (at_lon - middle[0]) * squeeze * scale
        return np.asarray(np.round(np.column_stack([x, height / 2.0 - (at_lat - middle[1]) * scale]), 1), np.float64)

    def along(start: float, end: float) -> Floats:
        inner = kp_km[(kp_km > start) & (kp_km < end)]
        at = np.concatenate([[start], inner[:: max(1, len(kp_km) // _MOST_POINTS)], [end]])
        return place(np.interp(at, kp_km, lon), np.interp(at, kp_km, lat))

    by_kind: dict[str, list[tuple[float, float]]] = {}
    for kind, start, end in spans:
        if kind in STROKES and np.isfinite(start + end):
            by_kind.setdefault(kind, []).append((start, end))
    pieces = tuple(
        Piece(
            "".join(_path(along(start, end)) for start, end in by_kind[kind]), STROKES[kind], say(KIND_WORDS[kind]),
            sum(end - start for start, end in by_kind[kind]),
        )
        for kind in reversed(KINDS)
        if kind in by_kind
    )  # fmt: skip
    rings = [place(*np.asarray(ring, float).T) for ring in land]
    whole = along(float(kp_km[0]), float(kp_km[-1]))
    ends = tuple((float(x), float(y)) for x, y in whole[[0, -1]])
    return SmallMap(
        _WIDTH, round(height, 1), tuple(_path(ring) + "Z" for ring in rings if len(ring) > 2), _path(whole), pieces,
        ends,
    )  # fmt: skip


def _path(points: Floats) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points)
