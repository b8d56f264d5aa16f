"""Small raster files, good and bad, written into a test's own folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from affine import Affine
from numpy.typing import NDArray

from pipeline.config.corridor import SourceSection

NORTH_UP = Affine(100.0, 0.0, 500_000.0, 0.0, -100.0, 4_600_000.0)


def write_raster(
    path: Path,
    values: NDArray[Any],
    *,
    transform: Affine = NORTH_UP,
    crs: str | None = "EPSG:32639",
    nodata: float | None = None,
    **profile: Any,
) -> Path:
    """Write one band, or several when ``values`` has three dimensions."""
    bands = values if values.ndim == 3 else values[None]
    path.parent.mkdir(parents=True, exist_ok=True)
    with rasterio.open(
        path, "w", driver="GTiff", width=bands.shape[2], height=bands.shape[1], count=bands.shape[0],
        dtype=bands.dtype.name, crs=crs, transform=transform, nodata=nodata, **profile,
    ) as target:  # fmt: skip
        target.write(bands)
    return path


def relief(rows: int, cols: int) -> NDArray[np.float32]:
    """A bed that tells north from south and east from west: -100 m, deeper eastward, more slowly deeper southward."""
    row, col = np.indices((rows, cols), dtype=np.float64)
    return (-100.0 - 0.5 * col - 0.2 * row).astype(np.float32)


def depth_section(**changes: Any) -> SourceSection:
    return SourceSection(
        **{"role": "bathymetry", "files": "x", "values": "elevation_m", "vertical_datum": "baltic77", **changes}
    )
