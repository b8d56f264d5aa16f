"""Depth sources in the order in which they are believed, as bed elevation on one datum."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.config.corridor import SourceSection, WaterSection
from pipeline.errors import DataError
from pipeline.geo import Floats, Grid, Ints
from pipeline.sources.datum import bed_baltic77_m, refuse_contradiction
from pipeline.sources.intake import inspect_raster
from pipeline.sources.layers import Layer, layers_of
from pipeline.sources.rasters import RasterFile, read_through
from pipeline.sources.relief import LevelBed, level_bed
from pipeline.sources.resample import mean_of, sample, sums_on_grid, warp_to_grid
from pipeline.workspace import SourceFiles

Confidence = Literal["A", "B", "C"]

# METHODS 11: B is a regional grid; coarser than this it is a global one, C.
_REGIONAL_CELL_M = 500.0
# No bed on Earth is lower than the Challenger Deep (-10,935 m) or higher than Everest (8,849 m).
_LOWEST_M, _HIGHEST_M = -11_100.0, 9_000.0
_USUAL_NODATA = -9999.0
# Points that a source is probed with for relief: a lattice of this many a side over the route's box, and the stations.
_LATTICE = 100


def depth_layers(sources: Sequence[SourceFiles]) -> tuple[Layer, ...]:
    """Open and read through every file of depth sources; best layer first.

    Raises
    ------
    DataError
        If a file cannot be used.
    """
    return layers_of(sources, lambda path, section: _usable(inspect_raster(path, section), section))


def confidence(layer: Layer) -> Confidence:
    """Return A for a survey, B for a regional public grid, C for a global grid or what is synthetic or modelled."""
    if layer.section.provenance == "survey":
        return "A"
    return "B" if layer.section.provenance == "public" and layer.resolution_m <= _REGIONAL_CELL_M else "C"


def bed_at(layer: Layer, x_m: Floats, y_m: Floats, crs: str, water: WaterSection, *, bilinear: bool = True) -> Floats:
    """Return bed elevation (m, Baltic 1977) at points, at the layer's own resolution; NaN where it has none."""
    values = np.full(np.shape(x_m), np.nan)
    for file in layer.files:
        missing = np.isnan(values)
        if missing.any():
            values[missing] = sample(file, x_m[missing], y_m[missing], crs, bilinear=bilinear)
    return _bed(layer, values, water)


def bed_on(layer: Layer, grid: Grid, water: WaterSection) -> Floats:
    """Return bed elevation (m, Baltic 1977) on a grid: means of finer pixels, or interpolation between coarser ones."""
    values = np.full(grid.shape, np.nan)
    if layer.resolution_m < grid.cell_m:
        total, pixels = np.zeros(grid.shape), np.zeros(grid.shape)
        for file in layer.files:
            more, number = sums_on_grid(file, grid)
            total += more
            pixels += number
        values = mean_of(total, pixels).astype(np.float64)
    else:
        for file in layer.files:
            values = np.where(np.isnan(values), warp_to_grid(file, grid, "bilinear"), values)
    return _bed(layer, values, water)


def merged_bed_at(
    layers: Sequence[Layer], x_m: Floats, y_m: Floats, crs: str, water: WaterSection
) -> tuple[Floats, Ints]:
    """Return bed elevation (m, Baltic 1977) at points from the best layer that has one, and that layer's index or -1.

    Layers must come best first. Each value is sampled at its own layer's resolution; a gap stays NaN.
    """
    bed, chosen = np.full(np.shape(x_m), np.nan), np.full(np.shape(x_m), -1, dtype=np.int64)
    for index, layer in enumerate(layers):
        missing = np.flatnonzero(np.isnan(bed))
        if missing.size:
            values = bed_at(layer, x_m[missing], y_m[missing], crs, water)
            bed[missing] = values
            chosen[missing[~np.isnan(values)]] = index
    return bed, chosen


def merged_bed_on(layers: Sequence[Layer], grid: Grid, water: WaterSection) -> tuple[Floats, Ints]:
    """Return bed elevation (m, Baltic 1977) on a grid from each cell's best layer, and that layer's index or -1."""
    bed, chosen = np.full(grid.shape, np.nan), np.full(grid.shape, -1, dtype=np.int64)
    for index, layer in enumerate(layers):
        values = bed_on(layer, grid, water)
        takes = np.isnan(bed) & ~np.isnan(values)
        bed[takes], chosen[takes] = values[takes], index
    return bed, chosen


def _bed(layer: Layer, values: Floats, water: WaterSection) -> Floats:
    kind, datum = layer.section.values, layer.section.vertical_datum
    assert kind is not None  # the configuration refuses a bathymetry source without them
    assert datum is not None
    return bed_baltic77_m(values, kind, datum, water)


def _usable(file: RasterFile, section: SourceSection) -> RasterFile:
    """Read a file through and refuse values that no seabed has: most often nodata that was not declared."""
    where = str(file.path)
    refuse_contradiction(section, vertical_epsg=file.vertical_epsg, unit=file.unit, where=where)
    contents = read_through(file)
    sign = 1.0 if section.values == "elevation_m" else -1.0
    ends = sorted((sign * contents.low, sign * contents.high))
    for value in ends:
        if not _LOWEST_M <= value <= _HIGHEST_M or value == _USUAL_NODATA:
            raise DataError(
                f"the raster holds the value {sign * value:g} m, which no seabed has; it is probably nodata "
                "that was not declared",
                where=where,
                remedy=f"Set nodata = {sign * value:g} in its source, or declare it in the file.",
            )
    return file


def relief_of(layers: Sequence[Layer], x_m: Floats, y_m: Floats, crs: str, water: WaterSection) -> dict[str, LevelBed]:
    """Find sources whose sea is one level surface around the route.

    Parameters
    ----------
    layers : sequence of Layer
        All layers.
    x_m, y_m : ndarray, shape (stations,)
        Stations; the box around them is probed with a lattice as well.
    crs : str
        Their CRS.
    water : WaterSection
        Levels.

    Returns
    -------
    dict of LevelBed
        By name of the source; a source with relief, or with too little sea here to tell, is not in it.
    """
    lattice = np.meshgrid(np.linspace(x_m.min(), x_m.max(), _LATTICE), np.linspace(y_m.min(), y_m.max(), _LATTICE))
    x, y = (np.concatenate([axis.ravel(), own]) for axis, own in zip(lattice, (x_m, y_m), strict=True))
    found: dict[str, LevelBed] = {}
    for name in sorted({layer.name for layer in layers}):
        bed: list[NDArray[np.float64]] = [
            bed_at(layer, x, y, crs, water, bilinear=False) for layer in layers if layer.name == name
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
