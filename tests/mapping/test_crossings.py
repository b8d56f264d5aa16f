"""Cables and pipelines of others across the route."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from pipeline.config.corridor import SourceSection
from pipeline.geo import WGS84, Route
from pipeline.mapping.crossings import Crossing, read_crossings
from pipeline.workspace import SourceFiles

from .builder import LONG, SHARED, SHORT, small_infrastructure


def route(positions: list[tuple[float, float]]) -> Route:
    return Route(np.array([p[0] for p in positions]), np.array([p[1] for p in positions]), "EPSG:32639")


def source(*paths: Path) -> SourceFiles:
    section = SourceSection(role="infrastructure", files=paths[0].name, provenance="public")
    return SourceFiles("others", section, paths)


def written(path: Path, *shapes: tuple[dict[str, object], dict[str, object]]) -> SourceFiles:
    features = [{"type": "Feature", "properties": words, "geometry": shape} for words, shape in shapes]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return source(path)


def test_a_line_crosses_at_a_point_and_an_area_holds_a_stretch(tmp_path: Path) -> None:
    cable = route(SHORT)
    (line, area), remarks = read_crossings([source(small_infrastructure(tmp_path))], cable, 25.0)
    assert remarks == []
    assert (line.name, line.kind, line.status) == ("North line", "gas-pipelines", "")
    assert (line.source, line.provenance) == ("others", "public")
    assert line.kp_from_km == line.kp_to_km
    # Both lines are straight in longitude and latitude, near enough: they meet where u and v solve the two equations.
    matrix = np.array([[0.15, -0.15], [0.1, 0.1]])
    u, _ = np.linalg.solve(matrix, np.array([0.0, 0.1]))
    assert line.kp_from_km == pytest.approx(cable.position_kp_km[1] * u, abs=0.02)
    squeeze = np.cos(np.radians(41.05))
    ours, theirs = (np.degrees(np.arctan2(0.15 * squeeze, rise)) for rise in (0.1, -0.1))
    assert line.angle_deg == pytest.approx(abs(ours - theirs), abs=0.6)
    assert line.leg_km == pytest.approx(WGS84.inv(50.0, 41.1, 50.15, 41.0)[2] / 1000, abs=0.06)
    assert area.name == "Wind farm"
    assert (area.angle_deg, area.leg_km) == (None, None)
    lon, _ = cable.lonlat(np.array([area.kp_from_km, area.kp_to_km]))
    assert lon.tolist() == pytest.approx([50.2, 50.25], abs=2e-3)


def test_what_runs_along_the_route_is_a_stretch_and_what_stays_away_is_nothing(tmp_path: Path) -> None:
    cable = route([(50.0, 41.0), (50.0, 41.3)])
    along = {"type": "LineString", "coordinates": [[49.9, 41.05], [50.0, 41.1], [50.0, 41.2], [50.1, 41.25]]}
    away = {"type": "LineString", "coordinates": [[51.0, 41.0], [51.0, 41.3]]}
    found, _ = read_crossings([written(tmp_path / "a.geojson", ({"id": 7}, along), ({}, away))], cable, 25.0)
    (stretch,) = found
    assert (stretch.name, stretch.angle_deg) == ("7", None)
    ends = [WGS84.inv(50.0, 41.0, 50.0, lat)[2] / 1000 for lat in (41.1, 41.2)]
    assert (stretch.kp_from_km, stretch.kp_to_km) == pytest.approx(tuple(ends), abs=0.05)


def test_a_line_back_and_forth_crosses_each_time_and_all_are_in_the_order_of_the_route(tmp_path: Path) -> None:
    cable = route(SHORT)
    zigzag = {"type": "LineString", "coordinates": [[50.0, 41.08], [50.1, 41.0], [50.12, 41.12], [50.2, 41.0]]}
    found, _ = read_crossings([written(tmp_path / "z.geojson", ({"name": "Z", "status": "idle"}, zigzag))], cable, 25.0)
    posts = [item.kp_from_km for item in found]
    assert len(posts) == 3
    assert posts == sorted(posts)
    assert {item.status for item in found} == {"idle"}


@pytest.mark.shared
def test_the_pipelines_of_the_default_corridor_cross_it(shared_data: Path) -> None:
    found, _ = read_crossings(
        [source(SHARED / "infrastructure" / "gem_pipeline_routes_caspian.geojson")], route(LONG), 25.0
    )
    assert all(isinstance(item, Crossing) and 0 <= item.kp_from_km <= item.kp_to_km <= 400 for item in found)
    # Both that cross are unnamed two-point sketches, one of them of a pipeline on land: the length of the leg tells.
    assert [(item.kind, item.leg_km > 100) for item in found if item.leg_km] == [
        ("liquid-pipelines", True), ("gas-pipelines", True)
    ]  # fmt: skip
