"""The ``datum`` step: depths asked about their own datum, and refused where they contradict the configuration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import numpy as np

from pipeline.config.corridor import WaterSection
from pipeline.config.datum import DatumSection
from pipeline.sources.depths.datum_evidence import (
    Evidence,
    basin,
    reading_of,
    reading_words,
    refuse_contradicting,
    shoreline,
)
from pipeline.sources.depths.datum_points import BASIN, SHORE
from pipeline.sources.rasters.tile import Tile
from pipeline.store import Facts, StepContext
from pipeline.workspace import SourceFiles, weakest


def run(context: StepContext) -> Facts:
    """Compare every depth source with the shoreline and the deepest basin; writes nothing but facts.

    Raises
    ------
    DataError
        If values of a source contradict its ``values`` and ``vertical_datum``; it names both.
    """
    water, limits = context.config.water, context.config.datum
    sources = context.role("bathymetry")
    told, findings = [], []
    for source in sources:
        tiles = [Tile.kept(path, context.parts[source.name, path]) for path in source.paths]
        for evidence in datum_evidence(source, tiles, water, limits):
            refuse_contradicting(evidence, source.section, f"source '{source.name}', {source.paths[0]}")
            told.append(
                {"source": source.name, "configured": reading_words(reading_of(source.section)), **asdict(evidence)}
            )
            context.log(f"{source.name}: {evidence.words}")
            if evidence.verdict == "undecided" and evidence.level_m is not None:
                findings.append(f"source '{source.name}': {evidence.words}")
    agree = [item["source"] for item in told if item["verdict"] == "agrees"]
    return {
        "assessed": bool(agree),
        "provenance": weakest(source.section.provenance for source in sources),
        "sources": [source.facts for source in sources],
        "evidence": told,
        "findings": findings,
        "summary": f"of {len(sources)} depth sources {len(set(agree))} agree with shoreline or basin, none contradicts",
    }


def datum_evidence(
    source: SourceFiles, tiles: Sequence[Tile], water: WaterSection, limits: DatumSection
) -> list[Evidence]:
    """Return what a source's values on the shoreline and in the basin say of its datum.

    Parameters
    ----------
    source : SourceFiles
        The source.
    tiles : sequence of Tile
        What its files have there (see ``datum_tile``).
    water, limits : WaterSection, DatumSection
        Levels, and when an answer is believed.
    """
    resolution = max(tile.resolution_m for tile in tiles)
    shore, deep = (np.fmin.reduce([tile.read(kind).astype(float) for tile in tiles]) for kind in (SHORE, BASIN))
    asked = (
        shoreline(shore, source.section, water, limits, resolution),
        basin(deep, source.section, water, limits, resolution),
    )
    return [evidence for evidence in asked if evidence is not None]
