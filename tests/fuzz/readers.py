"""Every reader of a source file, with a small whole file to damage."""

from __future__ import annotations

import gzip
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import rasterio
import rasterio.shutil
import shapely
from affine import Affine
from rasterio.transform import from_origin

from pipeline.config.ais import AisSection
from pipeline.config.corridor import Role, SourceSection
from pipeline.geo import Grid
from pipeline.hazards.fishing.effort import read_effort
from pipeline.hazards.seismic.catalogue import read_catalogue
from pipeline.sources.ais.ais_file import read_through
from pipeline.sources.depths.depth_tile import read_depths
from pipeline.sources.routes.rpl import read_rpl, route_of
from pipeline.sources.soils.soil_file import read_soil
from pipeline.sources.soils.soil_samples import read_samples
from pipeline.sources.vectors.outlines import read_outlines
from pipeline.workspace import SourceFiles
from tests.sources.ais_tables import packed
from tests.sources.faulty_ais import FORMS, good_ships, packed_zip
from tests.sources.grids_on_disk import write_bag, write_netcdf3, write_netcdf4, write_s102

CRS = "EPSG:32639"
X_M, Y_M = np.linspace(500_100.0, 502_900.0, 40), np.linspace(4_599_900.0, 4_596_200.0, 40)
GRID = Grid.around(X_M, Y_M, margin_m=300.0, cell_m=250.0, crs=CRS)


@dataclass(frozen=True)
class Reader:
    """One kind of file.

    Attributes
    ----------
    make : callable
        Writes the whole file, and those beside it, into an empty folder; returns the one that is named in a source.
    read : callable
        Reads it as a build does.
    weight : int
        Cases beside those of other readers: what is read in this process takes milliseconds.
    """

    make: Callable[[Path], Path]
    read: Callable[[Path], object]
    weight: int = 1


def _section(role: Role, **more: object) -> SourceSection:
    return SourceSection.model_validate({"role": role, "files": "any", **more})


# ---- rasters ----


def _bed(dtype: str = "float32") -> np.ndarray:
    rows = np.random.default_rng(1).normal(0.0, 1.0, (40, 30)).cumsum(axis=0) - 60.0
    rows[3:6, 4:9] = -9999.0
    return rows.astype(dtype)


def _geotiff(folder: Path, *, name: str = "bed.tif", dtype: str = "float32", **options: object) -> Path:
    folder.mkdir()
    values = _bed(dtype)
    with rasterio.open(
        folder / name, "w", driver="GTiff", width=30, height=40, count=1, dtype=dtype, nodata=-9999, crs=CRS,
        transform=from_origin(500_000.0, 4_600_000.0, 100.0, 100.0), **options,
    ) as target:  # fmt: skip
        target.write(values, 1)
    return folder / name


def _copied(folder: Path, name: str, driver: str) -> Path:
    whole = _geotiff(folder, name="plain.tif")
    rasterio.shutil.copy(whole, folder / name, driver=driver)
    whole.unlink()
    for beside in folder.glob("*.aux.xml"):
        beside.unlink()
    return folder / name


_LON, _LAT = np.linspace(50.95, 51.1, 16), np.linspace(41.45, 41.6, 16)


def _netcdf(folder: Path, write: Callable[..., Path]) -> Path:
    folder.mkdir()
    return write(folder / "bed.nc", _LON, _LAT, elevation=_bed()[:16, :16])


_TRANSFORM = Affine(100.0, 0.0, 500_000.0, 0.0, -100.0, 4_600_000.0)


def _bag(folder: Path) -> Path:
    folder.mkdir()
    return write_bag(folder / "bed.bag", _bed(), _TRANSFORM, CRS)


def _s102(folder: Path) -> Path:
    folder.mkdir()
    return write_s102(folder / "bed.h5", -_bed(), _TRANSFORM, 32639)


