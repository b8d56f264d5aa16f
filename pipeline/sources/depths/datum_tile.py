"""What one depth file has at the points where depths can tell their datum, in the file's own values."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.config.corridor import SourceSection
from pipeline.sources.depths.datum_points import BASIN, SHORE
from pipeline.sources.rasters.intake import inspect_raster
from pipeline.sources.rasters.resample import sample
from pipeline.sources.rasters.tile import Arrays, keep
from pipeline.store import Facts, StepContext


def run(context: StepContext) -> Facts:
    """Read one depth file at the points of ``datum_points``.

    Raises
    ------
    DataError
        If the file cannot be used, whatever the others hold.
    """
    ((path,),) = (source.paths for source in context.sources)
    points = pd.read_parquet(context.inputs["datum_points"] / "points.parquet")
    facts, arrays = read_datum_points(path, context.sources[0].section, points, scratch=context.out)
    keep(arrays, context.out)
    return facts


def read_datum_points(
    path: Path, section: SourceSection, points: pd.DataFrame, *, scratch: Path | None = None
) -> tuple[Facts, Arrays]:
    """Read a depth file at points.

    Parameters
    ----------
    path : Path
        The file.
    section : SourceSection
        How to read it.
    points : DataFrame
        From ``datum_points``.
    scratch : Path, optional
        Folder for what is needed only while the file is read.

    Returns
    -------
    tuple
        Facts ``resolution_m``, and arrays ``shore`` and ``basin``: the values of the pixels that hold the points, not
        interpolated, for between land and sea an interpolation is neither; NaN where the file has none.

    Raises
    ------
    DataError
        If the file cannot be used.
    """
    file = inspect_raster(path, section, scratch=scratch)
    arrays: Arrays = {}
    for kind in (SHORE, BASIN):
        of = points[points["kind"] == kind]
        values = sample(file, of["lon"].to_numpy(), of["lat"].to_numpy(), "EPSG:4326", bilinear=False)
        arrays[kind] = values.astype(np.float32)
    return {"resolution_m": file.resolution_m}, arrays
