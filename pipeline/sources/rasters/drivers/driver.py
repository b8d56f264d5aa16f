"""What a raster format must say of itself to be in the catalogue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.config.corridor import SourceSection
from pipeline.sources.rasters.raster_file import RasterFile

HEAD_BYTES = 4096
"""A format is known by so many first bytes."""


@dataclass(frozen=True)
class Driver:
    """One family of raster formats.

    Attributes
    ----------
    name : str
        What people call it.
    recognises : callable
        Tells from path and first bytes whether a file is one of this family.
    inspect : callable
        Opens a file, compares it with what its source says, and describes it; raises DataError.
    """

    name: str
    recognises: Callable[[Path, bytes], bool]
    inspect: Callable[[Path, SourceSection], RasterFile]
