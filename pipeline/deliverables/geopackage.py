"""The GeoPackage: every vector layer with its QGIS style, written to the same bytes each time."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from pipeline.deliverables.columns import COLUMNS
from pipeline.deliverables.lineage import Lineage
from pipeline.deliverables.styles import Style
from pipeline.errors import WriteError
from pipeline.geo import Floats, Route
from pipeline.workspace import atomic_path

_WGS84 = "EPSG:4326"
_STAMP = "2000-01-01T00:00:00.000Z"  # in place of the clock, so that the same data give the same file
_VERTEX_KM = 0.5
_WRITE_FAULTS = (
    pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.FeatureError, sqlite3.DatabaseError,
)  # fmt: skip
_STYLE_TABLE = """
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT, f_table_catalog TEXT, f_table_schema TEXT, f_table_name TEXT,
  f_geometry_column TEXT, styleName TEXT, styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT,
  owner TEXT, ui TEXT, update_time DATETIME)
"""


def write_geopackage(
    path: Path, layers: Mapping[str, gpd.GeoDataFrame], styles: Mapping[str, Style], lineage: Lineage
) -> None:
    """Write layers and styles.

    Parameters
    ----------
    path : Path
        Where to; appears whole.
    layers : mapping of str to GeoDataFrame
        In the order in which readers list them.
    styles : mapping of str to Style
        Of some of the layers.
    lineage : Lineage
        Goes into the description of every layer.
    """
    with atomic_path(path) as temporary, tempfile.TemporaryDirectory(dir=path.parent) as folder:
        working = Path(folder) / "layers.gpkg"
        try:
            with _fixed_clock():
                for name, layer in layers.items():
                    pyogrio.write_dataframe(
                        layer, working, layer=name, driver="GPKG", append=working.exists(),
                        dataset_options={"VERSION": "1.3"}, layer_options={"GEOMETRY_NAME": "geom", "FID": "fid"},
                    )  # fmt: skip
            _finish(working, styles, lineage)
        except _WRITE_FAULTS as error:
            raise _cannot_write(path, str(error)) from error
        _refuse_differing(working, layers, path)
        temporary.touch()
        working.chmod(temporary.stat().st_mode)  # SQLite goes by a rule of its own, files by umask
        working.replace(temporary)


def _refuse_differing(working: Path, layers: Mapping[str, gpd.GeoDataFrame], path: Path) -> None:
    """Read everything back: GDAL passes over some writes that the system refused.

    Raises
    ------
    WriteError
        If a layer is not in the file as it was given.
    """
    try:
        with closing(sqlite3.connect(working)) as database:
            (said,) = database.execute("PRAGMA integrity_check").fetchone()
        differing = [name for name, layer in layers.items() if not _same(layer, working, name)]
    except _WRITE_FAULTS as error:
        raise _cannot_write(path, f"it cannot be read back: {error}") from error
    if said != "ok" or differing:
        raise _cannot_write(path, "what was read back is not what was written, so the disk refused a part of it")


def _same(layer: gpd.GeoDataFrame, working: Path, name: str) -> bool:
    read = pyogrio.read_dataframe(working, layer=name)
    if len(read) != len(layer) or list(read.columns[:-1]) != list(layer.columns.drop(layer.geometry.name)):
        return False
    shapes = shapely.equals_exact(read.geometry.to_numpy(), layer.geometry.to_numpy(), tolerance=0.0).all()
    return bool(shapes) and all(_equal(read[column], layer[column]) for column in read.columns[:-1])


def _equal(read: pd.Series, given: pd.Series) -> bool:
    blank = given.isna().to_numpy()
    if not np.array_equal(read.isna().to_numpy(), blank):
        return False
    if pd.api.types.is_numeric_dtype(given):
        return np.array_equal(
            read.to_numpy(float, na_value=np.nan), given.to_numpy(float, na_value=np.nan), equal_nan=True
        )
    return read[~blank].astype(str).tolist() == given[~blank].astype(str).tolist()


def _cannot_write(path: Path, why: str) -> WriteError:
    return WriteError(
        f"the file cannot be written: {why}",
        where=str(path),
        remedy="Free disk space or make the folder writable, then run again; what was published is untouched.",
    )


def route_layer(route: Route, name: str) -> gpd.GeoDataFrame:
    """Return the route as one line."""
    line = _line(route, 0.0, route.length_km)
    return gpd.GeoDataFrame({"name": [name], "length_km": [route.length_km]}, geometry=[line], crs=_WGS84)


def zone_layer(route: Route, zones: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return the zones as lines along the route."""
    ends = zip(zones["kp_from_km"], zones["kp_to_km"], strict=True)
    return gpd.GeoDataFrame(zones, geometry=[_line(route, start, end) for start, end in ends], crs=_WGS84)


