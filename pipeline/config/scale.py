"""``[scale]``: how work is cut into tasks, and what a cluster's workers may take. No result depends on any of it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pipeline.config.fields import Section, quantity

_RATE = "measured on one core of the machine that docs/scale.md names"
_ENGINE = "where tasks run, unless --engine says it: threads of this machine, or a Dask cluster"
_DASK = "address of the Dask scheduler, unless --dask names one; empty: a cluster of this machine for the one build"
_WORKERS = "processes of the local Dask cluster that is started where no address is given; 0: one a processor"


class ScaleSection(Section):
    """``[scale]``: tasks of a build, and the workers of a cluster."""

    engine: Annotated[Literal["threads", "dask"], Field(description=_ENGINE)] = "threads"
    dask: Annotated[str, Field(description=_DASK)] = ""
    task_s: float = quantity(
        30.0,
        unit="s",
        tag="E",
        source="the longest tasks of a cluster are about so long: each costs a hundredth of that to send",
        gt=0,
    )
    most_tasks: int = quantity(
        300,
        unit="-",
        tag="E",
        source="about the tasks of a whole build at most; they grow longer where work is more",
        ge=50,
    )
    workers: Annotated[int, Field(ge=0, le=256, description=_WORKERS)] = 0
    worker_memory_mb: int = quantity(
        3000, unit="MB", tag="E", source="what a worker of the local cluster may hold before it is restarted", ge=500
    )
    retries: int = quantity(
        2, unit="-", tag="E", source="how often a task is tried again whose worker was lost", ge=0, le=10
    )
    answer_s: float = quantity(
        180.0, unit="s", tag="E", source="scheduler and workers answer within this time when a build begins", gt=0
    )
    silent_s: float = quantity(
        120.0,
        unit="s",
        tag="E",
        source="a scheduler not heard for so long is lost, and so is a worker of the local cluster: four times a task",
        ge=5,
    )
    s_per_million_bytes: float = quantity(
        0.02, unit="s", tag="C", source=f"files that are read whole, by their size; {_RATE}", gt=0
    )
    s_per_million_ais_rows: float = quantity(
        0.3, unit="s", tag="C", source=f"AIS rows of Parquet judged and kept where near; {_RATE}", gt=0
    )
    s_per_million_reports: float = quantity(
        0.6, unit="s", tag="C", source=f"reports near the corridor to passages and ship-time; {_RATE}", gt=0
    )
    s_per_million_pixels: float = quantity(
        0.11, unit="s", tag="C", source=f"pixels of a survey to depths or terrain; {_RATE}", gt=0
    )
    s_per_million_site_sources: float = quantity(
        0.13,
        unit="s",
        tag="C",
        source=f"pairs of a site and a point of an earthquake source in its reach, beside what a block pays once for "
        f"tables of ground motion; {_RATE}",
        gt=0,
    )
    s_per_million_draws: float = quantity(
        0.06, unit="s", tag="C", source=f"draws of a place's required depth; {_RATE}", gt=0
    )
