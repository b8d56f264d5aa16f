"""Where the files of a source lie: those off the swath, and the stretch of one that cannot be read to the end."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyproj
import shapely

from pipeline.errors import CorridorError
from pipeline.geo import Floats
from pipeline.quality.findings import Finding
from pipeline.quality.route import Stations, locate
from pipeline.quality.seen import Weighed
from pipeline.sources.rasters.intake import inspect_raster
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
    line = _line(stations)
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


def placed(finding: Finding, path: Path, source: SourceFiles, stations: Stations) -> Finding:
    """Give the finding of a file that cannot be read to the end its place along the route, from the file's header."""
    try:
        file = inspect_raster(path, source.section)
    except CorridorError:  # the header is at fault, too, and the finding says so
        return finding
    points = locate(stations, *_frame(file), file.crs)
    if not np.isfinite(points.offset_m).all() or _outline(file, stations.crs).distance(_line(stations)) > 0.0:
        return finding
    spot = points.spot(int(np.argmin(points.offset_m)), along=points.kp_km)
    spot["place"] = ", ".join(filter(None, [finding.place, spot["place"]]))
    return replace(finding, **spot)


def _line(stations: Stations) -> shapely.LineString:
    return shapely.LineString(np.column_stack([stations.x_m, stations.y_m]))


def _outline(file: RasterFile, crs: str) -> shapely.Polygon:
    """Return the frame of a file in another CRS; empty where that does not reach it."""
    x, y = transformer(file.crs, crs).transform(*_frame(file))
    return shapely.Polygon(np.column_stack([x, y])) if np.isfinite(x).all() else shapely.Polygon()


def _frame(file: RasterFile) -> tuple[Floats, Floats]:
    """Return corners and middles of the sides in the CRS of the file."""
    col = np.array([0.0, 0.5, 1.0, 1.0, 1.0, 0.5, 0.0, 0.0]) * file.width
    row = np.array([0.0, 0.0, 0.0, 0.5, 1.0, 1.0, 1.0, 0.5]) * file.height
    return apply(file.transform, col, row)


def _crs_name(file: RasterFile) -> str:
    return str(pyproj.CRS.from_wkt(file.crs).name)
