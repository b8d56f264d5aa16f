"""The ``soil`` step: seabed-soil classes merged from rasters. What is not known stays unknown, never sand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.config.soil import SoilSection
from pipeline.geo import Band, Frame, Ints, write_cog
from pipeline.sources.layers import Layer, file_kp_km, layers_of
from pipeline.sources.places import in_words, kp_runs
from pipeline.sources.soil_codes import UNKNOWN, classes_of, refuse_strange_codes
from pipeline.sources.tile import Tile
from pipeline.store import Facts, StepContext
from pipeline.workspace import SourceFiles, weakest

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

    def usable(source: SourceFiles, path: Path) -> Tile:
        tile = Tile.kept(path, context.parts[source.name, path])
        refuse_strange_codes(tile, source.section, soil)
        return tile

    layers = layers_of(sources, usable)
    cells, stations = len(frame.cells), len(frame.stations)
    at_cells, _ = _merge([classes_on(layer, cells, frame.grid.cell_m, soil) for layer in layers], cells)
    by_layer = [classes_at(layer, "at stations", stations, soil) for layer in layers]
    at_stations, giver = _merge([classes for classes, _ in by_layer], stations)
    file = np.full(stations, -1, dtype=np.int64)
    for index, (_, own) in enumerate(by_layer):
        file[giver == index] = own[giver == index]

    provenance = weakest(layers[index].section.provenance for index in set(giver.tolist()) - {-1})
    known = bool((at_stations != UNKNOWN).any() or (at_cells != UNKNOWN).any())
    legend = ", ".join(f"{c.code} {name}" for name, c in sorted(soil.classes.items(), key=lambda item: item[1].code))
    row, col = frame.cells["row"].to_numpy(), frame.cells["col"].to_numpy()
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
    facts["file_kp_km"] = file_kp_km(layers, sources, giver, file, frame.stations["kp_km"].to_numpy())
    for line in (facts["summary"], *facts["findings"]):
        context.log(line)
    return facts


def classes_at(layer: Layer, name: str, places: int, soil: SoilSection) -> tuple[NDArray[np.uint8], Ints]:
    """Return class codes of the pixels that hold places, and which file of the layer gave them.

    Returns
    -------
    tuple of ndarray, shape (places,)
        Codes, 0 where the layer knows nothing; index of the file, -1 there.
    """
    found, giver = np.full(places, UNKNOWN, dtype=np.uint8), np.full(places, -1, dtype=np.int64)
    for number, tile in enumerate(layer.files):
        index = tile.read(f"{name} index")
        classes = classes_of(tile.read(name), layer.section, soil)
        new = (found[index] == UNKNOWN) & (classes != UNKNOWN)
        found[index[new]], giver[index[new]] = classes[new], number
    return found, giver


def classes_on(layer: Layer, cells: int, cell_m: float, soil: SoilSection) -> NDArray[np.uint8]:
    """Return class codes of swath cells: the most frequent of finer pixels, or the pixel at the centre of each cell.

    Pixels without a class count as unknown, so that a cell is not named after a corner of it. Between classes that are
    equally frequent the one that anchors penetrate deepest is taken.
    """
    if layer.resolution_m >= cell_m:
        return classes_at(layer, "at cells", cells, soil)[0]
    cautious = sorted(soil.classes.values(), key=lambda c: (-c.penetration_f, c.code))
    order = np.array(list(dict.fromkeys(c.code for c in cautious)), dtype=np.uint8)
    rank = np.zeros(256, dtype=np.int64)
    rank[order] = np.arange(order.size)
    counts = np.zeros((order.size, cells), dtype=np.int64)
    for tile in layer.files:
        classes = rank[classes_of(tile.read("count code"), layer.section, soil)]
        np.add.at(counts, (classes, tile.read("count cell")), tile.read("count"))
    most: NDArray[np.uint8] = np.where(counts.any(axis=0), order[counts.argmax(axis=0)], UNKNOWN).astype(np.uint8)
    return most


def _merge(layers: Sequence[NDArray[np.uint8]], places: int) -> tuple[NDArray[np.uint8], Ints]:
    """Take the class of the best layer that knows one; also return the index of that layer, -1 where none does."""
    found, giver = np.full(places, UNKNOWN, dtype=np.uint8), np.full(places, -1, dtype=np.int64)
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
