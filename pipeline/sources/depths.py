"""Depth sources in the order in which they are believed, as bed elevation on one datum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.config.corridor import PROVENANCE_ORDER, SourceSection, WaterSection
from pipeline.errors import DataError
from pipeline.geo import Floats, Grid
from pipeline.sources.datum import bed_baltic77_m, refuse_contradiction
from pipeline.sources.intake import inspect_raster
from pipeline.sources.rasters import RasterFile, read_through
from pipeline.sources.relief import LevelBed, level_bed
from pipeline.sources.resample import mean_of, sample, sums_on_grid, warp_to_grid
from pipeline.workspace import SourceFiles

Confidence = Literal["A", "B", "C"]

# Files of one source whose pixels differ by no more than this are one layer (tiles of one survey across a projection).
_SAME_RESOLUTION = 1.2
# METHODS 11 and DESIGN 2: B is a regional grid; coarser than this it is a global one, C.
_REGIONAL_CELL_M = 500.0
# No bed on Earth is lower than the Challenger Deep (-10,935 m) or higher than Everest (8,849 m).
_LOWEST_M, _HIGHEST_M = -11_100.0, 9_000.0
_USUAL_NODATA = -9999.0
# Points that a source is probed with for relief: a lattice of this many a side over the route's box, and the stations.
_LATTICE = 100


@dataclass(frozen=True)
class DepthLayer:
    """Files of one source with one resolution, believed alike.

    Attributes
    ----------
    source : int
        Index of the source in the list that the layers were made from.
    name : str
        Name of the source.
    section : SourceSection
        What the configuration says of it.
    files : tuple of RasterFile
        Its files in path order.
    resolution_m : float
        The longest pixel side among them, metres.
    """

    source: int
    name: str
    section: SourceSection
    files: tuple[RasterFile, ...]
    resolution_m: float

    @property
    def confidence(self) -> Confidence:
        """A survey, B regional public grid, C global grid or synthetic."""
        if self.section.provenance == "survey":
            return "A"
        return "B" if self.section.provenance == "public" and self.resolution_m <= _REGIONAL_CELL_M else "C"

    def at(self, x_m: Floats, y_m: Floats, crs: str, water: WaterSection, *, bilinear: bool = True) -> Floats:
        """Return bed elevation (m, Baltic 1977) at points, at the layer's own resolution; NaN where it has none."""
        values = np.full(np.shape(x_m), np.nan)
        for file in self.files:
            open_ = np.isnan(values)
            if open_.any():
                values[open_] = sample(file, x_m[open_], y_m[open_], crs, bilinear=bilinear)
        return self._bed(values, water)

    def on(self, grid: Grid, water: WaterSection) -> Floats:
        """Return bed elevation (m, Baltic 1977) on a grid: means of finer pixels, interpolation between coarser ones."""
        values = np.full(grid.shape, np.nan)
        if self.resolution_m < grid.cell_m:
            total, pixels = np.zeros(grid.shape), np.zeros(grid.shape)
            for file in self.files:
                more, number = sums_on_grid(file, grid)
                total += more
                pixels += number
            values = mean_of(total, pixels).astype(np.float64)
        else:
            for file in self.files:
                values = np.where(np.isnan(values), warp_to_grid(file, grid, "bilinear"), values)
        return self._bed(values, water)

    def _bed(self, values: Floats, water: WaterSection) -> Floats:
        kind, datum = self.section.values, self.section.vertical_datum
        assert kind is not None  # the configuration refuses a bathymetry source without them
        assert datum is not None
        return bed_baltic77_m(values, kind, datum, water)


def depth_layers(sources: Sequence[SourceFiles]) -> tuple[DepthLayer, ...]:
    """Open and read through every file of the sources, and order them: priority, provenance, resolution, name.

    Raises
    ------
    DataError
        If a file cannot be used.
    """
    layers = [layer for index, source in enumerate(sources) for layer in _layers_of(index, source)]
    return tuple(
        sorted(
            layers,
            key=lambda a: (-a.section.priority, PROVENANCE_ORDER.index(a.section.provenance), a.resolution_m, a.name),
        )
    )


def _layers_of(index: int, source: SourceFiles) -> list[DepthLayer]:
    files = sorted(
        (_usable(path_file, source.section) for path_file in (inspect_raster(p, source.section) for p in source.paths)),
        key=lambda file: (file.resolution_m, file.path),
    )
    groups: list[list[RasterFile]] = []
    for file in files:
        if groups and file.resolution_m <= _SAME_RESOLUTION * groups[-1][0].resolution_m:
            groups[-1].append(file)
        else:
            groups.append([file])
    return [
        DepthLayer(
            index,
            source.name,
            source.section,
            tuple(sorted(group, key=lambda file: file.path)),
            max(file.resolution_m for file in group),
        )
        for group in groups
    ]


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


def relief_of(
    layers: Sequence[DepthLayer], x_m: Floats, y_m: Floats, crs: str, water: WaterSection
) -> dict[str, LevelBed]:
    """Find sources whose sea is one level surface around the route.

    Parameters
    ----------
    layers : sequence of DepthLayer
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
            layer.at(x, y, crs, water, bilinear=False) for layer in layers if layer.name == name
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
