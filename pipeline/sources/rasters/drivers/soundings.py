"""Soundings in text: gridded to the mean of those in each cell; a cell without a sounding stays a hole."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from pyproj import CRS

from pipeline.config.corridor import SourceSection
from pipeline.errors import DataError
from pipeline.sources.rasters.drivers.driver import Driver
from pipeline.sources.rasters.drivers.georeference import parts_of, refuse_level, resolution_m, user_crs
from pipeline.sources.rasters.drivers.sounding_grid import TILE, Lattice, write_means
from pipeline.sources.rasters.drivers.sounding_layout import Layout, layout_of
from pipeline.sources.rasters.drivers.sounding_text import read_blocks
from pipeline.sources.rasters.raster_file import AT_ONCE_PIXELS, RasterFile, temporary_folder

_SUFFIXES = frozenset({".xyz", ".txt", ".csv", ".pts"})
_DEGREE_M = 111_195.0  # of a great circle on a sphere of the Earth's mean radius
# A raster of more cells is not a survey but one with a stray sounding somewhere.
_MOST_CELLS = 10_000_000_000


@dataclass(frozen=True)
class SoundingsFile(RasterFile):
    """Soundings as a raster: gridded into a temporary file whenever it is opened."""

    layout: Layout = field(kw_only=True)
    section: SourceSection = field(kw_only=True)
    lattice: Lattice = field(kw_only=True)

    @property
    def divisible(self) -> bool:
        """No: any line may hold a sounding of any cell."""
        return False

    @contextmanager
    def streamed(self) -> Iterator[RasterFile]:
        """Grid the soundings once, for all reading within."""
        with temporary_folder(self.scratch) as folder:
            blocks = read_blocks(self.path, self.layout, self.section)
            means = write_means(blocks, self.lattice, folder, self.path)
            yield RasterFile(**{**self.known, "address": str(means), "formats": ("GTiff",)})

    @contextmanager
    def ready(self) -> Iterator[RasterFile]:
        """Grid the soundings, and hold them where they are few."""
        with self.streamed() as gridded, gridded.ready() as file:
            yield file

    def held(self) -> RasterFile:
        """Return the gridded soundings in memory where they are few; else grid them anew at each opening."""
        with self.ready() as file:
            return self if file.width * file.height > AT_ONCE_PIXELS else file

    @contextmanager
    def open(self) -> Iterator[Any]:
        """Grid the soundings and open what came out."""
        with self.ready() as file, file.open() as dataset:
            yield dataset


def recognises(path: Path, head: bytes) -> bool:
    """Tell by name: text has no signature."""
    suffixes = [suffix.lower() for suffix in path.suffixes[-2:]]
    return bool(suffixes) and (suffixes[-1] in _SUFFIXES or (suffixes[-1] == ".gz" and suffixes[0] in _SUFFIXES))


def inspect(path: Path, section: SourceSection) -> SoundingsFile:
    """Read all soundings once and describe the raster of their means in cells of ``grid_m``.

    Raises
    ------
    DataError
        If a line is no sounding, the file names no CRS and the source gives none, or the soundings lie so far apart
        that one of them must be astray.
    """
    layout = layout_of(path, section)
    if section.crs is None and not layout.degrees:
        raise DataError(
            "nothing says in which coordinate reference system the soundings are",
            where=str(path),
            remedy='State it with crs = "EPSG:..." in its source; longitudes and latitudes are EPSG:4326.',
        )
    crs, vertical = parts_of(user_crs(section.crs or "EPSG:4326", path))
    refuse_level(vertical.name, path)
    lattice = _lattice(path, crs, layout, section)
    return SoundingsFile(
        path=path,
        address="",
        formats=(),
        band=1,
        alpha=None,
        band_name="",
        crs=crs.to_wkt(),
        vertical_epsg=vertical.epsg,
        vertical_name=vertical.name,
        unit="",
        transform=lattice.transform,
        width=lattice.cols,
        height=lattice.rows,
        block=(TILE, TILE),
        nodata=None,
        scale=1.0,
        offset=0.0,
        resolution_m=resolution_m(lattice.transform, lattice.cols, lattice.rows, crs.to_wkt(), path),
        values=layout.values,
        layout=layout,
        section=section,
        lattice=lattice,
    )


def _lattice(path: Path, crs: CRS, layout: Layout, section: SourceSection) -> Lattice:
    """Lay cells so that the westernmost and the southernmost sounding each lie in the middle of one.

    A regular grid that was written as text comes back as it was, wherever its points lie.
    """
    low, high = np.full(2, np.inf), np.full(2, -np.inf)
    for x, y, _ in read_blocks(path, layout, section):
        if x.size:
            low, high = np.minimum(low, (x.min(), y.min())), np.maximum(high, (x.max(), y.max()))
    if not np.isfinite(low).all():
        raise DataError(
            "the file holds no sounding: all of it is nodata",
            where=str(path),
            remedy="Check its nodata value, or take the file out of the source.",
        )
    if crs.is_geographic:
        if max(-low[1], high[1]) > 90.0:
            raise DataError(
                f"a latitude is {max(low[1], high[1], key=abs):g}; longitude and latitude look swapped",
                where=str(path),
                remedy='Say which column is which with columns = { "NAME" = "x", "NAME" = "y" } in its source.',
            )
        down = section.grid_m / _DEGREE_M
        # By the whole degree, so that tiles side by side get the same cells.
        across = down / max(math.cos(math.radians(round((low[1] + high[1]) / 2.0))), 0.01)
    else:
        across = down = section.grid_m / float(crs.axis_info[0].unit_conversion_factor)
    cols, rows = (
        math.floor(float(b - a) / cell + 0.5) + 1 for a, b, cell in zip(low, high, (across, down), strict=True)
    )
    if cols * rows > _MOST_CELLS:
        raise DataError(
            f"the soundings reach from {low[0]:.8g}, {low[1]:.8g} to {high[0]:.8g}, {high[1]:.8g}: with cells of "
            f"{section.grid_m:g} m that makes {cols} x {rows} of them",
            where=str(path),
            remedy="Look for stray soundings at the ends of that range, or set a larger grid_m in its source.",
        )
    return Lattice(rows, cols, float(low[0]), float(low[1]), across, down, crs.to_wkt())


DRIVER = Driver("soundings in text", recognises, inspect)