def _soundings(folder: Path) -> Path:
    folder.mkdir()
    dice = np.random.default_rng(3)
    table = np.column_stack(
        [dice.uniform(X_M[0], X_M[-1], 900), dice.uniform(Y_M[-1], Y_M[0], 900), dice.normal(-60, 5, 900)]
    )
    np.savetxt(folder / "soundings.xyz", table, fmt="%.2f")
    return folder / "soundings.xyz"


def _soil(folder: Path) -> Path:
    folder.mkdir()
    path = folder / "soil.tif"
    with rasterio.open(
        path, "w", driver="GTiff", width=30, height=40, count=1, dtype="uint8", nodata=0, crs=CRS, compress="deflate",
        transform=from_origin(500_000.0, 4_600_000.0, 100.0, 100.0),
    ) as target:  # fmt: skip
        target.write(np.random.default_rng(2).integers(0, 8, (40, 30)).astype("uint8"), 1)
    return path


def _depths(path: Path, **more: object) -> object:
    section = _section("bathymetry", **{"values": "elevation_m", "vertical_datum": "baltic77", **more})
    return read_depths(path, section, X_M, Y_M, CRS, {"analysis": GRID})


def _soil_codes(path: Path) -> object:
    return read_soil(path, _section("soil"), X_M, Y_M, CRS)


# ---- vectors ----


def _areas(folder: Path, name: str, **options: object) -> Path:
    folder.mkdir()
    squares = [
        shapely.box(50.0 + i, 41.0, 50.8 + i, 41.5).difference(shapely.Point(50.4 + i, 41.2).buffer(0.1))
        for i in range(3)
    ]
    table = gpd.GeoDataFrame({"folk": ["mud", "sand", "Şirvan"], "code": [1, 4, 7]}, geometry=squares, crs="EPSG:4326")
    path = folder / name
    if path.suffix == ".parquet":
        table.to_parquet(path)
    else:
        table.to_file(path, engine="pyogrio", **options)
    return path


