"""``corridor check``: look over the route and every source, and say all that is wrong at once. Nothing is built."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import fiona
import numpy as np
from fiona.errors import FionaError

from pipeline.config import Config
from pipeline.errors import ConfigError, CorridorError, DataError
from pipeline.geo import Floats, Route
from pipeline.sources.datum import water_depth_m
from pipeline.sources.depth_tile import read_depths
from pipeline.sources.depths import depth_layers, merged_bed_at, refuse_level_surface, relief_of
from pipeline.sources.frame import refuse_far_from_crs, refuse_too_fine
from pipeline.sources.layers import Layer, rank
from pipeline.sources.places import in_words, kp_runs
from pipeline.sources.rpl import crossings, from_the_west, read_rpl, route_of
from pipeline.sources.soil_codes import known_at, refuse_strange_codes
from pipeline.sources.soil_file import read_soil
from pipeline.sources.soil_samples import read_samples
from pipeline.sources.soil_units import refuse_other_units
from pipeline.sources.tables import HELPFUL, LAYOUT, NEEDED, file_names, read_header
from pipeline.sources.tile import Tile
from pipeline.workspace import SourceFiles, Workspace

Severity = Literal["error", "warning", "note"]

ORDER: dict[Severity, int] = {"error": 0, "warning": 1, "note": 2}
"""Findings are told in this order."""
# Threats that a map must call "not assessed" where nobody gives data for them.
_THREATS = {"ais": "anchors", "fishing_effort": "fishing"}


@dataclass(frozen=True)
class Finding:
    """One thing that was noticed.

    Attributes
    ----------
    severity : {"error", "warning", "note"}
        An error stops a build; a warning changes its result; a note is good to know.
    source : str
        Name of the source, or ``route``.
    file : str
        The file, by its place in the workspace where it has one.
    place : str
        Where in the file or along the route.
    message, remedy : str
        What is the matter, and what can be done.
    """

    severity: Severity
    source: str
    file: str
    place: str
    message: str
    remedy: str


@dataclass(frozen=True)
class _Stations:
    kp_km: Floats
    x_m: Floats
    y_m: Floats
    crs: str


def check(workspace: Workspace, config: Config) -> list[Finding]:
    """Look over the route and all sources.

    Parameters
    ----------
    workspace : Workspace
        Where the files are.
    config : Config
        Its configuration.

    Returns
    -------
    list of Finding
        Errors first; the order is otherwise that of the configuration.
    """
    findings: list[Finding] = []
    stations = _check_route(workspace, config, findings)
    found: list[SourceFiles] = []
    for name, section in config.sources.items():
        try:
            found += workspace.sources(config.model_copy(update={"sources": {name: section}}))
        except CorridorError as error:
            findings.append(finding_of(error, name, workspace))
    depths = [source for source in found if source.section.role == "bathymetry"]
    findings += _check_depths(depths, stations, config, workspace)
    for source in found:
        if source.section.role == "soil":
            findings += _check_soil(source, stations, config, workspace)
        elif source.section.role == "soil_samples":
            findings += _check_samples(source, config, workspace)
        elif source.section.role in NEEDED:
            findings += _check_tables(source, workspace)
        elif source.section.role != "bathymetry":
            findings += _check_vectors(source, workspace)
    findings += _check_roles(config)
    return sorted(findings, key=lambda finding: ORDER[finding.severity])


def _check_route(workspace: Workspace, config: Config, findings: list[Finding]) -> _Stations | None:
    try:
        path = workspace.path(config.route.file, key="route.file")
        table, turned = from_the_west(read_rpl(path))
        refuse_far_from_crs(table, config.corridor.crs, str(path))
        route: Route = route_of(table, config.corridor.crs)
        refuse_too_fine(route, config.corridor)
        kp = route.stations_kp_km(config.corridor.station_m)
        x, y = route.xy(kp)
    except CorridorError as error:
        findings.append(finding_of(error, "route", workspace))
        return None
    message = f"{route.length_km:.3f} km through {len(table)} positions"
    if turned:
        message += "; given from the east and turned, so that KP counts from the western landing"
    crossed = crossings(table)
    if crossed:
        more = f" and {len(crossed) - 3} more" if crossed[3:] else ""
        findings.append(
            Finding(
                "warning", "route", _short(path, workspace), "; ".join(crossed[:3]) + more,
                "the route crosses or touches itself, so that kilometre posts there are ambiguous",
                "Check the order of the positions.",
            )
        )  # fmt: skip
    findings.append(Finding("note", "route", _short(path, workspace), "", message, ""))
    return _Stations(kp, x, y, config.corridor.crs)


def _check_depths(
    sources: list[SourceFiles], stations: _Stations | None, config: Config, workspace: Workspace
) -> Iterator[Finding]:
    """Check each source by itself, then what all usable ones together give along the route."""
    water = config.water
    layers: list[Layer] = []

    def tile_of(source: SourceFiles, path: Path) -> Tile:
        facts, arrays = read_depths(path, source.section, *_points(stations, config), grids={})
        return Tile(path, facts, arrays.__getitem__)

    for source in sources:
        try:
            own = depth_layers([source], tile_of)
            if stations is not None:
                level = relief_of(own, stations.kp_km.size, water).get(source.name)
                if level is not None:
                    refuse_level_surface(source, level)
                    yield Finding(
                        "warning", source.name, _files(source, workspace), "",
                        f"{level.share:.0%} of the sea around the route has one depth, "
                        f"{water.surface_m - level.level_m:.1f} m",
                        "Check that the raster holds depths that were measured.",
                    )  # fmt: skip
        except CorridorError as error:
            yield finding_of(error, source.name, workspace)
            continue
        layers += own
        if stations is not None:
            bed = merged_bed_at(own, stations.kp_km.size, water)
            yield _coverage(source, workspace, stations, bed.layer >= 0, "depths")
    if stations is None or not layers:
        return
    bed = merged_bed_at(sorted(layers, key=rank), stations.kp_km.size, water)
    depth = water_depth_m(bed.elevation_m, water.surface_m)
    gaps, dry = kp_runs(stations.kp_km, np.isnan(depth)), kp_runs(stations.kp_km, depth <= 0.0)
    if gaps:
        yield Finding(
            "error" if np.isnan(depth).all() else "warning", "bathymetry", "", in_words(gaps),
            f"{int(np.isnan(depth).sum())} of {len(depth)} stations have a depth from no source",
            "They stay blank, and nothing is interpolated. Add a source that covers them.",
        )  # fmt: skip
    if dry:
        all_dry = not (depth > 0.0).any()
        yield Finding(
            "error" if all_dry else "warning", "bathymetry", "", in_words(dry),
            f"{int((depth <= 0.0).sum())} of {len(depth)} stations lie on dry land "
            f"(bed above the water surface at {water.surface_m:g} m)",
            "Check values and vertical_datum of the sources." if all_dry else
            "They get no burial depth. Check the landfall, or add a survey that is finer than the shore.",
        )  # fmt: skip


def _check_soil(
    source: SourceFiles, stations: _Stations | None, config: Config, workspace: Workspace
) -> Iterator[Finding]:
    covered = np.zeros(0 if stations is None else stations.x_m.shape, dtype=bool)
    for path in source.paths:
        try:
            facts, arrays = read_soil(path, source.section, *_points(stations, config))
            tile = Tile(path, facts, arrays.__getitem__)
            refuse_strange_codes(tile, source.section, config.soil)
            covered[known_at(tile, "at stations", source.section, config.soil)] = True
        except CorridorError as error:
            yield finding_of(error, source.name, workspace)
            return
    if stations is not None:
        yield _coverage(source, workspace, stations, covered, "soil")


def _check_samples(source: SourceFiles, config: Config, workspace: Workspace) -> Iterator[Finding]:
    for path in source.paths:
        try:
            facts, arrays = read_samples(path, source.section)
            tile = Tile(path, facts, arrays.__getitem__)
            refuse_strange_codes(tile, source.section, config.soil)
            refuse_other_units(tile, config.soil)
        except CorridorError as error:
            yield finding_of(error, source.name, workspace)
            continue
        kind = "profiles" if facts["kind"] == "cpt" else "grab samples"
        for message in facts["remarks"]:
            yield Finding("warning", source.name, _short(path, workspace), "", message, "")
        yield Finding("note", source.name, _short(path, workspace), "", f"{facts['samples']} {kind}", "")


def _points(stations: _Stations | None, config: Config) -> tuple[Floats, Floats, str]:
    """Return where to read; nowhere, where the route is at fault and only the files are looked over."""
    nowhere = np.empty(0)
    return (nowhere, nowhere, config.corridor.crs) if stations is None else (stations.x_m, stations.y_m, stations.crs)


def _coverage(
    source: SourceFiles, workspace: Workspace, stations: _Stations, covered: np.ndarray, what: str
) -> Finding:
    percent = 100.0 * float(covered.mean())
    gaps = in_words(kp_runs(stations.kp_km, ~covered))
    return Finding(
        "note" if percent > 0.0 else "warning", source.name, _files(source, workspace),
        f"without: {gaps}" if gaps else "",
        f"{what} at {percent:.1f} percent of the stations, {source.section.provenance}",
        "" if percent > 0.0 else "The source does not reach the route: check its CRS and extent.",
    )  # fmt: skip


def _check_tables(source: SourceFiles, workspace: Workspace) -> Iterator[Finding]:
    role = source.section.role
    for path in source.paths:
        try:
            header = read_header(path)
        except CorridorError as error:
            yield finding_of(error, source.name, workspace)
            continue
        names = file_names(header, source.section.columns)
        lower = {name.lower(): name for name in names}
        missing = [" or ".join(choice) for choice in NEEDED[role] if not any(name in names for name in choice)]
        helpful = [name for name in HELPFUL[role] if name not in names]
        twice = sorted({name for name in header if header.count(name) > 1})
        where = (source.name, _short(path, workspace), "line 1")
        if missing:
            alike = [lower[name.lower()] for name in missing if name.lower() in lower]
            hint = f" ({', '.join(alike)} differs in case)" if alike else ""
            yield Finding(
                "error", *where, f"columns are missing: {', '.join(missing)}{hint}",
                f"Give the {LAYOUT[role]} layout, or rename in columns of the source.",
            )  # fmt: skip
        if twice:
            yield Finding("error", *where, f"columns stand twice: {', '.join(twice)}", "Keep one of each.")
        if helpful:
            yield Finding(
                "warning", *where, f"columns are missing: {', '.join(helpful)}", "Defaults stand in for them."
            )


def _check_vectors(source: SourceFiles, workspace: Workspace) -> Iterator[Finding]:
    """Open vector sources (tables of other roles are left to the step that reads them)."""
    for path in source.paths:
        if path.suffix.lower() in {".csv", ".tsv", ".txt", ".tif", ".xlsx", ".parquet"}:
            continue
        try:
            with fiona.open(str(path), allow_unsupported_drivers=path.suffix.lower() == ".kml") as collection:
                count, crs = len(collection), collection.crs
        except FionaError as error:
            problem = DataError(
                f"the file cannot be read: {error}", where=str(path), remedy="Open it in QGIS and save it again."
            )
            yield finding_of(problem, source.name, workspace)
            continue
        if not crs and source.section.crs is None:
            yield Finding(
                "error", source.name, _short(path, workspace), "", "the file names no coordinate reference system",
                'State it with crs = "EPSG:..." in its source.',
            )  # fmt: skip
        elif count == 0:
            yield Finding("warning", source.name, _short(path, workspace), "", "the file holds no features", "")


def _check_roles(config: Config) -> Iterator[Finding]:
    roles = {section.role for section in config.sources.values()}
    if "bathymetry" not in roles:
        yield Finding(
            "error", "bathymetry", "", "", "no source gives depths, and without depths nothing can be built",
            'Add a source with role = "bathymetry".',
        )  # fmt: skip
    if "soil" not in roles:
        yield Finding(
            "warning", "soil", "", "", "no source gives the soil: all of it is unknown and treated as such",
            'Add a source with role = "soil".',
        )  # fmt: skip
    for role, threat in _THREATS.items():
        if role not in roles:
            yield Finding(
                "warning", role, "", "", f"{threat}: not assessed, because no source gives data",
                f'Add a source with role = "{role}".',
            )  # fmt: skip
    if not roles & {"seismic_zones", "earthquakes"}:
        yield Finding(
            "warning", "seismic_zones", "", "", "earthquakes: not assessed, because no source gives data",
            'Add a source with role = "seismic_zones" or "earthquakes".',
        )  # fmt: skip


def finding_of(error: CorridorError, source: str, workspace: Workspace) -> Finding:
    """Turn an error into a finding; its place is "file, place in it"."""
    where = error.where.replace(f"{workspace.root}/", "")
    file, _, place = where.partition(", ")
    if file.startswith("source '"):
        file, _, place = place.partition(", ")
    cause = error.cause[0].upper() + error.cause[1:] if isinstance(error, ConfigError) else error.cause
    return Finding("error", source, file, place, cause.replace(f"{workspace.root}/", ""), error.remedy)


def _short(path: Path, workspace: Workspace) -> str:
    return path.relative_to(workspace.root).as_posix() if path.is_relative_to(workspace.root) else str(path)


def _files(source: SourceFiles, workspace: Workspace) -> str:
    more = f" and {len(source.paths) - 1} more" if len(source.paths) > 1 else ""
    return _short(source.paths[0], workspace) + more
