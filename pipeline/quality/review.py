"""``corridor check``: look over the route and every source to the last row, and say all that is wrong at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.config import Config
from pipeline.errors import CorridorError
from pipeline.hazards.fishing.effort import read_effort
from pipeline.hazards.seismic.catalogue import read_catalogue
from pipeline.hazards.seismic.zones import read_zones
from pipeline.mapping.vectors import read_land
from pipeline.quality.coverage import Coverage
from pipeline.quality.datums import check_datums
from pipeline.quality.depths import check_depths
from pipeline.quality.findings import Finding, finding_of, in_order
from pipeline.quality.registry import check_registry
from pipeline.quality.roles import check_roles
from pipeline.quality.route import Stations, check_route
from pipeline.quality.samples import check_samples
from pipeline.quality.seams import check_seams
from pipeline.quality.ship_density import check_ship_density
from pipeline.quality.ship_positions import check_ship_positions
from pipeline.quality.soil import check_soil
from pipeline.quality.soundings import SPARSE, check_soundings
from pipeline.quality.surface import check_surfaces
from pipeline.quality.tables import check_tables
from pipeline.quality.units import Sounded, check_units
from pipeline.quality.vectors import check_vectors
from pipeline.sources.densities.density_tile import check_density
from pipeline.sources.rasters.drivers.soundings import SoundingsFile
from pipeline.sources.rasters.intake import inspect_raster
from pipeline.sources.tables.reading import NEEDED
from pipeline.workspace import SourceFiles, Workspace

_NOWHERE = (0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Review:
    """What quality control found.

    Attributes
    ----------
    findings : tuple of Finding
        Errors first; the order is otherwise that of the configuration.
    coverage : tuple of Coverage
        Of every role that covers the route with values: all its sources together, then each.
    stations : Stations or None
        The route; None where it is at fault.
    """

    findings: tuple[Finding, ...]
    coverage: tuple[Coverage, ...]
    stations: Stations | None


def review(workspace: Workspace, config: Config) -> Review:
    """Look over the route and all sources; nothing is built.

    Parameters
    ----------
    workspace : Workspace
        Where the files are.
    config : Config
        Its configuration.

    Returns
    -------
    Review
        A source that is found at fault from outside is not read to the end.
    """
    stations, findings = check_route(workspace, config)
    found: list[SourceFiles] = []
    for name, section in config.sources.items():
        try:
            found += workspace.sources(config.model_copy(update={"sources": {name: section}}))
        except CorridorError as error:
            findings.append(finding_of(error, name, workspace))
    depths = [source for source in found if source.section.role == "bathymetry"]
    sounded, coverage, told_of_depths = check_depths(depths, stations, config, workspace)
    findings += told_of_depths
    samples = [source for source in found if source.section.role == "soil_samples"]
    covers, told = check_samples(samples, stations, config, workspace)
    findings += told
    for source in found:
        if source.section.role == "soil":
            own, told = check_soil(source, stations, config, workspace)
            coverage += own
            findings += told
        elif source.section.role == "ais":
            findings += check_ship_positions(source, stations, config, workspace)
        elif source.section.role == "ship_density":
            own, told = check_ship_density(source, stations, config, workspace)
            coverage += own
            findings += told
        elif source.section.role == "ship_registry":
            findings += check_registry(source, config, workspace)
        elif source.section.role in NEEDED:
            findings += check_tables(source, workspace)
        elif source.section.role not in ("bathymetry", "soil_samples"):
            findings += check_vectors(source, workspace)
    coverage += covers
    findings += check_roles(config)
    if stations is not None:
        coastlines = [source for source in found if source.section.role == "coastline"]
        findings += check_datums([item.source for item in sounded], coastlines, stations, config, workspace)
        refused = {finding.source for finding in told_of_depths if finding.severity == "error"}
        findings += check_units(sounded, stations, config, refused)
        findings += _surfaces(sounded, stations, workspace, config)
    findings += _contents(found, {f.source for f in findings if f.severity == "error"}, stations, workspace, config)
    return Review(tuple(in_order(findings)), tuple(coverage), stations)


def _surfaces(sounded: list[Sounded], stations: Stations, workspace: Workspace, config: Config) -> Iterator[Finding]:
    """Look at the surfaces of usable depth sources, source by source: one that breaks in the middle hides no other."""
    for item in sounded:
        try:
            of_soundings: list[Finding] = []
            for path in item.source.paths:
                file = inspect_raster(path, item.source.section)
                if isinstance(file, SoundingsFile):
                    of_soundings += check_soundings(item.source, file, stations, config)
            yield from of_soundings
            sparse = {finding.file for finding in of_soundings if finding.code == SPARSE}
            yield from check_surfaces(item.source, stations, config, sparse=sparse)
            yield from check_seams(item.source, stations, config)
        except CorridorError as error:
            yield finding_of(error, item.source.name, workspace)


def _contents(
    sources: list[SourceFiles], at_fault: set[str], stations: Stations | None, workspace: Workspace, config: Config
) -> Iterator[Finding]:
    """Read every table and outline through, as the step that uses it does."""
    for source in sources:
        if source.name not in at_fault:
            try:
                _read(source, stations, config)
            except CorridorError as error:
                yield finding_of(error, source.name, workspace)


def _read(source: SourceFiles, stations: Stations | None, config: Config) -> None:
    """Read a source as the step that uses it does, and let go of what it holds."""
    match source.section.role:
        case "ship_density":
            for path in source.paths:
                check_density(path, source.section)
        case "fishing_effort":
            read_effort(source, _NOWHERE, config.fishing.cell_deg)
        case "earthquakes":
            seismic = config.seismic
            read_catalogue(source, duplicate_seconds=seismic.duplicate_seconds, duplicate_km=seismic.duplicate_km)
        case "seismic_zones":
            read_zones(source)
        case "coastline" if stations is not None:
            margin_km, tolerance_m = config.map.coast_margin_km, config.map.coast_tolerance_m
            read_land([source], stations.route, margin_km=margin_km, tolerance_m=tolerance_m)
        case _:
            pass
