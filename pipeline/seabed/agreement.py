"""How well depth sources agree where they overlap: a table by stretch of the route, findings, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from pipeline.config import Config
from pipeline.geo import Floats, Frame
from pipeline.sources.depths.datum_offset import finding, offset, refuse_offset
from pipeline.sources.depths.other_unit import refuse_other_unit
from pipeline.sources.depths.overlaps import COLUMNS, Overlap, file_overlaps, layer_overlaps, statistics
from pipeline.sources.places import in_words
from pipeline.sources.rasters.layers import Layer

_PAIRS_TOLD = 5


def agreement(
    layers: Sequence[Layer],
    on_grid: Sequence[Floats],
    at_stations: Sequence[Floats],
    name: str,
    frame: Frame,
    config: Config,
) -> tuple[pd.DataFrame, list[str]]:
    """Compare all layers, and the files of each, where they overlap.

    Parameters
    ----------
    layers : sequence of Layer
        Best first.
    on_grid, at_stations : sequence of ndarray
        Bed elevation of each layer on the grid and at stations (m, Baltic 1977), before seams are feathered.
    name : str
        Name of the grid in what is kept of the files.
    frame : Frame
        Stations and cells.
    config : Config
        ``[water] [bathymetry] [datum]``.

    Returns
    -------
    tuple
        Table with the columns of ``statistics``, and findings in words.

    Raises
    ------
    DataError
        If two sources differ by what two datums or two units differ by.
    """
    tables, suspicions, beyond = [pd.DataFrame(columns=list(COLUMNS))], [], []
    for overlap in _overlaps(layers, on_grid, at_stations, name, frame, config):
        table = statistics(overlap, config.bathymetry, frame.route.length_km)
        tables.append(table)
        if overlap.measured_on == "stations":
            continue
        refuse_other_unit(overlap, config.water, config.datum)
        found = offset(overlap, config.water, config.datum)
        refuse_offset(overlap, found, config.datum)
        suspicions.append(finding(overlap, found, config.datum))
        too_much = table[table["agreement"] == "beyond"]
        if len(too_much):
            beyond.append((float(too_much["p95_m"].max()), _disagreement(overlap, too_much)))
    beyond.sort(key=lambda item: -item[0])
    told = [words for _, words in beyond[:_PAIRS_TOLD]]
    if len(beyond) > _PAIRS_TOLD:
        told.append(f"{len(beyond) - _PAIRS_TOLD} more pairs differ by more than they may; overlaps.csv has all")
    filled = [table for table in tables if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else tables[0], [*filter(None, suspicions), *told]


def _overlaps(
    layers: Sequence[Layer],
    on_grid: Sequence[Floats],
    at_stations: Sequence[Floats],
    name: str,
    frame: Frame,
    config: Config,
) -> Iterator[Overlap]:
    row, col = frame.cells["row"].to_numpy(), frame.cells["col"].to_numpy()
    in_swath = [bed[row, col] for bed in on_grid]
    yield from layer_overlaps(layers, in_swath, frame.cells["kp_km"].to_numpy(), "cells", config.water)
    yield from layer_overlaps(layers, at_stations, frame.stations["kp_km"].to_numpy(), "stations", config.water)
    for layer in layers:
        yield from file_overlaps(layer, name, frame, config.water)


def _disagreement(overlap: Overlap, rows: pd.DataFrame) -> str:
    """Return the finding of one pair: where, by how much, and how much would be allowed."""
    stretches = list(zip(rows["kp_from_km"].tolist(), rows["kp_to_km"].tolist(), strict=True))
    worst = rows.iloc[int(rows["p95_m"].argmax())]
    return (
        f"{overlap.one.words} and {overlap.other.words} differ by more than their uncertainties allow: "
        f"{in_words(_joined(stretches))}; at worst bias {worst['bias_m']:+.1f} m, RMS {worst['rms_m']:.1f} m, "
        f"95 percent within {worst['p95_m']:.1f} m where {worst['allowed_m']:.1f} m is allowed"
    )


def _joined(stretches: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return stretches with those that follow one another joined."""
    joined: list[tuple[float, float]] = []
    for start, end in stretches:
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined
