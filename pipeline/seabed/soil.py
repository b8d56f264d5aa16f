"""The ``soil`` step: seabed soil from rasters, polygons and samples. What is not known stays unknown, never sand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.config import CONFIG_NAME
from pipeline.config.soil import SoilSection
from pipeline.errors import ConfigError, DataError
from pipeline.geo import Band, Frame, write_cog
from pipeline.seabed.ground import Ground, ground_at
from pipeline.seabed.samples import Reach, samples_of, weight
from pipeline.seabed.soil_findings import SoilRemark, file_remarks, sample_findings
from pipeline.seabed.soil_layers import layer_table
from pipeline.seabed.soil_map import map_at, map_on
from pipeline.seabed.soil_table import Givers, station_table
from pipeline.sources.places import in_words, kp_runs
from pipeline.sources.rasters.layers import Layer, TileOf, file_kp_km, layers_of
from pipeline.sources.rasters.tile import Tile
from pipeline.sources.soils.soil_codes import refuse_strange_codes
from pipeline.sources.soils.soil_file import is_vector
from pipeline.sources.soils.soil_units import refuse_other_units
from pipeline.store import Facts, StepContext
from pipeline.workspace import SourceFiles, weakest

OUTSIDE = 255
"""Nodata of ``soil_class.tif``: outside the swath."""


def run(context: StepContext) -> Facts:
    """Put soil maps and samples together on the swath and at stations.

    Writes ``soil_class.tif stations.parquet cells.parquet soil_layers.parquet``.

    Raises
    ------
    DataError
        If a file cannot be used, holds a code without a meaning, or strengths of another unit.
    ConfigError
        If ``classes`` contradicts ``scheme``, or ``boundary_m`` stands beside a raster.
    """
    frame, soil = Frame.load(context.inputs["route"]), context.config.soil
    sources = (*context.role("soil"), *context.role("soil_samples"))
    _refuse_mixtures(context.role("soil"))

    def usable(source: SourceFiles, path: Path) -> Tile:
        tile = Tile.kept(path, context.parts[source.name, path])
        refuse_strange_codes(tile, source.section, soil)
        refuse_other_units(tile, soil)
        return tile

    maps, points = layers_of(context.role("soil"), usable), sample_layers(sources, usable)
    cpt = Reach(samples_of(points, "cpt", frame.grid.crs, soil), soil.correlation_length_cpt_m, soil)
    grab = Reach(samples_of(points, "grab", frame.grid.crs, soil), soil.correlation_length_grab_m, soil)

    x, y = frame.stations["x_m"].to_numpy(), frame.stations["y_m"].to_numpy()
    mapped = map_at(maps, "at stations", len(x), soil)
    ground = ground_at(mapped, cpt, grab, x, y, soil)
    givers, layers = Givers.of(mapped, ground, cpt, grab, len(maps)), [*maps, *points]
    findings = [*file_remarks(layers), *sample_findings(points, (cpt, grab), x, y)]
    table = station_table(ground, mapped, givers, layers, cpt, grab, soil)
    table.to_parquet(context.out / "stations.parquet", index=False)
    below = layer_table(ground, weight(np.nan_to_num(ground.distance_m, nan=np.inf), cpt.length_m), soil)
    given = table.loc[below["station"], ["soil_source", "soil_kind", "soil_sample"]].reset_index(drop=True)
    below.join(given).to_parquet(context.out / "soil_layers.parquet", index=False)

    x, y = frame.cells["x_m"].to_numpy(), frame.cells["y_m"].to_numpy()
    cells = ground_at(map_on(maps, len(x), frame.grid.cell_m, soil), cpt, grab, x, y, soil)
    provenance = weakest(set(table["soil_provenance"]) - {""})
    _write_cells(context, frame, cells, layers, provenance)

    known = bool((ground.soil_class != "unknown").any() or (cells.soil_class != "unknown").any())
    facts = _facts(frame, table, findings, assessed=known, provenance=provenance)
    facts["sources"] = [source.facts for source in sources]
    facts["file_kp_km"] = file_kp_km(layers, sources, givers.layer, givers.file, frame.stations["kp_km"].to_numpy())
    for line in (facts["summary"], *facts["findings"]):
        context.log(line)
    return facts


def sample_layers(sources: Sequence[SourceFiles], tile_of: TileOf) -> list[Layer]:
    """Return the sources of samples as layers, in the order of the sources."""
    return [
        Layer(number, source.name, source.section, tuple(tile_of(source, path) for path in source.paths), 0.0)
        for number, source in enumerate(sources)
        if source.section.role == "soil_samples"
    ]


def _refuse_mixtures(sources: Sequence[SourceFiles]) -> None:
    for source in sources:
        vectors = [is_vector(path) for path in source.paths]
        if any(vectors) and not all(vectors):
            raise DataError(
                f"the source '{source.name}' mixes rasters and polygons",
                where=", ".join(path.name for path in source.paths[:5]),
                remedy="Make two sources of it, so that it is clear which lies over the other.",
            )
        if source.section.boundary_m and not any(vectors):
            raise ConfigError(
                "boundary_m is for polygons, and these files are rasters",
                where=f"{CONFIG_NAME}, source '{source.name}'",
                remedy="Take boundary_m out: a raster's lines are as sure as its cells are small.",
            )


def _write_cells(context: StepContext, frame: Frame, cells: Ground, layers: Sequence[Layer], provenance: str) -> None:
    """Write the swath's classes as a raster, and what the burial decision takes beside the class as a table."""
    soil: SoilSection = context.config.soil
    legend = ", ".join(f"{c.code} {name}" for name, c in sorted(soil.classes.items(), key=lambda item: item[1].code))
    codes = np.array([soil.classes[name].code for name in cells.soil_class.tolist()], dtype=np.uint8)
    row, col = frame.cells["row"].to_numpy(), frame.cells["col"].to_numpy()
    raster = frame.grid.full(row, col, codes, OUTSIDE, "uint8")
    write_cog(
        context.out / "soil_class.tif", frame.grid, [Band("soil_class", "class code", raster)],
        tags={
            "description": f"Seabed-soil class: {legend}",
            "provenance": provenance,
            "sources": ", ".join(dict.fromkeys(layer.name for layer in layers)),
        },
        nodata=OUTSIDE, categorical=True,
    )  # fmt: skip
    table = cells.table()
    table.insert(0, "cell", frame.cells["cell"].to_numpy(np.int32))
    table.insert(1, "soil_trench_class", cells.trench)
    table.to_parquet(context.out / "cells.parquet", index=False)


