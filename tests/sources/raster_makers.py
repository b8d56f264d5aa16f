"""Makers of depth rasters, sound, odd and broken, that all hold one plane."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import rasterio
from affine import Affine
from numpy.typing import NDArray
from pyproj import Transformer
from rasterio.control import GroundControlPoint
from rasterio.enums import ColorInterp

from tests.sources.grids_on_disk import write_bag, write_netcdf3, write_netcdf4, write_s102
from tests.sources.rasters_on_disk import write_raster

UTM39 = "EPSG:32639"
# Around a route north along 51 E (x is 500 km) from 42 N for 11 km.
WEST, NORTH, SIDE, COLS, ROWS = 498_000.0, 4_662_000.0, 100.0, 40, 140
PLACE = Affine(SIDE, 0.0, WEST, 0.0, -SIDE, NORTH)
SENTINEL = -9999.0
GAP = (slice(60, 80), slice(None))

Edit = Callable[[NDArray[Any]], NDArray[Any]]
Make = Callable[[Path], Path]


def plane(x_m: NDArray[Any], y_m: NDArray[Any]) -> NDArray[Any]:
    """Bed elevation, m: it tells north from south, east from west, and a shift by half a pixel (1 m)."""
    return -100.0 + 0.02 * (x_m - 500_000.0) - 0.005 * (y_m - 4_655_000.0)


def values_on(transform: Affine, rows: int, cols: int, crs: str = UTM39) -> NDArray[Any]:
    """The plane at the pixel centres of a raster in any CRS."""
    col, row = np.meshgrid(np.arange(cols) + 0.5, np.arange(rows) + 0.5)
    x = transform.a * col + transform.b * row + transform.c
    y = transform.d * col + transform.e * row + transform.f
    if crs != UTM39:
        x, y = Transformer.from_crs(crs, UTM39, always_xy=True).transform(x, y)
    return plane(x, y)


def raster(
    transform: Affine = PLACE,
    rows: int = ROWS,
    cols: int = COLS,
    *,
    crs: str | None = UTM39,
    of: str | None = None,
    edit: Edit = lambda values: values,
    after: Callable[[Any], None] | None = None,
    dtype: str = "float32",
    **profile: Any,
) -> Make:
    """A GeoTIFF of the plane, as ``of`` (by default ``crs``) places it; ``after`` alters the open file."""

    def make(folder: Path) -> Path:
        values = edit(values_on(transform, rows, cols, of or crs or UTM39)).astype(dtype)
        path = write_raster(folder / "depths.tif", values, transform=transform, crs=crs, **profile)
        if after:
            with rasterio.open(path, "r+") as target:
                after(target)
        return path

    return make


def altered(make: Make, alter: Callable[[bytes], bytes]) -> Make:
    """The same file with other bytes."""

    def make_altered(folder: Path) -> Path:
        path = make(folder)
        path.write_bytes(alter(path.read_bytes()))
        return path

    return make_altered


def file(name: str, content: bytes) -> Make:
    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content)
        return path

    return make


def put(value: float, where: Any = GAP) -> Edit:
    """Set a part of the raster to a value."""

    def edit(values: NDArray[Any]) -> NDArray[Any]:
        values = values.copy()
        values[where] = value
        return values

    return edit


def in_turn(*edits: Edit) -> Edit:
    def edit(values: NDArray[Any]) -> NDArray[Any]:
        for one in edits:
            values = one(values)
        return values

    return edit


def nodata_text(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    """Put a nodata into the file's tag that no writer would put there."""

    def alter(content: bytes) -> bytes:
        assert content.count(old + b"\0") == 1
        return content.replace(old + b"\0", new + b"\0")

    return alter


def zeroed(content: bytes) -> bytes:
    """Overwrite some bytes in the middle of a block."""
    middle = len(content) * 2 // 3
    return content[:middle] + b"\0" * 60 + content[middle + 60 :]


