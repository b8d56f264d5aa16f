"""Soundings in text (XYZ): gridded to means per cell; a cell without a sounding stays a hole."""

from __future__ import annotations

from pathlib import Path

from pipeline.config.corridor import SourceSection
from pipeline.sources.drivers.described import described
from pipeline.sources.drivers.driver import Driver
from pipeline.sources.rasters import RasterFile


def recognises(path: Path, head: bytes) -> bool:
    return path.suffix.lower() == ".xyz"


def inspect(path: Path, section: SourceSection) -> RasterFile:
    return described(path, str(path), section, ("XYZ",))


DRIVER = Driver("soundings in text", recognises, inspect)
