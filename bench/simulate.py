"""What breaks first on a hundred workers, found out on one machine: ``python -m bench.simulate NAME``.

Each simulation runs the code of a build with stand-ins for the work itself and prints one line of JSON: ``planning``,
``control``, ``gather``; ``joins WORKSPACE`` measures what a build has kept. ``docs/scale.md`` says what follows.
"""

from __future__ import annotations

import json
import logging
import os
import resource
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.hazards.shipping.stream import Chunk, NearReports, Ships, chunks
from pipeline.sources.ais.near_part import RECORD, write_near_part
from pipeline.store import Build
from pipeline.store.cutting import Crew
from pipeline.store.kept import RECORD as STEP_RECORD
from pipeline.store.orders import Order
from pipeline.store.rounds import do_pieces
from pipeline.store.step import BlockWork, Facts, FileWork, Step, StepContext
from pipeline.workspace import Workspace

Line = dict[str, Any]

WORKERS = 100
POSITIONS, DAYS = 5_000_000_000, 3650
CELLS, TILES = 10_000_000_000, 1000
KM = 10_000.0
NEAR = 0.34
"""Share of an archive's rows near the corridor, as in the synthetic one (``joins`` gives it)."""
SHIPS_A_DAY = 3000
"""Ships near the corridor on a day (E)."""
CHUNK = 500_000
"""Default of ``[ais] chunk_positions``."""
_ROWS_OF_GROUP, _BANDS_OF_TILE = 100_000, 40
_SHARE_READ = 0.002
"""Of the near reports, what ``gather`` makes files of: their number and size of index are as they would be."""

_CONFIG = """[corridor]
name = "Simulated"
crs = "EPSG:32639"
[route]
file = "data/raw/route.csv"
[sources.survey]
role = "bathymetry"
files = "data/raw/survey/*.tif"
values = "depth_m"
vertical_datum = "surface"
[sources.ais]
role = "ais"
files = "data/raw/ais/*.parquet"
[scale]
most_tasks = {most_tasks}
"""
_DAY_FACTS = {
    "rows": dict.fromkeys("abcdefghij", 0), "days": [[20000, 1, 2, 3]], "swapped": 0, "unknown_types": {},
    "findings": [],
}  # fmt: skip


