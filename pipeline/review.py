"""``corridor check`` to the last row: what ``sources.check`` sees from outside, then each record as its step does."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.config import Config
from pipeline.errors import CorridorError
from pipeline.hazards.fishing.effort import read_effort
from pipeline.hazards.seismic.catalogue import read_catalogue
from pipeline.hazards.seismic.zones import read_zones
from pipeline.hazards.shipping.positions import read_through
from pipeline.mapping.vectors import read_land
from pipeline.sources.check import ORDER, Finding, check, finding_of
from pipeline.sources.rpl import from_the_west, read_rpl, route_of
from pipeline.workspace import SourceFiles, Workspace

_NOWHERE = (0.0, 0.0, 0.0, 0.0)


def review(workspace: Workspace, config: Config) -> list[Finding]:
    """Look over the route and all sources, and read every table and outline through.

    Returns
    -------
    list of Finding
        Errors first; a source that is found at fault from outside is not read.
    """
    findings = check(workspace, config)
    at_fault = {finding.source for finding in findings if finding.severity == "error"}
    findings += _contents(workspace, config, at_fault)
    return sorted(findings, key=lambda finding: ORDER[finding.severity])


def _contents(workspace: Workspace, config: Config, at_fault: set[str]) -> Iterator[Finding]:
    for name, section in config.sources.items():
        if name in at_fault or (section.role == "coastline" and "route" in at_fault):
            continue
        try:
            for source in workspace.sources(config.model_copy(update={"sources": {name: section}})):
                _read(source, workspace, config)
        except CorridorError as error:
            yield finding_of(error, name, workspace)


def _read(source: SourceFiles, workspace: Workspace, config: Config) -> None:
    """Read a source as the step that uses it does, and let go of what it holds."""
    match source.section.role:
        case "ais":
            read_through(source, config.shipping)
        case "fishing_effort":
            read_effort(source, _NOWHERE, config.fishing.cell_deg)
        case "earthquakes":
            seismic = config.seismic
            read_catalogue(source, duplicate_seconds=seismic.duplicate_seconds, duplicate_km=seismic.duplicate_km)
        case "seismic_zones":
            read_zones(source)
        case "coastline":
            table, _ = from_the_west(read_rpl(workspace.path(config.route.file, key="route.file")))
            route = route_of(table, config.corridor.crs)
            margin_km, tolerance_m = config.map.coast_margin_km, config.map.coast_tolerance_m
            read_land([source], route, margin_km=margin_km, tolerance_m=tolerance_m)
        case _:
            pass
