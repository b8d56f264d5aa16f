"""Depth sources against their own datum, and against one another: what the build would refuse, and what it would tell.

The witnesses are those of the build (``datum_evidence``, ``datum_offset``); overlaps are looked at on stations.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from pipeline.config import Config
from pipeline.errors import CorridorError
from pipeline.quality.findings import Finding, finding_of
from pipeline.quality.route import Stations
from pipeline.seabed.bathymetry import refuse_wrong_sign
from pipeline.seabed.datum import datum_evidence
from pipeline.sources.depths.beds import bed_at
from pipeline.sources.depths.datum_evidence import refuse_contradicting
from pipeline.sources.depths.datum_offset import finding, offset, refuse_offset
from pipeline.sources.depths.datum_points import datum_points
from pipeline.sources.depths.datum_tile import read_datum_points
from pipeline.sources.depths.other_unit import refuse_other_unit
from pipeline.sources.depths.overlaps import Overlap, layer_overlaps, statistics
from pipeline.sources.rasters.layers import Layer, rank
from pipeline.sources.rasters.tile import Tile
from pipeline.workspace import SourceFiles, Workspace


def check_datums(
    sources: Sequence[SourceFiles],
    coastlines: Sequence[SourceFiles],
    stations: Stations,
    config: Config,
    workspace: Workspace,
) -> Iterator[Finding]:
    """Ask every depth source about its datum, on the shoreline near the route and in the deepest basin.

    Parameters
    ----------
    sources, coastlines : sequence of SourceFiles
        Depth sources whose files can be read; coastlines.
    stations : Stations
        The route.
    config : Config
        Levels, and when an answer is believed.
    workspace : Workspace
        For the names of files.
    """
    try:
        points = datum_points(coastlines, *stations.route.lonlat(stations.kp_km), config.datum)
    except CorridorError:  # the coastline's own findings say it
        points = datum_points((), *stations.route.lonlat(stations.kp_km), config.datum)
    for source in sources:
        where = f"source '{source.name}', {source.paths[0]}"
        try:
            read = [(path, *read_datum_points(path, source.section, points)) for path in source.paths]
            tiles = [Tile(path, facts, arrays.__getitem__) for path, facts, arrays in read]
            for evidence in datum_evidence(source, tiles, config.water, config.datum):
                refuse_contradicting(evidence, source.section, where)
                if evidence.verdict == "undecided" and evidence.level_m is not None:
                    file = source.name_of(source.paths[0])
                    yield Finding("note", source.name, file, "", evidence.words, "", code="datum")
        except CorridorError as error:
            yield finding_of(error, source.name, workspace)


def check_agreement(
    layers: Sequence[Layer], stations: Stations, config: Config, workspace: Workspace
) -> Iterator[Finding]:
    """Tell a wrong sign, layers that overlap with an offset, and where they differ by more than S-44 allows."""
    best_first = sorted(layers, key=rank)
    upside_down = set()
    for layer in best_first:
        try:
            refuse_wrong_sign(layer, config.water, config.datum)
        except CorridorError as error:
            yield finding_of(error, layer.name, workspace)
            upside_down.add(layer.name)
    best_first = [layer for layer in best_first if layer.name not in upside_down]  # its differences follow from it
    beds = [bed_at(layer, stations.kp_km.size, config.water) for layer in best_first]
    for overlap in layer_overlaps(best_first, beds, stations.kp_km, "stations", config.water):
        yield from _differences(overlap, stations, config, workspace)


def _differences(overlap: Overlap, stations: Stations, config: Config, workspace: Workspace) -> Iterator[Finding]:
    one = overlap.one.layer.name
    file = workspace.name_of(overlap.one.layer.files[0].path)
    everywhere = stations.spot(np.isin(stations.kp_km, overlap.kp_km))
    try:
        refuse_other_unit(overlap, config.water, config.datum)
    except CorridorError as error:
        wrong = next(side for side in (overlap.one, overlap.other) if side.where == error.where)
        yield replace(finding_of(error, wrong.layer.name, workspace, "unit_suspicion"), **everywhere)
        return
    found = offset(overlap, config.water, config.datum)
    try:
        refuse_offset(overlap, found, config.datum)
    except CorridorError as error:
        yield finding_of(error, one, workspace)
        return
    words = finding(overlap, found, config.datum)
    if words and not found.unit:  # units are told by ``units``, with what they would be
        yield Finding(
            "warning", one, file, **everywhere, message=words,
            remedy="Find out which of the two is right; the build takes the one that is believed more.",
            code="datum_offset",
        )  # fmt: skip
    table = statistics(overlap, config.bathymetry, stations.route.length_km)
    beyond = table[table["agreement"] == "beyond"]
    if len(beyond):
        inside = np.zeros(stations.kp_km.shape, dtype=bool)
        for start, end in beyond[["kp_from_km", "kp_to_km"]].itertuples(index=False):
            inside |= (stations.kp_km >= start) & (stations.kp_km <= end)
        worst = beyond.iloc[int(beyond["p95_m"].argmax())]
        yield Finding(
            "warning", one, file, **stations.spot(inside),
            message=f"{overlap.one.words} and {overlap.other.words} differ by more than their uncertainties allow: at "
            f"worst bias {worst['bias_m']:+.1f} m, RMS {worst['rms_m']:.1f} m, where {worst['allowed_m']:.1f} m is "
            "allowed",
            remedy="Look at datum, tide and age of both; overlaps.csv of a build has them cell by cell.",
            code="overlap",
        )  # fmt: skip
