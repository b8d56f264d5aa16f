"""Files of one survey on the lattice of pixels that they share, and which of them touch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from rasterio.windows import Window

from pipeline.config.corridor import SourceSection
from pipeline.errors import DataError
from pipeline.sources.rasters.intake import inspect_raster
from pipeline.sources.rasters.lattice import Lattice
from pipeline.sources.rasters.raster_file import RasterFile
from pipeline.workspace import SourceFiles

HALO = 1
"""Pixels around a window that its derivatives, and interpolation, need."""


@dataclass(frozen=True)
class LatticeTile:
    """A raster file and the box of its lattice that it fills.

    Attributes
    ----------
    file : RasterFile
        The file.
    lattice : Lattice
        Its pixels.
    row, col : int
        Its first pixel.
    """

    file: RasterFile
    lattice: Lattice
    row: int
    col: int

    @classmethod
    def of(cls, file: RasterFile) -> LatticeTile:
        """Return a file with its place in its lattice."""
        return cls(file, *Lattice.of(file))

    @property
    def place(self) -> tuple[int, int, int, int]:
        """First row and column, then rows and columns: what puts tiles in an order that names have no part in."""
        return self.row, self.col, self.file.height, self.file.width

    @property
    def box(self) -> tuple[int, int, int, int]:
        """First row, row after the last, first column, column after the last."""
        return self.row, self.row + self.file.height, self.col, self.col + self.file.width

    def part_of(self, row: int, col: int, shape: tuple[int, ...]) -> tuple[tuple[slice, slice], Window] | None:
        """Return what the tile has of a window of the lattice: where in the window, and where in the file."""
        top, bottom, left, right = self.box
        r0, r1 = max(top, row), min(bottom, row + shape[0])
        c0, c1 = max(left, col), min(right, col + shape[1])
        if r0 >= r1 or c0 >= c1:
            return None
        here = (slice(r0 - row, r1 - row), slice(c0 - col, c1 - col))
        return here, Window(c0 - left, r0 - top, c1 - c0, r1 - r0)

    def shares_pixels(self, other: LatticeTile) -> bool:
        """Tell whether another tile is of the same lattice."""
        return self.lattice.holds(other.lattice, max(self.file.width, self.file.height))


def tile_of(path: Path, section: SourceSection, scratch: Path | None = None) -> LatticeTile:
    """Return a file with its place, inspected once in a process: to inspect soundings is to read them all."""
    try:
        stat = path.stat()
    except OSError:  # which is said better by who inspects it
        return LatticeTile.of(inspect_raster(path, section))
    tile = _inspected(path, section.model_dump_json(), stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino)
    return replace(tile, file=replace(tile.file, scratch=scratch))


@lru_cache(maxsize=4096)
def _inspected(path: Path, section: str, *_as_it_was: int) -> LatticeTile:
    return LatticeTile.of(inspect_raster(path, SourceSection.model_validate_json(section)))


def beside(source: SourceFiles) -> Mapping[Path, tuple[Path, ...]]:
    """Return, for each file of a source, the others whose pixels its own values need, by their headers alone.

    Derivatives need a pixel around each, and so does what is interpolated in the half pixel beside a tile's edge.

    A file that cannot be used has none: what is wrong with it is said when it is read.
    """
    tiles: dict[Path, LatticeTile] = {}
    for path in source.paths:
        try:
            tiles[path] = tile_of(path, source.section)
        except DataError:
            continue
    found: dict[Path, tuple[Path, ...]] = dict.fromkeys(source.paths, ())
    if tiles:
        paths = list(tiles)
        boxes = np.array([tile.box for tile in tiles.values()])
        for path, tile in tiles.items():
            top, bottom, left, right = tile.box
            near = (boxes[:, 0] <= bottom + HALO) & (boxes[:, 1] >= top - HALO)
            near &= (boxes[:, 2] <= right + HALO) & (boxes[:, 3] >= left - HALO)
            others = (paths[index] for index in np.flatnonzero(near).tolist())
            found[path] = tuple(other for other in others if other != path and tile.shares_pixels(tiles[other]))
    return found
