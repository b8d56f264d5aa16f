"""Rasters that are read in a process of their own, because a damaged one can end the library that reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from pipeline.config.corridor import SourceSection
from pipeline.sources.apart import apart
from pipeline.sources.rasters.raster_file import RasterFile

Inspect = Callable[[Path, SourceSection], RasterFile]


@dataclass(frozen=True)
class FragileFile(RasterFile):
    """A raster that only the other process opens."""

    @contextmanager
    def open(self) -> Iterator[Any]:
        """Open nothing here."""
        yield None

    def _values(self, dataset: Any, window: Window) -> NDArray[np.float32]:
        return apart(self.path, _read, RasterFile(**self.known), window)


def apart_from_here(inspect: Inspect) -> Inspect:
    """Return what a driver does to inspect a file, done in the other process, as all reading of the file will be."""
    return partial(_inspect, inspect)


def _inspect(inspect: Inspect, path: Path, section: SourceSection) -> RasterFile:
    return FragileFile(**apart(path, inspect, path, section).known)


def _read(file: RasterFile, window: Window) -> NDArray[np.float32]:
    with file.open() as dataset:
        return file.read(dataset, window)