def _facts(
    frame: Frame, table: pd.DataFrame, remarks: Sequence[SoilRemark], *, assessed: bool, provenance: str
) -> Facts:
    kp, length = frame.stations["kp_km"].to_numpy(), frame.stations["length_km"]
    unknown, doubtful = (table["soil_class"] == "unknown").to_numpy(), (table["soil_boundary"] != "").to_numpy()
    km = length.groupby(table["soil_class"].to_numpy()).sum().sort_index()
    by_kind = length.groupby(table["soil_kind"].to_numpy()).sum()
    findings = [f"{remark.source}, {remark.path.name}: {remark.message}" for remark in remarks]
    if doubtful.any():
        places = in_words(kp_runs(kp, doubtful))
        findings.append(f"{int(doubtful.sum())} stations near a line between soils take the cautious side: {places}")
    if unknown.any():
        findings.append(f"{int(unknown.sum())} stations have unknown soil: {in_words(kp_runs(kp, unknown))}")
    if assessed:
        parts = ", ".join(f"{str(name).replace('_', ' ')} {value:.1f} km" for name, value in km.items())
        sampled = [f"{name} {by_kind[kind]:.1f} km" for kind, name in _SAMPLED.items() if kind in by_kind]
        summary = f"soil along the route: {parts}" + (f"; by {', '.join(sampled)}" if sampled else "")
    else:
        summary = "not assessed: no source names a soil in the corridor, so that all of it is treated as unknown"
    return {
        "assessed": assessed,
        "provenance": provenance,
        "km_by_class": {str(name): round(float(value), 3) for name, value in km.items()},
        "stations_unknown": int(unknown.sum()),
        "findings": findings,
        "summary": summary,
    }


_SAMPLED = {"cpt": "profiles", "grab": "grab samples"}
