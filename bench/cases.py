"""The hot paths of a build and what each is measured against."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import rasterio

from bench import map_page as map_budgets
from bench.ais import ais_csv_vs_duckdb, ais_vs_duckdb_gap_split
from bench.dask import dask_2_vs_1, dask_overhead
from bench.measure import command, in_process, row
from bench.terrain import survey_380m_cells, terrain_vs_gdaldem
from bench.whatif import BUDGET_S, MOVES, steps_of
from pipeline.geo import Frame
from pipeline.plan import STEPS
from pipeline.store import Build
from pipeline.workspace import Workspace

_ALL = tuple(step.name for step in STEPS)


@cache
def workspace() -> Workspace:
    """Return the default corridor with its inputs, made once a run."""
    root = Path(tempfile.mkdtemp(prefix="corridor-bench-"))
    subprocess.run([sys.executable, "-m", "flows", "init", str(root)], check=True, capture_output=True)
    return Workspace.at(root)


def _build(root: Path, names: tuple[str, ...], *, force: bool = False) -> Build:
    """Build the named steps of a workspace, as far as they are not good any more."""
    place = Workspace.at(root)
    steps = [step for step in STEPS if step.name in names]
    build = Build(place, place.config(), steps, force=force)
    for decision in build.decide():
        if decision.state == "run":
            build.run(decision.step, _quiet, decision.why)
    return build


def _quiet(_line: str) -> None:
    """Say nothing."""


def _again(root: Path, name: str) -> None:
    """Build the route, then one step from nothing."""
    shutil.rmtree(root / ".corridor" / "store" / name, ignore_errors=True)
    shutil.rmtree(root / ".corridor" / "store" / f"{name}.files", ignore_errors=True)
    _build(root, ("route", name))


def bathymetry_step_vs_gdalwarp() -> dict[str, Any]:
    """Merge 38 tiles of 10 m and ETOPO1 to grid and stations, against one gdalwarp of the tiles."""
    root = workspace().root
    grid = Frame.load(_build(root, ("route",)).results["route"].folder).grid
    seconds, peak_mb = in_process(_again, root, "bathymetry")
    tiles = sorted(str(path) for path in (root / "data/raw/synthetic/survey").glob("*.tif"))
    extent = [str(value) for value in grid.bounds]
    rival = command(
        "gdalwarp", "-q", "-overwrite", "-r", "average", "-tr", str(grid.cell_m), str(grid.cell_m), "-te", *extent,
        *tiles, str(root / "warped.tif"),
    )  # fmt: skip
    return row("bathymetry_step_vs_gdalwarp", "38 tiles of 10 m", seconds, "gdalwarp -r average", rival, peak_mb)


def _whole(root: Path) -> None:
    _build(root, _ALL, force=True)


def one_tile_vs_whole_build() -> dict[str, Any]:
    """Build every step after one of 38 survey tiles changed, against building them all again, as without a store."""
    root = workspace().root
    _build(root, _ALL)
    tile = root / "data/raw/synthetic/survey/swath_020.tif"
    with rasterio.open(tile, "r+") as raster:
        raster.write(raster.read(1) + np.float32(0.5), 1)
    seconds, peak_mb = in_process(_build, root, _ALL)
    rival, _ = in_process(_whole, root)
    return row("one_tile_vs_whole_build", "default corridor", seconds, "all steps again", rival, peak_mb)


def nothing_changed_vs_sha256sum() -> dict[str, Any]:
    """Find out that nothing changed, by content of all inputs and kept results, against sha256sum of the inputs."""
    root = workspace().root
    _build(root, _ALL)
    seconds, peak_mb = in_process(_build, root, _ALL)
    inputs = sorted(str(path) for path in (root / "data" / "raw").rglob("*") if path.is_file())
    rival = command("sha256sum", *inputs)
    return row("nothing_changed_vs_sha256sum", f"{len(inputs)} inputs", seconds, "sha256sum", rival, peak_mb)


def what_if_step() -> dict[str, Any]:
    """Move the sliders of the default corridor's map, and take the slowest step until all is drawn."""
    build = _build(workspace().root, _ALL)
    found = steps_of(build.results["map"].folder / "corridor.html")
    size = f"{found['stations']} stations, slowest of {MOVES} steps"
    return row("what_if_step", size, max(found["drawn"]) / 1e3, "budget", BUDGET_S, 0.0)


def map_page() -> list[dict[str, Any]]:
    """Open the default corridor's map in Chromium: size and slowest opening against their budgets, parts by weight."""
    build = _build(workspace().root, _ALL)
    found = map_budgets.measure(build.results["map"].folder / "corridor.html")
    if found["requests"] or found["messages"]:
        raise RuntimeError(f"the page is not quiet: {found['requests']} {found['messages']}")
    parts = build.results["map"].facts["parts_kb"]
    heaviest = ", ".join(f"{name} {size:.0f} kB" for name, size in list(parts.items())[:6])
    slowest = max(seconds for times in found["drawn_s"].values() for seconds in times)
    return [
        row("map_page_drawn", f"{found['size_mb']:.2f} MB: {heaviest}", slowest, "budget", map_budgets.DRAWN_S, 0.0),
        row("map_page_what_if", "slowest step", max(found["step_s"]), "budget", BUDGET_S, 0.0),
    ]


CASES: dict[str, Callable[[], dict[str, Any] | list[dict[str, Any]]]] = {
    case.__name__: case
    for case in (
        terrain_vs_gdaldem,
        ais_vs_duckdb_gap_split,
        ais_csv_vs_duckdb,
        bathymetry_step_vs_gdalwarp,
        one_tile_vs_whole_build,
        nothing_changed_vs_sha256sum,
        survey_380m_cells,
        dask_2_vs_1,
        dask_overhead,
        what_if_step,
        map_page,
    )
}
