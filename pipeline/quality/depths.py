"""Depth sources: each by itself, then what all usable ones together give along the route."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.config import Config
from pipeline.errors import CorridorError
from pipeline.geo import Floats
from pipeline.quality.coverage import Coverage, coverage_of, told
from pipeline.quality.datums import check_agreement
from pipeline.quality.far_files import placed
from pipeline.quality.findings import Finding, files_of, finding_of
from pipeline.quality.route import Stations
from pipeline.quality.units import Sounded
from pipeline.sources.depths.beds import (
    depth_layers,
    merged_bed_at,
    refuse_level_surface,
    refuse_unusable,
    relief_of,
)
from pipeline.sources.depths.datum import water_depth_m
from pipeline.sources.depths.depth_tile import read_depths
from pipeline.sources.rasters.lattice_tiles import beside
from pipeline.sources.rasters.layers import Layer, rank
from pipeline.sources.rasters.tile import Tile
from pipeline.workspace import SourceFiles, Workspace


def check_depths(
    sources: Sequence[SourceFiles], stations: Stations | None, config: Config, workspace: Workspace
) -> tuple[list[Sounded], list[Coverage], list[Finding]]:
    """Check depth sources.

    Returns
    -------
    tuple
        What the usable sources give, coverage of each and of all together, and what was found.
    """
    layers: list[Layer] = []
    usable: list[Sounded] = []
    coverage: list[Coverage] = []
    findings: list[Finding] = []
    for source in sources:
        readable, own, unusable = _readable(source, stations, config, workspace)
        findings += unusable
        if not own:
            continue
        try:
            findings += remarks_of(readable, own)
            if stations is not None:
                findings += _relief(readable, own, stations, config)
        except CorridorError as error:
            findings.append(finding_of(error, source.name, workspace))
            continue
        layers += own
        if stations is not None:
            depth = _merged_depth(own, stations, config)
            covered = ~np.isnan(depth)
            usable.append(Sounded(readable, depth))
            coverage.append(coverage_of(stations, covered, config.quality.coverage_bin_km, "bathymetry", readable))
            findings.append(told(stations, covered, readable, "depths"))
    if stations is not None and layers:
        depth = _merged_depth(layers, stations, config)
        covered = ~np.isnan(depth)
        coverage.insert(0, coverage_of(stations, covered, config.quality.coverage_bin_km, "bathymetry"))
        told_of_pairs = list(check_agreement(layers, stations, config, workspace))
        at_fault = {finding.source for finding in told_of_pairs if finding.severity == "error"}
        # What the wrong sign, datum or unit of a source makes dry is told by its error.
        believed = [layer for layer in layers if layer.name not in at_fault]
        dry = _merged_depth(believed, stations, config) <= 0.0 if believed else np.zeros(depth.shape, dtype=bool)
        findings += _gaps_and_land(covered, dry, bool((depth > 0.0).any()), stations, config)
        findings += told_of_pairs
    return usable, coverage, findings


def remarks_of(source: SourceFiles, layers: Sequence[Layer]) -> Iterator[Finding]:
    """Give what readers found worth telling of the files of a source."""
    for layer in layers:
        for tile in layer.files:
            for remark in tile.facts.get("remarks", ()):
                yield Finding("note", source.name, source.name_of(tile.path), "", remark, "", code="remark")


def points(stations: Stations | None, config: Config) -> tuple[Floats, Floats, str]:
    """Return where to read; nowhere, where the route is at fault and only the files are looked over."""
    nowhere = np.empty(0)
    return (nowhere, nowhere, config.corridor.crs) if stations is None else (stations.x_m, stations.y_m, stations.crs)


def _readable(
    source: SourceFiles, stations: Stations | None, config: Config, workspace: Workspace
) -> tuple[SourceFiles, tuple[Layer, ...], list[Finding]]:
    """Read every file; return the source with those that can be used, their layers, and an error for each other."""
    tiles: dict[Path, Tile] = {}
    findings: list[Finding] = []
    near = beside(source)
    for path in source.paths:
        try:
            tile = _tile(path, near[path], source, stations, config)
            refuse_unusable(tile, source.section)
            tiles[path] = tile
        except CorridorError as error:
            found = finding_of(error, source.name, workspace)
            findings.append(found if stations is None else placed(found, path, source, stations))
    if findings and tiles:
        findings.append(
            Finding(
                "warning", source.name, "", "",
                f"{len(findings)} of {len(source.paths)} files unusable; what follows rests on the others",
                "Mend them and check again.", code="partly_unusable",
            )
        )  # fmt: skip
    readable = replace(source, paths=tuple(tiles))
    return readable, depth_layers([readable], lambda _, path: tiles[path]), findings


def _tile(
    path: Path, neighbours: Sequence[Path], source: SourceFiles, stations: Stations | None, config: Config
) -> Tile:
    """Read a file with the rims of those that touch it; without them where one of those is at fault."""
    at = points(stations, config)
    try:
        facts, arrays = read_depths(path, source.section, *at, grids={}, neighbours=neighbours)
    except CorridorError as error:
        if str(path) in error.where or not neighbours:
            raise
        facts, arrays = read_depths(path, source.section, *at, grids={})
    return Tile(path, facts, arrays.__getitem__)


def _relief(source: SourceFiles, layers: Sequence[Layer], stations: Stations, config: Config) -> Iterator[Finding]:
    level = relief_of(layers, stations.kp_km.size, config.water).get(source.name)
    if level is not None:
        refuse_level_surface(source, level)
        yield Finding(
            "warning", source.name, files_of(source), "",
            f"{level.share:.0%} of the sea around the route has one depth, "
            f"{config.water.surface_m - level.level_m:.1f} m",
            "Check that the raster holds depths that were measured.", code="no_relief",
        )  # fmt: skip


def _merged_depth(layers: Sequence[Layer], stations: Stations, config: Config) -> Floats:
    bed = merged_bed_at(sorted(layers, key=rank), stations.kp_km.size, config.water)
    return water_depth_m(bed.elevation_m, config.water.surface_m)


def _gaps_and_land(
    covered: NDArray[np.bool_], dry: NDArray[np.bool_], any_water: bool, stations: Stations, config: Config
) -> Iterator[Finding]:
    gap = ~covered
    if gap.any():
        yield Finding(
            "error" if gap.all() else "warning", "bathymetry", "", **stations.spot(gap),
            message=f"{int(gap.sum())} of {gap.size} stations have a depth from no source",
            remedy="They stay blank, and nothing is interpolated. Add a source that covers them.", code="depth_gap",
        )  # fmt: skip
    if dry.any():
        all_dry = not any_water
        yield Finding(
            "error" if all_dry else "warning", "bathymetry", "", **stations.spot(dry),
            message=f"{int(dry.sum())} of {dry.size} stations lie on dry land "
            f"(bed above the water surface at {config.water.surface_m:g} m)",
            remedy="Check values and vertical_datum of the sources." if all_dry else
            "They get no burial depth. Check the landfall, or add a survey that is finer than the shore.",
            code="dry_land",
        )  # fmt: skip
