"""Points whose two coordinates are exchanged: far from the route as given, and beside it the other way round."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from pipeline.geo import Floats
from pipeline.quality.findings import Finding
from pipeline.quality.route import Stations
from pipeline.sources.rasters.raster_file import transformer


def check_exchanged(
    x: Floats, y: Floats, crs: str, stations: Stations, near_km: float, names: tuple[str, str]
) -> Finding | None:
    """Tell points of which none lies near the route, and all would with their coordinates exchanged.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        Points in ``crs``, east and north, as the file has them.
    crs : str
        Their CRS.
    stations : Stations
        The route.
    near_km : float
        What counts as near.
    names : tuple of str
        Source, and file as findings call it.
    """
    if not x.size or _near(x, y, crs, stations, near_km).any() or not _near(y, x, crs, stations, near_km).all():
        return None
    return Finding(
        "error", *names, "",
        f"none of the points lies within {near_km:g} km of the route, and all would if their two coordinates "
        "(longitude and latitude, or x and y) were exchanged",
        "Exchange the two columns in the file, or their names in its header.", code="exchanged_coordinates",
    )  # fmt: skip


def _near(x: Floats, y: Floats, crs: str, stations: Stations, near_km: float) -> NDArray[np.bool_]:
    px, py = (np.asarray(values) for values in transformer(crs, stations.crs).transform(x, y))
    known = np.isfinite(px) & np.isfinite(py)
    near = np.zeros(x.shape, dtype=bool)
    along = KDTree(np.column_stack([stations.x_m, stations.y_m]))
    near[known] = along.query(np.column_stack([px[known], py[known]]))[0] <= 1000.0 * near_km
    return near
