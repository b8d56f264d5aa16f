"""Soil maps: whether their codes mean something, where those that do not lie, and how much of the route they cover."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from pipeline.config import Config
from pipeline.errors import CorridorError, DataError
from pipeline.quality.coverage import Coverage, coverage_of, told
from pipeline.quality.depths import points
from pipeline.quality.findings import Finding, finding_of, short
from pipeline.quality.route import Stations, locate
from pipeline.quality.windows import pixel_centres, swath_chunks, windows
from pipeline.sources.intake import inspect_raster
from pipeline.sources.soil_codes import known_at, refuse_strange_codes, strange_codes
from pipeline.sources.soil_file import is_vector, read_soil
from pipeline.sources.tile import Tile
from pipeline.workspace import SourceFiles, Workspace


def check_soil(
    source: SourceFiles, stations: Stations | None, config: Config, workspace: Workspace
) -> tuple[list[Coverage], list[Finding]]:
    """Check one soil map; return its coverage, where it is usable and the route is, and what was found."""
    covered = np.zeros(0 if stations is None else stations.x_m.shape, dtype=bool)
    findings: list[Finding] = []
    for path in source.paths:
        try:
            facts, arrays = read_soil(path, source.section, *points(stations, config))
            tile = Tile(path, facts, arrays.__getitem__)
            findings += _meaningless(tile, source, stations, config, workspace)
            for remark in facts.get("remarks", ()):
                findings.append(Finding("warning", source.name, short(path, workspace), "", remark, "", code="remark"))
            covered[known_at(tile, "at stations", source.section, config.soil)] = True
        except CorridorError as error:
            findings.append(finding_of(error, source.name, workspace))
    if stations is None or (not covered.any() and any(finding.severity == "error" for finding in findings)):
        return [], findings
    coverage = coverage_of(stations, covered, config.quality.coverage_bin_km, "soil", source)
    return [coverage], [*findings, told(stations, covered, source, "soil")]


def _meaningless(
    tile: Tile, source: SourceFiles, stations: Stations | None, config: Config, workspace: Workspace
) -> Iterator[Finding]:
    """Tell codes without a meaning; of a raster with their number in the swath and the place nearest to the route."""
    try:
        refuse_strange_codes(tile, source.section, config.soil)
    except DataError as error:
        found = replace(finding_of(error, source.name, workspace), code="class_code")
        if stations is not None and not is_vector(tile.path):
            codes = [float(code) for code in strange_codes(tile, source.section, config.soil)]
            found = _placed(found, tile.path, source, codes, stations)
        yield found


def _placed(finding: Finding, path: Path, source: SourceFiles, codes: list[float], stations: Stations) -> Finding:
    rows, cols = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    with inspect_raster(path, source.section).ready() as file, file.open() as dataset:
        for window in windows(file, swath_chunks(file, stations)):
            row, col = np.nonzero(np.isin(file.read(dataset, window), codes))
            rows.append(row + window.row_off)
            cols.append(col + window.col_off)
        row, col = np.concatenate(rows), np.concatenate(cols)
        place = locate(stations, *pixel_centres(file, row, col), file.crs)
    near = place.offset_m <= stations.half_width_m
    if not near.any():
        return replace(finding, message=f"{finding.message}; none of them in the swath")
    nearest = int(np.argmin(place.offset_m))
    spot = place.spot(nearest, along=place.kp_km[near], inside=f"row {row[nearest]}, column {col[nearest]}")
    return replace(finding, message=f"{finding.message}; in {int(near.sum()):,} cells of the swath", **spot)
