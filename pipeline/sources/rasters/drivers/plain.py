"""GeoTIFF, ESRI ASCII grid and other rasters that GDAL reads and that keep their cells in the file itself."""

from __future__ import annotations

from pathlib import Path

from pipeline.config.corridor import SourceSection
from pipeline.sources.rasters.drivers.described import described
from pipeline.sources.rasters.drivers.driver import Driver
from pipeline.sources.rasters.raster_file import RasterFile

# VRT, GTI, STACTA, WMS and the like point elsewhere; so may ERS, ILWIS and PCIDSK, whose headers name their data file.
FORMATS = (
    "GTiff", "AAIGrid", "GRASSASCIIGrid", "AIG", "HFA", "EHdr", "ENVI", "GS7BG", "GSAG", "GSBG", "GXF", "RST", "SAGA",
    "USGSDEM", "SRTMHGT", "DTED", "ZMap", "JP2OpenJPEG", "PNG", "NWT_GRD", "NWT_GRC", "PCRaster",
)  # fmt: skip
"""GDAL's names of the formats that are tried."""


def inspect(path: Path, section: SourceSection) -> RasterFile:
    """Describe one band of a raster.

    Raises
    ------
    DataError
        See ``described``.
    """
    return described(path, str(path), section, FORMATS)


DRIVER = Driver("GeoTIFF, ESRI ASCII grid and other plain rasters", lambda path, head: True, inspect)
