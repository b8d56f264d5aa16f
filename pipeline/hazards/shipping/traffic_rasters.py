"""Traffic on the map: passages, ship-kilometres and ship-hours of each cell, by deadweight class."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from pipeline.geo import Band, Floats, Frame, Ints, write_cog
from pipeline.hazards.shipping.exposure import HOUR_US
from pipeline.store.step import Facts

NODATA = -9999.0
TOTAL, STILL = "total", "at_anchor_or_moored"
"""Names of the bands beside those of the classes."""

_KM_MM = 1e6
_ROWS = 1_000_000


@dataclass(frozen=True)
class Measure:
    """What one raster shows.

    Attributes
    ----------
    file : str
        Its name.
    unit, description : str
        Of every band.
    column : str
        Of ``CELL_TRAFFIC``.
    scale : float
        Units of the column in one of the raster's.
    per_km2 : bool
        Whether it is shown by area.
    """

    file: str
    unit: str
    description: str
    column: str
    scale: float
    per_km2: bool


PASSAGES = Measure(
    "ship_passages.tif", "1/yr", "ships under way that pass a cell, each track once, per year", "passages", 1.0, False
)
KILOMETRES = Measure("ship_km.tif", "km/km2/yr", "kilometres sailed per km2 of sea and year", "length_mm", _KM_MM, True)
HOURS = Measure("ship_hours.tif", "h/km2/yr", "ship-hours under way per km2 of sea and year", "hours_us", HOUR_US, True)
MEASURES = (PASSAGES, KILOMETRES, HOURS)


def sums_by_class(traffic: Path, columns: Sequence[str], ship_class: Ints, classes: int, cells: int) -> dict[str, Ints]:
    """Return whole sums over the ships of each class, shape (classes, cells), by column.

    Parameters
    ----------
    traffic : Path
        A table with ``cell ship`` and the columns; read in parts.
    columns : sequence of str
        What to add up.
    ship_class : ndarray of int, shape (ships,)
        Number of the class of each ship.
    classes, cells : int
        How many there are.
    """
    sums = {name: np.zeros((classes, cells), np.int64) for name in columns}
    for cell, ship, *values in _parts(traffic, ["cell", "ship", *columns]):
        at = ship_class[ship] * cells + cell
        for name, value in zip(columns, values, strict=True):
            np.add.at(sums[name].reshape(-1), at, value)  # by one index: several times as fast
    return sums


def write_measure(
    folder: Path, frame: Frame, measure: Measure, bands: dict[str, Floats], told: Facts, description: str = ""
) -> None:
    """Write one raster.

    Parameters
    ----------
    folder : Path
        Where to.
    frame : Frame
        Cells and grid.
    measure : Measure
        What it shows.
    bands : dict of str to ndarray, shape (cells,)
        By name, in order; NaN is not assessed.
    told : Facts
        ``provenance`` and ``sources`` of what it rests on.
    description : str
        In place of the measure's own.
    """
    row, col = frame.cells["row"].to_numpy(), frame.cells["col"].to_numpy()
    provenance = told["provenance"] or "not assessed"
    layers = [Band(name, measure.unit, frame.grid.full(row, col, values, np.nan)) for name, values in bands.items()]
    tags = {
        "description": f"{description or measure.description}; {provenance}; blank is not assessed",
        "provenance": provenance,
        "sources": json.dumps([source["name"] for source in told["sources"]], ensure_ascii=False),
    }
    write_cog(folder / measure.file, frame.grid, layers, tags=tags, nodata=NODATA)


def cell_km2(frame: Frame) -> float:
    """Return the area of a cell."""
    return (frame.grid.cell_m / 1000.0) ** 2


def _parts(path: Path, columns: list[str]) -> Iterator[list[Ints]]:
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=_ROWS, columns=columns, use_threads=False):
            yield [batch.column(name).to_numpy() for name in columns]
