"""S-102, the bathymetric surface of the IHO: depths, with their uncertainty, in HDF5."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pipeline.config.corridor import SourceSection
from pipeline.errors import DataError
from pipeline.sources.rasters.drivers.described import described
from pipeline.sources.rasters.drivers.driver import Driver
from pipeline.sources.rasters.drivers.fragile import apart_from_here
from pipeline.sources.rasters.drivers.georeference import refuse_level
from pipeline.sources.rasters.drivers.hdf5 import SIGNATURE, objects_in
from pipeline.sources.rasters.raster_file import RasterFile, explained_open

_SUFFIXES = frozenset({".h5", ".hdf5", ".s102"})


def recognises(path: Path, head: bytes) -> bool:
    """Tell by signature and by name: the file names of S-102 begin with 102 and end in .h5."""
    return head.startswith(SIGNATURE) and path.suffix.lower() in _SUFFIXES


def inspect(path: Path, section: SourceSection) -> RasterFile:
    """Describe the depths, positive down, or the band that ``variable`` names.

    Raises
    ------
    DataError
        If the file is damaged, reaches out of itself, is another kind of HDF5, or contradicts the configuration.
    """
    if "BathymetryCoverage" not in objects_in(path):
        raise DataError(
            "the HDF5 file is no S-102 surface: it has no group BathymetryCoverage",
            where=str(path),
            remedy="Name a BAG .bag and a netCDF file .nc, or convert the grid to GeoTIFF.",
        )
    file = described(path, str(path), section, ("S102",), default="depth")
    with explained_open(path, str(path), ("S102",)) as dataset:
        datum = _words(dataset.tags().get("VERTICAL_DATUM_MEANING", ""))
    refuse_level(datum, path)
    return replace(
        file,
        values="depth_m" if file.band_name == "depth" else "",
        vertical_name=datum or file.vertical_name,
    )


def _words(datum: str) -> str:
    """Return ``meanLowerLowWater`` as words."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in datum).strip()


DRIVER = Driver("S-102", recognises, apart_from_here(inspect))
