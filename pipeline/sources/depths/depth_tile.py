"""What one depth file gives to stations and grids, before sign, datum and water level, which may change without it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from functools import reduce
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from pipeline.config.corridor import SourceSection
from pipeline.errors import DataError
from pipeline.geo import Floats, Grid, Ints
from pipeline.sources.rasters.cell_sums import CellSums
from pipeline.sources.rasters.intake import inspect_raster
from pipeline.sources.rasters.lattice_tiles import tile_of
from pipeline.sources.rasters.raster_file import SAME_RESOLUTION, RasterFile
from pipeline.sources.rasters.reading import Contents, bands, in_rows, reach, read_rows, refuse_empty, usable
from pipeline.sources.rasters.resample import sample, sample_grid
from pipeline.sources.rasters.rim import Rim
from pipeline.sources.rasters.tile import Arrays, Tile, cut, keep, station_points
from pipeline.store import Facts, StepContext

ANALYSIS, REGIONAL = "analysis", "regional"
"""Names of the two grids."""
LATTICE = 100
"""A source is probed for relief at the stations and at a lattice of this many points a side over their box."""

_AT_STATIONS, _AT_POINTS = "at stations", "at points"

# The regional raster is scenery for maps: wide enough to fill the first view from shore to shore, coarse enough to
# weigh little in a page. No depth, slope or hazard is computed from it.
_REGIONAL_MARGIN_M, _REGIONAL_CELL_M = 200_000.0, 1000.0


@dataclass(frozen=True, eq=False)
class Wanted:
    """Where depths are wanted.

    Attributes
    ----------
    x_m, y_m : ndarray, shape (stations,)
        Stations; may be empty.
    crs : str
        CRS of stations and grids.
    grids : mapping of str to Grid
        Grids by name; may be empty.
    """

    x_m: Floats
    y_m: Floats
    crs: str
    grids: Mapping[str, Grid]

    @classmethod
    def along(cls, route: Path) -> Wanted:
        """Return the stations and grids of a frame's folder."""
        grid, (x, y) = Grid.load(route / "grid.json"), station_points(route)
        return cls(x, y, grid.crs, {ANALYSIS: grid, REGIONAL: regional(x, y, grid.crs)})

    def boxes(self, file: RasterFile) -> Sequence[Window]:
        """Return what is read of a file for that."""
        return usable(file, reach(file, list(self.grids.values()), self.x_m, self.y_m, self.crs))


def sizes(context: StepContext) -> list[float]:
    """Return how many pixels each band of one depth file has to be read."""
    ((path, section),) = ((path, source.section) for source in context.sources for path in source.paths)
    try:
        file = tile_of(path, section).file
    except DataError:
        return [0.0]  # what is wrong with it is said where it is read
    boxes = Wanted.along(context.inputs["route"]).boxes(file)
    return [float(sum(box.width * box.height for box in in_rows(boxes, rows))) for rows in bands(file, boxes)]


def run_block(context: StepContext) -> Facts:
    """Read bands of one depth file, and of those that touch it the pixels next to it.

    Raises
    ------
    DataError
        If the file, or one that touches it, cannot be used.
    """
    ((path, section),) = ((path, source.section) for source in context.sources for path in source.paths)
    wanted = Wanted.along(context.inputs["route"])
    with _prepared(path, section, context.beside, context.out) as (file, rim):
        own = bands(file, wanted.boxes(file))[slice(*context.block)]
        with file.ready() as ready:
            keep(_rows(ready, rim, wanted, (own[0][0], own[-1][1])), context.out)
    return _facts(file)


def run(context: StepContext) -> Facts:
    """Put together what was read of one depth file.

    Raises
    ------
    DataError
        If all of it was read and none of its cells has a value.
    """
    ((path,),) = (source.paths for source in context.sources)
    grids = Wanted.along(context.inputs["route"]).grids
    keep(_together([Tile.kept(path, part) for part in context.blocks], grids), context.out)
    return context.blocks[0].facts


def read_depths(
    path: Path,
    section: SourceSection,
    x_m: Floats,
    y_m: Floats,
    crs: str,
    grids: Mapping[str, Grid],
    *,
    neighbours: Sequence[Path] = (),
    scratch: Path | None = None,
) -> tuple[Facts, Arrays]:
    """Read all that is wanted of one depth file.

    Parameters
    ----------
    path : Path
        The file.
    section : SourceSection
        How to read it.
    x_m, y_m : ndarray, shape (stations,)
        Stations; may be empty.
    crs : str
        CRS of stations and grids.
    grids : mapping of str to Grid
        Grids by name; may be empty.
    neighbours : sequence of Path
        What ``lattice_tiles.beside`` gives for the file: interpolation goes on into them.
    scratch : Path, optional
        Folder for what is needed only while the file is read.

    Returns
    -------
    tuple
        Facts ``resolution_m unit vertical_epsg vertical_name values remarks`` (see ``RasterFile``), and arrays in
        values of the file: ``range`` (lowest, highest; empty where what can be used of a large file has no value);
        ``at stations`` (interpolated) and ``at points`` (the pixel that holds each point of ``probe_points``), both
        with ``... index`` of those points that have a value; and for each grid ``... sums`` (sums and numbers of finer
        pixels in cells) or ``... between`` (values between coarser ones; near the limit both), see ``tile.cut``. Which
        of them a grid takes is decided for all files of a layer alike, and those may be a little finer or coarser.

    Raises
    ------
    DataError
        If the file cannot be used.
    """
    wanted = Wanted(x_m, y_m, crs, grids)
    with _prepared(path, section, neighbours, scratch) as (file, rim), file.ready() as ready:
        facts, arrays = _facts(file), _rows(ready, rim, wanted, (0, file.height))
    return facts, _together([Tile(path, facts, arrays.__getitem__)], grids)


