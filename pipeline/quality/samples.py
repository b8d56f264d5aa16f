"""Soil samples and profiles: their units and names, those that lie off the route, and what they speak for."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from pipeline.config import Config
from pipeline.errors import CorridorError
from pipeline.quality.coverage import Coverage, coverage_of
from pipeline.quality.exchanged import check_exchanged
from pipeline.quality.findings import Finding, finding_of
from pipeline.quality.route import Spot, Stations, locate
from pipeline.seabed.samples import Reach, samples_of
from pipeline.seabed.soil_findings import SoilRemark, file_remarks, sample_findings
from pipeline.sources.rasters.layers import Layer
from pipeline.sources.rasters.tile import Tile
from pipeline.sources.soils.soil_codes import refuse_strange_codes
from pipeline.sources.soils.soil_samples import read_samples
from pipeline.sources.soils.soil_units import refuse_other_units
from pipeline.workspace import SourceFiles, Workspace

_NOWHERE = Spot(place="", kp_km=None, lon=None, lat=None)


def check_samples(
    sources: Sequence[SourceFiles], stations: Stations | None, config: Config, workspace: Workspace
) -> tuple[list[Coverage], list[Finding]]:
    """Check the sources of samples; return what each speaks for along the route, and what was found."""
    findings: list[Finding] = []
    layers: list[Layer] = []
    for source in sources:
        tiles = []
        for path in source.paths:
            try:
                tiles.append(_usable(path, source, config))
            except CorridorError as error:
                findings.append(finding_of(error, source.name, workspace))
        layers.append(Layer(len(layers), source.name, source.section, tuple(tiles), 0.0))
    if stations is None:
        return [], findings
    soil = config.soil
    cpt = Reach(samples_of(layers, "cpt", stations.crs, soil), soil.correlation_length_cpt_m, soil)
    grab = Reach(samples_of(layers, "grab", stations.crs, soil), soil.correlation_length_grab_m, soil)
    along = sample_findings(layers, (cpt, grab), stations.x_m, stations.y_m)
    for code, remarks in (("remark", file_remarks(layers)), ("sample", along)):
        findings += [_finding(remark, code, stations, workspace) for remark in remarks]
    coverage = []
    for number, source in enumerate(sources):
        covered = np.zeros(stations.kp_km.shape, dtype=bool)
        for reach in (cpt, grab):
            own = Reach([sample for sample in reach.samples if sample.layer == number], reach.length_m, soil)
            covered |= own.nearest(stations.x_m, stations.y_m)[0] >= 0
        coverage.append(coverage_of(stations, covered, config.quality.coverage_bin_km, "soil_samples", source))
        findings += _exchanged(source, layers[number], stations, config, workspace)
        findings += _told(source, layers[number], coverage[-1], workspace)
    return coverage, findings


def _usable(path: Path, source: SourceFiles, config: Config) -> Tile:
    facts, arrays = read_samples(path, source.section)
    tile = Tile(path, facts, arrays.__getitem__)
    refuse_strange_codes(tile, source.section, config.soil)
    refuse_other_units(tile, config.soil)
    return tile


def _exchanged(
    source: SourceFiles, layer: Layer, stations: Stations, config: Config, workspace: Workspace
) -> Iterator[Finding]:
    for tile in layer.files:
        lon, lat = tile.read("lon"), tile.read("lat")
        near_km, names = config.quality.exchanged_near_km, (source.name, workspace.name_of(tile.path))
        found = check_exchanged(lon, lat, "EPSG:4326", stations, near_km, names)
        if found is not None:
            yield found


def _told(source: SourceFiles, layer: Layer, coverage: Coverage, workspace: Workspace) -> Iterator[Finding]:
    for tile in layer.files:
        kind = "profiles" if tile.facts["kind"] == "cpt" else "grab samples"
        yield Finding(
            "note", source.name, workspace.name_of(tile.path), "",
            f"{tile.facts['samples']} {kind}; the source speaks for {coverage.percent:.1f} percent of the stations", "",
            code="coverage",
        )  # fmt: skip


def _finding(remark: SoilRemark, code: str, stations: Stations, workspace: Workspace) -> Finding:
    spot = _NOWHERE
    if math.isfinite(remark.x_m):
        points = locate(stations, np.array([remark.x_m]), np.array([remark.y_m]), stations.crs)
        spot = points.spot(0) if np.isfinite(points.lon).all() else _NOWHERE
    file = workspace.name_of(remark.path)
    return Finding("warning", remark.source, file, **spot, message=remark.message, remedy=remark.remedy, code=code)
