"""Terrain layers of a survey tile at its own resolution: one GeoTIFF, one band a layer."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import rasterio
from rasterio.windows import Window as RasterWindow

from pipeline.config.corridor import SourceSection
from pipeline.seabed.derivatives import BLOCK, LAYERS, Window
from pipeline.sources.rasters import RasterFile

NODATA = -9999.0
_UNITS = {"slope_deg": "deg", "roughness_m": "m", "position_index_m": "m"}
# Chosen by measurement (4 M cells of five layers of a 1 m survey; time of one thread, bytes a cell and layer): DEFLATE
# 1 with the predictor for floats takes 58 ns and 3.07 bytes, DEFLATE 6 takes 115 ns and 3.00, LZW 59 ns and 3.93.
# Derivatives are nearly noise: a higher level buys nothing. ZSTD 1 takes 27 ns and 3.04 bytes, but not every
# cable-planning tool reads it, and every one reads DEFLATE.
COMPRESSION: dict[str, Any] = {"compress": "deflate", "zlevel": 1, "predictor": 3}


@dataclass(frozen=True)
class NativeLayers:
    """An open file of layers.

    Attributes
    ----------
    dataset : rasterio.io.DatasetWriter
        The file.
    """

    dataset: Any

    @classmethod
    @contextmanager
    def create(
        cls, path: Path, tile: RasterFile, section: SourceSection, names: Sequence[str] = LAYERS
    ) -> Iterator[NativeLayers]:
        """Create the file of a tile's layers, for ``write``.

        Parameters
        ----------
        path : Path
            Where to.
        tile : RasterFile
            The survey's tile; the layers have its pixels and its CRS.
        section : SourceSection
            Its source.
        names : sequence of str
            Which of ``LAYERS``, from the first.
        """
        with rasterio.open(
            path, "w", driver="GTiff", width=tile.width, height=tile.height, count=len(names), dtype="float32",
            crs=tile.crs, transform=tile.transform, nodata=NODATA, interleave="band", tiled=True, blockxsize=BLOCK,
            blockysize=BLOCK, bigtiff="if_safer", num_threads=os.cpu_count() or 1, **COMPRESSION,
        ) as dataset:  # fmt: skip
            for number, name in enumerate(names, start=1):
                dataset.set_band_description(number, name)
                dataset.set_band_unit(number, _UNITS.get(name, "1/km"))
            dataset.update_tags(
                description="Terrain of a survey at its own resolution: slope (Horn 1981), roughness, position index, "
                "curvature along and across the cable (Evans 1972; positive in hollows)",
                values=str(section.values),
            )
            yield cls(dataset)

    def write(self, window: Window) -> None:
        """Write the layers of a window, derived with ``NODATA`` where they have no value."""
        rows, cols = window.layers.shape[1:]
        self.dataset.write(window.layers, window=RasterWindow(window.col, window.row, cols, rows))
