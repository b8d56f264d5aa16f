"""The ``datum_points`` step: where depths can tell their datum, on the shoreline and in the deepest basin."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from pipeline.config.datum import Basin, DatumSection
from pipeline.geo import WGS84, Floats
from pipeline.sources.vectors import read_features
from pipeline.store import Facts, StepContext
from pipeline.workspace import SourceFiles, weakest

SHORE, BASIN = "shore", "basin"
"""Kinds of points."""

_BASIN_SIDE = 50
_EARTH_KM = 6371.0
# A clipped file ends in straight lines along its own box: about 10 m.
_ON_THE_EDGE_DEG = 1e-4


def run(context: StepContext) -> Facts:
    """Lay points along the shorelines near the route and over the basin; writes ``points.parquet``.

    Raises
    ------
    DataError
        If a coastline cannot be read.
    """
    sources, limits = context.role("coastline"), context.config.datum
    stations = pd.read_parquet(context.inputs["route"] / "stations.parquet", columns=["lon", "lat"])
    table = datum_points(sources, stations["lon"].to_numpy(), stations["lat"].to_numpy(), limits)
    table.to_parquet(context.out / "points.parquet", index=False)
    number = int((table["kind"] == SHORE).sum())
    return {
        "assessed": number > 0,
        "provenance": weakest(source.section.provenance for source in sources),
        "sources": [source.facts for source in sources],
        "summary": f"{number} points of shoreline within {limits.shore_within_km:g} km of the route"
        if sources else "no source has the role 'coastline', so that heights on the shoreline tell nothing",
    }  # fmt: skip


def datum_points(sources: Sequence[SourceFiles], lon: Floats, lat: Floats, limits: DatumSection) -> pd.DataFrame:
    """Return points where depths can tell their datum.

    Parameters
    ----------
    sources : sequence of SourceFiles
        Coastlines, as lines or as areas of land or water; may be empty.
    lon, lat : ndarray, shape (stations,)
        Stations: of several seas only the shore near the route has its level.
    limits : DatumSection
        Spacing, distance and basin.

    Returns
    -------
    DataFrame
        Columns ``kind`` (``shore`` or ``basin``), ``lon``, ``lat``.

    Raises
    ------
    DataError
        If a coastline cannot be read.
    """
    shores = [_shore(path, source, lon, lat, limits) for source in sources for path in source.paths]
    shore, basin = np.concatenate([np.empty((0, 2)), *shores]), _over(limits.basin)
    kind = np.repeat([SHORE, BASIN], [len(shore), len(basin)])
    both = np.concatenate([shore, basin])
    return pd.DataFrame({"kind": kind, "lon": both[:, 0], "lat": both[:, 1]})


def _shore(path: Path, source: SourceFiles, lon: Floats, lat: Floats, limits: DatumSection) -> Floats:
    table = read_features(path, source.section.crs, what="the coastline", layer=source.section.variable).table
    west, south, east, north = table.total_bounds
    found = np.concatenate(
        [np.empty((0, 2)), *(_along(line, limits.shore_spacing_m) for line in _lines(table.geometry))]
    )
    on_the_box = (
        np.abs(found[:, [0]] - [west, east]).min(axis=1) < _ON_THE_EDGE_DEG
    ) | (np.abs(found[:, [1]] - [south, north]).min(axis=1) < _ON_THE_EDGE_DEG)  # fmt: skip
    within = 2.0 * np.sin(limits.shore_within_km / _EARTH_KM / 2.0)
    distance, _ = cKDTree(_on_sphere(lon, lat)).query(_on_sphere(found[:, 0], found[:, 1]), distance_upper_bound=within)
    near: Floats = found[np.isfinite(distance) & ~on_the_box]
    return near


def _lines(geometries: Sequence[shapely.Geometry]) -> Iterator[Floats]:
    """Give the vertices of every line, and of every outline of an area."""
    for part in shapely.get_parts(shapely.get_parts(np.asarray(geometries, dtype=object))):
        for line in shapely.get_parts(part.boundary if isinstance(part, shapely.Polygon) else part):
            if isinstance(line, shapely.LineString) and not line.is_empty:
                vertices: Floats = shapely.get_coordinates(line)
                yield vertices


def _along(vertices: Floats, spacing_m: float) -> Floats:
    """Return points along a line, each in the middle of its piece."""
    _, _, pieces = WGS84.inv(vertices[:-1, 0], vertices[:-1, 1], vertices[1:, 0], vertices[1:, 1])
    at = np.concatenate([[0.0], np.cumsum(pieces)])
    places = np.arange(spacing_m / 2.0, at[-1], spacing_m)
    return np.column_stack([np.interp(places, at, vertices[:, 0]), np.interp(places, at, vertices[:, 1])])


def _over(basin: Basin) -> Floats:
    """Return a lattice over the basin's box; nothing where the basin is switched off."""
    if basin.greatest_depth_m <= 0.0:
        return np.empty((0, 2))
    lattice = np.meshgrid(
        np.linspace(basin.west, basin.east, _BASIN_SIDE), np.linspace(basin.south, basin.north, _BASIN_SIDE)
    )
    return np.column_stack([axis.ravel() for axis in lattice])


def _on_sphere(lon: Floats, lat: Floats) -> Floats:
    east, north = np.radians(lon), np.radians(lat)
    return np.column_stack([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)])
