"""Tiles of one survey read as one raster: a window with its halo goes across the seams of tiles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from pipeline.config.corridor import SourceSection
from pipeline.sources.rasters.exact_mean import ExactMean
from pipeline.sources.rasters.lattice_tiles import HALO, LatticeTile, tile_of
from pipeline.sources.rasters.raster_file import RasterFile, explained


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
        mean, counted = ExactMean(framed), np.zeros(framed, bool)
        for tile, here, window in found:
            read = self._read(tile, window)
            mean.add(here, read)
            known = ~np.isnan(read)
            if tile is self.own:
                own[here] = known & ~counted[here]
            counted[here] |= known
        return mean.values.astype(np.float32), own[HALO:-HALO, HALO:-HALO]

    def _read(self, tile: LatticeTile, window: Window) -> NDArray[np.float32]:
        if tile is not self.own:
            return self._reader.read(tile, window)
        with explained(tile.file.path):
            return self._file.read(self._dataset, window)


def _meet(one: tuple[slice, slice], other: tuple[slice, slice]) -> bool:
    """Tell whether two parts of a window have pixels in common."""
    return all(a.start < b.stop and b.start < a.stop for a, b in zip(one, other, strict=True))
