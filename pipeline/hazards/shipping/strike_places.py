"""What the ``shipping`` step writes of stations and cells: two tables and a raster."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd

from pipeline.geo import Band, Floats, Frame, write_cog
from pipeline.store.step import Facts, StepContext

NODATA = -9999.0
_DESCRIPTION = "anchor strikes on a cable laid on the seabed, per km of cable and year"


def write_places(
    context: StepContext, frame: Frame, stations: dict[str, Floats], cells: dict[str, Floats], told: Facts
) -> None:
    """Write ``stations.parquet cells.parquet shipping_strike.tif``.

    Parameters
    ----------
    context : StepContext
        Where to.
    frame : Frame
        Stations and cells.
    stations, cells : dict
        Columns; both hold ``anchor_strike_per_km_yr``.
    told : Facts
        ``provenance`` and ``sources`` of the strikes.
    """
    ids = frame.stations["station"].to_numpy(np.int32)
    pd.DataFrame({"station": ids, **stations}).to_parquet(context.out / "stations.parquet", index=False)
    ids = frame.cells["cell"].to_numpy(np.int32)
    pd.DataFrame({"cell": ids, **cells}).to_parquet(context.out / "cells.parquet", index=False)
    row, col = frame.cells["row"].to_numpy(), frame.cells["col"].to_numpy()
    raster = frame.grid.full(row, col, cells["anchor_strike_per_km_yr"], np.nan)
    sources = [source["name"] for source in told["sources"]]
    tags = {
        "description": _DESCRIPTION, "provenance": told["provenance"] or "not assessed",
        "sources": json.dumps(sources, ensure_ascii=False),
    }  # fmt: skip
    band = Band("anchor_strike_per_km_yr", "1/km/yr", raster)
    write_cog(context.out / "shipping_strike.tif", frame.grid, [band], tags=tags, nodata=NODATA)
