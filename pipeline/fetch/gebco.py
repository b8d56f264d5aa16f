"""GEBCO: gridded elevations of bed and land, cut to the box by an ERDDAP server.

GEBCO itself gives user-defined areas through a web page alone, and the whole world as one file of several GB. NOAA
CoastWatch serves GEBCO_2020 (15 arc-seconds) through ERDDAP, whose griddap protocol cuts:
``DATASET.nc?elevation[(south):1:(north)][(west):1:(east)]``
(https://coastwatch.pfeg.noaa.gov/erddap/griddap/documentation.html).
The answer is a netCDF file that names no CRS; as GeoTIFF it gets one.
"""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

import rasterio
from rasterio.errors import NotGeoreferencedWarning, RasterioError

from pipeline.errors import DataError
from pipeline.fetch.ask import Ask, BrokenAnswerError
from pipeline.fetch.service import Asks, Service
from pipeline.fetch.wanted import Wanted
from pipeline.sources.apart import apart
from pipeline.sources.depths.datum import HIGHEST_M, LOWEST_M
from pipeline.sources.rasters.intake import inspect_raster
from pipeline.sources.rasters.raster_file import RasterFile
from pipeline.sources.rasters.reading import read_through

_HEADS = (b"CDF\x01", b"CDF\x02", b"CDF\x05", b"\x89HDF\r\n\x1a\n")


def asks(wanted: Wanted, url: str, dataset: str) -> Asks:
    """Ask for the box, once."""
    west, south, east, north = wanted.box
    cut = f"elevation[({south}):1:({north})][({west}):1:({east})]"
    yield Ask(f"{url}/{dataset}.nc?{quote(cut, safe='():')}", check=_check)


def _check(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(8)
    if not head.startswith(_HEADS):
        raise BrokenAnswerError("the answer is not a netCDF file")


def assemble(_: Wanted, answers: Sequence[Path], target: Path) -> str:
    """Keep the netCDF file, or write the same values as a GeoTIFF that names its CRS."""
    (answer,) = answers
    netcdf = target.with_suffix(".nc")
    shutil.copyfile(answer, netcdf)  # GDAL goes by the name as well
    if target != netcdf:
        apart(netcdf, _to_geotiff, netcdf, target)
        netcdf.unlink()
    return ""


def _to_geotiff(netcdf: Path, target: Path) -> None:
    """Write the one grid of a netCDF file as GeoTIFF, in a process of its own: a damaged file can end it.

    Raises
    ------
    DataError
        If the file is damaged or holds other than one grid with a place.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)  # told below
            with rasterio.open(netcdf, driver="netCDF") as source:
                if source.count != 1 or source.transform.is_identity:
                    raise DataError("the file holds other than one grid with a place", where=str(netcdf))
                profile = {
                    "driver": "GTiff", "width": source.width, "height": source.height, "count": 1,
                    "dtype": source.dtypes[0], "nodata": source.nodata, "crs": "EPSG:4326",
                    "transform": source.transform, "compress": "deflate", "tiled": True, "blockxsize": 256,
                    "blockysize": 256,
                }  # fmt: skip
                with rasterio.open(target, "w", **profile) as file:
                    file.units = ("m",)
                    for _, window in file.block_windows(1):
                        file.write(source.read(1, window=window), 1, window=window)
    except RasterioError as error:
        raise DataError(f"the grid is damaged: {error.__cause__ or error}", where=str(netcdf)) from error


def read(wanted: Wanted, path: Path) -> None:
    """Read every block as the bathymetry step does; compare extent and values with what was asked for."""
    raster = inspect_raster(path, SERVICE.as_source(wanted, path).section)
    contents = read_through(raster)
    if contents.low < LOWEST_M or contents.high > HIGHEST_M:
        raise DataError(
            f"the elevations run from {contents.low:g} to {contents.high:g} m, which no place on Earth has",
            where=str(path),
            remedy="The service does not give elevations in metres; look its data set up.",
        )
    if not _covers(raster, wanted):
        raise DataError(
            f"the grid does not cover the box {', '.join(map(str, wanted.box))} that was asked for",
            where=str(path),
            remedy="The service cut another area; look its data set up.",
        )


def _covers(raster: RasterFile, wanted: Wanted) -> bool:
    west, south, east, north = wanted.box
    t = raster.transform
    left, right = sorted((t.c, t.c + t.a * raster.width))
    low, high = sorted((t.f, t.f + t.e * raster.height))
    slack_x, slack_y = abs(t.a), abs(t.e)  # the box falls between cells
    return left <= west + slack_x and right >= east - slack_x and low <= south + slack_y and high >= north - slack_y


SERVICE = Service(
    title="GEBCO: elevations of bed and land, 15 arc-seconds",
    role="bathymetry",
    keys={"values": "elevation_m", "vertical_datum": "msl"},
    url="https://coastwatch.pfeg.noaa.gov/erddap/griddap",
    dataset="GEBCO_2020",
    licence="public domain (GEBCO)",
    attribution="GEBCO Compilation Group (2020) GEBCO 2020 Grid, doi:10.5285/a29c5465-b138-234d-e053-6c86abc040b9",
    terms="https://www.gebco.net/data_and_products/gridded_bathymetry_data/",
    asks=asks,
    assemble=assemble,
    read=read,
)
