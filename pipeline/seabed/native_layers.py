"""Terrain layers of a survey tile at its own resolution: one GeoTIFF, one band a layer.

Bands of rows are packed each for itself, and their packed blocks put one after another into the one file: it has the
same bytes however the rows were cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from os import SEEK_END
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.windows import Window as RasterWindow

from pipeline.config.corridor import SourceSection
from pipeline.seabed.derivatives import BLOCK, LAYERS, Window
from pipeline.seabed.tiff_tiles import TileTables
from pipeline.sources.rasters.raster_file import RasterFile

NODATA = -9999.0
_UNITS = {"slope_deg": "deg", "roughness_m": "m", "position_index_m": "m"}
# Chosen by measurement (4 M cells of five layers of a 1 m survey; time of one thread, bytes a cell and layer): DEFLATE
# 1 with the predictor for floats takes 58 ns and 3.07 bytes, DEFLATE 6 takes 115 ns and 3.00, LZW 59 ns and 3.93.
# Derivatives are nearly noise: a higher level buys nothing. ZSTD 1 takes 27 ns and 3.04 bytes, but not every
# cable-planning tool reads it, and every one reads DEFLATE.
COMPRESSION: dict[str, Any] = {"compress": "deflate", "zlevel": 1, "predictor": 3}


_BLOCKS: dict[str, Any] = {
    "driver": "GTiff", "dtype": "float32", "nodata": NODATA, "interleave": "band", "tiled": True,
    "blockxsize": BLOCK, "blockysize": BLOCK, "bigtiff": "if_safer", **COMPRESSION,
}  # fmt: skip


@dataclass(frozen=True)
class LayerRows:
    """An open file of the layers of some rows of a tile, for ``put_together``: whole blocks, no place on Earth.

    Attributes
    ----------
    dataset : rasterio.io.DatasetWriter
        The file.
    rows : tuple of int
        First row of the tile, and the row after the last.
    cols : int
        Columns of the tile.
    """

    dataset: Any
    rows: tuple[int, int]
    cols: int

    @classmethod
    @contextmanager
    def create(
        cls, path: Path, tile: RasterFile, rows: tuple[int, int], *, count: int = len(LAYERS), threads: int = 1
    ) -> Iterator[LayerRows]:
        """Create the file, for ``write``.

        Parameters
        ----------
        path : Path
            Where to.
        tile : RasterFile
            The survey's tile.
        rows : tuple of int
            First row of some ``derivatives.bands``, and the row after their last.
        count : int
            How many of ``LAYERS``.
        threads : int
            How many pack; the bytes of a block do not depend on it.
        """
        height, width = (-(-size // BLOCK) * BLOCK for size in (rows[1] - rows[0], tile.width))
        with rasterio.open(
            path, "w", width=width, height=height, count=count, transform=tile.transform, num_threads=threads, **_BLOCKS
        ) as dataset:
            yield cls(dataset, rows, tile.width)

    def write(self, window: Window) -> None:
        """Write the layers of a window, derived with ``NODATA`` where they have no value."""
        rows, cols = window.layers.shape[1:]
        top, left = window.row - self.rows[0], window.col
        below = -(top + rows) % BLOCK if window.row + rows == self.rows[1] else 0
        beside = -(left + cols) % BLOCK if left + cols == self.cols else 0
        framed = np.pad(window.layers, ((0, 0), (0, below), (0, beside)), constant_values=NODATA)
        at = RasterWindow(left, top, cols + beside, rows + below)
        self.dataset.write(framed, window=at)


def put_together(
    path: Path, tile: RasterFile, section: SourceSection, parts: Sequence[Path], names: Sequence[str] = LAYERS
) -> None:
    """Write the file of a tile's layers from those of its rows.

    Parameters
    ----------
    path : Path
        Where to.
    tile : RasterFile
        The survey's tile; the layers have its pixels and its CRS.
    section : SourceSection
        Its source.
    parts : sequence of Path
        What ``LayerRows`` wrote, from north to south.
    names : sequence of str
        Which of ``LAYERS``, from the first.
    """
    _write_head(path, tile, section, names)
    across, down = -(-tile.width // BLOCK), -(-tile.height // BLOCK)
    with path.open("r+b") as target:
        tables = TileTables.read(target)
        offsets, lengths = (values.reshape(len(names), down, across) for values in (tables.offsets, tables.lengths))
        end = target.seek(0, SEEK_END)
        for place, block in _packed(parts, len(names), across):
            offsets[place], lengths[place] = end, len(block)
            end += target.write(block)
        tables.write(target)


def _packed(parts: Sequence[Path], count: int, across: int) -> Iterator[tuple[tuple[int, int, int], bytes]]:
    """Give the blocks of files of rows with their layer, row and column: row by row, layer by layer."""
    top = 0
    for part in parts:
        with part.open("rb") as source:
            tables = TileTables.read(source)
            offsets, lengths = (values.reshape(count, -1, across) for values in (tables.offsets, tables.lengths))
            down = offsets.shape[1]
            for row, layer, col in np.ndindex(down, count, across):
                source.seek(int(offsets[layer, row, col]))
                yield (layer, top + row, col), source.read(int(lengths[layer, row, col]))
            top += down


def _write_head(path: Path, tile: RasterFile, section: SourceSection, names: Sequence[str]) -> None:
    """Write all of the file but its blocks."""
    with rasterio.open(
        path, "w", width=tile.width, height=tile.height, count=len(names), crs=tile.crs, transform=tile.transform,
        sparse_ok=True, **_BLOCKS,
    ) as dataset:  # fmt: skip
        for number, name in enumerate(names, start=1):
            dataset.set_band_description(number, name)
            dataset.set_band_unit(number, _UNITS.get(name, "1/km"))
        dataset.update_tags(
            description="Terrain of a survey at its own resolution: slope (Horn 1981), roughness, position index, "
            "curvature along and across the cable (Evans 1972; positive in hollows)",
            values=str(section.values),
        )
