"""netCDF grids with CF coordinates (GEBCO and others), classic or in HDF5."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.config.corridor import SourceSection
from pipeline.errors import DataError
from pipeline.sources.rasters.drivers.described import described
from pipeline.sources.rasters.drivers.driver import Driver
from pipeline.sources.rasters.drivers.fragile import apart_from_here
from pipeline.sources.rasters.drivers.georeference import corners
from pipeline.sources.rasters.drivers.hdf5 import SIGNATURE, objects_in
from pipeline.sources.rasters.raster_file import RasterFile, Stated, explained_open

_CLASSIC = (b"CDF\x01", b"CDF\x02", b"CDF\x05")
_SUFFIXES = frozenset({".nc", ".nc4", ".cdf", ".grd"})
# CF: units that make an axis a longitude or latitude, whatever its name.
_DEGREES = {
    "degrees_north", "degree_north", "degree_N", "degrees_N", "degreeN", "degreesN",
    "degrees_east", "degree_east", "degree_E", "degrees_E", "degreeE", "degreesE",
}  # fmt: skip


def recognises(path: Path, head: bytes) -> bool:
    """Tell by signature; HDF5 that is nothing else is taken for netCDF-4."""
    return head.startswith((*_CLASSIC, SIGNATURE))


def inspect(path: Path, section: SourceSection) -> RasterFile:
    """Describe the variable that ``variable`` names, or the only georeferenced one.

    Raises
    ------
    DataError
        If the file is damaged, reaches out of itself, has several grids and none is chosen, or contradicts the
        configuration.
    """
    with path.open("rb") as stream:
        in_hdf5 = stream.read(len(SIGNATURE)) == SIGNATURE
    if in_hdf5:
        objects_in(path)
    with explained_open(path, str(path), ("netCDF",)) as dataset:
        grids = [address.rsplit(":", 1)[-1] for address in dataset.subdatasets]
        only = dataset.tags(1).get("NETCDF_VARNAME", "") if dataset.count else ""
    if not grids:
        named = section.variable == only
        file = _grid(path, str(path), section.model_copy(update={"variable": None}) if named else section)
        return replace(file, band_name=only)
    return _chosen(path, grids, section)


def _chosen(path: Path, grids: list[str], section: SourceSection) -> RasterFile:
    if section.variable is None:
        usable = [name for name in grids if _has_place(path, name)]
        if len(usable) == 1:
            return replace(_grid(path, _address(path, usable[0]), section), band_name=usable[0])
    elif section.variable in grids:
        only = section.model_copy(update={"variable": None})
        return replace(_grid(path, _address(path, section.variable), only), band_name=section.variable)
    raise DataError(
        f"the file holds several grids ({', '.join(grids[:8])}) and the configuration names "
        + (f"'{section.variable}', which is none of them" if section.variable else "none"),
        where=str(path),
        remedy='Choose one with variable = "NAME" in its source.',
    )


def _address(path: Path, variable: str) -> str:
    if '"' in str(path):
        raise DataError(
            "a netCDF file with several grids must not have a quotation mark in its path",
            where=str(path),
            remedy="Rename the file or its folder.",
        )
    return f'NETCDF:"{path}":{variable}'


def _has_place(path: Path, variable: str) -> bool:
    with explained_open(path, _address(path, variable), ("netCDF",)) as dataset:
        return not dataset.transform.is_identity and dataset.count == 1


def _grid(path: Path, address: str, section: SourceSection) -> RasterFile:
    with explained_open(path, address, ("netCDF",)) as dataset:
        tags = dataset.tags()
        own = dataset.tags(1) if dataset.count else {}
        by_convention = "EPSG:4326" if not dataset.crs and _on_degrees(dataset, tags) else None
    implied = not {"_FillValue", "missing_value"} & own.keys()
    file = described(path, address, section, ("netCDF",), by_convention=by_convention, nodata_is_implied=implied)
    return replace(file, values=_stated(own))


def _on_degrees(dataset: Any, tags: dict[str, str]) -> bool:
    """Tell whether the file has a CF latitude and a CF longitude, and they fit the grid's numbers."""
    units = {value for key, value in tags.items() if key.endswith("#units")} & _DEGREES
    north = {unit for unit in units if "orth" in unit or unit.endswith("N")}
    x, y = corners(dataset)
    fits = x.min() >= -360.0 and x.max() <= 540.0 and np.abs(y).max() <= 90.5
    return bool(north and units - north and fits)


def _stated(own: dict[str, str]) -> Stated:
    """Return which way the values go, where ``positive`` or ``standard_name`` of the variable says so (CF)."""
    name = own.get("standard_name", "")
    if own.get("positive", "").lower() == "down" or name.startswith(("depth", "sea_floor_depth")):
        return "depth_m"
    if own.get("positive", "").lower() == "up" or name.startswith(("height", "altitude", "surface_altitude")):
        return "elevation_m"
    return ""


DRIVER = Driver("netCDF", recognises, apart_from_here(inspect))
