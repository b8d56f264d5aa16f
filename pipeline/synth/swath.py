"""The synthetic survey swath: GeoTIFF tiles at 10 m along the route, as a survey team would deliver them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.features import geometry_mask
from shapely.geometry import LineString

from pipeline.geo import Grid, Route
from pipeline.synth import CRS, NOTICE, PROVENANCE
from pipeline.synth.bed import LANDFALL_BLEND_M, LANDFALL_COEFFICIENT, LANDFALL_PURE_M, SyntheticBed
from pipeline.workspace import atomic_path

NODATA = -9999.0
_OVERLAP_KM = 0.1


def swath_tile(
    bed: SyntheticBed, from_kp_km: float, to_kp_km: float, *, half_width_m: float = 500.0, cell_m: float = 10.0
) -> tuple[Grid, NDArray[np.float32]]:
    """Return one tile of the survey.

    Parameters
    ----------
    bed : SyntheticBed
        What the survey finds.
    from_kp_km, to_kp_km : float
        Reach of the tile; it overlaps its neighbours by 100 m, with equal values.
    half_width_m : float
        Half the width of the swath, metres.
    cell_m : float
        Cell size, metres.

    Returns
    -------
    tuple of Grid and ndarray of float32, shape (rows, cols)
        Place, and elevation above mean sea level rounded to decimetres, ``NODATA`` outside the swath.
    """
    route: Route = bed.route
    start, end = max(from_kp_km - _OVERLAP_KM, 0.0), min(to_kp_km + _OVERLAP_KM, route.length_km)
    x, y = route.xy(np.linspace(start, end, max(int((end - start) / 0.1), 2)))
    grid = Grid.around(x, y, margin_m=half_width_m, cell_m=cell_m, crs=CRS)
    band = LineString(np.column_stack([x, y])).buffer(half_width_m)
    row, col = np.nonzero(geometry_mask([band], grid.shape, grid.transform, invert=True))
    cx, cy = grid.centres(row, col)
    values = np.round(bed.elevation_m(cx, cy), 1).astype(np.float32)
    return grid, grid.full(row, col, values, NODATA)


def write_swath(folder: Path, bed: SyntheticBed, *, tile_km: float = 10.0, to_kp_km: float | None = None) -> list[Path]:
    """Write the tiles ``swath_000.tif`` and on.

    Parameters
    ----------
    folder : Path
        Where to.
    bed : SyntheticBed
        What the survey finds.
    tile_km : float
        Length of a tile along the route.
    to_kp_km : float, optional
        Last KP; the whole route without it.

    Returns
    -------
    list of Path
        The tiles, in KP order.

    Raises
    ------
    WriteError
        If a tile cannot be written.
    """
    last = bed.route.length_km if to_kp_km is None else to_kp_km
    paths = []
    for number, start in enumerate(np.arange(0.0, last - 1e-6, tile_km)):
        grid, values = swath_tile(bed, float(start), min(float(start) + tile_km, last))
        path = folder / f"swath_{number:03d}.tif"
        with (
            atomic_path(path) as temporary,
            rasterio.open(
                temporary, "w", driver="GTiff", width=grid.cols, height=grid.rows, count=1, dtype="float32",
                crs=CRS, transform=grid.transform, nodata=NODATA, tiled=True, blockxsize=256, blockysize=256,
                compress="deflate", predictor=3,
            ) as target,
        ):  # fmt: skip
            target.write(values, 1)
            target.set_band_description(1, "elevation_m")
            target.set_band_unit(1, "m")
            target.update_tags(
                PROVENANCE=PROVENANCE,
                DESCRIPTION=f"{NOTICE} Survey swath: ETOPO1 with seeded relief.",
                VERTICAL="metres above mean sea level, as ETOPO1",
                LANDFALL=(
                    f"within {LANDFALL_PURE_M / 1000:g} km of a landing the bed is the profile "
                    f"{LANDFALL_COEFFICIENT:g} s^(2/3) m below the sea surface; from {LANDFALL_BLEND_M / 1000:g} km it "
                    "is ETOPO1; blended between"
                ),
            )
        paths.append(path)
    return paths
