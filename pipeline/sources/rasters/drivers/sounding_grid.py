"""Means of soundings in cells, out of core: sums are whole numbers, so that no order of lines changes a digit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import rasterio
from affine import Affine
from numpy.typing import NDArray
from rasterio.windows import Window

from pipeline.errors import DataError
from pipeline.geo import Floats, Ints
from pipeline.sources.rasters.cell_sums import PER_METRE

TILE = 512
"""Side of the blocks of gridded soundings, in cells."""
_MEMORY = "512MB"  # cells beyond it wait on disk
_LARGEST_M = 100_000.0


@dataclass(frozen=True)
class Lattice:
    """Where the cells of gridded soundings lie.

    Attributes
    ----------
    rows, cols : int
        How many.
    west, south : float
        Centre of the first column and of the last row, in ``crs``.
    across, down : float
        Sides of a cell, in units of ``crs``.
    crs : str
        As WKT.
    """

    rows: int
    cols: int
    west: float
    south: float
    across: float
    down: float
    crs: str

    @property
    def transform(self) -> Affine:
        """From (column, row) of cell corners to x and y."""
        north = self.south + (self.rows - 0.5) * self.down
        return Affine(self.across, 0.0, self.west - self.across / 2.0, 0.0, -self.down, north)

    def cell_of(self, x: Floats, y: Floats) -> tuple[Ints, Ints]:
        """Return row and column of the cells that hold points."""
        col = np.floor((x - self.west) / self.across + 0.5).astype(np.int64)
        from_south = np.floor((y - self.south) / self.down + 0.5).astype(np.int64)
        return self.rows - 1 - from_south, col


def write_means(blocks: Iterable[tuple[Floats, Floats, Floats]], lattice: Lattice, folder: Path, source: Path) -> Path:
    """Write the mean of the soundings in every cell as a GeoTIFF, NaN where there is none.

    Parameters
    ----------
    blocks : iterable of tuple of ndarray
        x, y (in the lattice's CRS) and z (m) of soundings, any number at a time.
    lattice : Lattice
        The cells.
    folder : Path
        A folder for this alone.
    source : Path
        The file that the soundings come from, for messages.

    Returns
    -------
    Path
        A sparse file of tiles.

    Raises
    ------
    DataError
        If a sounding is no depth on Earth.
    """
    path = folder / "means.tif"
    with duckdb.connect() as connection:
        connection.execute(f"SET memory_limit = '{_MEMORY}'")
        connection.execute("SET temp_directory = ?", [str(folder / "spill")])
        connection.execute("SET preserve_insertion_order = false")
        connection.execute("SET enable_progress_bar = false")
        connection.execute("CREATE TABLE parts (row BIGINT, col BIGINT, total BIGINT, number BIGINT)")
        for x, y, z in blocks:
            if z.size:
                part = _sums(lattice, x, y, z, source)
                connection.register("part", part)
                connection.execute("INSERT INTO parts SELECT * FROM part")
                connection.unregister("part")
        connection.execute(
            "CREATE TABLE cells AS SELECT row, col, CAST(sum(total) AS BIGINT) AS total, "
            "CAST(sum(number) AS BIGINT) AS number FROM parts GROUP BY row, col ORDER BY row, col"
        )
        with rasterio.open(
            path, "w", driver="GTiff", width=lattice.cols, height=lattice.rows, count=1, dtype="float32",
            nodata=np.nan, crs=lattice.crs, transform=lattice.transform, tiled=True, blockxsize=TILE,
            blockysize=TILE, compress="deflate", zlevel=1, sparse_ok=True, bigtiff="if_safer",
        ) as target:  # fmt: skip
            for window, means in _tiles(connection, lattice):
                target.write(means, 1, window=window)
    return path


def _sums(lattice: Lattice, x: Floats, y: Floats, z: Floats, source: Path) -> pd.DataFrame:
    """Return the sums and numbers of some soundings by cell."""
    absurd = ~(np.abs(z) <= _LARGEST_M)
    if absurd.any():
        raise DataError(
            f"a sounding is {z[absurd][0]:g} m, which no seabed has; it is probably nodata that was not declared",
            where=str(source),
            remedy=f"Set nodata = {z[absurd][0]:g} in its source.",
        )
    row, col = lattice.cell_of(x, y)
    order = np.lexsort((col, row))
    row, col, units = row[order], col[order], np.rint(z[order] * PER_METRE).astype(np.int64)
    starts = np.flatnonzero(np.append(True, (np.diff(row) != 0) | (np.diff(col) != 0)))
    number = np.diff(np.append(starts, row.size))
    return pd.DataFrame(
        {"row": row[starts], "col": col[starts], "total": np.add.reduceat(units, starts), "number": number}
    )


def _tiles(connection: Any, lattice: Lattice) -> Iterator[tuple[Window, NDArray[np.float32]]]:
    """Give the tiles that hold a cell with a sounding, a row of tiles at a time."""
    tops = connection.execute(f"SELECT DISTINCT row // {TILE} * {TILE} AS top FROM cells ORDER BY top").fetchall()
    for (top,) in tops:
        band = connection.execute(
            "SELECT row, col, total, number FROM cells WHERE row >= ? AND row < ? ORDER BY col, row",
            [top, top + TILE],
        ).fetchnumpy()
        row, col = np.asarray(band["row"]), np.asarray(band["col"])
        mean = np.asarray(band["total"]) / np.asarray(band["number"]) / PER_METRE
        first = np.flatnonzero(np.diff(col // TILE, prepend=-1))
        for start, end in zip(first.tolist(), [*first[1:].tolist(), col.size], strict=True):
            left = int(col[start]) // TILE * TILE
            height, width = min(TILE, lattice.rows - top), min(TILE, lattice.cols - left)
            tile = np.full((height, width), np.nan, dtype=np.float32)
            tile[row[start:end] - top, col[start:end] - left] = mean[start:end]
            yield Window(left, top, width, height), tile
