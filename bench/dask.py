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
from pipeline.synth.ais_workspace import AIS_FOLDER, write_ais_workspace
from pipeline.synth.ais_year import AisYear
from pipeline.synth.fine_survey import FineSurvey
from pipeline.workspace import Workspace

AIS_ROWS = 100_000_000
"""A worker takes 0.7 s for a million rows from files to strikes, and making them takes longer than that."""
SURVEY_M = 300_000
"""A kilometre wide in cells of 1 m. A worker takes 0.7 s for a million of them with all layers, and making them a fifth
of that. Results take 30 bytes a cell while they are made: where the disk takes less than two workers write, it is the
disk that is measured. ``TMPDIR`` names another place, such as a file system in memory."""
_NO_WHATIF = "[whatif]\noffered = false\n"
"""It is one task, and neither AIS nor terrain."""
_WARM_ROWS, _WARM_M = 50_000, 5_000
_ONE, _TWO = 1, 2
_HELD = re.compile(r"worker \S+: held (\d+) MB at most")
_CONFIG = "corridor.toml"


def dask_2_vs_1() -> list[dict[str, Any]]:
    """Build an archive of AIS and a survey of 1 m with all layers of its own, on two workers and on one.

    Each is a whole ``corridor build --engine dask`` of a workspace without any kept result, cluster started and ended.
    The first line is both builds together; peak memory is that of the worker which held most.
    """
    with _inputs(_WARM_ROWS, _WARM_M) as roots:  # numba compiles once a machine
        for root in roots:
            in_process(_without_cluster, root)
    with _inputs(AIS_ROWS, SURVEY_M) as (archive, survey):
        one = [_on_dask(root, _ONE) for root in (archive, survey)]
        two = [_on_dask(root, _TWO) for root in (archive, survey)]
    positions, cells = f"{AIS_ROWS / 1e6:g} M positions", f"{SURVEY_M / 1e3:g} M cells"
    both = (_together(two), _together(one))
    return [
        row(name, size, ours[0], "1 worker", rival[0], ours[1])
        for name, size, ours, rival in (
            ("dask_2_vs_1", f"{positions}, {cells}", *both),
            ("dask_2_vs_1_ais", positions, two[0], one[0]),
            ("dask_2_vs_1_terrain", cells, two[1], one[1]),
        )
    ]


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
def _inputs(rows: int, length_m: int) -> Iterator[tuple[Path, Path]]:
    """Give a workspace with an archive, and one with a survey; two processes write them."""
    with tempfile.TemporaryDirectory(prefix="corridor-bench-") as folder:
        archive, survey = Path(folder) / "archive", Path(folder) / "survey"
        with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
            made = [pool.submit(_write_archive, archive, rows), pool.submit(_write_survey, survey, length_m)]
            for one in made:
                one.result()
        yield archive, survey


def _write_archive(root: Path, rows: int) -> None:
    write_ais_workspace(root)
    AisYear(rows=rows).write_parquet(root / AIS_FOLDER)
    _add(root, _NO_WHATIF)


def _write_survey(root: Path, length_m: int) -> None:
    FineSurvey(length_m).write(root)
    _add(root, "[terrain]\nnative_layers = true\n" + _NO_WHATIF)


def _add(root: Path, settings: str) -> None:
    with (root / _CONFIG).open("a") as file:
        file.write(settings)


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


def _together(runs: list[tuple[float, float]]) -> tuple[float, float]:
    """Return the seconds of builds one after the other, and the most that a worker has held in any."""
    return sum(seconds for seconds, _ in runs), max(peak_mb for _, peak_mb in runs)
