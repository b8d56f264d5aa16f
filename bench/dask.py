"""Builds on a Dask cluster of this machine: two single-thread workers against one, and against threads."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from bench.measure import in_process, row, timed
from pipeline.plan import STEPS
from pipeline.store import Build
from pipeline.synth.ais_workspace import AIS_FOLDER
from pipeline.synth.ais_year import AisYear
from pipeline.synth.fine_survey import FineSurvey
from pipeline.workspace import Workspace

AIS_ROWS = 110_000_000
"""A worker takes 0.4 s for a million rows, few of which are near this survey; making them takes longer than that."""
SURVEY_M = 450_000
"""A kilometre wide in cells of 1 m. A worker takes half a second for a million of them with all layers, and making
them a fifth of that. Results take 30 bytes a cell: where the disk takes less than two workers write, it is the disk
that is measured. ``TMPDIR`` names another place, such as a file system in memory; it must take 18 GB."""
_CONFIG_TOO = f"""[terrain]
native_layers = true
[sources.ais]
role = "ais"
files = "{AIS_FOLDER.as_posix()}/ais_synthetic_*"
provenance = "synthetic"
[whatif]
offered = false  # it is one task, and neither AIS nor terrain
"""
_WARM_ROWS, _WARM_M = 50_000, 5_000
_ONE, _TWO = 1, 2
_HELD = re.compile(r"worker \S+: held (\d+) MB at most")
_CONFIG = "corridor.toml"


def dask_2_vs_1() -> dict[str, Any]:
    """Build a survey of 1 m with all layers of its own and an archive of AIS, on two workers and on one.

    Each is a whole ``corridor build --engine dask`` of a workspace without any kept result, cluster started and ended.
    Peak memory is that of the worker which held most.
    """
    with _inputs(_WARM_ROWS, _WARM_M) as root:  # numba compiles once a machine
        in_process(_without_cluster, root)
    with _inputs(AIS_ROWS, SURVEY_M) as root:
        two_s, peak_mb = _on_dask(root, _TWO)  # first: what only the first build of a workspace costs is not one's
        one_s, _ = _on_dask(root, _ONE)
    size = f"{AIS_ROWS / 1e6:g} M positions, {SURVEY_M / 1e3:g} M cells"
    return row("dask_2_vs_1", size, two_s, "1 worker", one_s, peak_mb)


def dask_overhead() -> dict[str, Any]:
    """Build the default corridor from nothing on a cluster of two workers, against threads of one process."""
    with tempfile.TemporaryDirectory(prefix="corridor-bench-") as folder:
        root = Path(folder)
        _corridor("init", folder)
        _on_dask(root, _TWO)  # numba compiles once a machine
        _clear(root)
        threads = timed(lambda: _corridor("-C", folder, "build", "--engine", "threads"))
        seconds, peak_mb = _on_dask(root, _TWO)
    return row("dask_overhead", "default corridor, 2 workers", seconds, "threads", threads, peak_mb)


@contextmanager
def _inputs(rows: int, length_m: int) -> Iterator[Path]:
    """Give a workspace with a survey and an archive; two processes write them."""
    with tempfile.TemporaryDirectory(prefix="corridor-bench-") as folder:
        root, archive = Path(folder) / "workspace", Path(folder) / "archive"
        archive.mkdir()
        with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
            made = [
                pool.submit(AisYear(rows=rows).write_parquet, archive), pool.submit(FineSurvey(length_m).write, root),
            ]  # fmt: skip
            for one in made:
                one.result()
        (root / AIS_FOLDER).parent.mkdir(parents=True)
        archive.rename(root / AIS_FOLDER)
        with (root / _CONFIG).open("a") as file:
            file.write(_CONFIG_TOO)
        yield root


def _on_dask(root: Path, workers: int) -> tuple[float, float]:
    """Build a workspace from nothing; return seconds, and the most that a worker has held."""
    _clear(root)
    config = (root / _CONFIG).read_text()
    (root / _CONFIG).write_text(f"{config}[scale]\nworkers = {workers}\n")
    seconds = timed(lambda: _corridor("-C", str(root), "build", "--engine", "dask"))
    (root / _CONFIG).write_text(config)
    said = "".join(log.read_text() for log in (root / ".corridor" / "logs").glob("*Z.log"))
    return seconds, max(float(held) for held in _HELD.findall(said))


def _without_cluster(root: Path) -> None:
    workspace = Workspace.at(root)
    build = Build(workspace, workspace.config(), STEPS)
    for step in STEPS:
        build.run(step, lambda line: None)


def _clear(root: Path) -> None:
    """Take away all that a build has made."""
    for made in (".corridor", "data/processed", "maps"):
        shutil.rmtree(root / made, ignore_errors=True)


def _corridor(*words: str) -> None:
    subprocess.run([sys.executable, "-m", "flows", *words], check=True, capture_output=True)
