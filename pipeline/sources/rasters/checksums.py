"""Checksums of compressed GeoTIFF blocks, which the library that unpacks them does not look at.

libtiff stops at the last cell of a block, before the Adler-32 checksum that ends its zlib stream. Damage that happens
to unpack to the right number of bytes would be read as depths.
"""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import numpy as np
from rasterio.windows import Window

from pipeline.errors import DataError


def refuse_wrong_checksums(dataset: Any, band: int, window: Window, path: Path) -> None:
    """Compare the blocks under a window of an open raster with their checksums; other formats have none to look at.

    Raises
    ------
    DataError
        Naming the first block that is damaged.
    """
    if dataset.driver != "GTiff" or dataset.tags(ns="IMAGE_STRUCTURE").get("COMPRESSION") != "DEFLATE":
        return
    tall, wide = dataset.block_shapes[band - 1]
    bands = dataset.count if dataset.interleaving is not None and dataset.interleaving.name == "pixel" else 1
    size = tall * wide * bands * np.dtype(dataset.dtypes[band - 1]).itemsize
    rows = range(window.row_off // tall, (window.row_off + window.height - 1) // tall + 1)
    cols = range(window.col_off // wide, (window.col_off + window.width - 1) // wide + 1)
    with path.open("rb") as stream:
        for row in rows:
            for col in cols:
                place = f"_{col}_{row}"
                offset = dataset.get_tag_item(f"BLOCK_OFFSET{place}", "TIFF", bidx=band)
                length = dataset.get_tag_item(f"BLOCK_SIZE{place}", "TIFF", bidx=band)
                if offset and length:  # a block that was never written has neither
                    stream.seek(int(offset))
                    if not _is_sound(stream.read(int(length)), size):
                        raise DataError(
                            "the raster is damaged or is no raster: a block does not have its checksum",
                            where=f"{path}, rows {row * tall} to {(row + 1) * tall - 1}, "
                            f"columns {col * wide} to {(col + 1) * wide - 1}",
                            remedy="Copy or download it again and compare its size with the original.",
                        )


def _is_sound(packed: bytes, size: int) -> bool:
    """Unpack to the end, where the checksum is compared, but never to more than the block can hold."""
    stream = zlib.decompressobj()
    try:
        cells = len(stream.decompress(packed, size + 1))
    except zlib.error:
        return False
    return stream.eof and cells <= size  # the last strip is shorter
