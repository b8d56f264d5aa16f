"""Density rasters: how much of the route they tell of, and whether their hours can be hours."""

from __future__ import annotations

import numpy as np

from pipeline.config import Config
from pipeline.errors import CorridorError
from pipeline.hazards.shipping.density_hours import PER_YEAR, too_dense
from pipeline.quality.coverage import Coverage, coverage_of, told
from pipeline.quality.findings import Finding, files_of, finding_of
from pipeline.quality.route import Stations
from pipeline.sources.rasters.intake import inspect_raster
from pipeline.sources.rasters.resample import sample
from pipeline.workspace import SourceFiles, Workspace


def check_ship_density(
    source: SourceFiles, stations: Stations | None, config: Config, workspace: Workspace
) -> tuple[list[Coverage], list[Finding]]:
    """Check one source of density rasters; return its coverage, where it is usable and the route is, and findings."""
    most = np.full(0 if stations is None else stations.x_m.shape, np.nan)
    findings: list[Finding] = []
    for path in source.paths:
        try:
            with inspect_raster(path, source.section).ready() as file:
                if stations is not None:
                    here = sample(file, stations.x_m, stations.y_m, stations.crs, bilinear=False)
                    most = np.fmax(most, here * PER_YEAR[str(source.section.per)])
        except CorridorError as error:
            findings.append(finding_of(error, source.name, workspace))
    covered = np.isfinite(most)
    if stations is None or (findings and not covered.any()):
        return [], findings
    findings.append(told(stations, covered, source, "ship-hours"))
    limit = config.shipping.density_doubted_h_per_km2_yr
    if remark := too_dense(most[covered], limit):
        spot = stations.spot(covered & (most > limit))
        remedy = 'Check the unit of the raster and per ("month" or "year").'
        findings.append(
            Finding(
                "warning", source.name, files_of(source), message=remark, remedy=remedy, code="density_high", **spot
            )
        )
    return [coverage_of(stations, covered, config.quality.coverage_bin_km, "ship_density", source)], findings