def _row_groups(_context: StepContext) -> list[float]:
    rows = POSITIONS // DAYS
    return [float(_ROWS_OF_GROUP)] * (rows // _ROWS_OF_GROUP) + [float(rows % _ROWS_OF_GROUP)]


def _bands(_context: StepContext) -> list[float]:
    return [CELLS / TILES / _BANDS_OF_TILE] * _BANDS_OF_TILE


def _units_of_ships(_context: StepContext) -> list[float]:
    return [10_000.0] * int(POSITIONS * NEAR / 10_000)


def _nothing(context: StepContext) -> Facts:
    (context.out / "made").write_text(f"{context.key} {context.block}")
    return dict(_DAY_FACTS)


TOY_PLAN = (
    Step(
        "bathymetry", "site", "Tiles", _nothing, roles=("bathymetry",), sections=("water", "bathymetry", "datum"),
        per_file=FileWork(_nothing, blocks=BlockWork(_bands, _nothing, "s_per_million_pixels")),
    ),
    Step(
        "ais", "site", "Days, then ships", _nothing, roles=("ais",), sections=("ais",),
        per_file=FileWork(
            _nothing, sections=("ais",), blocks=BlockWork(_row_groups, _nothing, "s_per_million_ais_rows")
        ),
        blocks=BlockWork(_units_of_ships, _nothing, "s_per_million_reports"),
    ),
)  # fmt: skip
"""The two steps with most files, as the plan has them, with sizes as those of the large corridor and no work."""


def planning(most_tasks: int = 300) -> Iterator[Line]:
    """Plan and do the rounds of 10 billion cells in 1,000 tiles and 5 billion positions in 3,650 days, work left out.

    Parameters
    ----------
    most_tasks : int
        ``[scale] most_tasks``.

    Yields
    ------
    dict
        A round each: tasks, pieces, the largest task's seconds as planned; megabytes of its order; CPU seconds of the
        driver for planning and writing it, of a worker for reading it, and of all workers for the store's own work.
    """
    with tempfile.TemporaryDirectory(prefix="corridor-simulate-") as folder:
        root = Path(folder)
        (root / "corridor.toml").write_text(_CONFIG.format(most_tasks=most_tasks))
        for count, pattern in ((TILES, "survey/t{:04d}.tif"), (DAYS, "ais/d{:04d}.parquet")):
            for number in range(count):
                path = root / "data" / "raw" / pattern.format(number)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(pattern.format(number))
        workspace = Workspace.at(root)
        build = Build(workspace, workspace.config(), TOY_PLAN, force=True)
        for step in TOY_PLAN:
            rounds, started = build.rounds(step, print, "", Crew(WORKERS, 1, apart=True)), _cpu_s()
            for number, todo in enumerate(rounds):
                planned, path = _cpu_s(), root / f"{step.name}-{number}.json"
                Order(build.place, todo).write(path)
                written = _cpu_s()
                again = Order.read(path, TOY_PLAN)
                read = _cpu_s()
                for batch in again.todo.batches:
                    do_pieces(again.place, again.todo.works, batch, 1, _quiet)
                done = _cpu_s()
                yield {
                    "step": step.name, "round": todo.what, "tasks": len(todo.batches),
                    "pieces": sum(map(len, todo.batches)), "order_mb": round(path.stat().st_size / 1e6, 2),
                    "driver_s": round(written - started, 2), "of_it_order_s": round(written - planned, 2),
                    "worker_reads_s": round(read - written, 2), "store_s": round(done - read, 2), "peak_mb": _peak_mb(),
                }  # fmt: skip
                started = _cpu_s()


def control(tasks: int = 100, workers: int = 30, sleep_s: float = 1.0) -> Iterator[Line]:
    """Let workers, threads of this process, sleep as tasks of a flow that the temporary Prefect server hears of.

    Yields
    ------
    dict
        Seconds and tasks a second; CPU seconds a task of the server, and of this process, which is driver, scheduler
        and all workers.
    """
    from flows.environment import prepare_prefect
    from flows.server import temporary_server

    with tempfile.TemporaryDirectory(prefix="corridor-simulate-") as folder:
        workspace = Workspace.at(Path(folder))
        prepare_prefect(workspace)
        with temporary_server(workspace.home / "prefect.log") as ready:
            yield _control(ready, tasks, workers, sleep_s)


def _control(ready: Callable[[], None], tasks: int, workers: int, sleep_s: float) -> Line:
    import psutil
    from distributed import Client, LocalCluster

    from bench.rest import engines, stage
    from flows.cluster.engine import DaskEngine
    from flows.cluster.local import Cluster
    from flows.cluster.watch import Watch

    logging.getLogger("distributed").setLevel(logging.ERROR)

    ready()
    (server,) = psutil.Process().children()
    with (
        LocalCluster(n_workers=workers, threads_per_worker=1, processes=False, dashboard_address=None) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        watch = Watch(client, silent_s=600.0, retries=2, log=_quiet)
        engine = DaskEngine(Cluster(cluster.scheduler_address), client, watch)
        engines.append(engine)
        cpu, served = _cpu_s(), sum(server.cpu_times()[:2])
        seconds, context_bytes = stage.with_options(task_runner=engine.runner())(tasks, sleep_s)
        cpu, served = _cpu_s() - cpu, sum(server.cpu_times()[:2]) - served
        watch.close()
    return {
        "tasks": tasks, "workers": workers, "sleep_s": sleep_s, "seconds": round(seconds, 1),
        "tasks_per_s": round(tasks / seconds, 2), "server_cpu_s_per_task": round(served / tasks, 4),
        "driver_and_workers_cpu_s_per_task": round(cpu / tasks, 4), "server_mb": round(server.memory_info().rss / 1e6),
        "bytes_with_a_task": context_bytes, "load_of_machine": round(os.getloadavg()[0], 1),
    }  # fmt: skip


def gather() -> Iterator[Line]:
    """Gather the reports of a few ships from the parts of 3,650 days, each with 3,000 ships and few reports of each.

    Yields
    ------
    dict
        Reads and bytes of a read for all chunks of 5 billion positions, computed. Measured: CPU seconds and peak memory
        of counting the ships, which each block does and the driver too, and CPU seconds of the reads of a block's first
        chunk and of its others.
    """
    ships, reports = SHIPS_A_DAY, int(POSITIONS * NEAR)
    made = np.zeros(max(ships, int(reports * _SHARE_READ / DAYS)), RECORD)
    generator = np.random.default_rng(1)
    with tempfile.TemporaryDirectory(prefix="corridor-simulate-") as folder:
        near = []
        for day in range(DAYS):
            mmsi = 200_000_000 + generator.choice(20 * ships, ships, replace=False)
            made["mmsi"] = mmsi[np.arange(len(made)) % ships]
            (place := Path(folder) / str(day)).mkdir()
            near.append(NearReports(write_near_part(place, 0, made)))
        near = [NearReports(type(one.part)(one.part.path, one.part.ships_path)) for one in near]  # nothing read yet
        before_mb, started = _peak_mb(), _cpu_s()
        counted = Ships.of(near)
        counted_s, counted_mb = _cpu_s() - started, _peak_mb() - before_mb
        share = len(made) * DAYS / reports
        first, second, *_ = chunks(near, counted, 0, len(counted.mmsi), int(CHUNK * share))
        opened_s, read_s = (_reading_s(near, chunk) for chunk in (first, second))
    many = reports // CHUNK
    yield {
        "parts": DAYS, "entries_of_indexes": ships * DAYS, "count_ships_cpu_s": round(counted_s, 2),
        "count_ships_peak_mb": round(counted_mb), "chunks": many, "reads": many * DAYS,
        "bytes_a_read": round(CHUNK * RECORD.itemsize / DAYS), "first_chunk_cpu_s": round(opened_s, 3),
        "other_chunks_cpu_s": round(read_s, 3),
        "all_chunks_cpu_s": round(read_s * many),
    }  # fmt: skip


def _reading_s(near: Sequence[NearReports], chunk: Chunk) -> float:
    first, end = (int(mmsi) for mmsi in chunk.ships.mmsi[[chunk.first, chunk.end - 1]])
    started = _cpu_s()
    for one in near:
        one.part.read_into(np.empty(one.part.reports_of(first, end + 1), RECORD), first, end + 1)
    return _cpu_s() - started


def joins(root: str) -> Iterator[Line]:
    """Measure the tables that single tasks put together in a built workspace with AIS.

    Yields
    ------
    dict
        For each table, its rows and bytes on disk and in memory, per million positions and for 5 billion; for tables
        along the route, per 1,000 stations instead, and for 10,000 km at the workspace's distance of stations.
    """
    store = Workspace.at(Path(root)).store
    made = json.loads((_newest(store / "ais") / STEP_RECORD).read_text())
    rows, kp_km = made["facts"]["rows"], pd.read_parquet(_newest(store / "route") / "stations.parquet")["kp_km"]
    near_bytes = sum(path.stat().st_size for part in made["made_of"] for path in (store / part).glob("near_*.npy"))
    yield {
        "positions": rows["read"], "near": round(sum(rows[f] for f in ("used", "jump", "duplicate")) / rows["read"], 3),
        "near_parts_mb_per_m": round(near_bytes / rows["read"], 2), "stations": len(kp_km), "km": float(kp_km.iloc[-1]),
    }  # fmt: skip
    million, thousand = (
        (rows["read"] / 1e6, POSITIONS / 1e6),
        (len(kp_km) / 1e3, len(kp_km) / 1e3 * KM / kp_km.iloc[-1]),
    )
    for step, (here, whole) in (("ais", million), ("traffic", million), ("shipping", thousand), ("burial", thousand)):
        for path in sorted(_newest(store / step).glob("*.parquet")):
            table = pd.read_parquet(path)
            held_mb = float(table.memory_usage(deep=True).sum()) / 1e6
            yield {
                "table": f"{step}/{path.name}", "rows": len(table),
                "disk_mb": round(path.stat().st_size / 1e6 / here, 4), "held_mb": round(held_mb / here, 4),
                "held_gb_in_all": round(held_mb / here * whole / 1e3, 2),
            }  # fmt: skip


def _newest(folder: Path) -> Path:
    return max((path for path in folder.iterdir() if path.name[0] != "."), key=lambda path: path.stat().st_mtime)


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _quiet(_line: str) -> None:
    """Say nothing."""


SIMULATIONS: dict[str, Callable[..., Iterator[Line]]] = {
    one.__name__: one for one in (planning, control, gather, joins)
}


def main(words: Sequence[str]) -> None:
    """Run a simulation with its arguments; numbers are numbers."""
    if not words or words[0] not in SIMULATIONS:
        sys.exit(f"there are {', '.join(SIMULATIONS)}")
    arguments = [int(word) if word.isdecimal() else word for word in words[1:]]
    for line in SIMULATIONS[words[0]](*arguments):
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
