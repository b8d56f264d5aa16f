"""All stations of a long corridor, packed: the page opens with some, and unpacks the others where one looks closely.

Columns are whole numbers that say how much each station differs from the one before: along a route values change
little. Depths keep the decimals that the page shows, rates four digits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.config.soil import SoilSection
from pipeline.mapping.inputs import deepest_rows
from pipeline.mapping.packed import pack
from pipeline.mapping.view import station_data

BLANK: Final = -(2**31)
"""Stands for a blank, whatever the column."""
_LOG_STEP: Final = 5e-4
"""Step of the natural logarithm of rates: right to a quarter of a thousandth."""
_ZERO: Final = BLANK + 1
"""Stands for zero among logarithms."""
_PLACE_DECIMALS: Final = {"kp_km": 3, "lon": 5, "lat": 5}


@dataclass(frozen=True)
class Stations:
    """The stations as a page gets them.

    Attributes
    ----------
    shown : dict
        Those that it opens with, as ``view.station_data`` gives them.
    packed : str
        All of them; empty where it opens with all.
    """

    shown: dict[str, Any]
    packed: str

    @property
    def thinned(self) -> bool:
        """Say whether the page opens with some only."""
        return self.packed != ""


def shown_stations(stations: pd.DataFrame, soil: SoilSection, most: int) -> Stations:
    """Return the stations of a page that opens with at most about ``most`` of them, those that need most."""
    shown = station_data(stations, soil)
    if len(stations) <= most:
        return Stations(shown, "")
    rows = deepest_rows(stations, most)
    some = {name: [values[row] for row in rows] for name, values in shown["columns"].items()}
    return Stations({**shown, "columns": some}, pack_stations(shown))


def pack_stations(shown: dict[str, Any]) -> str:
    """Return the packed text of all stations, given as ``view.station_data`` gives them."""
    decimals = _PLACE_DECIMALS | {field[0]: field[3] for field in shown["fields"]}
    kinds = {name: 0 if name in shown["levels"] else decimals[name] for name in shown["columns"]}
    arrays = {
        name: _zigzag(_codes(np.array(values, dtype=float), kinds[name])) for name, values in shown["columns"].items()
    }
    return pack({"stations": len(shown["columns"]["kp_km"]), "decimals": kinds, "log_step": _LOG_STEP}, arrays)


def _codes(values: NDArray[np.float64], decimals: int) -> NDArray[np.int64]:
    """Return whole numbers: so many decimals, or logarithms where ``decimals`` is -1."""
    codes = np.full(len(values), BLANK, dtype=np.int64)
    known = np.isfinite(values)
    if decimals >= 0:
        codes[known] = np.round(values[known] * 10.0**decimals).astype(np.int64)
        return codes
    codes[values == 0.0] = _ZERO
    positive = known & (values > 0.0)
    codes[positive] = np.round(np.log(values[positive]) / _LOG_STEP).astype(np.int64)
    return codes


def _zigzag(codes: NDArray[np.int64]) -> NDArray[np.uint32]:
    """Return the difference of each from the one before, small ones of either sign as small numbers."""
    steps = np.diff(codes, prepend=0).astype(np.int32)  # wraps around, and back again when summed up
    return ((steps << 1) ^ (steps >> 31)).view(np.uint32)
