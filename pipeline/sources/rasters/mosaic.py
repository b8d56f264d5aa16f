"""Tiles of one survey read as one raster: a window with its halo goes across the seams of tiles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations
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
"""Pixels around a window that its derivatives, and interpolation, need."""
# A power of two: depths as files hold them (float32) are exact in it, and so are the sums of some hundred of them.
_PARTS_PER_M = 2.0**30


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


class PixelMean:
    """The mean of tiles that overlap, pixel by pixel, in whole parts of a metre: in any order the same."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self._total, self._number = np.zeros(shape), np.zeros(shape, np.int32)

    def add(self, here: tuple[slice, slice], values: NDArray[np.float32]) -> None:
        """Add the pixels of one tile; NaN is no value."""
        known = ~np.isnan(values)
        with np.errstate(invalid="ignore"):  # what is infinite, no role takes
            self._total[here] += np.rint(np.where(known, values, 0.0) * _PARTS_PER_M)
        self._number[here] += known

    @property
    def values(self) -> NDArray[np.float32]:
        """Means; NaN where no tile has a value."""
        known = self._number > 0
        mean = self._total / _PARTS_PER_M / np.where(known, self._number, 1)
        return np.where(known, mean, np.nan).astype(np.float32)


class TileReader:
    """Reads windows of tiles, each open only for so long; soundings are gridded once, until the stack is left."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._streamed: dict[Path, RasterFile] = {}

    def read(self, tile: LatticeTile, window: Window) -> NDArray[np.float32]:
        """Return a window of a tile."""
        path = tile.file.path
        if path not in self._streamed:
            self._streamed[path] = self._stack.enter_context(tile.file.streamed())
        file = self._streamed[path]
        with file.open() as dataset:
            return file.read(dataset, window)


@dataclass
class Mosaic:
    """One tile amid its neighbours. Where tiles overlap, a pixel is the mean of theirs, as at stations.

    Attributes
    ----------
    own : LatticeTile
        The tile.
    tiles : tuple of LatticeTile
        It and its neighbours, from north to south, then from west to east. Names tell apart only tiles of the very
        same place: which of the two counts their pixels, whose values are the same for both.
    """

    own: LatticeTile
    tiles: tuple[LatticeTile, ...]
    _reader: TileReader
    _file: RasterFile
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
        tiles = {name: tile_of(name, section, scratch) for name in sorted({path, *neighbours})}
        in_order = tuple(sorted(tiles.values(), key=lambda tile: tile.place))
        with ExitStack() as stack:
            file = stack.enter_context(tiles[path].file.streamed())
            dataset = stack.enter_context(file.open())
            yield cls(tiles[path], in_order, TileReader(stack), file, dataset)

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
            Pixels that this tile counts; over all tiles, each pixel of the survey is counted by one.
        """
        top, left = self.own.row + row - HALO, self.own.col + col - HALO
        framed = (shape[0] + 2 * HALO, shape[1] + 2 * HALO)
        found = [(tile, *part) for tile in self.tiles if (part := tile.part_of(top, left, framed)) is not None]
        own = np.zeros(framed, bool)
        if not any(_meet(one, other) for (_, one, _), (_, other, _) in combinations(found, 2)):  # as a rule
            values = np.full(framed, np.nan, np.float32)
            for tile, here, window in found:
                values[here] = self._read(tile, window)
                if tile is self.own:
                    own[here] = ~np.isnan(values[here])
            return values, own[HALO:-HALO, HALO:-HALO]
        mean, counted = PixelMean(framed), np.zeros(framed, bool)
        for tile, here, window in found:
            read = self._read(tile, window)
            mean.add(here, read)
            known = ~np.isnan(read)
            if tile is self.own:
                own[here] = known & ~counted[here]
            counted[here] |= known
        return mean.values, own[HALO:-HALO, HALO:-HALO]

    def _read(self, tile: LatticeTile, window: Window) -> NDArray[np.float32]:
        if tile is not self.own:
            return self._reader.read(tile, window)
        with explained(tile.file.path):
            return self._file.read(self._dataset, window)


def _meet(one: tuple[slice, slice], other: tuple[slice, slice]) -> bool:
    """Tell whether two parts of a window have pixels in common."""
    return all(a.start < b.stop and b.start < a.stop for a, b in zip(one, other, strict=True))
