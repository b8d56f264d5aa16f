"""Files of a source of several that lie off the swath: one stray tile is easily overlooked among many."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
import pyproj
import shapely

from pipeline.quality.findings import Finding
from pipeline.quality.route import Stations
from pipeline.quality.seen import Weighed
from pipeline.sources.rasters.raster_file import RasterFile, apply, transformer
from pipeline.workspace import SourceFiles


def find_far(
    source: SourceFiles, far: Sequence[RasterFile], others: Sequence[RasterFile], stations: Stations
) -> Iterator[Weighed]:
    """Tell files that do not touch the swath, with their distance from the route.

    Parameters
    ----------
    source : SourceFiles
        Their source; of one whose files all lie off the route, coverage says it.
    far, others : sequence of RasterFile
        Files that do not touch the swath, and those that do.
    stations : Stations
        The route.
    """
    if not others:
        return
    usual = Counter(_crs_name(file) for file in others).most_common(1)[0][0]
    line = shapely.LineString(np.column_stack([stations.x_m, stations.y_m]))
    for file in far:
        outline = _outline(file, stations.crs)
        km = math.inf if outline.is_empty else outline.distance(line) / 1000.0
        crs = _crs_name(file)
        other = f"; its CRS is {crs}, that of the others {usual}" if crs != usual else ""
        away = f"{km:,.1f} km from the route" if math.isfinite(km) else "elsewhere on Earth"
        yield Weighed(km, Finding(
            "warning", source.name, source.name_of(file.path), "",
            f"the file does not touch the swath: it lies {away}{other}",
            "Check its CRS and corner, or leave it out of files.", code="far_file",
        ))  # fmt: skip


def _outline(file: RasterFile, crs: str) -> shapely.Polygon:
    """Return the frame of a file in another CRS; empty where that does not reach it."""
    col = np.array([0.0, 0.5, 1.0, 1.0, 1.0, 0.5, 0.0, 0.0]) * file.width
    row = np.array([0.0, 0.0, 0.0, 0.5, 1.0, 1.0, 1.0, 0.5]) * file.height
    x, y = transformer(file.crs, crs).transform(*apply(file.transform, col, row))
    return shapely.Polygon(np.column_stack([x, y])) if np.isfinite(x).all() else shapely.Polygon()


def _crs_name(file: RasterFile) -> str:
    return str(pyproj.CRS.from_wkt(file.crs).name)
