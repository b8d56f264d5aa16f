"""What one raster file gives where a step wants values, in the file's own values, kept so that it is read once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.geo import Floats
from pipeline.store import Facts, FilePart

Arrays = dict[str, NDArray[Any]]
"""What is read of a file, by what it is."""
Box = tuple[slice, slice]
"""Rows and columns of a grid."""

_ARCHIVE = "values.npz"


@dataclass(frozen=True)
class Tile:
    """What one raster file gives.

    Attributes
    ----------
    path : Path
        The file, to name it by.
    facts : Facts
        What it says of itself; at least ``resolution_m``.
    read : callable
        Returns one of its arrays by name; nothing is held in memory before.
    """

    path: Path
    facts: Facts
    read: Callable[[str], NDArray[Any]]

    @classmethod
    def kept(cls, path: Path, part: FilePart) -> Tile:
        """Return the tile that ``keep`` wrote."""
        return cls(path, part.facts, partial(_from_archive, part.folder / _ARCHIVE))

    @property
    def resolution_m(self) -> float:
        """Longer side of a pixel, metres on the ground."""
        return float(self.facts["resolution_m"])

    def block(self, name: str) -> tuple[Box, NDArray[Any]]:
        """Return a part of a grid that ``cut`` cut out, and where it lies."""
        values, (top, left) = self.read(name), self.read(f"{name} corner").tolist()
        rows, cols = values.shape[-2:]
        return (slice(top, top + rows), slice(left, left + cols)), values


def keep(arrays: Arrays, folder: Path) -> None:
    """Write what was read of a file."""
    np.savez(folder / _ARCHIVE, allow_pickle=False, **arrays)


def cut(name: str, known: NDArray[np.bool_], *grids: NDArray[Any]) -> Arrays:
    """Return the part of rasters on one grid that holds all places with ``known``, for ``Tile.block``."""
    rows, cols = (np.flatnonzero(known.any(axis=axis)) for axis in (1, 0))
    top, bottom, left, right = (rows[0], rows[-1] + 1, cols[0], cols[-1] + 1) if rows.size else (0, 0, 0, 0)
    parts = [grid[top:bottom, left:right] for grid in grids]
    return {name: np.stack(parts) if len(parts) > 1 else parts[0], f"{name} corner": np.array([top, left])}


def station_points(route: Path) -> tuple[Floats, Floats]:
    """Return x and y of the stations of a frame's folder, metres, without loading the rest of it."""
    table = pd.read_parquet(route / "stations.parquet", columns=["x_m", "y_m"])
    return table["x_m"].to_numpy(), table["y_m"].to_numpy()


def _from_archive(archive: Path, name: str) -> NDArray[Any]:
    with np.load(archive, allow_pickle=False) as arrays:
        values: NDArray[Any] = arrays[name]
        return values
