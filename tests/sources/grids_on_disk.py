"""netCDF, BAG, S-102 and other grids written into a test's own folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import rasterio
import rasterio.shutil
from affine import Affine
from numpy.typing import NDArray
from scipy.io import netcdf_file


def write_netcdf3(
    path: Path, lon: NDArray[Any], lat: NDArray[Any], *, units: bool = True, **variables: NDArray[Any]
) -> Path:
    """Write CF grids with the classic format; attributes of a variable follow in ``NAME_attributes``."""
    attributes = {
        name: variables.pop(f"{name}_attributes", {}) for name in list(variables) if f"{name}_attributes" in variables
    }
    with netcdf_file(path, "w") as file:
        for name, axis, unit in (("lat", lat, "degrees_north"), ("lon", lon, "degrees_east")):
            file.createDimension(name, len(axis))
            variable = file.createVariable(name, "d", (name,))
            variable[:] = axis
            if units:
                variable.units = unit
        for name, values in variables.items():
            variable = file.createVariable(name, values.dtype.char, ("lat", "lon"))
            variable[:] = values
            for key, value in attributes.get(name, {}).items():
                setattr(variable, key, value)
    return path


def write_netcdf4(
    path: Path, lon: NDArray[Any], lat: NDArray[Any], *, chunks: tuple[int, int] = (16, 16), **variables: NDArray[Any]
) -> Path:
    """Write CF grids as netCDF-4."""
    with h5py.File(path, "w") as file:
        scales = netcdf4_axes(file, lon, lat)
        for name, values in variables.items():
            attach(file.create_dataset(name, data=values, chunks=chunks, compression="gzip"), *scales)
    return path


def netcdf4_axes(file: h5py.File, lon: NDArray[Any], lat: NDArray[Any]) -> tuple[h5py.Dataset, h5py.Dataset]:
    file.attrs["Conventions"] = "CF-1.7"
    for name, axis, unit in (("lat", lat, "degrees_north"), ("lon", lon, "degrees_east")):
        scale = file.create_dataset(name, data=axis)
        scale.attrs["units"] = unit
        scale.make_scale(name)
    return file["lat"], file["lon"]


def attach(variable: h5py.Dataset, lat: h5py.Dataset, lon: h5py.Dataset) -> None:
    variable.dims[0].attach_scale(lat)
    variable.dims[1].attach_scale(lon)
    variable.attrs["units"] = "m"


def write_bag(path: Path, elevation: NDArray[Any], transform: Affine, crs: str, **options: str) -> Path:
    """Write elevations with an uncertainty of half a metre."""
    source = path.with_suffix(".source.tif")
    bands = np.stack([elevation, np.full_like(elevation, 0.5)]).astype(np.float32)
    with rasterio.open(
        source, "w", driver="GTiff", width=bands.shape[2], height=bands.shape[1], count=2, dtype="float32", crs=crs,
        transform=transform, nodata=1e6,
    ) as target:  # fmt: skip
        target.write(np.where(np.isnan(bands), np.float32(1e6), bands))
    rasterio.shutil.copy(source, path, driver="BAG", **options)
    source.unlink()
    return path


def write_s102(path: Path, depth: NDArray[Any], transform: Affine, epsg: int, *, vertical_datum: int = 3) -> Path:
    """Write depths with an uncertainty, as edition 2.1; datum 3 is mean sea level, 12 mean lower low water."""
    rows, cols = depth.shape
    with h5py.File(path, "w") as file:
        file.attrs["productSpecification"] = np.bytes_("INT.IHO.S-102.2.1")
        file.attrs["horizontalCRS"] = file.attrs["horizontalDatumValue"] = np.int32(epsg)
        file.attrs["horizontalDatumReference"] = np.bytes_("EPSG")
        file.attrs["verticalDatum"] = np.uint16(vertical_datum)
        file.create_group("Group_F")
        coverage = file.create_group("BathymetryCoverage/BathymetryCoverage.01")
        coverage.attrs["gridOriginLongitude"] = transform.c + transform.a / 2.0
        coverage.attrs["gridOriginLatitude"] = transform.f + transform.e * (rows - 0.5)
        coverage.attrs["gridSpacingLongitudinal"], coverage.attrs["gridSpacingLatitudinal"] = transform.a, -transform.e
        coverage.attrs["numPointsLongitudinal"], coverage.attrs["numPointsLatitudinal"] = (
            np.uint32(cols),
            np.uint32(rows),
        )
        coverage.attrs["startSequence"] = np.bytes_("0,0")
        values = np.zeros((rows, cols), [("depth", "<f4"), ("uncertainty", "<f4")])
        values["depth"], values["uncertainty"] = np.where(np.isnan(depth), 1e6, depth)[::-1], 0.3
        coverage.create_group("Group_001").create_dataset("values", data=values)
    return path
