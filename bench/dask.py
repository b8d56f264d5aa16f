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

from bench.measure import row, timed
from pipeline.plan import STEPS
from pipeline.store import Build
from pipeline.synth.ais_year import AisYear
from pipeline.synth.fine_survey import FineSurvey
from pipeline.workspace import Workspace

AIS_ROWS = 60_000_000
"""A worker takes 0.7 s for a million rows from files to strikes, and making them takes longer than that."""
SURVEY_M = 600_000
"""A kilometre wide in cells of 1 m. A worker takes 0.6 s for a million of them with all layers, and making them a fifth
of that. With both, and a minute that no size changes, one worker has some eight minutes."""
_WARM_ROWS, _WARM_M = 50_000, 5_000
_ONE, _TWO = 1, 2
_HELD = re.compile(r"worker \S+: held (\d+) MB at most")
_CONFIG = "corridor.toml"
_ARCHIVE = Path("data", "raw", "ais")
_BESIDE_THE_SURVEY = """[terrain]
native_layers = true
[sources.ais]
role = "ais"
files = "data/raw/ais/*"
provenance = "synthetic"
"""


def dask_2_vs_1() -> dict[str, Any]:
    """Build a workspace with an archive of AIS and a survey of 1 m, all layers of its own, on two workers and on one.

    Each is a whole ``corridor build --engine dask`` of a workspace without any kept result, cluster started and ended.
    Peak memory is that of the worker which held most.
    """
    with _workspace(_WARM_ROWS, _WARM_M) as root:  # numba compiles once a machine
        _without_cluster(root)
    with _workspace(AIS_ROWS, SURVEY_M) as root:
        one, _ = _on_dask(root, _ONE)
        two, peak_mb = _on_dask(root, _TWO)
    size = f"{AIS_ROWS / 1e6:g} M positions, {SURVEY_M / 1e3:g} M cells"
    return row("dask_2_vs_1", size, two, "1 worker", one, peak_mb)


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
def _workspace(rows: int, length_m: int) -> Iterator[Path]:
    """Give a workspace with a survey along its route and an archive of AIS; two processes write them."""
    with tempfile.TemporaryDirectory(prefix="corridor-bench-") as folder:
        root, archive = Path(folder) / "both", Path(folder) / "archive"
        with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
            made = [pool.submit(FineSurvey(length_m).write, root), pool.submit(_write_archive, archive, rows)]
            for one in made:
                one.result()
        archive.rename(root / _ARCHIVE)
        with (root / _CONFIG).open("a") as file:
            file.write(_BESIDE_THE_SURVEY)
        yield root


def _write_archive(folder: Path, rows: int) -> None:
    folder.mkdir()
    AisYear(rows=rows).write_parquet(folder)


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
