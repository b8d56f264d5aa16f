"""The part of the ``ais`` step that is done in blocks of ships: their reports to passages, stops and ship-time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.geo import Frame
from pipeline.hazards.shipping.chunk_work import ChunkWork
from pipeline.hazards.shipping.coverage import Coverage
from pipeline.hazards.shipping.in_order import in_order
from pipeline.hazards.shipping.near_parts import near_reports
from pipeline.hazards.shipping.place_sums import SumsWriter
from pipeline.hazards.shipping.statics import statics
from pipeline.hazards.shipping.stream import Ships, chunks
from pipeline.hazards.shipping.tables import CROSSINGS, STOPS, shaped
from pipeline.hazards.shipping.tracks import TrackCounts
from pipeline.store.step import Facts, StepContext

CELLS, STATIONS = "cells", "stations"
"""Names of sums."""
HEARD = "heard.npy"


def sizes(context: StepContext) -> list[float]:
    """Return the near reports of each unit of ships, in the order of MMSI."""
    return [float(count) for count in Ships.of(near_reports(context)).unit_reports]


def run(context: StepContext) -> Facts:
    """Take the ships of a block through all their reports.

    Writes ``passages stops statics`` (Parquet), the bins of ``heard`` and sums by cell and by station. It holds a few
    chunks at once, and the passages, stops and particulars of its ships.

    Returns
    -------
    Facts
        ``ships``; ``counts`` and ``coverage``; ``moving_us``, times the direction factor, and ``still_us`` in panels;
        ``places`` with any ship-time; rows of the ``pieces`` of sums by name.
    """
    frame, section = Frame.load(context.inputs["route"]), context.config.ais
    near = near_reports(context)
    ships = Ships.of(near)
    first, end = (int(ships.unit_starts[unit]) for unit in context.block)
    work = ChunkWork(frame, section).prepare()
    cells, stations = (SumsWriter(context.out, name, section.chunk_positions) for name in (CELLS, STATIONS))
    crossings, stays, heard = [shaped(None, CROSSINGS)], [shaped(None, STOPS)], np.zeros(0, np.int64)
    counts, coverage, moving_us, still_us, places = TrackCounts(), Coverage(), 0, 0, 0
    for result in in_order(work.run, chunks(near, ships, first, end, section.chunk_positions), context.threads):
        cells.add(result.cells)
        stations.add(result.stations)
        crossings.append(result.passages)
        stays.append(result.stops)
        heard = np.union1d(heard, result.heard)
        counts, coverage = counts + result.counts, coverage + result.coverage
        moving_us, still_us = moving_us + result.moving_us, still_us + result.still_us
        places += len(result.cells) + len(result.stations)
    for sums in (cells, stations):
        sums.close()
    np.save(context.out / HEARD, heard, allow_pickle=False)
    _write(crossings, context.out / "passages.parquet")
    _write(stays, context.out / "stops.parquet")
    own = ships.mmsi[first:end]
    _write([statics(context, own)], context.out / "statics.parquet")
    return {
        "ships": len(own), "counts": vars(counts), "coverage": vars(coverage), "moving_us": moving_us,
        "still_us": still_us, "places": places, "pieces": {sums.name: sums.pieces for sums in (cells, stations)},
    }  # fmt: skip


def _write(tables: Sequence[pd.DataFrame], path: Path) -> None:
    pd.concat(tables, ignore_index=True).to_parquet(path, index=False, compression=None)
