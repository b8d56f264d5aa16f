"""Depth rasters as they must not be, and odd ones that must be read right: one maker a case (FAULTS E3, rasters)."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import rasterio
import rasterio.shutil
from affine import Affine
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from rasterio.control import GroundControlPoint
from rasterio.enums import ColorInterp

from tests.sources.grids_on_disk import write_netcdf4, write_s102
from tests.sources.rasters_on_disk import write_raster

UTM39 = "EPSG:32639"
# Around a route north along 51 E from 42 N, 11 km: x is 500 km.
WEST, NORTH, SIDE, COLS, ROWS = 498_000.0, 4_662_000.0, 100.0, 40, 140
PLACE = Affine(SIDE, 0.0, WEST, 0.0, -SIDE, NORTH)
GAP = -9999.0


@dataclass(frozen=True)
class Case:
    """One file and what must come of it.

    Attributes
    ----------
    name : str
        What is odd about the file.
    make : callable
        Writes it into a folder and returns its path.
    refused : str
        Words of the error, exit code 65; empty where the file must be read.
    section : dict
        What its source says beside the usual.
    found : str
        Words of a finding that must be there.
    stations : slice or None
        Which stations must have the plane's depth; None where that is not looked at.
    """

    name: str
    make: Callable[[Path], Path]
    refused: str = ""
    section: dict[str, Any] = field(default_factory=dict)
    found: str = ""
    stations: slice | None = slice(None)


def plane(x_m: NDArray[Any], y_m: NDArray[Any]) -> NDArray[Any]:
    """Bed elevation, m: it tells north from south and east from west, and a shift by half a pixel."""
    return -100.0 + 0.02 * (x_m - 500_000.0) - 0.005 * (y_m - 4_655_000.0)


def values_on(transform: Affine, rows: int, cols: int, crs: str = UTM39) -> NDArray[np.float32]:
    """The plane at the pixel centres of a raster in any CRS."""
    col, row = np.meshgrid(np.arange(cols) + 0.5, np.arange(rows) + 0.5)
    x = transform.a * col + transform.b * row + transform.c
    y = transform.d * col + transform.e * row + transform.f
    if crs != UTM39:
        x, y = Transformer.from_crs(crs, UTM39, always_xy=True).transform(x, y)
    return plane(x, y).astype(np.float32)


def raster(
    folder: Path, transform: Affine = PLACE, rows: int = ROWS, cols: int = COLS, crs: str | None = UTM39, **profile: Any
) -> Path:
    edit: Callable[[Any], None] = profile.pop("edit", lambda values: None)
    horizontal = profile.pop("values_crs", crs or UTM39)
    values = values_on(transform, rows, cols, horizontal)
    edit(values)
    return write_raster(
        folder / "depths.tif", values.astype(profile.pop("dtype", "float32")), transform=transform, crs=crs, **profile
    )


def cut_at(sixteenth: int) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        path = raster(folder, tiled=True, blockxsize=16, blockysize=16, compress="deflate")
        content = path.read_bytes()
        path.write_bytes(content[: len(content) * sixteenth // 16])
        return path

    return make


def bytes_called(name: str, content: bytes) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content)
        return path

    return make


def corrupt_block(folder: Path) -> Path:
    path = raster(folder, tiled=True, blockxsize=16, blockysize=16, compress="deflate")
    content = bytearray(path.read_bytes())
    middle = len(content) * 2 // 3
    content[middle : middle + 60] = b"\x00" * 60
    path.write_bytes(bytes(content))
    return path


def tagged_nodata(old: bytes, new: bytes, dtype: str, **profile: Any) -> Callable[[Path], Path]:
    """Declare a nodata that rasterio would not write for the type."""

    def make(folder: Path) -> Path:
        path = raster(folder, dtype=dtype, nodata=int(old), edit=np.abs_in_place, **profile)
        content = path.read_bytes()
        assert content.count(old + b"\0") == 1
        path.write_bytes(content.replace(old + b"\0", new + b"\0"))
        return path

    return make
