"""What one density raster gives to the swath's cells and to the stations' strips, in the file's own values."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.config.corridor import SourceSection
from pipeline.errors import DataError
from pipeline.geo import Frame
from pipeline.sources.densities.density_sums import MOST_H_PER_KM2_YR, PER_HOUR, DensitySums
from pipeline.sources.densities.strips import strip_points
from pipeline.sources.rasters.intake import inspect_raster
from pipeline.sources.rasters.raster_file import RasterFile
from pipeline.sources.rasters.reading import Contents, reach, read_through
from pipeline.sources.rasters.resample import sample
from pipeline.sources.rasters.tile import cut, keep
from pipeline.store import Facts, StepContext

CELLS, STATIONS = "at cells", "at stations"
"""Names of the arrays: a part of the grid (sums, numbers), and sums and numbers by station; see ``DensitySums``."""


def run(context: StepContext) -> Facts:
    """Read one density raster.

    Raises
    ------
    DataError
        If the file cannot be used.
    """
    ((path,),) = (source.paths for source in context.sources)
    frame = Frame.load(context.inputs["route"])
    with inspect_raster(path, context.sources[0].section, scratch=context.out).ready() as file:
        sums = DensitySums(file, frame.grid)
        x, y = frame.stations["x_m"].to_numpy(), frame.stations["y_m"].to_numpy()
        refuse_no_densities(path, read_through(file, reach(file, [frame.grid], x, y, frame.grid.crs), [sums]))
        strips = _at_stations(file, frame, context.config.ais.exposure_half_width_m)
        keep({**cut(CELLS, sums.number > 0, sums.total, sums.number), STATIONS: strips}, context.out)
        return {
            "resolution_m": file.resolution_m,
            "part_m2": sums.part_m2,
            "unit": file.unit,
            "remarks": list(file.remarks),
        }


def check_density(path: Path, section: SourceSection) -> None:
    """Read one density raster through, as the step does.

    Raises
    ------
    DataError
        If the file cannot be used.
    """
    with inspect_raster(path, section).ready() as file:
        refuse_no_densities(path, read_through(file))


def refuse_no_densities(path: Path, contents: Contents) -> None:
    """Refuse values that no number of ships can make.

    Raises
    ------
    DataError
        Naming the file and the value.
    """
    if contents.valid and contents.low < 0.0:
        raise DataError(
            f"the density raster holds {contents.low:g}, and ship-hours are never negative",
            where=str(path),
            remedy="If that stands for no data, name it as nodata in the source.",
        )
    if contents.valid and contents.high > MOST_H_PER_KM2_YR:
        raise DataError(
            f"the density raster holds {contents.high:g}, and no sea has so many ship-hours per km2",
            where=str(path),
            remedy="If that stands for no data, name it as nodata in the source; else convert it to hours per km2.",
        )


def _at_stations(file: RasterFile, frame: Frame, half_width_m: float) -> NDArray[np.int64]:
    """Return sum and number of the values at the points of each station's strip, shape (2, stations)."""
    found = np.zeros((2, len(frame.stations)), np.int64)
    for station, x, y in strip_points(frame, half_width_m, file.resolution_m):
        values = sample(file, x, y, frame.grid.crs, bilinear=False)
        known = ~np.isnan(values)
        np.add.at(found[0], station[known], np.rint(values[known] * PER_HOUR).astype(np.int64))
        np.add.at(found[1], station[known], 1)
    return found
