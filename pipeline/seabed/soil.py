"""The ``soil`` step: seabed-soil classes merged from rasters. What is not known stays unknown, never sand."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.config.corridor import SourceSection
from pipeline.config.soil import SoilSection
from pipeline.geo import Band, Floats, Frame, Grid, Ints, write_cog
from pipeline.sources.layers import Layer, layers_of
from pipeline.sources.places import in_words, kp_runs
from pipeline.sources.rasters import RasterFile
from pipeline.sources.resample import parts_in_cells, sample, windows_on_grid
from pipeline.sources.soil_codes import UNKNOWN, classes_of, usable_soil
from pipeline.store import Facts, StepContext
from pipeline.workspace import weakest

OUTSIDE = 255
"""Nodata of ``soil_class.tif``: outside the swath."""


def run(context: StepContext) -> Facts:
    """Merge soil rasters on the swath and at stations.

    Raises
    ------
    DataError
        If a raster cannot be used or holds a code without a meaning.
    """
    frame, soil = Frame.load(context.inputs["route"]), context.config.soil
    sources = context.role("soil")
    layers = layers_of(sources, partial(_open, soil=soil))
    row, col = frame.cells["row"].to_numpy(), frame.cells["col"].to_numpy()
    at_cells, _ = _merge([classes_on(layer, frame.grid, soil)[row, col] for layer in layers], row.shape)
    x, y = frame.stations["x_m"].to_numpy(), frame.stations["y_m"].to_numpy()
    at_stations, giver = _merge([classes_at(layer, x, y, frame.grid.crs, soil) for layer in layers], x.shape)

    provenance = weakest(layers[index].section.provenance for index in set(giver.tolist()) - {-1})
    known = bool((at_stations != UNKNOWN).any() or (at_cells != UNKNOWN).any())
    legend = ", ".join(f"{c.code} {name}" for name, c in sorted(soil.classes.items(), key=lambda item: item[1].code))
    raster = frame.grid.full(row, col, at_cells, OUTSIDE, "uint8")
    write_cog(
        context.out / "soil_class.tif", frame.grid, [Band("soil_class", "class code", raster)],
        tags={
            "description": f"Seabed-soil class: {legend}",
            "provenance": provenance,
            "sources": ", ".join(dict.fromkeys(layer.name for layer in layers)),
        },
        nodata=OUTSIDE, categorical=True,
    )  # fmt: skip
    names = np.full(256, "unknown", dtype=object)
    for name, soil_class in soil.classes.items():
        names[soil_class.code] = name
    table = pd.DataFrame(
        {
            "station": frame.stations["station"].to_numpy(np.int32),
            "soil_class": names[at_stations],
            "soil_source": np.array([*(layer.name for layer in layers), ""], dtype=object)[giver],
            "soil_provenance": np.array([*(layer.section.provenance for layer in layers), ""], dtype=object)[giver],
        }
    )
    table.to_parquet(context.out / "stations.parquet", index=False)
    facts = _facts(frame, table, assessed=known, provenance=provenance)
    facts["sources"] = [source.facts for source in sources]
    for line in (facts["summary"], *facts["findings"]):
        context.log(line)
    return facts


def classes_at(layer: Layer, x_m: Floats, y_m: Floats, crs: str, soil: SoilSection) -> NDArray[np.uint8]:
    """Return class codes of the pixels that hold points; 0 where the layer knows nothing."""
    found = np.full(np.shape(x_m), UNKNOWN, dtype=np.uint8)
    for file in layer.files:
        classes = classes_of(sample(file, x_m, y_m, crs, bilinear=False), layer.section, soil)
        found = np.where(found == UNKNOWN, classes, found)
    return found


def classes_on(layer: Layer, grid: Grid, soil: SoilSection) -> NDArray[np.uint8]:
    """Return class codes on a grid: the most frequent of finer pixels, or the pixel at the centre of each cell.

    Pixels without a class count as unknown, so that a cell is not named after a corner of it. Between classes that are
    equally frequent the one that anchors penetrate deepest is taken.
    """
    if layer.resolution_m >= grid.cell_m:
        row, col = (index.ravel().astype(np.int64) for index in np.indices(grid.shape))
        return classes_at(layer, *grid.centres(row, col), grid.crs, soil).reshape(grid.shape)
    cautious = sorted(soil.classes.values(), key=lambda c: (-c.penetration_f, c.code))
    order = np.array(list(dict.fromkeys(c.code for c in cautious)), dtype=np.uint8)
    rank = np.zeros(256, dtype=np.int64)
    rank[order] = np.arange(order.size)
    counts = np.zeros((order.size, grid.rows * grid.cols), dtype=np.int64)
    for file in layer.files:
        with file.open() as dataset:
            for piece, window in windows_on_grid(file, grid):
                classes = rank[classes_of(file.read(dataset, window).ravel(), layer.section, soil)]
                for place, part in parts_in_cells(file, window, grid, piece):
                    flat = classes[part] * counts.shape[1] + place
                    counts += np.bincount(flat, minlength=counts.size).reshape(counts.shape)
    most: NDArray[np.uint8] = np.where(counts.any(axis=0), order[counts.argmax(axis=0)], UNKNOWN).astype(np.uint8)
    return most.reshape(grid.shape)


def _open(path: Path, section: SourceSection, *, soil: SoilSection) -> RasterFile:
    return usable_soil(path, section, soil)


def _merge(layers: Sequence[NDArray[np.uint8]], shape: tuple[int, ...]) -> tuple[NDArray[np.uint8], Ints]:
    """Take the class of the best layer that knows one; also return the index of that layer, -1 where none does."""
    found, giver = np.full(shape, UNKNOWN, dtype=np.uint8), np.full(shape, -1, dtype=np.int64)
    for index, classes in enumerate(layers):
        takes = (found == UNKNOWN) & (classes != UNKNOWN)
        found[takes], giver[takes] = classes[takes], index
    return found, giver


def _facts(frame: Frame, table: pd.DataFrame, *, assessed: bool, provenance: str) -> Facts:
    kp, length = frame.stations["kp_km"].to_numpy(), frame.stations["length_km"]
    unknown = (table["soil_class"] == "unknown").to_numpy()
    km = length.groupby(table["soil_class"].to_numpy()).sum().sort_index()
    findings = []
    if unknown.any():
        findings.append(f"{int(unknown.sum())} stations have unknown soil: {in_words(kp_runs(kp, unknown))}")
    if assessed:
        parts = ", ".join(f"{str(name).replace('_', ' ')} {value:.1f} km" for name, value in km.items())
        summary = f"soil along the route: {parts}"
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
