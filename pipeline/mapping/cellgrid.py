"""What a click beside the route tells: the numbers of every cell of the swath, packed.

Packed block ``cells-data``: ``meta`` and ``arrays``:

- ``width height bounds`` of the pixels in ``meta``, as the pictures of the swath have them;
- ``cell`` int32, one a pixel in rows: number of the cell, -1 for none;
- ``columns`` in ``meta``: name, kind and divisor of each column, which is an array by its name, one value a cell:
  kind ``rate`` (``codes.rate_codes``), ``number`` (whole parts of ``divisor``, above ``zero``) or ``code`` (uint8, 255
  blank; texts in ``meta.levels``, or the soil's names).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.geo import Floats
from pipeline.mapping.codes import RATE_META, fixed_codes, rate_codes
from pipeline.mapping.inputs import Inputs
from pipeline.mapping.swath import SwathGrid, codes_of

_LAND_DM = 5000
_NO_CODE = 255


@dataclass(frozen=True)
class Column:
    """One number of a cell: where it lies, and how it is packed.

    Attributes
    ----------
    name : str
        Name of the array.
    step, file : str
        The raster.
    band : int
        Its band.
    per_unit : float
        Parts in one unit; 0 for a rate.
    zero : int
        Code of zero.
    """

    name: str
    step: str
    file: str
    band: int = 1
    per_unit: float = 0.0
    zero: int = 0


_COLUMNS: tuple[Column, ...] = (
    Column("water_depth_m", "bathymetry", "water_depth.tif", per_unit=10.0, zero=_LAND_DM),
    Column("slope_deg", "terrain", "slope.tif", per_unit=10.0),
    Column("passages_per_yr", "traffic", "ship_passages.tif"),
    Column("anchor_strike_per_km_yr", "shipping", "shipping_strike.tif"),
    Column("fishing_strike_per_km_yr", "fishing", "fishing_strike.tif"),
    Column("pga_475yr_g", "seismic", "pga_475yr.tif", per_unit=1000.0),
    Column("slope_fs", "stability", "slope_stability.tif", per_unit=100.0),
    Column("required_dol_p10_m", "burial", "burial_depth.tif", 1, per_unit=100.0),
    Column("required_dol_p50_m", "burial", "burial_depth.tif", 2, per_unit=100.0),
    Column("required_dol_p90_m", "burial", "burial_depth.tif", 3, per_unit=100.0),
    Column("target_dol_m", "burial", "burial_depth.tif", 4, per_unit=100.0),
)


def cells_block(inputs: Inputs, grid: SwathGrid) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return meta and arrays of the block; a column of what was not assessed is left out."""
    meta: dict[str, Any] = {
        "rate": RATE_META, "height": grid.cell.shape[0], "width": grid.cell.shape[1], "bounds": grid.bounds,
        "columns": [], "levels": {},
    }  # fmt: skip
    arrays: dict[str, NDArray[Any]] = {"cell": grid.cell}
    for column in _COLUMNS:
        values = _values(inputs, grid, column.step, column.file, column.band)
        if values is None:
            continue
        if column.per_unit:
            arrays[column.name] = fixed_codes(values, column.per_unit, zero_at=column.zero)
        else:
            arrays[column.name] = rate_codes(values)
        kind = "number" if column.per_unit else "rate"
        meta["columns"].append([column.name, kind, column.per_unit, column.zero])
    soil = inputs.config.soil.classes
    sources = [str(source["name"]) for source in inputs.facts["bathymetry"]["sources"]]
    coded = (
        ("soil_class", "soil", "soil_class.tif", [item.code for item in soil.values()], list(soil)),
        ("depth_source", "bathymetry", "depth_source.tif", range(len(sources)), sources),
        ("confidence", "bathymetry", "depth_confidence.tif", (1, 2, 3), ["A", "B", "C"]),
    )
    for name, step, file, codes, levels in coded:
        values = _values(inputs, grid, step, file, 1)
        if values is not None:
            arrays[name] = _places(values, codes)
            meta["columns"].append([name, "code", 0, 0])
            meta["levels"][name] = levels
    return meta, arrays


def _values(inputs: Inputs, grid: SwathGrid, step: str, file: str, band: int) -> Floats | None:
    path = inputs.raster(step, file)
    return None if path is None else grid.read(path, band)


def _places(values: Floats, codes: Sequence[int]) -> NDArray[np.uint8]:
    found = codes_of(values, codes)
    return np.where(found >= 0, found, _NO_CODE).astype(np.uint8)
