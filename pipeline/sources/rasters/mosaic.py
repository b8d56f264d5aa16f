"""Tiles of one survey read as one raster: a window with its halo goes across the seams of tiles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from pipeline.config.corridor import SourceSection
from pipeline.errors import DataError
from pipeline.sources.rasters.intake import inspect_raster
from pipeline.sources.rasters.lattice import Lattice
from pipeline.sources.rasters.raster_file import RasterFile, explained
from pipeline.workspace import SourceFiles

HALO = 1
"""Pixels around a window that its derivatives need."""


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
    def box(self) -> tuple[int, int, int, int]:
        """First row, row after the last, first column, column after the last."""
        return self.row, self.row + self.file.height, self.col, self.col + self.file.width

    def shares_pixels(self, other: LatticeTile) -> bool:
        """Tell whether another tile is of the same lattice."""
        return self.lattice.holds(other.lattice, max(self.file.width, self.file.height))


def _tile(path: Path, section: SourceSection, scratch: Path | None = None) -> LatticeTile:
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
    """Return, for each file of a source, the others whose pixels its own derivatives need, by their headers alone.

    A file that cannot be used has none: what is wrong with it is said when it is read.
    """
    tiles: dict[Path, LatticeTile] = {}
    for path in source.paths:
        try:
            tiles[path] = _tile(path, source.section)
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


@dataclass
class Mosaic:
    """One tile amid its neighbours. Where tiles overlap, the first by name counts, as at stations.

    Attributes
    ----------
    own : LatticeTile
        The tile.
    tiles : tuple of LatticeTile
        It and its neighbours, by name.
    """

    own: LatticeTile
    tiles: tuple[LatticeTile, ...]
    _stack: ExitStack
    _streamed: dict[Path, RasterFile]
    _dataset: Any

    @classmethod
    @contextmanager
    def around(
        cls, path: Path, neighbours: Sequence[Path], section: SourceSection, *, scratch: Path | None = None
    ) -> Iterator[Mosaic]:
        """Open a tile amid its neighbours, for one thread. A neighbour is open only while its rim is read.

        Parameters
        ----------
        path : Path
            The tile.
        neighbours : sequence of Path
            What ``beside`` gives for it.
        section : SourceSection
            Their source.
        scratch : Path, optional
            Folder for what is needed only while they are read.

        Raises
        ------
        DataError
            If one of them cannot be used.
        """
        tiles = {name: _tile(name, section, scratch) for name in sorted({path, *neighbours})}
        with ExitStack() as stack:
            own = stack.enter_context(tiles[path].file.streamed())
            dataset = stack.enter_context(own.open())
            yield cls(tiles[path], tuple(tiles.values()), stack, {path: own}, dataset)

    @property
    def block(self) -> tuple[int, int]:
        """Rows and columns of the blocks in which the tile is stored."""
        return self.own.file.block

    def read(self, row: int, col: int, shape: tuple[int, int]) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Return a window of the tile, in its own rows and columns, with a halo.

        Returns
        -------
        values : ndarray of float32, shape (rows + 2, cols + 2)
            NaN where no tile has a value.
        own : ndarray of bool, shape (rows, cols)
            Pixels whose value is this tile's; over all tiles, each pixel of the survey is one tile's own.
        """
        top, left = self.own.row + row - HALO, self.own.col + col - HALO
        tall, wide = shape[0] + 2 * HALO, shape[1] + 2 * HALO
        values = np.full((tall, wide), np.nan, np.float32)
        own = np.zeros((tall, wide), bool)
        first = True
        for tile in self.tiles:
            first_row, last_row, first_col, last_col = tile.box
            r0, r1 = max(top, first_row), min(top + tall, last_row)
            c0, c1 = max(left, first_col), min(left + wide, last_col)
            if r0 >= r1 or c0 >= c1:
                continue
            window = Window(c0 - tile.col, r0 - tile.row, c1 - c0, r1 - r0)
            here = (slice(r0 - top, r1 - top), slice(c0 - left, c1 - left))
            read = self._read(tile, window)
            known = ~np.isnan(read)
            if first:  # most windows have no other
                values[here] = read
            else:
                known &= np.isnan(values[here])
                np.copyto(values[here], read, where=known)
            if tile is self.own:
                own[here] = known
            first = False
        return values, own[HALO:-HALO, HALO:-HALO]

    def _read(self, tile: LatticeTile, window: Window) -> NDArray[np.float32]:
        path = tile.file.path
        if path not in self._streamed:
            self._streamed[path] = self._stack.enter_context(tile.file.streamed())
        file = self._streamed[path]
        if tile is self.own:
            with explained(path):
                return file.read(self._dataset, window)
        with file.open() as dataset:
            return file.read(dataset, window)
