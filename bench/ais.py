"""AIS at scale: from files to anchor strikes against a plain gap split in DuckDB, and CSV against DuckDB's own load."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from bench.measure import in_process, row
from pipeline.plan import STEPS
from pipeline.store import Build
from pipeline.store.step import FilePart, StepContext
from pipeline.synth.ais_workspace import AIS_FOLDER, write_ais_workspace
from pipeline.synth.ais_year import AisYear
from pipeline.workspace import Workspace

THREADS = 2
"""Of ours and of DuckDB: both may use so many processors."""
MEMORY = "4GB"
"""What DuckDB may hold; ours has its own limits, and what it takes is in the row."""
_BEFORE = ("route", "bathymetry", "soil")
_SHIPPING = ("ais", "density", "ships", "traffic", "shipping")
_WARM_ROWS = 50_000

GAPS = """SELECT MMSI, BaseDateTime, CASE WHEN lag(BaseDateTime) OVER ship IS NULL
    OR BaseDateTime - lag(BaseDateTime) OVER ship > INTERVAL 30 MINUTE THEN 1 ELSE 0 END AS gap
FROM read_parquet('{files}') WINDOW ship AS (PARTITION BY MMSI ORDER BY BaseDateTime)"""
"""A report after a silence of half an hour begins a track."""
SPLIT = f"SELECT *, sum(gap) OVER (PARTITION BY MMSI ORDER BY BaseDateTime) AS track FROM ({GAPS})"
"""Tracks of each ship get running numbers; no position is read, kept or written."""


@cache
def _prepared() -> tempfile.TemporaryDirectory[str]:
    """Make a workspace in which everything before shipping is built; it goes with this process."""
    folder = tempfile.TemporaryDirectory(prefix="corridor-bench-")
    write_ais_workspace(Path(folder.name))
    _run(Path(folder.name), _BEFORE)
    return folder


@contextmanager
def _archive(rows: int, write: Callable[[AisYear, Path], object]) -> Iterator[Path]:
    """Give a workspace with so many reports, and everything before shipping built."""
    with tempfile.TemporaryDirectory(prefix="corridor-bench-") as folder:
        root = Path(folder) / "workspace"
        shutil.copytree(_prepared().name, root)
        write(AisYear(rows=rows), root / AIS_FOLDER)
        yield root


def _run(root: Path, names: tuple[str, ...]) -> Build:
    workspace = Workspace.at(root)
    build = Build(workspace, workspace.config(), [step for step in STEPS if step.name in names])
    for decision in build.decide():
        if decision.state == "run":
            build.run(decision.step, lambda line: None, decision.why)
    return build


def _few_processors() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:THREADS]))


def shipping(root: Path) -> None:
    """Take an archive from its files to passages, densities and strikes, hashes of inputs and results included."""
    _few_processors()
    made = _run(root, (*_BEFORE, *_SHIPPING)).results["shipping"].facts
    if not made["assessed"]:
        raise RuntimeError(f"shipping of the synthetic archive is not assessed: {made}")


def _in_duckdb(scratch: Path, *statements: str) -> None:
    _few_processors()
    with tempfile.TemporaryDirectory(dir=scratch) as spill, duckdb.connect() as connection:
        connection.execute(f"SET threads = {THREADS}; SET memory_limit = '{MEMORY}'; SET temp_directory = '{spill}'")
        connection.execute("SET enable_progress_bar = false")
        for statement in statements:
            connection.execute(statement).fetchall()


@cache
def _warm() -> None:
    """Let numba compile what a machine compiles once, not once an archive."""
    with _archive(_WARM_ROWS, AisYear.write_parquet) as root:
        in_process(shipping, root)


def ais_vs_duckdb_gap_split() -> list[dict[str, Any]]:
    """Take 100 million reports from Parquet to strikes, against a gap split of the same files in DuckDB.

    The first line's rival flags every gap by a lag window and counts them; that of the second also numbers the tracks,
    so that a report knows its own, and counts those. The third line is the cost of 100 against 10 million reports of
    the same traffic; linear cost has 10.
    """
    _warm()
    with _archive(10_000_000, AisYear.write_parquet) as root:
        tenth, _ = in_process(shipping, root)
    with _archive(100_000_000, AisYear.write_parquet) as root:
        seconds, peak_mb = in_process(shipping, root)
        files = root / "data/raw/synthetic/ais/*.parquet"
        flags = f"SELECT sum(gap) FROM ({GAPS.format(files=files)})"
        bare, bare_mb = in_process(_in_duckdb, root, flags)
        tracks = f"SELECT count(*) FROM (SELECT DISTINCT MMSI, track FROM ({SPLIT.format(files=files)}))"
        rival, rival_mb = in_process(_in_duckdb, root, tracks)
    size = "100 M positions in Parquet"
    told_bare, told = f"DuckDB lag window, {bare_mb:.0f} MB", f"DuckDB lag window and running sum, {rival_mb:.0f} MB"
    return [
        row("ais_vs_duckdb_gap_split", size, seconds, told_bare, bare, peak_mb),
        row("ais_vs_duckdb_track_numbers", size, seconds, told, rival, peak_mb),
        row("ais_linear_cost", "100 M positions", seconds, "10 M positions", tenth, peak_mb),
    ]


def ais_csv_vs_duckdb() -> dict[str, Any]:
    """Read 10 million rows of CSV: judge, count and keep what is near the corridor, against DuckDB's own typed load.

    Ours is the ``ais`` step's work on each file: typed reading of the columns that the pipeline knows, a fate for every
    row, and files of the reports near the corridor and of what ships say about themselves. Hashes are not in it.
    """
    _warm()
    with _archive(10_000_000, AisYear.write_csv) as root:
        seconds, peak_mb = in_process(read_files, root)
        files = root / "data/raw/synthetic/ais/*.csv"
        columns = ", ".join(f"'{name}': '{kind}'" for name, kind in COLUMN_TYPES.items())
        load = f"CREATE TABLE reports AS SELECT * FROM read_csv('{files}', header = true, columns = {{{columns}}})"
        rival, _ = in_process(_in_duckdb, root, load)
    return row("ais_csv_vs_duckdb", "10 M rows of CSV", seconds, "DuckDB CREATE TABLE, typed", rival, peak_mb)


COLUMN_TYPES = {
    "MMSI": "BIGINT", "BaseDateTime": "TIMESTAMP", "LAT": "DOUBLE", "LON": "DOUBLE", "SOG": "DOUBLE", "COG": "DOUBLE",
    "Heading": "DOUBLE", "VesselName": "VARCHAR", "IMO": "VARCHAR", "CallSign": "VARCHAR", "VesselType": "DOUBLE",
    "Status": "DOUBLE", "Length": "DOUBLE", "Width": "DOUBLE", "Draft": "DOUBLE", "Cargo": "DOUBLE",
}  # fmt: skip
"""Of the layout, as a user would declare them."""


def read_files(root: Path) -> None:
    """Do the ``ais`` step's work on each file and nothing after it."""
    _few_processors()
    build = _run(root, ("route",))
    work = next(step.per_file for step in STEPS if step.name == "ais")
    assert work is not None  # AIS is read file by file
    assert work.blocks is not None  # and in blocks
    source = next(s for s in build.workspace.sources(build.config) if s.section.role == "ais")
    for number, path in enumerate(source.paths):
        folders = [root / "parts" / str(number) / name for name in ("block", "whole")]
        for folder in folders:
            folder.mkdir(parents=True)
        context = StepContext(
            config=build.config.only(*work.sections),
            sources=(replace(source, paths=(path,)),),
            inputs={"route": build.results["route"].folder},
            facts={"route": build.results["route"].facts},
            out=folders[0],
            threads=THREADS,
            log=lambda line: None,
        )
        context = replace(context, block=(0, len(work.blocks.sizes(context))))
        made = FilePart(folders[0], work.blocks.run(context))
        work.run(replace(context, out=folders[1], blocks=(made,)))