@contextmanager
def _prepared(
    path: Path, section: SourceSection, neighbours: Sequence[Path], scratch: Path | None
) -> Iterator[tuple[RasterFile, Rim]]:
    file = inspect_raster(path, section, scratch=scratch)
    with Rim.around(file, neighbours, section, scratch=scratch) as rim:
        yield file, rim


def _rows(file: RasterFile, rim: Rim, wanted: Wanted, rows: tuple[int, int]) -> Arrays:
    """Return what some rows of a file give: as ``read_depths``, but ``contents`` instead of ``range``."""
    sums = {name: CellSums(file, grid) for name, grid in wanted.grids.items() if _adds_up(file.resolution_m, grid)}
    contents = read_rows(file, wanted.boxes(file), rows, list(sums.values()))
    probed = probe_points(wanted.x_m, wanted.y_m)
    points: Arrays = {
        _AT_STATIONS: sample(file, wanted.x_m, wanted.y_m, wanted.crs, rim=rim, rows=rows),
        _AT_POINTS: sample(file, *probed, wanted.crs, bilinear=False, rows=rows).astype(np.float32),
    }
    arrays: Arrays = {"contents": np.array(astuple(contents))}
    for name, values in points.items():
        index = np.flatnonzero(~np.isnan(values))
        arrays |= {name: values[index], f"{name} index": index}
    for name, grid in wanted.grids.items():
        if name in sums:
            arrays |= _cut_sums(name, sums[name].total, sums[name].pixels)
        if _lies_between(file.resolution_m, grid):
            arrays |= _cut_between(name, sample_grid(file, grid, rim=rim, rows=rows))
    return arrays


def _together(parts: Sequence[Tile], grids: Mapping[str, Grid]) -> Arrays:
    """Return what all rows of a file give; a point's value is in the part that has its pixel."""
    resolution_m = parts[0].resolution_m
    contents = reduce(Contents.plus, (Contents(*part.read("contents").tolist()) for part in parts))
    refuse_empty(contents, parts[0].path)
    arrays: Arrays = {"range": np.array([contents.low, contents.high][: 2 * (contents.valid > 0)])}
    for name in (_AT_STATIONS, _AT_POINTS):
        values, index = (np.concatenate([part.read(what) for part in parts]) for what in (name, f"{name} index"))
        order = np.argsort(index)
        arrays |= {name: values[order], f"{name} index": index[order]}
    for name, grid in grids.items():
        if _adds_up(resolution_m, grid):
            sums = np.zeros((2, *grid.shape), np.int64)
            for part in parts:
                (rows, cols), own = part.block(f"{name} sums")
                sums[:, rows, cols] += own
            arrays |= _cut_sums(name, *sums)
        if _lies_between(resolution_m, grid):
            between = np.full(grid.shape, np.nan, np.float32)
            for part in parts:
                here, own = part.block(f"{name} between")
                np.copyto(between[here], own, where=~np.isnan(own))
            arrays |= _cut_between(name, between)
    return arrays


def _adds_up(resolution_m: float, grid: Grid) -> bool:
    return resolution_m < grid.cell_m


def _lies_between(resolution_m: float, grid: Grid) -> bool:
    return SAME_RESOLUTION * resolution_m >= grid.cell_m


def _cut_sums(name: str, total: Ints, pixels: Ints) -> Arrays:
    return cut(f"{name} sums", pixels > 0, total, pixels)


def _cut_between(name: str, values: NDArray[np.float32]) -> Arrays:
    return cut(f"{name} between", ~np.isnan(values), values)


def _facts(file: RasterFile) -> Facts:
    return {
        "resolution_m": file.resolution_m,
        "unit": file.unit,
        "vertical_epsg": file.vertical_epsg,
        "vertical_name": file.vertical_name,
        "values": file.values,
        "remarks": list(file.remarks),
    }


def probe_points(x_m: Floats, y_m: Floats) -> tuple[Floats, Floats]:
    """Return the points where a source is probed for relief: a lattice over the stations' box, then the stations."""
    if not x_m.size:
        return x_m, y_m
    lattice = np.meshgrid(np.linspace(x_m.min(), x_m.max(), LATTICE), np.linspace(y_m.min(), y_m.max(), LATTICE))
    x, y = (np.concatenate([axis.ravel(), own]) for axis, own in zip(lattice, (x_m, y_m), strict=True))
    return x, y


def regional(x_m: Floats, y_m: Floats, crs: str) -> Grid:
    """Return the grid of the regional raster: the stations' box with 200 km around it, in cells of a kilometre."""
    return Grid.around(x_m, y_m, margin_m=_REGIONAL_MARGIN_M, cell_m=_REGIONAL_CELL_M, crs=crs)
