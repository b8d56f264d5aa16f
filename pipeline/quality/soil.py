"""Soil rasters: whether their codes mean something, and how much of the route they cover."""

from __future__ import annotations

import numpy as np

from pipeline.config import Config
from pipeline.errors import CorridorError
from pipeline.quality.coverage import Coverage, coverage_of, told
from pipeline.quality.depths import points
from pipeline.quality.findings import Finding, finding_of
from pipeline.quality.route import Stations
from pipeline.sources.soil_codes import UNKNOWN, classes_of, refuse_strange_codes
from pipeline.sources.soil_tile import read_soil
from pipeline.sources.tile import Tile
from pipeline.workspace import SourceFiles, Workspace


def check_soil(
    source: SourceFiles, stations: Stations | None, config: Config, workspace: Workspace
) -> tuple[list[Coverage], list[Finding]]:
    """Check one soil source; return its coverage, where it is usable and the route is, and what was found."""
    covered = np.zeros(0 if stations is None else stations.x_m.shape, dtype=bool)
    for path in source.paths:
        try:
            facts, arrays = read_soil(path, source.section, *points(stations, config))
            refuse_strange_codes(Tile(path, facts, arrays.__getitem__), source.section, config.soil)
            known = classes_of(arrays["at stations"], source.section, config.soil) != UNKNOWN
            covered[arrays["at stations index"][known]] = True
        except CorridorError as error:
            return [], [finding_of(error, source.name, workspace)]
    if stations is None:
        return [], []
    coverage = coverage_of(stations, covered, config.quality.coverage_bin_km, "soil", source)
    return [coverage], [told(stations, covered, source, "soil")]
