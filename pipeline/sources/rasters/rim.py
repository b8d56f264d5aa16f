"""What lies around and between the pixels of one file: those of its neighbours, so that interpolation has no seams."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from pipeline.config.corridor import SourceSection
from pipeline.sources.rasters.exact_mean import ExactMean
from pipeline.sources.rasters.lattice_tiles import LatticeTile, tile_of
from pipeline.sources.rasters.mosaic import TileReader
from pipeline.sources.rasters.raster_file import RasterFile


@dataclass(frozen=True)
class Rim:
    """A file's neighbours on its lattice, read only where the file itself has no value.

    Attributes
    ----------
    own : LatticeTile
        The file.
    others : tuple of LatticeTile
        Its neighbours, in any order.
    """

    own: LatticeTile
    others: tuple[LatticeTile, ...]
    _reader: TileReader

    @classmethod
    @contextmanager
    def around(
        cls, file: RasterFile, neighbours: Sequence[Path], section: SourceSection, *, scratch: Path | None = None
    ) -> Iterator[Rim]:
        """Give the neighbours of a file, for one thread; a neighbour is open only while its rim is read.

        Parameters
        ----------
        file : RasterFile
            The file.
        neighbours : sequence of Path
            What ``lattice_tiles.beside`` gives for it.
        section : SourceSection
            Their source.
        scratch : Path, optional
            Folder for what is needed only while they are read.

        Raises
        ------
        DataError
            If one of them cannot be used.
        """
        others = tuple(tile_of(path, section, scratch) for path in neighbours)
        with ExitStack() as stack:
            yield cls(LatticeTile.of(file), others, TileReader(stack))

    def fill(self, window: Window, values: NDArray[np.float32]) -> None:
        """Give pixels of a window without a value the mean of the neighbours' that lie there.

        Parameters
        ----------
        window : Window
            In rows and columns of the file; it may go beyond its edge.
        values : ndarray of float32, shape (window.height, window.width)
            What the file has, NaN where it has nothing; changed in place.
        """
        missing = np.isnan(values)
        top, left = self.own.row + window.row_off, self.own.col + window.col_off
        parts = [(tile, part) for tile in self.others if (part := tile.part_of(top, left, values.shape)) is not None]
        parts = [(tile, part) for tile, part in parts if missing[part[0]].any()]
        if parts:
            mean = ExactMean(values.shape)
            for tile, (here, there) in parts:
                mean.add(here, self._reader.read(tile, there))
            np.copyto(values, mean.values.astype(np.float32), where=missing)
