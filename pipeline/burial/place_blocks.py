"""Decisions by blocks of stations, each with the cells around it: what can be done anywhere and in any order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.burial.by_depth import cell_rates, rates_by_depth
from pipeline.burial.curve import AnchorCurves
from pipeline.burial.decide import Places, decide
from pipeline.burial.factors import Factors
from pipeline.burial.inputs import RELEASED, STRIKES, Along, AnchorRows, cell_table
from pipeline.burial.scenarios import released_at
from pipeline.config import Config
from pipeline.geo import Floats
from pipeline.store import Facts, FilePart, StepContext

CELL_COLUMNS = (
    "cell", "station", "water_depth_m", "slope_deg", "soil_class", "anchor_strike_per_km_yr",
    "fishing_strike_per_km_yr", "required_dol_p10_m", "required_dol_p50_m", "required_dol_p90_m", "target_dol_m",
    "achievable_dol_m", "deficit_m", "residual_strike_per_km_yr", "return_period_yr", "governing",
)  # fmt: skip
_STATIONS, _CELLS = "stations.parquet", "cells.parquet"
_STATION_RATES, _CELL_RATES = "station_rates.npy", "cell_rates.npy"
_TOGETHER = 250  # stations that are decided at once; no digit depends on it


def sizes(context: StepContext) -> Sequence[float]:
    """Return the draws at each station and in the cells that are nearest to it."""
    folder, draws = context.inputs["route"], context.config.uncertainty.draws
    stations = len(pd.read_parquet(folder / "stations.parquet", columns=["station"]))
    nearest = pd.read_parquet(folder / "cells.parquet", columns=["station"])["station"]
    return [float(draws * (1 + cells)) for cells in np.bincount(nearest, minlength=stations)]


def run(context: StepContext) -> Facts:
    """Decide at a block of stations, and in the cells that are nearest to them."""
    config, folders, (first, end) = context.config, context.inputs, context.block
    along = Along.read(config, folders)
    nearest = along.frame.cells["station"].to_numpy(np.int64)
    cells = np.flatnonzero((nearest >= first) & (nearest < end))
    cells = cells[np.argsort(nearest[cells], kind="stable")]
    decider = _Decider(
        config,
        along.limit_per_km_yr,
        along.stations.iloc[first:end].reset_index(drop=True),
        cell_table(along.frame, folders, config.soil, cells),
        AnchorRows.read(folders["shipping"], "station", np.arange(first, end), (STRIKES, RELEASED)),
        AnchorRows.read(folders["shipping"], "cell", cells, (STRIKES,)),
    )
    starts = range(first, end, _TOGETHER)
    decided = [decider.decide(start - first, min(start + _TOGETHER, end) - first) for start in starts]
    stations, cell_parts = [part.stations for part in decided], [part.cells for part in decided]
    pd.concat(stations, ignore_index=True).to_parquet(context.out / _STATIONS, index=False)
    pd.concat(cell_parts, ignore_index=True).to_parquet(context.out / _CELLS, index=False)
    np.save(context.out / _STATION_RATES, np.concatenate([part.station_rates for part in decided]))
    np.save(context.out / _CELL_RATES, np.concatenate([part.cell_rates for part in decided]))
    return {}


@dataclass(frozen=True, eq=False)
class Decided:
    """What is decided at stations and in the cells around them.

    Attributes
    ----------
    stations : DataFrame
        As ``decide`` gives it, with the strikes of released anchors at the decided depths.
    station_rates : ndarray, shape (stations, depths, 3)
        As ``rates_by_depth`` gives them.
    cells : DataFrame
        ``CELL_COLUMNS``.
    cell_rates : ndarray, shape (cells, depths)
        As ``cell_rates`` gives them.
    """

    stations: pd.DataFrame
    station_rates: Floats
    cells: pd.DataFrame
    cell_rates: NDArray[np.float32]

    @classmethod
    def joined(cls, blocks: Sequence[FilePart]) -> Decided:
        """Put blocks together: stations along the route, cells by their number."""
        stations, cells = (
            pd.concat([pd.read_parquet(part.folder / name) for part in blocks], ignore_index=True)
            for name in (_STATIONS, _CELLS)
        )
        station_rates, rates = (
            np.concatenate([np.load(part.folder / name) for part in blocks]) for name in (_STATION_RATES, _CELL_RATES)
        )
        order = np.argsort(cells["cell"].to_numpy(), kind="stable")
        return cls(stations, station_rates, cells.iloc[order].reset_index(drop=True), rates[order])


@dataclass(frozen=True, eq=False)
class _Decider:
    """What a block decides on: its stations, the cells around them from station to station, and their anchors."""

    config: Config
    limit_per_km_yr: Floats
    stations: pd.DataFrame
    cells: pd.DataFrame
    anchors: AnchorRows
    cell_anchors: AnchorRows

    def decide(self, start: int, stop: int) -> Decided:
        """Decide at some of the stations; no digit depends on which are decided together."""
        config, here = self.config, self.stations.iloc[start:stop].reset_index(drop=True)
        numbers = here["station"].to_numpy(np.int64)
        left, right = np.searchsorted(self.cells["station"], [numbers[0], numbers[-1] + 1])
        around = self.cells.iloc[left:right].reset_index(drop=True)
        curves, cell_curves = self.anchors.curves(here, start), self.cell_anchors.curves(around, int(left))
        released = self.anchors.curves(here, start, RELEASED)
        both = self._places(here, curves).followed_by(self._places(around, cell_curves))
        table = decide(both, config, Factors.from_config(config))
        stations, cells = (
            table.iloc[part].reset_index(drop=True) for part in (slice(len(here)), slice(len(here), None))
        )
        f = stations["penetration_f"].to_numpy(float)
        return Decided(
            stations.assign(**released_at(stations, released)),
            rates_by_depth(here, f, curves, released, config.burial),
            _finished(around, cells),
            cell_rates(cell_curves, cells["penetration_f"].to_numpy(float), config.burial),
        )

    def _places(self, table: pd.DataFrame, curves: AnchorCurves) -> Places:
        return Places(table, curves, self.limit_per_km_yr[table["station"].to_numpy()])


def _finished(cells: pd.DataFrame, decided: pd.DataFrame) -> pd.DataFrame:
    """Join threats and decisions of cells; the return period is that of a kilometre of cable there."""
    residual = decided["residual_strike_per_km_yr"]
    table = cells.drop(columns=["required_dol_fishing_m"]).join(decided)
    return table.assign(return_period_yr=(1.0 / residual).where(residual > 0))[list(CELL_COLUMNS)]