def point_layer(table: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return rows with ``lon`` and ``lat`` as points."""
    points = shapely.points(table["lon"].to_numpy(float), table["lat"].to_numpy(float))
    return gpd.GeoDataFrame(table, geometry=points, crs=_WGS84)


def area_layer(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return areas in WGS84 with their numbers at the digits that they mean, each as one or several polygons."""
    shapes = [shape if shape.geom_type == "MultiPolygon" else shapely.MultiPolygon([shape]) for shape in areas.geometry]
    return gpd.GeoDataFrame(rounded(pd.DataFrame(areas.drop(columns="geometry"))), geometry=shapes, crs=_WGS84)


def rounded(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with its numbers at the digits that they mean."""
    result = table.copy()
    for name in result.columns:
        column = COLUMNS[name]
        if column.kind == "decimals":
            result[name] = result[name].astype(float).round(column.digits) + 0.0
        elif column.kind == "significant":
            result[name] = _significant(result[name].to_numpy(float), column.digits)
    return result


def _significant(values: Floats, digits: int) -> Floats:
    return np.array([float(f"{value:.{digits}g}") for value in values.tolist()], dtype=float)


def _line(route: Route, start_km: float, end_km: float) -> shapely.LineString:
    inner = np.arange(np.floor(start_km / _VERTEX_KM) + 1, np.ceil(end_km / _VERTEX_KM)) * _VERTEX_KM
    own = route.position_kp_km[(route.position_kp_km > start_km) & (route.position_kp_km < end_km)]
    kp = np.unique(np.concatenate([[start_km], inner[(inner > start_km) & (inner < end_km)], own, [end_km]]))
    lon, lat = route.lonlat(kp)
    return shapely.LineString(np.column_stack([np.round(lon, 7), np.round(lat, 7)]))


@contextmanager
def _fixed_clock() -> Iterator[None]:
    before = os.environ.get("OGR_CURRENT_DATE")
    # A file that is private until it is whole needs no journal, whose failures GDAL would pass over.
    journal = {"OGR_SQLITE_SYNCHRONOUS": "OFF", "OGR_SQLITE_JOURNAL": "OFF"}
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _STAMP, **journal})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before, **dict.fromkeys(journal)})


def _finish(path: Path, styles: Mapping[str, Style], lineage: Lineage) -> None:
    """Add styles and descriptions, leave one closed file with no journal beside it."""
    with closing(sqlite3.connect(path)) as database:
        with database:
            database.execute(_STYLE_TABLE)
            database.execute(
                "INSERT INTO gpkg_contents (table_name, data_type, identifier, last_change) VALUES (?, ?, ?, ?)",
                ("layer_styles", "attributes", "layer_styles", _STAMP),
            )
            for name, style in styles.items():
                database.execute(
                    "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column,"
                    " styleName, styleQML, useAsDefault, description, owner, update_time)"
                    " VALUES ('', '', ?, 'geom', ?, ?, 1, ?, '', ?)",
                    (name, f"{name} by {style.by}", style.qml, style.about, _STAMP),
                )
            database.execute(
                "UPDATE gpkg_contents SET description = ? WHERE data_type = 'features'", (lineage.statement,)
            )
            database.execute("UPDATE gpkg_contents SET last_change = ?", (_STAMP,))
        database.execute("PRAGMA journal_mode = DELETE")
        database.execute("VACUUM")
