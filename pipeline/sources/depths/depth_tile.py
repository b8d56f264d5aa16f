"""What one depth file gives to stations and grids, before sign, datum and water level, which may change without it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from pipeline.config.corridor import SourceSection
from pipeline.geo import Floats, Grid
from pipeline.sources.rasters.cell_sums import CellSums
from pipeline.sources.rasters.intake import inspect_raster
from pipeline.sources.rasters.raster_file import SAME_RESOLUTION, RasterFile
from pipeline.sources.rasters.reading import reach, read_through
from pipeline.sources.rasters.resample import sample, warp_to_grid
from pipeline.sources.rasters.rim import Rim
from pipeline.sources.rasters.tile import Arrays, cut, keep, station_points
from pipeline.store import Facts, StepContext

ANALYSIS, REGIONAL = "analysis", "regional"
"""Names of the two grids."""
LATTICE = 100
"""A source is probed for relief at the stations and at a lattice of this many points a side over their box."""

# The regional raster is scenery for maps: wide enough to fill the first view from shore to shore, coarse enough to
# weigh little in a page. No depth, slope or hazard is computed from it.
_REGIONAL_MARGIN_M, _REGIONAL_CELL_M = 200_000.0, 1000.0


def run(context: StepContext) -> Facts:
    """Read one depth file, and of those that touch it the pixels next to it.

    Raises
    ------
    DataError
        If the file, or one that touches it, cannot be used.
    """
    ((path,),) = (source.paths for source in context.sources)
    route = context.inputs["route"]
    grid, (x, y) = Grid.load(route / "grid.json"), station_points(route)
    grids = {ANALYSIS: grid, REGIONAL: regional(x, y, grid.crs)}
    section = context.sources[0].section
    facts, arrays = read_depths(path, section, x, y, grid.crs, grids, neighbours=context.beside, scratch=context.out)
    keep(arrays, context.out)
    return facts


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
        with ``... index`` of those points that have a value; and for each grid what ``_on_grid`` returns.

    Raises
    ------
    DataError
        If the file cannot be used.
    """
    with (
        inspect_raster(path, section, scratch=scratch).ready() as file,
        Rim.around(file, neighbours, section, scratch=scratch) as rim,
    ):
        probed = probe_points(x_m, y_m)
        sums = {name: CellSums(file, grid) for name, grid in grids.items() if file.resolution_m < grid.cell_m}
        contents = read_through(file, reach(file, list(grids.values()), x_m, y_m, crs), list(sums.values()))
        arrays: Arrays = {"range": np.array([contents.low, contents.high][: 2 * (contents.valid > 0)])}
        at_stations = sample(file, x_m, y_m, crs, rim=rim)
        at_points = sample(file, *probed, crs, bilinear=False).astype(np.float32)
        for name, values in (("at stations", at_stations), ("at points", at_points)):
            index = np.flatnonzero(~np.isnan(values))
            arrays |= {name: values[index], f"{name} index": index}
        for name, grid in grids.items():
            arrays |= _on_grid(file, name, grid, sums.get(name), rim)
        return _facts(file), arrays


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


def _on_grid(file: RasterFile, name: str, grid: Grid, sums: CellSums | None, rim: Rim) -> Arrays:
    """Return sums and numbers of finer pixels in cells, or values between coarser ones; near the limit both.

    Which of them a grid takes is decided for all files of a layer alike, and those may be a little finer or coarser.
    """
    arrays: Arrays = {}
    if sums is not None:
        arrays |= cut(f"{name} sums", sums.pixels > 0, sums.total, sums.pixels)
    if SAME_RESOLUTION * file.resolution_m >= grid.cell_m:
        between = warp_to_grid(file, grid, "bilinear", rim=rim)
        arrays |= cut(f"{name} between", ~np.isnan(between), between)
    return arrays
