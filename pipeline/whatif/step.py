"""The step ``whatif``: what the map needs to decide for other settings by itself."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from pipeline.burial.inputs import Along
from pipeline.config import Config
from pipeline.geo import Frame
from pipeline.hazards.fishing.at_stations import AtStations as Boats
from pipeline.hazards.fishing.on_grid import best_effort
from pipeline.hazards.shipping.at_stations import AtStations as Ships
from pipeline.store import Facts, StepContext
from pipeline.whatif.arrays import WhatIf
from pipeline.whatif.level import Ground
from pipeline.whatif.settings import Settings
from pipeline.workspace import write_json

ARRAYS, META = "whatif.npz", "whatif.json"


def run(context: StepContext) -> Facts:
    """Write ``whatif.npz`` and ``whatif.json``; nothing where a what-if is not offered, and the facts say why."""
    config, folders = context.config, context.inputs
    reason, why = why_not(context)
    if reason:
        context.log(f"the map has no what-if: {why}")
        return {"offered": False, "reason": reason, "why": why, "summary": f"not offered: {why}"}
    frame = Frame.load(folders["route"])
    effort = best_effort(context.role("fishing_effort"), frame, config.fishing)
    ground = Ground(
        config,
        Along.read(config, folders),
        Ships.read(context.facts, folders),
        None if effort is None else Boats.read(effort[2], frame, folders, config.soil),
    )
    settings = Settings.of(config)
    found = WhatIf.of(ground, settings, context.threads)
    np.savez(context.out / ARRAYS, allow_pickle=False, **found.arrays)
    write_json(context.out / META, {"meta": found.meta, "bases": found.bases()})
    summary = (
        f"{len(settings.changes_m)} levels of the sea and {len(settings.speeds_kn)} drop speeds at "
        f"{len(frame.stations)} stations"
    )
    context.log(summary)
    return {"offered": True, "reason": "", "why": "", "summary": summary}


Reason = Literal["", "off", "unassessed", "stations"]


def why_not(context: StepContext) -> tuple[Reason, str]:
    """Return why a what-if is not offered, in a word and in words; nothing where it is."""
    config: Config = context.config
    if not config.whatif.offered:
        return "off", "[whatif] offered is false"
    if not any(context.facts.get(step, {}).get("assessed", False) for step in ("shipping", "fishing")):
        return "unassessed", "neither shipping nor fishing is assessed"
    stations = len(pd.read_parquet(context.inputs["route"] / "stations.parquet", columns=["station"]))
    if stations > config.whatif.most_stations:
        most = config.whatif.most_stations
        return "stations", f"the route has {stations} stations, more than the {most} of [whatif] most_stations"
    return "", ""
