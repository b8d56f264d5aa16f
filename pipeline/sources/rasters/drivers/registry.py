"""The catalogue of raster formats, in the order in which they are asked."""

from __future__ import annotations

from pathlib import Path

from pipeline.sources.rasters.drivers import bag, netcdf, plain, s102, soundings
from pipeline.sources.rasters.drivers.driver import Driver

DRIVERS: tuple[Driver, ...] = (bag.DRIVER, s102.DRIVER, netcdf.DRIVER, soundings.DRIVER, plain.DRIVER)
"""The first that recognises a file reads it; the last takes what no other does."""


def driver_of(path: Path, head: bytes) -> Driver:
    """Return the driver that reads a file.

    Parameters
    ----------
    path : Path
        The file.
    head : bytes
        Its first bytes, ``HEAD_BYTES`` of them where it is that long.
    """
    return next(driver for driver in DRIVERS if driver.recognises(path, head))