def _kmz(folder: Path) -> Path:
    kml = _areas(folder, "areas.kml", driver="KML")
    with zipfile.ZipFile(folder / "areas.kmz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(kml, "doc.kml")
    kml.unlink()
    return folder / "areas.kmz"


def _outlines(path: Path) -> object:
    return read_outlines(path, None, what="the areas", remedy="Save the file again.")


# ---- routes ----

_POSITIONS = pd.DataFrame(
    {
        "lon": [49.7, 50.0, 50.4, 50.9, 51.1],
        "lat": [40.6, 40.9, 41.6, 42.8, 43.6],
        "event": ["Start", "A/C", "", "", "End"],
    }
)


def _route_csv(folder: Path) -> Path:
    folder.mkdir()
    _POSITIONS.to_csv(folder / "rpl.csv", index=False)
    return folder / "rpl.csv"


def _route_xlsx(folder: Path) -> Path:
    folder.mkdir()
    book = openpyxl.Workbook()
    for row in [list(_POSITIONS.columns), *_POSITIONS.to_numpy().tolist()]:
        book.worksheets[0].append(row)
    book.save(folder / "rpl.xlsx")
    return folder / "rpl.xlsx"


def _route_vector(folder: Path, name: str, **options: object) -> Path:
    folder.mkdir()
    line = shapely.LineString(_POSITIONS[["lon", "lat"]].to_numpy())
    gpd.GeoDataFrame({"name": ["route"]}, geometry=[line], crs="EPSG:4326").to_file(
        folder / name, engine="pyogrio", **options
    )
    return folder / name


def _route(path: Path) -> object:
    return route_of(read_rpl(path), CRS)


# ---- tables ----


def _ais(folder: Path) -> Path:
    folder.mkdir()
    times = pd.date_range("2025-01-01", periods=40, freq="5min").strftime("%Y-%m-%dT%H:%M:%S")
    pd.DataFrame(
        {
            "MMSI": 999000001, "BaseDateTime": times, "LAT": np.linspace(41.0, 41.4, 40), "LON": 50.1, "SOG": 10.0,
            "COG": 0.0, "Heading": 0.0, "VesselName": "MADE \"UP\"", "IMO": "", "CallSign": "", "VesselType": 80,
            "Status": 0, "Length": 140.0, "Width": 17.0, "Draft": 4.5, "Cargo": 80,
        }
    ).to_csv(folder / "ais.csv", index=False)  # fmt: skip
    return folder / "ais.csv"


def _ais_in(form: str, folder: Path) -> Path:
    folder.mkdir()
    path = folder / form
    path.write_bytes(FORMS[form](good_ships()))
    return path


def _ais_zstandard(folder: Path) -> Path:
    plain = _ais(folder)
    path = plain.with_name("ais.csv.zst")
    path.write_bytes(packed(plain.read_bytes(), ".csv.zst"))
    plain.unlink()
    return path


def _ais_zip(folder: Path) -> Path:
    folder.mkdir()
    path = folder / "ais.zip"
    path.write_bytes(packed_zip(FORMS["ais.csv"](good_ships())))
    return path


def _effort(folder: Path) -> Path:
    folder.mkdir()
    pd.DataFrame(
        {
            "date": ["2025-01-01", "2025-03-02", "2025-12-31"], "cell_ll_lat": [41.0, 41.01, 41.5],
            "cell_ll_lon": [50.0, 50.01, 50.5], "geartype": ["trawlers", "set_gillnets", "trawlers"],
            "fishing_hours": [1.5, 2.0, 0.25],
        }
    ).to_csv(folder / "effort.csv", index=False)  # fmt: skip
    return folder / "effort.csv"


def _quakes(folder: Path) -> Path:
    folder.mkdir()
    pd.DataFrame(
        {
            "time": ["1986-03-06T00:05:37.000Z", "2000-11-25T18:09:11.000Z"], "latitude": [40.37, 40.25],
            "longitude": [51.66, 49.95], "depth": [31.0, 50.4], "mag": [6.4, 6.8], "magType": ["mw", "mwc"],
        }
    ).to_csv(folder / "quakes.csv", index=False)  # fmt: skip
    return folder / "quakes.csv"


def _profiles(folder: Path) -> Path:
    folder.mkdir()
    pd.DataFrame(
        {
            "id": ["C1"] * 4 + ["C2"] * 3, "lon": [51.0] * 4 + [51.01] * 3, "lat": [41.5] * 4 + [41.51] * 3,
            "depth_m": [0.1, 0.5, 1.0, 2.0, 0.2, 1.0, 3.0], "su_kpa": [2.5, 4.0, 6.5, 9.0, 20.0, 31.0, 55.5],
        }
    ).to_csv(folder / "cpt.csv", index=False)  # fmt: skip
    return folder / "cpt.csv"


def _gzipped(make: Callable[[Path], Path], folder: Path) -> Path:
    plain = make(folder)
    packed = plain.with_name(f"{plain.name}.gz")
    with plain.open("rb") as source, gzip.open(packed, "wb") as target:
        shutil.copyfileobj(source, target)
    plain.unlink()
    return packed


def _workbook(make: Callable[[Path], Path], folder: Path) -> Path:
    plain = make(folder)
    pd.read_csv(plain).to_excel(plain.with_suffix(".xlsx"), index=False)
    plain.unlink()
    return plain.with_suffix(".xlsx")


def _source(role: Role, path: Path, **more: object) -> SourceFiles:
    return SourceFiles("fuzzed", _section(role, **more), (path,), path.parent)


def _positions(path: Path) -> object:
    return read_through(_source("ais", path), AisSection())


def _samples(path: Path) -> object:
    return read_samples(path, _section("soil_samples"))


def _polygons(path: Path) -> object:
    return read_soil(path, _section("soil", variable="folk"), X_M, Y_M, CRS)


def _effort_of(path: Path) -> object:
    return read_effort(_source("fishing_effort", path), (49.0, 40.0, 52.0, 44.0))


def _catalogue(path: Path) -> object:
    return read_catalogue(_source("earthquakes", path), duplicate_seconds=16.0, duplicate_km=50.0)


_LIGHT = 4

READERS: dict[str, Reader] = {
    "geotiff plain": Reader(_geotiff, _depths, weight=_LIGHT),
    "geotiff tiled deflate": Reader(
        partial(_geotiff, compress="deflate", tiled=True, blockxsize=16, blockysize=16, predictor=3),
        _depths,
        weight=_LIGHT,
    ),
    "geotiff lzw int16": Reader(partial(_geotiff, dtype="int16", compress="lzw", predictor=2), _depths, weight=_LIGHT),
    "geotiff zstd float64": Reader(partial(_geotiff, dtype="float64", compress="zstd"), _depths, weight=_LIGHT),
    "esri ascii": Reader(partial(_copied, name="bed.asc", driver="AAIGrid"), partial(_depths, crs=CRS), weight=_LIGHT),
    "netcdf classic": Reader(partial(_netcdf, write=write_netcdf3), _depths),
    "netcdf in hdf5": Reader(partial(_netcdf, write=write_netcdf4), _depths),
    "bag": Reader(_bag, _depths),
    "s-102": Reader(_s102, partial(_depths, values="depth_m", vertical_datum="surface")),
    "soundings": Reader(_soundings, partial(_depths, crs=CRS)),
    "soundings gzip": Reader(partial(_gzipped, _soundings), partial(_depths, crs=CRS)),
    "soil geotiff": Reader(_soil, _soil_codes, weight=_LIGHT),
    "geopackage": Reader(partial(_areas, name="areas.gpkg"), _outlines),
    "shapefile": Reader(partial(_areas, name="areas.shp"), _outlines),
    "geojson": Reader(partial(_areas, name="areas.geojson"), _outlines),
    "flatgeobuf": Reader(partial(_areas, name="areas.fgb"), _outlines),
    "geoparquet": Reader(partial(_areas, name="areas.parquet"), _outlines),
    "kmz": Reader(_kmz, _outlines),
    "kml": Reader(partial(_areas, name="areas.kml", driver="KML"), _outlines),
    "route csv": Reader(_route_csv, _route, weight=_LIGHT),
    "route xlsx": Reader(_route_xlsx, _route),
    "route geojson": Reader(partial(_route_vector, name="rpl.geojson"), _route),
    "route geopackage": Reader(partial(_route_vector, name="rpl.gpkg"), _route),
    "route kml": Reader(partial(_route_vector, name="rpl.kml", driver="KML"), _route),
    "ais csv": Reader(_ais, _positions),
    "ais csv gzip": Reader(partial(_gzipped, _ais), _positions),
    "ais csv zstandard": Reader(_ais_zstandard, _positions),
    "ais csv zip": Reader(_ais_zip, _positions),
    "ais parquet": Reader(partial(_ais_in, "ais.parquet"), _positions),
    "ais nmea": Reader(partial(_ais_in, "ais.nmea"), _positions, weight=_LIGHT),
    "fishing effort csv": Reader(_effort, _effort_of, weight=_LIGHT),
    "fishing effort csv gzip": Reader(partial(_gzipped, _effort), _effort_of, weight=_LIGHT),
    "fishing effort xlsx": Reader(partial(_workbook, _effort), _effort_of),
    "earthquakes csv": Reader(_quakes, _catalogue, weight=_LIGHT),
    "soil polygons": Reader(partial(_areas, name="soil.gpkg"), _polygons),
    "soil profiles csv": Reader(_profiles, _samples, weight=_LIGHT),
    "soil profiles xlsx": Reader(partial(_workbook, _profiles), _samples),
}
