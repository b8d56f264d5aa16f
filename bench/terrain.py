"""Terrain of a survey of 1 m against gdaldem, and what the whole way of a large survey through the pipeline takes."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.measure import in_process, row, timed
from pipeline.config import load_config
from pipeline.config.corridor import SourceSection
from pipeline.geo import Frame
from pipeline.plan import STEPS
from pipeline.quality.review import review
from pipeline.seabed.derivatives import LAYERS, SIMPLE, box_of, stream
from pipeline.seabed.native_layers import COMPRESSION, NODATA, LayerRows, put_together
from pipeline.seabed.relief_sums import ReliefSums
from pipeline.seabed.survey_tile import swath_cells
from pipeline.sources.rasters.lattice_tiles import beside
from pipeline.sources.rasters.mosaic import Mosaic
from pipeline.store import Build
from pipeline.synth.fine_survey import FineSurvey
from pipeline.workspace import SourceFiles, Workspace

THREADS = 2
"""Of ours and of gdaldem: it runs on so many tiles at a time."""
_SIMPLE = ("slope", "roughness", "TPI")
_CREATION = [
    option
    for key, value in {**COMPRESSION, "tiled": "yes", "blockxsize": 512, "blockysize": 512}.items()
    for option in ("-co", f"{key.upper()}={str(value).upper()}")
]


@contextmanager
def _survey(length_m: int) -> Iterator[tuple[Workspace, list[Path]]]:
    root = Path(tempfile.mkdtemp(prefix="corridor-bench-"))
    try:
        tiles = FineSurvey(length_m).write(root)
        yield Workspace.at(root), tiles
    finally:
        shutil.rmtree(root)


def _route(workspace: Workspace) -> Path:
    return _run(workspace, ("route",)).results["route"].folder


def _run(workspace: Workspace, names: Sequence[str]) -> Build:
    build = Build(workspace, workspace.config(), [step for step in STEPS if step.name in names])
    for decision in build.decide():
        if decision.state == "run":
            build.run(decision.step, lambda line: None, decision.why)
    return build


def layers_of_tiles(
    tiles: Sequence[Path], section: SourceSection, route: Path, out: Path, names: Sequence[str], summing: bool = False
) -> None:
    """Read tiles amid their neighbours, derive layers in one pass and write them; with sums if wanted."""
    grid = Frame.load(route).grid
    near = beside(SourceFiles("survey", section, tuple(tiles)))
    part = out / "rows.tif"
    for path in tiles:
        with Mosaic.around(path, near[path], section) as mosaic:
            tile = mosaic.own
            size = (tile.file.height, tile.file.width)
            cells = swath_cells(route, grid, box_of(grid, *tile.lattice.nodes(tile.row, tile.col, size, grid.crs)))
            sums = ReliefSums.empty(cells.box)
            with LayerRows.create(part, tile.file, (0, size[0]), count=len(names), threads=THREADS) as layers:
                for window in stream(
                    mosaic, cells, sign=-1.0, layers=len(names), summing=summing, blank=NODATA, threads=THREADS
                ):
                    layers.write(window)
                    sums.add(window.sums)
        put_together(out / path.name, tile.file, section, [part], names)


def _gdaldem(product: str, tiles: Sequence[Path], out: Path) -> float:
    def one(path: Path) -> None:
        made = out / f"{product}_{path.name}"
        subprocess.run(["gdaldem", product, "-q", str(path), str(made), *_CREATION], check=True)

    def all_of_them() -> None:
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(one, tiles))

    return timed(all_of_them)


def terrain_vs_gdaldem() -> list[dict[str, Any]]:
    """Derive slope, roughness and position index of 50 million cells of 1 m, against gdaldem once for each.

    Both read the same tiles from the file system's cache and write GeoTIFF with the same compression and blocks, on two
    threads: gdaldem works on two tiles at a time. A second line gives the cost of curvature along and across and of the
    sums that bedforms come from, in the same pass.
    """
    with _survey(50_000) as (workspace, tiles):
        section = load_config(workspace.config_path).sources["multibeam"]
        route, out = _route(workspace), workspace.root / "out"
        out.mkdir()
        common = (tiles, section, route, out)
        in_process(layers_of_tiles, tiles[:1], *common[1:], LAYERS)  # numba compiles once a machine, not once a survey
        seconds, peak_mb = in_process(layers_of_tiles, *common, SIMPLE)
        rivals = {product: _gdaldem(product, tiles, out) for product in _SIMPLE}
        further, further_mb = in_process(layers_of_tiles, *common, LAYERS, True)
        rival = "gdaldem " + ", ".join(f"{product} {taken:.1f} s" for product, taken in rivals.items())
        total = sum(rivals.values())
        return [
            row("terrain_vs_gdaldem", "50 M cells, 3 layers", seconds, rival, total, peak_mb),
            row("terrain_further_layers", "50 M cells, 5 layers and bedforms", further, rival, total, further_mb),
        ]


def _ingest(root: Path) -> None:
    """Quality control, then bathymetry and all terrain layers, as `corridor check` and `corridor build` have it."""
    workspace = Workspace.at(root)
    wrong = [finding for finding in review(workspace, workspace.config()).findings if finding.severity == "error"]
    if wrong:
        raise RuntimeError(f"quality control refuses the synthetic survey: {wrong[0]}")
    _run(workspace, ("route", "bathymetry", "terrain"))


def survey_380m_cells() -> dict[str, Any]:
    """Take a survey of 380 million cells of 1 m through quality control, bathymetry and terrain, and one of a tenth.

    The ratio is that of the two, and linear cost has 10.
    """
    taken = {}
    for length_m in (38_000, 380_000):
        with _survey(length_m) as (workspace, _):
            taken[length_m] = in_process(_ingest, workspace.root)
    seconds, peak_mb = taken[380_000]
    return row("survey_380m_cells", "380 M cells", seconds, "38 M cells", taken[38_000][0], peak_mb)
