"""Strikes as a function of burial depth, at every station and in every cell (METHODS 1.2)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

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


def strikes_by_depth(
    stations: pd.DataFrame, anchors: AnchorCurves, released: AnchorCurves, burial: BurialSection
) -> pd.DataFrame:
    """Return the strike-depth curves of the stations.

    Parameters
    ----------
    stations : DataFrame
        ``station kp_km length_km penetration_f fishing_strike_per_km_yr gear_penetration_m``, in KP order.
    anchors, released : AnchorCurves
        Strikes, and those of the accidental-release scenario, which the sum leaves out.
    burial : BurialSection
        Depths.

    Returns
    -------
    DataFrame
        ``COLUMNS``, one row a station and depth. Blank where not assessed; the sum holds what is assessed. Penetration
        takes the deterministic f. The return period is that of the kilometre of cable around the station, all of it at
        that depth.
    """
    f = stations["penetration_f"].to_numpy(float)
    fishing = stations["fishing_strike_per_km_yr"].to_numpy(float)
    gear, length = stations["gear_penetration_m"].to_numpy(float), stations["length_km"].to_numpy(float)
    parts = []
    for depth in depth_grid_m(burial):
        at = np.full(len(stations), depth)
        by_anchor, by_gear = anchors.strike_per_km_yr(at, f), fishing_strike_at(at, fishing, gear)
        total = add_assessed(by_anchor, by_gear)
        values = (
            stations["station"], stations["kp_km"], at, by_anchor, by_gear, total, return_period_yr(total, length),
            released.strike_per_km_yr(at, f),
        )  # fmt: skip
        parts.append(pd.DataFrame(dict(zip(COLUMNS, values, strict=True))))
    return pd.concat(parts).sort_values(["station", "depth_m"], kind="stable", ignore_index=True)


def write_cells_by_depth(
    path: Path, frame: Frame, anchors: AnchorCurves, penetration_f: Floats, burial: BurialSection, tags: dict[str, str]
) -> None:
    """Write anchor strikes in the cells of the swath with a band for each depth of the ladder."""
    row, col = frame.cells["row"].to_numpy(), frame.cells["col"].to_numpy()
    bands = []
    for depth in burial.ladder_m:
        rate = anchors.strike_per_km_yr(np.full(len(row), depth), penetration_f)
        name = f"anchor_strike_at_{depth:g}_m_per_km_yr"
        bands.append(Band(name, "1/km/yr", frame.grid.full(row, col, rate, np.nan)))
    described = {"description": "Anchor strikes on a cable at each depth of the ladder, per km of cable and year"}
    write_cog(path, frame.grid, bands, tags={**tags, **described}, nodata=_NODATA)
