"""One band of one raster source file: what is known of it, and reading its values."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import numpy as np
import rasterio
from affine import Affine
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from rasterio.env import set_gdal_config
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.io import DatasetReader
from rasterio.windows import Window

from pipeline.errors import DataError
from pipeline.geo import Floats
from pipeline.sources.rasters.checksums import refuse_wrong_checksums
from pipeline.sources.warned import ignoring

SAME_RESOLUTION = 1.2
"""Files of one source whose pixels differ by no more than this are alike: tiles of one survey across a projection."""
AT_ONCE_PIXELS = 8_000_000
"""Pixels read at once: 32 MB as float32, a few times that while they are worked on."""

_OPTIONS = {
    # Should a header name a file on the network all the same, GDAL finds no reader for it.
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
}

CACHE_BYTES = 256 * 2**20
"""Of blocks that GDAL keeps in a process; by itself it takes a twentieth of the machine's memory."""
# Three rows of blocks of a raster of 40,000 columns: a window with its halo lies in three. An Env would set it back.
set_gdal_config("GDAL_CACHEMAX", CACHE_BYTES)

Stated = Literal["elevation_m", "depth_m", ""]
"""Which way a file says that its values go; empty where it does not say."""


@dataclass(frozen=True)
class RasterFile:
    """One band of one raster file, and what is known of it.

    Attributes
    ----------
    path : Path
        The file.
    address : str
        What GDAL opens: the path, or a grid inside it.
    formats : tuple of str
        GDAL's names of the formats that it may have.
    band : int
        Band number, from 1.
    alpha : int or None
        Band that is 0 where the others have no value.
    band_name : str
        Its name in the file; empty where it has none.
    crs : str
        Horizontal CRS as WKT.
    vertical_epsg : int or None
        Vertical CRS that the file names, where EPSG has it.
    vertical_name : str
        Its name, or the words of the file's metadata.
    unit : str
        Unit that the file names; empty where it names none.
    transform : Affine
        From (column, row) of pixel corners to x and y.
    width, height : int
        Columns and rows.
    block : tuple of int
        Rows and columns of the blocks that the file stores.
    nodata : float or None
        Nodata of the configuration, masked beside whatever the file itself declares.
    scale, offset : float
        Value = raw * scale + offset.
    resolution_m : float
        Longer side of the pixel at the raster's middle, metres on the ground.
    values : {"elevation_m", "depth_m", ""}
        Which way the file says that its values go.
    remarks : tuple of str
        What is no fault and yet good to know.
    scratch : Path or None
        Folder for what is needed only while the file is read; the system's own where there is none.
    """

    path: Path
    address: str
    formats: tuple[str, ...]
    band: int
    alpha: int | None
    band_name: str
    crs: str
    vertical_epsg: int | None
    vertical_name: str
    unit: str
    transform: Affine
    width: int
    height: int
    block: tuple[int, int]
    nodata: float | None
    scale: float
    offset: float
    resolution_m: float
    values: Stated = ""
    remarks: tuple[str, ...] = ()
    scratch: Path | None = None

    @contextmanager
    def open(self) -> Iterator[Any]:
        """Open the file for one thread; what goes wrong while reading becomes a DataError."""
        with explained_open(self.path, self.address, self.formats) as dataset:
            yield dataset

    @property
    def divisible(self) -> bool:
        """Whether a part of it can be read without reading all of it."""
        return True

    @property
    def known(self) -> dict[str, Any]:
        """What every raster file has, by name; not what a subclass adds."""
        return {item.name: getattr(self, item.name) for item in fields(RasterFile)}

    def crs_is(self, crs: str) -> bool:
        """Tell whether another CRS is the raster's own."""
        return same_crs(self.crs, crs)

    def read(self, dataset: Any, window: Window | None = None) -> NDArray[np.float32]:
        """Return values of a window: scaled, NaN where the file or the configuration has no value.

        Of a raster that wraps, the window may run over the last column into the first, or the other way.
        """
        whole = window or Window(0, 0, self.width, self.height)
        if whole.col_off >= 0 and whole.col_off + whole.width <= self.width:
            return self._values(dataset, whole)
        seams = range(math.floor(whole.col_off / self.width), math.ceil((whole.col_off + whole.width) / self.width))
        parts = []
        for turn in seams:
            left = max(whole.col_off - turn * self.width, 0)
            right = min(whole.col_off + whole.width - turn * self.width, self.width)
            parts.append(self._values(dataset, Window(left, whole.row_off, right - left, whole.height)))
        return np.concatenate(parts, axis=1)

    def _values(self, dataset: Any, window: Window) -> NDArray[np.float32]:
        raw = dataset.read(self.band, window=window, masked=True)
        missing = np.ma.getmaskarray(raw)
        if self.nodata is not None and _holds(raw.dtype, self.nodata):
            missing = missing | (raw.data == np.asarray(self.nodata, raw.dtype))
        with np.errstate(over="ignore"):  # what is too large for float32 becomes infinite, and no role takes that
            if (self.scale, self.offset) == (1.0, 0.0):
                values: NDArray[np.float32] = raw.data.astype(np.float32, copy=False)
            else:
                values = (raw.data.astype(np.float64) * self.scale + self.offset).astype(np.float32)
        if self.alpha is not None:
            missing = missing | (dataset.read(self.alpha, window=window) == 0)
        if raw.dtype.kind == "f":
            missing = missing | ~np.isfinite(raw.data)
        np.copyto(values, np.nan, where=missing)
        return values

    def verify(self, dataset: Any, window: Window) -> None:
        """Refuse a window whose blocks are damaged in a way that reading them does not tell.

        Raises
        ------
        DataError
            Naming the block.
        """
        if dataset is not None:
            refuse_wrong_checksums(dataset, self.band, window, Path(self.address))

    @property
    def wraps(self) -> bool:
        """Whether the raster goes once round the Earth, so that its last column lies beside its first."""
        around = self.width * self.transform.a
        return _geographic(self.crs) and self.transform.b == 0.0 and abs(abs(around) - 360.0) < abs(self.transform.a)

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
            self.verify(dataset, Window(0, 0, self.width, self.height))
            return _HeldRaster(**{**self.known, "block": (self.height, self.width)}, pixels=self.read(dataset))

    @contextmanager
    def streamed(self) -> Iterator[RasterFile]:
        """Give the raster as windows of it are read: nothing is held in memory.

        Raises
        ------
        DataError
            If it cannot be read.
        """
        yield self

    @contextmanager
    def ready(self) -> Iterator[RasterFile]:
        """Give the raster as it is cheapest to read several times: held in memory, or made readable for so long.

        Raises
        ------
        DataError
            If it cannot be read.
        """
        yield self.held()


