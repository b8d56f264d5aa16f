"""BAG, the Bathymetric Attributed Grid of the Open Navigation Surface project: elevations, with their uncertainty."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pipeline.config.corridor import SourceSection
from pipeline.errors import DataError
from pipeline.sources.rasters.drivers.described import described
from pipeline.sources.rasters.drivers.driver import Driver
from pipeline.sources.rasters.drivers.fragile import apart_from_here
from pipeline.sources.rasters.drivers.hdf5 import SIGNATURE, objects_in
from pipeline.sources.rasters.raster_file import RasterFile


def recognises(path: Path, head: bytes) -> bool:
    """Tell by name and signature; a netCDF-4 file has the same signature."""
    return head.startswith(SIGNATURE) and path.suffix.lower() == ".bag"


def inspect(path: Path, section: SourceSection) -> RasterFile:
    """Describe the elevations, or the band that ``variable`` names.

    Raises
    ------
    DataError
        If the file is damaged, reaches out of itself, has cells of various sizes, or contradicts the configuration.
    """
    if "BAG_root/varres_refinements" in objects_in(path):
        raise DataError(
            "the BAG has cells of various sizes, and its plain grid is only an overview of them",
            where=str(path),
            remedy="Make one grid of it: 'gdal_translate -oo MODE=RESAMPLED_GRID in.bag out.tif'.",
        )
    file = described(path, str(path), section, ("BAG",), default="elevation")
    # ONS: elevations are positive up, whatever axis the vertical CRS in the metadata has.
    return replace(file, values="elevation_m" if file.band_name == "elevation" else "")


DRIVER = Driver("BAG", recognises, apart_from_here(inspect))
