"""``corridor doctor``: what works here."""

from __future__ import annotations

import os
import platform
import shutil
from importlib.metadata import PackageNotFoundError, version

from pipeline.errors import CorridorError
from pipeline.workspace import Workspace

_PACKAGES = (
    "cable-corridor", "numpy", "pandas", "geopandas", "rasterio", "fiona", "pyogrio", "pyproj", "shapely",
    "duckdb", "pygmm", "folium", "XStatic-Leaflet", "prefect", "fastapi",
)  # fmt: skip
_DRIVERS = {"rasterio": ("GTiff", "COG"), "pyogrio": ("GPKG", "GeoJSON", "ESRI Shapefile", "KML")}
_FREE_GB = 2.0

Check = dict[str, str]


def examine(workspace: Workspace) -> list[Check]:
    """Return one row a check: ``state`` (ok, note, missing), ``what``, ``detail``."""
    return [
        _row("ok", "Python", f"{platform.python_version()} on {platform.platform()}"),
        *(_package(name) for name in _PACKAGES),
        *_gdal(),
        _projection(),
        _disk(workspace),
        _browser(),
        _dask(),
        _workspace(workspace),
    ]


def _row(state: str, what: str, detail: str) -> Check:
    return {"state": state, "what": what, "detail": detail}


def _package(name: str) -> Check:
    try:
        return _row("ok", name, version(name))
    except PackageNotFoundError:
        return _row("missing", name, "not installed: run 'make install'")


def _gdal() -> list[Check]:
    import fiona
    import pyogrio
    import rasterio
    from rasterio.drivers import raster_driver_extensions

    rows = [
        _row("ok", "GDAL of rasterio", rasterio.__gdal_version__),
        _row("ok", "GDAL of fiona", fiona.__gdal_version__),
        _row("ok", "GDAL of pyogrio", ".".join(map(str, pyogrio.__gdal_version__))),
    ]
    with rasterio.Env() as env:
        raster_drivers = set(env.drivers()) | set(raster_driver_extensions().values())
    for library, known in (("rasterio", raster_drivers), ("pyogrio", set(pyogrio.list_drivers()))):
        absent = [name for name in _DRIVERS[library] if name not in known]
        rows.append(_row("missing" if absent else "ok", f"drivers of {library}",
                         f"without {', '.join(absent)}" if absent else ", ".join(_DRIVERS[library])))  # fmt: skip
    return rows


def _projection() -> Check:
    """Carry a point to UTM 39N and back through each library's own PROJ."""
    import fiona.transform
    import rasterio.warp
    from pyproj import Transformer

    lon, lat = 50.0, 42.0
    x, y = Transformer.from_crs("EPSG:4326", "EPSG:32639", always_xy=True).transform(lon, lat)
    worst = 0.0
    for transform in (rasterio.warp.transform, fiona.transform.transform):
        xs, ys = transform("EPSG:4326", "EPSG:32639", [lon], [lat])[:2]
        worst = max(worst, abs(xs[0] - x), abs(ys[0] - y))
    state = "ok" if worst < 1e-3 else "missing"
    return _row(state, "projections", f"pyproj, rasterio and fiona agree within {worst * 1000:.3f} mm")


def _disk(workspace: Workspace) -> Check:
    folder = workspace.root if workspace.root.is_dir() else workspace.root.parent
    free_gb = shutil.disk_usage(folder).free / 1e9
    writable = os.access(folder, os.W_OK)
    state = "ok" if free_gb >= _FREE_GB and writable else "note"
    return _row(state, "disk", f"{free_gb:.1f} GB free, {'writable' if writable else 'not writable'}: {folder}")


def _browser() -> Check:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found:
        return _row("ok", "browser", found)
    return _row("note", "browser", "no Chromium: maps are made all the same, their tests need it ('make test')")


def _dask() -> Check:
    try:
        return _row(
            "ok", "Dask engine", f"prefect-dask {version('prefect-dask')}, distributed {version('distributed')}"
        )
    except PackageNotFoundError:
        return _row("note", "Dask engine", "not installed: builds on a cluster need it ('make dask')")


def _workspace(workspace: Workspace) -> Check:
    try:
        config = workspace.config()
    except CorridorError as error:
        return _row("note", "workspace", str(error))
    return _row("ok", "workspace", f"{config.corridor.name}: {len(config.sources)} sources")
