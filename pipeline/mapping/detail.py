"""All stations of a long corridor, packed: the page opens with some, and unpacks the others where one looks closely.

Columns are whole numbers of the smallest type that holds them. Depths keep the decimals that the page shows, rates are
right to a quarter of a thousandth of what the page would show.
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

_LOG_STEP: Final = 5e-4
"""Step of the natural logarithm of rates."""
_BLANK, _ZERO, _FIRST = 0, 1, 2
"""Codes of a blank, and of zero among logarithms; the least value of a column has the first code after them."""
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
    columns, arrays = {}, {}
    for name, values in shown["columns"].items():
        scale = 0 if name in shown["levels"] else decimals[name]
        arrays[name], least = _codes(np.array(values, dtype=float), scale)
        columns[name] = [scale, least]
    return pack({"columns": columns, "log_step": _LOG_STEP, "first": _FIRST}, arrays)


def _codes(values: NDArray[np.float64], decimals: int) -> tuple[NDArray[Any], int]:
    """Return codes of values with so many decimals, logarithms where it is -1, and what the first code stands for."""
    known = np.isfinite(values) & ((values > 0.0) | (decimals >= 0))
    scaled = values[known] * 10.0**decimals if decimals >= 0 else np.log(values[known]) / _LOG_STEP
    whole = np.round(scaled).astype(np.int64)
    least = int(whole.min()) if len(whole) else 0
    codes = np.full(len(values), _BLANK, dtype=np.int64)
    codes[(values == 0.0) & ~known] = _ZERO
    codes[known] = whole - least + _FIRST
    return codes.astype(np.uint16 if codes.max(initial=0) <= np.iinfo(np.uint16).max else np.uint32), least