@dataclass(frozen=True, eq=False)
class _HeldRaster(RasterFile):
    pixels: NDArray[np.float32] = field(kw_only=True)

    @contextmanager
    def open(self) -> Iterator[Any]:
        yield None

    def _values(self, dataset: Any, window: Window) -> NDArray[np.float32]:
        pixels: NDArray[np.float32] = self.pixels[window.toslices()]
        return pixels


def positions(file: RasterFile, x_m: Floats, y_m: Floats, crs: str, *, together: bool = False) -> tuple[Floats, Floats]:
    """Return column and row, in pixels from the outer corner, of points.

    Parameters
    ----------
    file : RasterFile
        The raster.
    x_m, y_m : ndarray
        Points in ``crs``.
    crs : str
        CRS of the points.
    together : bool
        The points lie near one another: of a raster that wraps, columns may go beyond its edges and leave no gap.

    Returns
    -------
    tuple of ndarray
        NaN where the raster's CRS has no such place. Longitudes are counted as the raster counts them: 0 to 360, or
        beyond 180 where it crosses the antimeridian.
    """
    px, py = (np.asarray(axis, dtype=np.float64) for axis in transformer(crs, file.crs).transform(x_m, y_m))
    there = np.isfinite(px) & np.isfinite(py)
    px, py = np.where(there, px, np.nan), np.where(there, py, np.nan)
    if _geographic(file.crs) and there.any():
        middle = apply(file.transform, np.array(file.width / 2.0), np.array(file.height / 2.0))[0]
        px = px - 360.0 * np.round((px - middle) / 360.0)
        if together and file.wraps:
            one = px[there].flat[0]
            px = px - 360.0 * np.round((px - one) / 360.0)
    return apply(~file.transform, px, py)


def _holds(kind: np.dtype[Any], value: float) -> bool:
    """Tell whether a cell of a type can have a value at all; nodata that none can have masks nothing."""
    if kind.kind == "f":
        return not abs(value) > float(np.finfo(kind).max)
    limits = np.iinfo(kind)
    return float(limits.min) <= value <= float(limits.max) and value == int(value)


@contextmanager
def explained_open(path: Path, address: str, formats: Sequence[str]) -> Iterator[Any]:
    """Open a raster as one of some formats and no other; what rasterio raises becomes a DataError naming the file."""
    with explained(path):
        with rasterio.Env(**_OPTIONS):  # not while it stays open: several do at once, and environments end in order
            dataset = _opened(address, formats)
        with dataset:
            yield dataset


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what rasterio raises into a DataError that names the file; damaged tags can be no text at all."""
    try:
        yield
    except (RasterioError, UnicodeDecodeError) as error:
        raise DataError(
            f"the raster is damaged or is no raster: {_cause(error)}",
            where=str(path),
            remedy="Copy or download it again and compare its size with the original.",
        ) from error


def _opened(address: str, formats: Sequence[str]) -> Any:
    with ignoring(NotGeoreferencedWarning):  # refused in our words
        return DatasetReader(address, driver=list(formats))


def _cause(error: BaseException) -> str:
    """Return GDAL's own words, which rasterio puts beneath its own."""
    while error.__cause__ is not None:
        error = error.__cause__
    return " ".join(str(error).split())


@contextmanager
def temporary_folder(scratch: Path | None) -> Iterator[Path]:
    """Give a folder that is gone afterwards."""
    with TemporaryDirectory(dir=scratch, prefix="raster-") as folder:
        yield Path(folder)


def apply(transform: Affine, col: Floats, row: Floats) -> tuple[Floats, Floats]:
    """Return x and y of arrays of columns and rows (or, with the inverse, the other way round)."""
    t = transform
    return t.a * col + t.b * row + t.c, t.d * col + t.e * row + t.f


@lru_cache(maxsize=64)
def transformer(crs_from: str, crs_to: str) -> Transformer:
    """Return a cached transformation in x, y order."""
    return Transformer.from_crs(crs_from, crs_to, always_xy=True)


@lru_cache(maxsize=64)
def _geographic(crs: str) -> bool:
    return bool(CRS.from_user_input(crs).is_geographic)


@lru_cache(maxsize=64)
def same_crs(one: str, other: str) -> bool:
    """Tell whether two CRS are one, whatever the order of their axes."""
    return bool(CRS.from_user_input(one).equals(CRS.from_user_input(other), ignore_axis_order=True))