def geographic(
    west: float = 50.95, *, lon: NDArray[Any] | None = None
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Longitudes, latitudes (northward) and the plane, on a lattice of 0.001 degrees."""
    lon = west + 0.0005 + np.arange(100) * 0.001 if lon is None else lon
    lat = 41.98 + 0.0005 + np.arange(140) * 0.001
    x, y = Transformer.from_crs("EPSG:4326", UTM39, always_xy=True).transform(*np.meshgrid(lon, lat))
    return lon, lat, plane(x, y)


def netcdf(south_up: bool = False, turn: float = 0.0, *, units: bool = True, packed: bool = False) -> Make:
    def make(folder: Path) -> Path:
        lon, lat, values = geographic()
        order = slice(None, None, -1) if south_up else slice(None)
        more: dict[str, Any] = {}
        if packed:
            values = np.rint((values - 5.0) / 0.01)
            more = {"elevation_attributes": {"scale_factor": 0.01, "add_offset": 5.0, "_FillValue": np.int16(-32768)}}
        kind = "i2" if packed else "f4"
        path = folder / "depths.nc"
        return write_netcdf3(path, lon + turn, lat[order], units=units, elevation=values[order].astype(kind), **more)

    return make


def two_grids(folder: Path) -> Path:
    lon, lat, values = geographic()
    values = values.astype(np.float32)
    return write_netcdf4(folder / "depths.nc", lon, lat, elevation=values, tid=np.zeros_like(values))


def linked(folder: Path) -> Path:
    """A netCDF-4 file whose grid is a link to another file."""
    lon, lat, values = geographic()
    write_netcdf4(folder / "elsewhere.h5", lon, lat, elevation=values.astype(np.float32))
    with h5py.File(folder / "depths.nc", "w") as target:
        for name in ("lat", "lon", "elevation"):
            target[name] = h5py.ExternalLink("elsewhere.h5", f"/{name}")
    return folder / "depths.nc"


def stored_elsewhere(folder: Path) -> Path:
    lon, lat, values = geographic()
    write_netcdf4(folder / "depths.nc", lon, lat)
    values.astype("<f4").tofile(folder / "cells.raw")
    with h5py.File(folder / "depths.nc", "r+") as target:
        target.create_dataset(
            "elevation", shape=values.shape, dtype="<f4", external=[(folder / "cells.raw", 0, h5py.h5f.UNLIMITED)]
        )
    return folder / "depths.nc"


def bag(**options: str) -> Make:
    return lambda folder: write_bag(folder / "depths.bag", values_on(PLACE, ROWS, COLS), PLACE, UTM39, **options)


def varied_bag(folder: Path) -> Path:
    path = bag()(folder)
    with h5py.File(path, "r+") as target:
        target["BAG_root"].create_dataset("varres_refinements", data=np.zeros((1, 4), "f4"))
    return path


def s102(datum: int = 3) -> Make:
    def make(folder: Path) -> Path:
        return write_s102(folder / "102.h5", -values_on(PLACE, ROWS, COLS), PLACE, 32639, vertical_datum=datum)

    return make


def ascii_grid(folder: Path) -> Path:
    path = folder / "depths.asc"
    head = f"ncols {COLS}\nnrows {ROWS}\nxllcorner {WEST}\nyllcorner {NORTH - SIDE * ROWS}\ncellsize {SIDE}\n"
    with path.open("w") as stream:
        stream.write(head + "NODATA_value -9999\n")
        np.savetxt(stream, values_on(PLACE, ROWS, COLS), fmt="%.4f")
    return path


def xyz_text(*, gap: bool = False) -> bytes:
    """Soundings at the pixel centres."""
    col, row = np.meshgrid(np.arange(COLS), np.arange(ROWS))
    x, y = (WEST + (col + 0.5) * SIDE).ravel(), (NORTH - (row + 0.5) * SIDE).ravel()
    keep = ~np.isin(row.ravel(), np.arange(60, 80)) if gap else np.ones(x.size, dtype=bool)
    lines = [f"{a:.1f} {b:.1f} {c:.4f}" for a, b, c in zip(x[keep], y[keep], plane(x, y)[keep], strict=True)]
    return ("\n".join(lines) + "\n").encode()


def header_that_points_away(folder: Path) -> Path:
    """A raw grid whose header names its cells by a path."""
    outside = folder / "outside"
    outside.mkdir()
    values_on(PLACE, ROWS, COLS).astype("<f4").tofile(outside / "cells")
    path = folder / "depths.ers"
    path.write_text(
        'DatasetHeader Begin\n\tVersion = "6.0"\n\tDataFile = "outside/cells"\n\tDataSetType = ERStorage\n'
        "\tDataType = Raster\n\tByteOrder = LSBFirst\n\tRasterInfo Begin\n\t\tCellType = IEEE4ByteReal\n"
        f"\t\tNrOfLines = {ROWS}\n\t\tNrOfCellsPerLine = {COLS}\n\t\tNrOfBands = 1\n\tRasterInfo End\n"
        "DatasetHeader End\n"
    )
    return path


def zipped(folder: Path) -> Path:
    path = raster()(folder)
    with zipfile.ZipFile(folder / "depths.zip", "w") as archive:
        archive.write(path, "depths.tif")
    return folder / "depths.zip"


def tarred(folder: Path) -> Path:
    path = raster()(folder)
    with tarfile.open(folder / "depths.tar", "w") as archive:
        archive.add(path, "depths.tif")
    return folder / "depths.tar"


def bomb(folder: Path) -> Path:
    """A gzip file of 100 kB that unpacks to 100 MB of lines."""
    path = folder / "depths.xyz.gz"
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as stream:
        for _ in range(100):
            stream.write(b"500000 4655000 -100\n" * 50_000)
    path.write_bytes(buffer.getvalue())
    return path


def with_gcps(folder: Path) -> Path:
    path = folder / "depths.tif"
    points = [GroundControlPoint(r, c, WEST + c * SIDE, NORTH - r * SIDE) for r, c in ((0, 0), (0, 40), (140, 0))]
    with rasterio.open(
        path, "w", driver="GTiff", width=COLS, height=ROWS, count=1, dtype="float32", gcps=points, crs=UTM39
    ) as target:
        target.write(values_on(PLACE, ROWS, COLS).astype("float32"), 1)
    return path


def two_bands(alpha: bool) -> Make:
    def make(folder: Path) -> Path:
        values = values_on(PLACE, ROWS, COLS)
        second = np.full_like(values, 255.0 if alpha else 0.5)
        second[GAP] = 0.0
        path = write_raster(folder / "depths.tif", np.stack([values, second]).astype("float32"), transform=PLACE)
        with rasterio.open(path, "r+") as target:
            target.descriptions = ("elevation", "other")
            if alpha:
                target.colorinterp = (ColorInterp.gray, ColorInterp.alpha)
        return path

    return make


def masked(folder: Path) -> Path:
    values = values_on(PLACE, ROWS, COLS)
    mask = np.full(values.shape, 255, np.uint8)
    mask[GAP] = 0
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True):
        path = write_raster(folder / "depths.tif", values.astype("float32"), transform=PLACE)
        with rasterio.open(path, "r+") as target:
            target.write_mask(mask)
    return path


def scaled(target: Any) -> None:
    target.scales, target.offsets = (0.01,), (5.0,)


def united(unit: str) -> Callable[[Any], None]:
    def alter(target: Any) -> None:
        target.units = (unit,)

    return alter


TILES: dict[str, Any] = {"tiled": True, "blockxsize": 16, "blockysize": 16, "compress": "deflate"}


def cut_at(sixteenth: int) -> Make:
    """A tiled raster of which so many sixteenths are there."""
    return altered(raster(**TILES), lambda content: content[: len(content) * sixteenth // 16])
