"""The synthetic seabed-soil raster: Folk-7 classes from depth, side of the sea and seeded patches (METHODS 7.3)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.features import geometry_mask
from shapely.geometry import LineString

from pipeline.geo import Grid
from pipeline.synth import CRS, NOTICE, PROVENANCE, SURFACE_M
from pipeline.synth.bed import Floats, SyntheticBed, waves
from pipeline.workspace import atomic_path

UNKNOWN, MUD, SANDY_MUD, MUDDY_SAND, SAND, COARSE, MIXED, ROCK = range(8)
NODATA = 255
UNSURVEYED: tuple[tuple[float, float], ...] = ((0.31, 900.0), (0.795, 600.0))
"""Gaps in the mapping: (share of the route's length, radius in metres). Unknown soil must stay visible."""
_SLOPE_BREAK_M = 120.0


def soil_class(bed: SyntheticBed, x_m: Floats, y_m: Floats) -> NDArray[np.uint8]:
    """Return Folk-7 codes at points.

    Parameters
    ----------
    bed : SyntheticBed
        Depth, route and seed.
    x_m, y_m : ndarray, shape (n,)
        Projected metres.

    Returns
    -------
    ndarray of uint8, shape (n,)
        0 unknown, 1 mud, 2 sandy mud, 3 muddy sand, 4 sand, 5 coarse, 6 mixed, 7 rock.

    Notes
    -----
    Shaped by METHODS 7.3: shelf sands with shell and coquina in the west, mud in the Derbent basin, a wide sandy shelf
    with outcrops of hard coquina towards Aktau, sandy mud and muddy sand on the slopes between. Limits wander by
    patches.
    """
    depth = SURFACE_M - bed.smooth_elevation_m(x_m, y_m)
    wander, shell, ridge, lag = (
        waves(x_m, y_m, seed=bed.seed + 10 + k, wavelength_m=lengths)
        for k, lengths in enumerate(((3e3, 2e4), (1.5e3, 8e3), (1.2e3, 6e3), (1.5e3, 6e3)))
    )
    felt = depth * (1.0 + 0.12 * wander)
    limits = np.array([45.0, 75.0, 170.0])
    code = np.array([SAND, MUDDY_SAND, SANDY_MUD, MUD], dtype=np.uint8)[np.searchsorted(limits, felt)]
    ends_x, ends_y = bed.route.xy(np.array([0.0, bed.route.length_km]))
    west = np.hypot(x_m - ends_x[0], y_m - ends_y[0])
    east = np.hypot(x_m - ends_x[1], y_m - ends_y[1])
    eastern = east < west
    code = np.where((felt < 60.0) & (shell > np.where(eastern, 0.9, 1.1)), COARSE, code)
    code = np.where((felt > 60.0) & (felt < _SLOPE_BREAK_M + 60.0) & (lag > 1.5), MIXED, code)
    code = np.where(eastern & (east < 60e3) & (felt < 50.0) & (ridge > 0.95), ROCK, code)
    code = np.where(~eastern & (west < 15e3) & (felt < 25.0) & (ridge > 1.5), ROCK, code)
    for share, radius_m in UNSURVEYED:
        gap_x, gap_y = bed.route.xy(np.array([share * bed.route.length_km]))
        code = np.where(np.hypot(x_m - gap_x[0], y_m - gap_y[0]) < radius_m, UNKNOWN, code)
    return code.astype(np.uint8)


def write_soil(path: Path, bed: SyntheticBed, *, half_width_m: float = 7000.0, cell_m: float = 250.0) -> None:
    """Write the raster: codes within ``half_width_m`` of the route, nodata 255 elsewhere.

    Raises
    ------
    WriteError
        If the file cannot be written.
    """
    route = bed.route
    x, y = route.xy(np.linspace(0.0, route.length_km, max(int(route.length_km), 2)))
    grid = Grid.around(x, y, margin_m=half_width_m, cell_m=cell_m, crs=CRS)
    band = LineString(np.column_stack([x, y])).buffer(half_width_m)
    row, col = np.nonzero(geometry_mask([band], grid.shape, grid.transform, invert=True))
    values = grid.full(row, col, soil_class(bed, *grid.centres(row, col)), NODATA, "uint8")
    with (
        atomic_path(path) as temporary,
        rasterio.open(
            temporary, "w", driver="GTiff", width=grid.cols, height=grid.rows, count=1, dtype="uint8", crs=CRS,
            transform=grid.transform, nodata=NODATA, tiled=True, blockxsize=256, blockysize=256, compress="deflate",
        ) as target,
    ):  # fmt: skip
        target.write(values, 1)
        target.set_band_description(1, "soil_class")
        target.update_tags(
            PROVENANCE=PROVENANCE,
            DESCRIPTION=f"{NOTICE} Folk-7 seabed soil by depth and seeded patches.",
            CLASSES="0 unknown, 1 mud, 2 sandy mud, 3 muddy sand, 4 sand, 5 coarse, 6 mixed, 7 rock",
        )
