"""The hot paths of a build and what each is measured against."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import rasterio
from affine import Affine

from bench.measure import command, in_process, row
from pipeline.config import load_config
from pipeline.geo import Frame
from pipeline.hazards.shipping import ais
from pipeline.plan import STEPS
from pipeline.seabed.terrain import roughness_m, slope_deg
from pipeline.store import StepContext
from pipeline.workspace import Workspace


@cache
def workspace() -> Workspace:
    """Return the default corridor with its inputs, made once a run."""
    root = Path(tempfile.mkdtemp(prefix="corridor-bench-"))
    subprocess.run([sys.executable, "-m", "flows", "init", str(root)], check=True, capture_output=True)
    return Workspace.at(root)


def frame_folder() -> Path:
    """Return a folder that holds the default corridor's frame."""
    folder = workspace().root / "frame"
    if not folder.exists():
        folder.mkdir()
        step = next(step for step in STEPS if step.name == "route")
        config = workspace().config()
        route = workspace().path(config.route.file, key="route.file")
        step.run(StepContext(config, (), {}, {}, folder, {"route": route}, log=_quiet))
    return folder


def _quiet(_line: str) -> None:
    """Say nothing."""


def _terrain(path: Path) -> None:
    with rasterio.open(path) as source:
        height = source.read(1).astype(np.float64)
        profile = source.profile
    for name, values in (("slope", slope_deg(height, 10.0)), ("roughness", roughness_m(height))):
        with rasterio.open(path.with_name(f"{name}.tif"), "w", **profile) as target:
            target.write(values.astype(np.float32), 1)


def terrain_vs_gdaldem() -> dict[str, Any]:
    """Derive slope and roughness of 16 million cells, reading and writing, against two runs of gdaldem."""
    folder = workspace().root
    path = folder / "height.tif"
    rng = np.random.default_rng(1)
    height = rng.normal(0, 1, (4000, 4000)).astype("float32").cumsum(axis=0).cumsum(axis=1) / 1000
    with rasterio.open(
        path, "w", driver="GTiff", width=4000, height=4000, count=1, dtype="float32", crs="EPSG:32639",
        transform=Affine(10, 0, 500_000, 0, -10, 4_600_000),
    ) as target:  # fmt: skip
        target.write(height.astype("float32"), 1)
    seconds, peak_mb = in_process(_terrain, path)
    rival = sum(
        command("gdaldem", kind, "-q", str(path), str(folder / f"{kind}-gdal.tif")) for kind in ("slope", "roughness")
    )
    return row("terrain_vs_gdaldem", "16 M cells", seconds, "gdaldem slope and roughness", rival, peak_mb)


def _ais(root: Path, frame: Path) -> None:
    place = Workspace.at(root)
    config = load_config(place.config_path)
    out = root / "ais-out"
    out.mkdir(exist_ok=True)
    context = StepContext(config, place.sources(config, "ais"), {"route": frame}, {}, out, log=_quiet)
    ais.run(context)


def _load_csv(pattern: str) -> None:
    connection = duckdb.connect()
    connection.execute("SET threads = 2")
    connection.execute(f"CREATE TABLE positions AS SELECT * FROM read_csv('{pattern}')")


def ais_step_vs_duckdb_load() -> dict[str, Any]:
    """Run the whole AIS step, CSV to exposure by place, against DuckDB's own load of the same files."""
    root = workspace().root
    seconds, peak_mb = in_process(_ais, root, frame_folder())
    rival, _ = in_process(_load_csv, str(root / "data/raw/synthetic/ais/*.csv"))
    return row("ais_step_vs_duckdb_load", "2.07 M rows of CSV", seconds, "DuckDB CREATE TABLE from CSV", rival, peak_mb)


def _merge(root: Path, frame: Path) -> None:
    place = Workspace.at(root)
    config = load_config(place.config_path)
    out = root / "bathymetry-out"
    out.mkdir(exist_ok=True)
    step = next(step for step in STEPS if step.name == "bathymetry")
    step.run(StepContext(config, place.sources(config, "bathymetry"), {"route": frame}, {}, out, log=_quiet))


def bathymetry_step_vs_gdalwarp() -> dict[str, Any]:
    """Merge 38 tiles of 10 m and ETOPO1 to grid and stations, against one gdalwarp of the tiles."""
    root = workspace().root
    frame = frame_folder()
    grid = Frame.load(frame).grid
    seconds, peak_mb = in_process(_merge, root, frame)
    tiles = sorted(str(path) for path in (root / "data/raw/synthetic/survey").glob("*.tif"))
    extent = [str(value) for value in grid.bounds]
    rival = command(
        "gdalwarp", "-q", "-overwrite", "-r", "average", "-tr", str(grid.cell_m), str(grid.cell_m), "-te", *extent,
        *tiles, str(root / "warped.tif"),
    )  # fmt: skip
    return row("bathymetry_step_vs_gdalwarp", "38 tiles of 10 m", seconds, "gdalwarp -r average", rival, peak_mb)


CASES: dict[str, Callable[[], dict[str, Any]]] = {
    case.__name__: case for case in (terrain_vs_gdaldem, ais_step_vs_duckdb_load, bathymetry_step_vs_gdalwarp)
}
