"""One band of one raster source file: what is known of it, and reading its values."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from affine import Affine
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from rasterio.errors import RasterioError
from rasterio.windows import Window

from pipeline.errors import DataError
from pipeline.geo import Floats

SAME_RESOLUTION = 1.2
"""Files of one source whose pixels differ by no more than this are alike: tiles of one survey across a projection."""
AT_ONCE_PIXELS = 8_000_000
"""Pixels read at once: 32 MB as float32, a few times that while they are worked on."""


@dataclass(frozen=True)
class RasterFile:
    """One band of one raster file, and what is known of it.

    Attributes
    ----------
    path : Path
        The file.
    address : str
        What GDAL opens: the path, or a grid inside it.
    band : int
        Band number, from 1.
    crs : str
        Horizontal CRS as WKT.
    vertical_epsg : int or None
        Vertical CRS that the file names.
    unit : str
        Unit that the file names; empty where it names none.
    transform : Affine
        From (column, row) of pixel corners to x and y.
    width, height : int
        Columns and rows.
    nodata : float or None
        Nodata of the configuration, masked beside whatever the file itself declares.
    scale, offset : float
        Value = raw * scale + offset.
    resolution_m : float
        Longer side of the pixel at the raster's middle, metres on the ground.
    """

    path: Path
    address: str
    band: int
    crs: str
    vertical_epsg: int | None
    unit: str
    transform: Affine
    width: int
    height: int
    nodata: float | None
    scale: float
    offset: float
    resolution_m: float

    @contextmanager
    def open(self) -> Iterator[Any]:
        """Open the file for one thread; what goes wrong while reading becomes a DataError."""
        with explained(self.path), rasterio.open(self.address) as dataset:
            yield dataset

    def crs_is(self, crs: str) -> bool:
        """Tell whether another CRS is the raster's own."""
        return same_crs(self.crs, crs)

    def read(self, dataset: Any, window: Window | None = None) -> NDArray[np.float32]:
        """Return values of a window: scaled, NaN where the file or the configuration has no value."""
        raw = dataset.read(self.band, window=window, masked=True)
        values = raw.data.astype(np.float64) * self.scale + self.offset
        missing = np.ma.getmaskarray(raw) | ~np.isfinite(values)
        if self.nodata is not None and _holds(raw.dtype, self.nodata):
            missing |= raw.data == np.asarray(self.nodata, raw.dtype)
        with np.errstate(over="ignore"):  # what is too large for float32 becomes infinite, and no role takes that
            return np.where(missing, np.nan, values).astype(np.float32)

    def blocks(self, dataset: Any) -> Iterator[Window]:
        """Return windows that hold each pixel once, as the file stores them."""
        return (window for _, window in dataset.block_windows(self.band))

    def held(self) -> RasterFile:
        """Return the same raster with its values in memory where it is small: reading it again costs nothing.

        Raises
        ------
        DataError
            If it cannot be read.
        """
        if self.width * self.height > AT_ONCE_PIXELS:
            return self
        with self.open() as dataset:
            return _HeldRaster(**vars(self), pixels=self.read(dataset))


@dataclass(frozen=True, eq=False)
class _HeldRaster(RasterFile):
    pixels: NDArray[np.float32]

    @contextmanager
    def open(self) -> Iterator[Any]:
        yield None

    def read(self, dataset: Any, window: Window | None = None) -> NDArray[np.float32]:
        return self.pixels if window is None else self.pixels[window.toslices()]

    def blocks(self, dataset: Any) -> Iterator[Window]:
        yield Window(0, 0, self.width, self.height)


def _holds(kind: np.dtype[Any], value: float) -> bool:
    """Tell whether a cell of a type can have a value at all; nodata that none can have masks nothing."""
    if kind.kind == "f":
        return not abs(value) > float(np.finfo(kind).max)
    limits = np.iinfo(kind)
    return float(limits.min) <= value <= float(limits.max) and value == int(value)


@dataclass(frozen=True)
class Contents:
    """What reading every block of a raster told.

    Attributes
    ----------
    valid, total : int
        Cells with a value, and all cells.
    low, high : float
        Smallest and largest value.
    codes : tuple of float
        Distinct values, where asked for.
    """

    valid: int
    total: int
    low: float
    high: float
    codes: tuple[float, ...] = ()


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what rasterio raises into a DataError that names the file."""
    try:
        yield
    except RasterioError as error:
        raise DataError(
            f"the raster is damaged or is no raster: {_cause(error)}",
            where=str(path),
            remedy="Copy or download it again and compare its size with the original.",
        ) from error


def _cause(error: BaseException) -> str:
    """Return GDAL's own words, which rasterio puts beneath its own."""
    while error.__cause__ is not None:
        error = error.__cause__
    return " ".join(str(error).split())


def apply(transform: Affine, col: Floats, row: Floats) -> tuple[Floats, Floats]:
    """Return x and y of arrays of columns and rows (or, with the inverse, the other way round)."""
    t = transform
    return t.a * col + t.b * row + t.c, t.d * col + t.e * row + t.f


@lru_cache(maxsize=64)
def transformer(crs_from: str, crs_to: str) -> Transformer:
    """Return a cached transformation in x, y order."""
    return Transformer.from_crs(crs_from, crs_to, always_xy=True)


@lru_cache(maxsize=64)
def same_crs(one: str, other: str) -> bool:
    """Tell whether two CRS are one, whatever the order of their axes."""
    return bool(CRS.from_user_input(one).equals(CRS.from_user_input(other), ignore_axis_order=True))


def read_through(file: RasterFile, *, codes: bool = False) -> Contents:
    """Read every block of a raster once: a file may open and still be truncated.

    Raises
    ------
    DataError
        If a block cannot be read, or no cell has a value.
    """
    valid, low, high, seen = 0, math.inf, -math.inf, np.empty(0, np.float32)
    with file.open() as dataset:
        for window in file.blocks(dataset):
            values = file.read(dataset, window)
            values = values[~np.isnan(values)]
            if values.size:
                valid += values.size
                low, high = min(low, float(values.min())), max(high, float(values.max()))
                seen = np.union1d(seen, values)[:1000] if codes else seen
    if not valid:
        raise DataError(
            "the raster has no value in any cell: all of it is nodata",
            where=str(file.path),
            remedy="Check its nodata value, or take the file out of the source.",
        )
    return Contents(valid, file.width * file.height, low, high, tuple(seen.tolist()))
