"""The small pictures of the report: where findings lie on the map, and strips along the route."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.quality.coverage import Coverage
from pipeline.quality.findings import Finding, Severity
from pipeline.quality.route import Stations
from pipeline.sources.rasters import transformer

_MAP_WIDTH, _MAP_HEIGHT, _MARGIN = 340.0, 460.0, 34.0
_MOST_VERTICES = 300
_MOST_MARKS = 11
_THINNEST = 1 / 250
"""Share of the route that a short stretch is drawn over, so that it can be seen."""


@dataclass(frozen=True)
class Mark:
    """A point of the map: pixels from its top left, and words."""

    x: float
    y: float
    words: str
    severity: Severity | None = None
    number: int = 0


@dataclass(frozen=True)
class RouteMap:
    """The route and its findings.

    Attributes
    ----------
    width, height : float
        Of the picture, pixels.
    line : str
        Points of the route, as SVG writes them.
    posts, findings : list of Mark
        Kilometre posts, and findings that have a place.
    bar_px, bar_km : float
        Length of the scale bar.
    """

    width: float
    height: float
    line: str
    posts: list[Mark]
    findings: list[Mark]
    bar_px: float
    bar_km: float


@dataclass(frozen=True)
class Stretch:
    """A stretch of a strip, percent of the route's length from its start, and words."""

    start: float
    length: float
    words: str
    kind: str


def route_map(stations: Stations, findings: Sequence[Finding]) -> RouteMap:
    """Return the map; findings are numbered as they come, from 1."""
    take = np.unique(np.linspace(0, stations.x_m.size - 1, _MOST_VERTICES).astype(np.int64))
    x, y = stations.x_m[take], stations.y_m[take]
    wide, tall = max(float(np.ptp(x)), 1.0), max(float(np.ptp(y)), 1.0)
    scale = min((_MAP_WIDTH - 2 * _MARGIN) / wide, (_MAP_HEIGHT - 2 * _MARGIN) / tall)
    height = max(tall * scale + 2 * _MARGIN, 3 * _MARGIN)
    left, top = (_MAP_WIDTH - wide * scale) / 2.0, (height - tall * scale) / 2.0

    def at(px: float, py: float) -> tuple[float, float]:
        return round(left + (px - float(x.min())) * scale, 1), round(top + (float(y.max()) - py) * scale, 1)

    step = round_step(stations.route.length_km / _MOST_MARKS)
    kp = np.arange(0.0, stations.route.length_km, step)
    posts = [
        Mark(*at(px, py), f"{post:g}") for post, px, py in zip(kp.tolist(), *_lists(stations.route.xy(kp)), strict=True)
    ]
    marks = []
    for number, finding in enumerate(findings, start=1):
        if finding.lon is not None and finding.lat is not None and finding.severity != "note":
            px, py = transformer("EPSG:4326", stations.crs).transform(finding.lon, finding.lat)
            place = at(float(px), float(py))
            if 0 <= place[0] <= _MAP_WIDTH and 0 <= place[1] <= height:
                marks.append(Mark(*place, f"{finding.severity}: {finding.message}", finding.severity, number))
    bar_km = round_step(60.0 / scale / 1000.0)
    line = " ".join(",".join(map(str, at(px, py))) for px, py in zip(x.tolist(), y.tolist(), strict=True))
    return RouteMap(_MAP_WIDTH, round(height, 1), line, posts, marks[::-1], round(bar_km * 1000.0 * scale, 1), bar_km)


def strip_of(coverage: Coverage, length_km: float) -> list[Stretch]:
    """Return the gaps of a source along the route."""
    return [_stretch(a, b, length_km, f"KP {a:.1f}-{b:.1f}: nothing", "gap") for a, b in coverage.gaps_km]


def strip_of_findings(findings: Sequence[Finding], severity: Severity, length_km: float) -> list[Stretch]:
    """Return where along the route findings of one severity lie; those about the whole route are left out."""
    return [
        _stretch(*finding.kp_km, length_km, f"{number}: {finding.message}", severity)
        for number, finding in enumerate(findings, start=1)
        if finding.severity == severity and finding.kp_km is not None
    ]


def round_step(least: float) -> float:
    """Return 1, 2 or 5 times a power of ten that is not less than a number."""
    power = float(10.0 ** np.floor(np.log10(least)))
    return next(power * factor for factor in (1.0, 2.0, 5.0, 10.0) if power * factor >= least * (1 - 1e-9))


def _stretch(start_km: float, end_km: float, length_km: float, words: str, kind: str) -> Stretch:
    share = min(max((end_km - start_km) / length_km, _THINNEST), 1.0)
    start = min(max((start_km + end_km) / 2.0 / length_km - share / 2.0, 0.0), 1.0 - share)
    return Stretch(round(100.0 * start, 3), round(100.0 * share, 3), words, kind)


def _lists(axes: tuple[np.ndarray, np.ndarray]) -> tuple[list[float], list[float]]:
    return axes[0].tolist(), axes[1].tolist()
