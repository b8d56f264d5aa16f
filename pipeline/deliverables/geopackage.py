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
from pipeline.geo import Floats, Route
from pipeline.workspace import atomic_path

_WGS84 = "EPSG:4326"
_STAMP = "2000-01-01T00:00:00.000Z"  # in place of the clock, so that the same data give the same file
_VERTEX_KM = 0.5
_STYLE_TABLE = """
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT, f_table_catalog TEXT, f_table_schema TEXT, f_table_name TEXT,
  f_geometry_column TEXT, styleName TEXT, styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT,
  owner TEXT, ui TEXT, update_time DATETIME)
"""


def write_geopackage(
    path: Path, layers: Mapping[str, gpd.GeoDataFrame], styles: Mapping[str, str], lineage: Lineage
) -> None:
    """Write layers and styles.

    Parameters
    ----------
    path : Path
        Where to; appears whole.
    layers : mapping of str to GeoDataFrame
        In the order in which readers list them.
    styles : mapping of str to str
        QML of some of the layers.
    lineage : Lineage
        Goes into the description of every layer.
    """
    with atomic_path(path) as temporary, tempfile.TemporaryDirectory(dir=path.parent) as folder:
        working = Path(folder) / "layers.gpkg"
        with _fixed_clock():
            for name, layer in layers.items():
                pyogrio.write_dataframe(
                    layer, working, layer=name, driver="GPKG", append=working.exists(),
                    dataset_options={"VERSION": "1.3"}, layer_options={"GEOMETRY_NAME": "geom", "FID": "fid"},
                )  # fmt: skip
        _finish(working, styles, lineage)
        working.replace(temporary)


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
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _STAMP})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def _finish(path: Path, styles: Mapping[str, str], lineage: Lineage) -> None:
    """Add styles and descriptions, leave one closed file with no journal beside it."""
    with closing(sqlite3.connect(path)) as database:
        with database:
            database.execute(_STYLE_TABLE)
            database.execute(
                "INSERT INTO gpkg_contents (table_name, data_type, identifier, last_change) VALUES (?, ?, ?, ?)",
                ("layer_styles", "attributes", "layer_styles", _STAMP),
            )
            for name, text in styles.items():
                database.execute(
                    "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column,"
                    " styleName, styleQML, useAsDefault, description, owner, update_time)"
                    " VALUES ('', '', ?, 'geom', ?, ?, 1, 'target depth of lowering', '', ?)",
                    (name, f"{name} by target depth", text, _STAMP),
                )
            database.execute(
                "UPDATE gpkg_contents SET description = ? WHERE data_type = 'features'", (lineage.statement,)
            )
            database.execute("UPDATE gpkg_contents SET last_change = ?", (_STAMP,))
        database.execute("PRAGMA journal_mode = DELETE")
        database.execute("VACUUM")
