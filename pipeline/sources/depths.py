"""Depth sources in the order in which they are believed, as bed elevation on one datum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from pipeline.config.corridor import SourceSection, WaterSection
from pipeline.errors import DataError
from pipeline.geo import Floats, Grid, Ints
from pipeline.sources.datum import bed_baltic77_m, refuse_contradiction, refuse_other_sign
from pipeline.sources.depth_tile import LATTICE
from pipeline.sources.layers import Layer, TileOf, layers_of
from pipeline.sources.relief import LevelBed, level_bed
from pipeline.sources.resample import mean_of
from pipeline.sources.tile import Tile
from pipeline.workspace import SourceFiles

Confidence = Literal["A", "B", "C"]

# METHODS 11: B is a regional grid; coarser than this it is a global one, C.
_REGIONAL_CELL_M = 500.0
# No bed on Earth is lower than the Challenger Deep (-10,935 m) or higher than Everest (8,849 m).
_LOWEST_M, _HIGHEST_M = -11_100.0, 9_000.0
_USUAL_NODATA = -9999.0


@dataclass(frozen=True)
class Bed:
    """Bed elevation at stations, each from the best layer that has a value there.

    Attributes
    ----------
    elevation_m : ndarray
        Metres on Baltic 1977; NaN where no layer has a value.
    layer : ndarray of int64
        Index of the layer that gave it; -1 where none did.
    file : ndarray of int64
        Index of the file in that layer; -1 where none did.
    """

    elevation_m: Floats
    layer: Ints
    file: Ints


def depth_layers(sources: Sequence[SourceFiles], tile_of: TileOf) -> tuple[Layer, ...]:
    """Return layers of what the files of depth sources give (see ``depth_tile``); best layer first.

    Raises
    ------
    DataError
        If a file cannot be used.
    """

    def usable(source: SourceFiles, path: Path) -> Tile:
        tile = tile_of(source, path)
        _refuse_unusable(tile, source.section)
        return tile

    return layers_of(sources, usable)


def confidence(layer: Layer) -> Confidence:
    """Return A for a survey, B for a regional public grid, C for a global grid or what is synthetic or modelled."""
    if layer.section.provenance == "survey":
        return "A"
    return "B" if layer.section.provenance == "public" and layer.resolution_m <= _REGIONAL_CELL_M else "C"


def bed_on(layer: Layer, name: str, grid: Grid, water: WaterSection) -> Floats:
    """Return bed elevation (m, Baltic 1977) on a grid: means of finer pixels, or interpolation between coarser ones."""
    values = np.full(grid.shape, np.nan)
    if layer.resolution_m < grid.cell_m:
        total, pixels = np.zeros(grid.shape), np.zeros(grid.shape)
        for tile in layer.files:
            box, (more, number) = tile.block(f"{name} sums")
            total[box] += more
            pixels[box] += number
        values = mean_of(total, pixels).astype(np.float64)
    else:
        for tile in layer.files:
            box, between = tile.block(f"{name} between")
            values[box] = np.where(np.isnan(values[box]), between, values[box])
    return _bed(layer, values, water)


def merged_bed_at(layers: Sequence[Layer], stations: int, water: WaterSection) -> Bed:
    """Return the bed at all of a number of stations.

    Layers must come best first. Each value is interpolated at its own layer's resolution; a gap stays NaN.
    """
    bed = Bed(np.full(stations, np.nan), np.full(stations, -1, dtype=np.int64), np.full(stations, -1, dtype=np.int64))
    for index, layer in enumerate(layers):
        values, file = _first_values(layer, "at stations", stations)
        takes = (bed.layer < 0) & (file >= 0)
        bed.elevation_m[takes] = _bed(layer, values[takes], water)
        bed.layer[takes], bed.file[takes] = index, file[takes]
    return bed


def merged_bed_on(layers: Sequence[Layer], name: str, grid: Grid, water: WaterSection) -> tuple[Floats, Ints]:
    """Return bed elevation (m, Baltic 1977) on a grid from each cell's best layer, and that layer's index or -1."""
    bed, chosen = np.full(grid.shape, np.nan), np.full(grid.shape, -1, dtype=np.int64)
    for index, layer in enumerate(layers):
        values = bed_on(layer, name, grid, water)
        takes = np.isnan(bed) & ~np.isnan(values)
        bed[takes], chosen[takes] = values[takes], index
    return bed, chosen


def _first_values(layer: Layer, name: str, points: int) -> tuple[Floats, Ints]:
    """Return values at points, each from the layer's first file that has one, and that file's index or -1."""
    values, giver = np.full(points, np.nan), np.full(points, -1, dtype=np.int64)
    for number, tile in enumerate(layer.files):
        index, own = tile.read(f"{name} index"), tile.read(name)
        new = giver[index] < 0
        values[index[new]], giver[index[new]] = own[new], number
    return values, giver


def _bed(layer: Layer, values: Floats, water: WaterSection) -> Floats:
    kind, datum = layer.section.values, layer.section.vertical_datum
    assert kind is not None  # the configuration refuses a bathymetry source without them
    assert datum is not None
    return bed_baltic77_m(values, kind, datum, water)


def _refuse_unusable(tile: Tile, section: SourceSection) -> None:
    """Refuse what contradicts the configuration, and values that no seabed has: most often nodata not declared."""
    where = str(tile.path)
    refuse_contradiction(section, vertical_epsg=tile.facts["vertical_epsg"], unit=tile.facts["unit"], where=where)
    refuse_other_sign(section, tile.facts["values"], where=where)
    sign = 1.0 if section.values == "elevation_m" else -1.0
    for value in sorted(sign * tile.read("range")):
        if not _LOWEST_M <= value <= _HIGHEST_M or value == _USUAL_NODATA:
            raise DataError(
                f"the raster holds the value {sign * value:g} m, which no seabed has; it is probably nodata "
                "that was not declared",
                where=where,
                remedy=f"Set nodata = {sign * value:g} in its source, or declare it in the file.",
            )


def relief_of(layers: Sequence[Layer], stations: int, water: WaterSection) -> dict[str, LevelBed]:
    """Find sources whose sea is one level surface around the route.

    Parameters
    ----------
    layers : sequence of Layer
        All layers.
    stations : int
        How many there are; the box around them is probed with a lattice as well.
    water : WaterSection
        Levels.

    Returns
    -------
    dict of LevelBed
        By name of the source; a source with relief, or with too little sea here to tell, is not in it.
    """
    points = LATTICE**2 + stations
    found: dict[str, LevelBed] = {}
    for name in sorted({layer.name for layer in layers}):
        bed = [
            _bed(layer, _first_values(layer, "at points", points)[0], water) for layer in layers if layer.name == name
        ]
        level = level_bed(np.concatenate(bed), water.surface_m)
        if level is not None:
            found[name] = level
    return found


def refuse_level_surface(source: SourceFiles, level: LevelBed) -> None:
    """Refuse a raster that shows the water surface where it should show the bed.

    Raises
    ------
    DataError
        If the level is that of the water.
    """
    if level.is_water_surface:
        raise DataError(
            f"the raster has no depths: {level.share:.0%} of the sea around the route lies at one level, "
            f"{level.level_m:g} m on Baltic 1977, which is the water surface and not the bed",
            where=f"source '{source.name}', {source.paths[0]}",
            remedy="Use a raster that has bathymetry for this sea, such as ETOPO1 bedrock or a survey.",
        )
