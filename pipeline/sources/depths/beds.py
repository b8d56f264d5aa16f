"""Depth sources in the order in which they are believed, as bed elevation on one datum."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pipeline.config.bathymetry import Confidence
from pipeline.config.corridor import SourceSection, WaterSection
from pipeline.errors import DataError
from pipeline.geo import Floats, Grid
from pipeline.sources.depths.datum import HIGHEST_M, LOWEST_M, bed_baltic77_m, refuse_contradiction, refuse_other_sign
from pipeline.sources.depths.depth_tile import LATTICE
from pipeline.sources.depths.merging import Bed, laid_over
from pipeline.sources.depths.relief import LevelBed, level_bed
from pipeline.sources.rasters.exact_mean import ExactMean
from pipeline.sources.rasters.layers import Layer, TileOf, layers_of
from pipeline.sources.rasters.resample import mean_of
from pipeline.sources.rasters.tile import Tile
from pipeline.workspace import SourceFiles

# METHODS 11: B is a regional grid; coarser than this it is a global one, C.
_REGIONAL_CELL_M = 500.0
_USUAL_NODATA = -9999.0


def depth_layers(sources: Sequence[SourceFiles], tile_of: TileOf) -> tuple[Layer, ...]:
    """Return layers of what the files of depth sources give (see ``depth_tile``); best layer first.

    Raises
    ------
    DataError
        If a file cannot be used.
    """

    def usable(source: SourceFiles, path: Path) -> Tile:
        tile = tile_of(source, path)
        refuse_unusable(tile, source.section)
        return tile

    return layers_of(sources, usable)


def confidence(layer: Layer) -> Confidence:
    """Return A for a survey, B for a regional public grid, C for a global grid or what is synthetic or modelled."""
    if layer.section.provenance == "survey":
        return "A"
    return "B" if layer.section.provenance == "public" and layer.resolution_m <= _REGIONAL_CELL_M else "C"


def bed_on(layer: Layer, name: str, grid: Grid, water: WaterSection) -> Floats:
    """Return bed elevation (m, Baltic 1977) on a grid: means of finer pixels, or interpolation between coarser ones."""
    if layer.resolution_m < grid.cell_m:
        total, pixels = np.zeros(grid.shape, dtype=np.int64), np.zeros(grid.shape, dtype=np.int64)
        for tile in layer.files:
            box, (more, number) = tile.block(f"{name} sums")
            total[box] += more
            pixels[box] += number
        return bed_of(layer, mean_of(total, pixels).astype(np.float64), water)
    mean = ExactMean(grid.shape)
    for tile in layer.files:
        box, between = tile.block(f"{name} between")
        mean.add(box, between)
    return bed_of(layer, mean.values, water)


def bed_at(layer: Layer, stations: int, water: WaterSection) -> Floats:
    """Return a layer's bed elevation (m, Baltic 1977) at all of a number of stations: the mean of its files there.

    Values are interpolated at the layer's own resolution; a gap stays NaN.
    """
    mean = ExactMean((stations,))
    for tile in layer.files:
        mean.add(tile.read("at stations index"), tile.read("at stations"))
    return bed_of(layer, mean.values, water)


def merged_bed_at(layers: Sequence[Layer], stations: int, water: WaterSection) -> Bed:
    """Return the bed at all of a number of stations, each from the best layer that has a value there; no feathering.

    Layers must come best first.
    """
    return laid_over([bed_at(layer, stations, water) for layer in layers])


def _first_values(layer: Layer, name: str, points: int) -> Floats:
    """Return values at points as the files have them, each from the layer's first file that has one."""
    values = np.full(points, np.nan)
    for tile in layer.files:
        index, own = tile.read(f"{name} index"), tile.read(name)
        new = np.isnan(values[index])
        values[index[new]] = own[new]
    return values


def bed_of(layer: Layer, values: Floats, water: WaterSection) -> Floats:
    """Return bed elevation (m, Baltic 1977) of values of a layer's files, as the configuration reads them."""
    kind, datum = layer.section.values, layer.section.vertical_datum
    assert kind is not None  # the configuration refuses a bathymetry source without them
    assert datum is not None
    return bed_baltic77_m(values, kind, datum, water)


def refuse_unusable(tile: Tile, section: SourceSection) -> None:
    """Refuse what contradicts the configuration, and values that no seabed has: most often nodata not declared."""
    where = str(tile.path)
    refuse_contradiction(section, vertical_epsg=tile.facts["vertical_epsg"], unit=tile.facts["unit"], where=where)
    refuse_other_sign(section, tile.facts["values"], where=where)
    sign = 1.0 if section.values == "elevation_m" else -1.0
    for value in sorted(sign * tile.read("range")):
        if not LOWEST_M <= value <= HIGHEST_M or value == _USUAL_NODATA:
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
            bed_of(layer, _first_values(layer, "at points", points), water) for layer in layers if layer.name == name
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
