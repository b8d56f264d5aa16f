"""Running seabed steps on small corridors made in a test's own folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.config import Config
from pipeline.config.corridor import SourceSection
from pipeline.geo import Frame, Route
from pipeline.plan import STEPS
from pipeline.store import Facts, FilePart, StepContext
from pipeline.workspace import SourceFiles
from tests.blocks import run_in_blocks

PLAN = {step.name: step for step in STEPS}


def small_frame(length_deg: float = 0.1, **changes: float) -> Frame:
    """A route north along the central meridian of UTM 39N from 42 N."""
    route = Route(np.array([51.0, 51.0]), np.array([42.0, 42.0 + length_deg]), "EPSG:32639")
    return Frame.along(route, **{"station_m": 250.0, "half_width_m": 1000.0, "cell_m": 250.0, **changes})


def source(name: str, *paths: Path, **section: Any) -> SourceFiles:
    return SourceFiles(name, SourceSection.model_validate({"files": "x", **section}), tuple(sorted(paths)))


def run_step(
    name: str,
    run: Callable[[StepContext], Facts],
    folder: Path,
    frame: Frame,
    *sources: SourceFiles,
    inputs: dict[str, Path] | None = None,
    facts: dict[str, Facts] | None = None,
    config: dict[str, Any] | None = None,
) -> tuple[Path, Facts]:
    route = folder / "route"
    route.mkdir(exist_ok=True, parents=True)
    frame.save(route)
    out = folder / name
    out.mkdir(exist_ok=True)
    context = StepContext(
        config=Config.model_validate(config or {}).only(*PLAN[name].sections),
        sources=tuple(sorted(sources, key=lambda item: item.rank)),
        inputs={"route": route, **(inputs or {})},
        facts=facts or {},
        out=out,
        log=lambda line: None,
    )
    return out, run(replace(context, parts=_parts(name, folder / f"{name}.files", context)))


def _parts(name: str, folder: Path, context: StepContext) -> dict[tuple[str, Path], FilePart]:
    """Do what the plan does with each file."""
    work = PLAN[name].per_file
    parts: dict[tuple[str, Path], FilePart] = {}
    for item in context.sources if work else ():
        beside = work.beside(item) if work.beside else {}
        for number, path in enumerate(item.paths):
            place = folder / f"{item.name}_{number}"
            place.mkdir(parents=True, exist_ok=True)
            alone = replace(context, sources=(replace(item, paths=(path,)),), beside=beside.get(path, ()), out=place)
            parts[item.name, path] = FilePart(place, run_in_blocks(work, alone) if work.blocks else work.run(alone))
    return parts
