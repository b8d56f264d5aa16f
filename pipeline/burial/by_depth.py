"""Strikes as a function of burial depth, at every station and in every cell (METHODS 1.2)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.burial.curve import AnchorCurves
from pipeline.burial.residual import add_assessed, fishing_strike_at, return_period_yr
from pipeline.config.burial import BurialSection
from pipeline.geo import Band, Floats, Frame, write_cog

_NODATA = -9999.0
COLUMNS = (
    "station", "kp_km", "depth_m", "anchor_strike_at_depth_per_km_yr", "fishing_strike_at_depth_per_km_yr",
    "strike_at_depth_per_km_yr", "return_period_yr", "accidental_strike_at_depth_per_km_yr",
)  # fmt: skip


def depth_grid_m(burial: BurialSection) -> list[float]:
    """Return the depths that curves are told for: surface-laid, the configured ones, and the ladder."""
    return sorted({0.0, *burial.strike_depths_m, *burial.ladder_m})


def rates_by_depth(
    stations: pd.DataFrame, penetration_f: Floats, anchors: AnchorCurves, released: AnchorCurves, burial: BurialSection
) -> Floats:
    """Return the strikes at each depth of ``depth_grid_m``.

    Parameters
    ----------
    stations : DataFrame
        ``fishing_strike_per_km_yr gear_penetration_m``.
    penetration_f : ndarray, shape (stations,)
        The deterministic f.
    anchors, released : AnchorCurves
        Strikes, and those of the accidental-release scenario.
    burial : BurialSection
        Depths.

    Returns
    -------
    ndarray, shape (stations, depths, 3)
        By anchors, by fishing gear, and by released anchors, 1/km/yr; NaN where not assessed.
    """
    fishing = stations["fishing_strike_per_km_yr"].to_numpy(float)
    gear = stations["gear_penetration_m"].to_numpy(float)
    rates = []
    for depth in depth_grid_m(burial):
        at = np.full(len(stations), depth)
        by_gear = fishing_strike_at(at, fishing, gear)
        by_anchor, by_released = (curves.strike_per_km_yr(at, penetration_f) for curves in (anchors, released))
        rates.append([by_anchor, by_gear, by_released])
    return np.array(rates).transpose(2, 0, 1)


def strikes_by_depth(stations: pd.DataFrame, rates_per_km_yr: Floats, burial: BurialSection) -> pd.DataFrame:
    """Return the strike-depth curves of the stations.

    Parameters
    ----------
    stations : DataFrame
        ``station kp_km length_km``, in KP order.
    rates_per_km_yr : ndarray, shape (stations, depths, 3)
        From ``rates_by_depth``.
    burial : BurialSection
        Depths.

    Returns
    -------
    DataFrame
        ``COLUMNS``, one row a station and depth. Blank where not assessed; the sum holds what is assessed and leaves
        released anchors out. The return period is that of the kilometre of cable around the station, all of it at that
        depth.
    """
    depths = depth_grid_m(burial)
    length = stations["length_km"].to_numpy(float)
    by_anchor, by_gear, released = np.moveaxis(rates_per_km_yr, 2, 0)
    total = add_assessed(by_anchor, by_gear)
    period = np.stack([return_period_yr(total[:, depth], length) for depth in range(len(depths))], axis=1)
    at = np.broadcast_to(depths, total.shape)
    each = {name: np.repeat(stations[name].to_numpy(), len(depths)) for name in ("station", "kp_km")}
    values = (*each.values(), *(rates.ravel() for rates in (at, by_anchor, by_gear, total, period, released)))
    return pd.DataFrame(dict(zip(COLUMNS, values, strict=True)))


def cell_rates(anchors: AnchorCurves, penetration_f: Floats, burial: BurialSection) -> NDArray[np.float32]:
    """Return anchor strikes in cells at each depth of the ladder, 1/km/yr, shape (cells, depths)."""
    rates = [anchors.strike_per_km_yr(np.full(len(penetration_f), z), penetration_f) for z in burial.ladder_m]
    return np.stack(rates, axis=1).astype(np.float32)


def write_cells_by_depth(
    path: Path, frame: Frame, rates_per_km_yr: NDArray[np.float32], burial: BurialSection, tags: dict[str, str]
) -> None:
    """Write what ``cell_rates`` gives of the cells of the swath with a band for each depth of the ladder."""
    row, col = frame.cells["row"].to_numpy(), frame.cells["col"].to_numpy()
    bands = [
        Band(f"anchor_strike_at_{depth:g}_m_per_km_yr", "1/km/yr", frame.grid.full(row, col, rate, np.nan))
        for depth, rate in zip(burial.ladder_m, rates_per_km_yr.T, strict=True)
    ]
    described = {"description": "Anchor strikes on a cable at each depth of the ladder, per km of cable and year"}
    write_cog(path, frame.grid, bands, tags={**tags, **described}, nodata=_NODATA)
