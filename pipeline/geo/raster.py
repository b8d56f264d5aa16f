"""Reading and writing rasters on the analysis grid: cloud-optimised, with CRS, nodata, units and lineage inside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import rasterio.shutil
from numpy.typing import NDArray
from rasterio.enums import Resampling
from rasterio.windows import Window

from pipeline.geo.grid import Grid, Ints
from pipeline.workspace import atomic_path


@dataclass(frozen=True)
class Band:
    """One band of a raster: values, what they are and their unit."""

    name: str
    unit: str
    values: NDArray[Any]


def write_cog(
    path: Path, grid: Grid, bands: Sequence[Band], *, tags: Mapping[str, str], nodata: float, categorical: bool = False
) -> None:
    """Write a cloud-optimised GeoTIFF.

    Parameters
    ----------
    path : Path
        Where to; written atomically.
    grid : Grid
        Shape and place of every band.
    bands : sequence of Band
        All of one dtype, each of ``grid.shape``. NaN in floats becomes ``nodata``.
    tags : mapping of str
        Lineage: at least ``provenance`` (what the values rest on) and ``description``.
    nodata : float
        Declared nodata value.
    categorical : bool
        Overviews take the most frequent value, not the mean.

    Raises
    ------
    WriteError
        If the file cannot be written.
    """
    dtype = bands[0].values.dtype
    predictor = "FLOATING_POINT" if dtype.kind == "f" else "STANDARD"
    profile: dict[str, Any] = {
        "driver": "GTiff", "width": grid.cols, "height": grid.rows, "count": len(bands), "dtype": dtype.name,
        "crs": grid.crs, "transform": grid.transform, "nodata": nodata, "tiled": True, "compress": "deflate",
        "zlevel": 1,  # it lives for a second
    }  # fmt: skip
    with rasterio.MemoryFile() as memory:
        with memory.open(**profile) as target:
            for index, band in enumerate(bands, start=1):
                values = np.where(np.isnan(band.values), nodata, band.values) if dtype.kind == "f" else band.values
                target.write(values.astype(dtype), index)
                target.set_band_description(index, band.name)
                target.set_band_unit(index, band.unit)
            target.update_tags(**{key: tags[key] for key in sorted(tags)})
        with rasterio.MemoryFile() as finished, memory.open() as source:
            rasterio.shutil.copy(
                source, finished.name, driver="COG", compress="DEFLATE", predictor=predictor, blocksize=256,
                overview_resampling=Resampling.mode.name if categorical else Resampling.average.name,
            )  # fmt: skip
            with atomic_path(path) as temporary:  # not by GDAL, whose last writes, on closing, fail in silence
                temporary.write_bytes(finished.getbuffer())


def read_band(path: Path, band: int = 1) -> NDArray[Any]:
    """Return a band of one of our rasters; nodata in floats becomes NaN."""
    return _read(path, band, None)


def read_cells(path: Path, row: Ints, col: Ints, band: int = 1) -> NDArray[Any]:
    """Return the values of a band at cells, shape of ``row``; no more is read than the rectangle that holds them."""
    if not len(row):
        return _read(path, band, Window(0, 0, 1, 1))[:0, 0]
    north, west = int(row.min()), int(col.min())
    window = Window(west, north, int(col.max()) - west + 1, int(row.max()) - north + 1)
    values: NDArray[Any] = _read(path, band, window)[row - north, col - west]
    return values


def _read(path: Path, band: int, window: Window | None) -> NDArray[Any]:
    with rasterio.open(path) as source:
        values = source.read(band, window=window)
        if values.dtype.kind == "f" and source.nodata is not None:
            values = np.where(values == np.asarray(source.nodata, values.dtype), np.nan, values)
        return values  # type: ignore[no-any-return]
