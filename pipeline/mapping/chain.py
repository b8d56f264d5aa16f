"""Why a station gets its depth: what the page tells of the chain from ships to the order, beside its station table.

Packed block ``why-data``: ``meta`` and, with the station as index, ``arrays`` (all uint16 but where said):

- ``kp_km`` float64; ``limit routine`` rates (``codes.rate_codes``);
- ``factor`` (penetration by the soil, 1/1000), ``required_fishing gear mobility`` (centimetres);
- ``decisive_kg`` float32 and ``decisive_fluke`` (centimetres): the heaviest anchor that must still be kept off, 0 where
  the strikes of all together are tolerated, blank where anchors are not assessed;
- ``depth_source soil_source`` uint8: index into ``meta.levels``, 255 blank;
- ``starts`` uint32, one more than stations: the rows of each station in ``dwt_class`` (index into ``meta.classes``),
  ``passages`` and ``strikes`` (rates per km and year).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.burial.target import mobility_allowance_m
from pipeline.geo import Floats
from pipeline.mapping.codes import RATE_META, fixed_codes, rate_codes
from pipeline.mapping.inputs import Inputs

_CM = 100.0
_NO_CODE = 255
_ROUND_OFF = 1.0 + 1e-9
Arrays = dict[str, NDArray[Any]]


def why_block(inputs: Inputs, stations: pd.DataFrame) -> tuple[dict[str, Any], Arrays]:
    """Return meta and arrays of the block for the stations that the page shows.

    Parameters
    ----------
    inputs : Inputs
        Folders and configuration.
    stations : DataFrame
        Some rows of the station table of the burial step, in its order.
    """
    config, number = inputs.config, stations["station"].to_numpy()

    def column(name: str) -> Floats:
        if name not in stations:
            return np.full(len(stations), np.nan)
        return stations[name].to_numpy(float, na_value=np.nan)

    classes = _classes(inputs.folders["shipping"] / "station_classes.parquet", number)
    labels = list(dict.fromkeys(classes["dwt_class"]))
    labels.sort(key=_size)
    anchors = _anchors(inputs.folders["shipping"] / "station_anchors.parquet", number)
    kg, fluke_m = decisive_anchor(anchors, column("limit_strike_per_km_yr"))
    known = np.isfinite(column("anchor_strike_per_km_yr"))
    sources = {name: _coded(stations, name) for name in ("depth_source", "soil_source")}
    meta = {
        "rate": RATE_META,
        "classes": labels,
        "anchor_kg": [float(classes.loc[classes["dwt_class"] == label, "anchor_kg_max"].max()) for label in labels],
        "percentile": config.acceptance.percentile,
        "tolerance_m": config.burial.tolerance_m,
        "levels": {name: levels for name, (_, levels) in sources.items()},
        "tracks": bool(classes["passages_per_km_yr"].notna().any()),
    }
    arrays: Arrays = {
        "kp_km": column("kp_km"),
        "limit": rate_codes(column("limit_strike_per_km_yr")),
        "routine": rate_codes(column("routine_strike_per_km_yr")),
        "factor": fixed_codes(column("penetration_f"), 1000.0),
        "required_fishing": fixed_codes(column("required_dol_fishing_m"), _CM),
        "gear": fixed_codes(column("gear_penetration_m"), _CM),
        "mobility": fixed_codes(mobility_allowance_m(column("mobility_allowance_m"), config.burial), _CM),
        "decisive_kg": np.where(known, kg, np.nan).astype(np.float32),
        "decisive_fluke": fixed_codes(np.where(known, fluke_m, np.nan), _CM),
        **{name: codes for name, (codes, _) in sources.items()},
        "starts": np.searchsorted(classes["place"], np.arange(len(number) + 1)).astype(np.uint32),
        "dwt_class": pd.Categorical(classes["dwt_class"], labels).codes.astype(np.uint8),
        "passages": rate_codes(classes["passages_per_km_yr"]),
        "strikes": rate_codes(classes["strike_per_km_yr"]),
    }
    return meta, arrays


def decisive_anchor(anchors: pd.DataFrame, limit_per_km_yr: Floats) -> tuple[Floats, Floats]:
    """Return mass and fluke length of the anchor that decides at each place.

    The anchors of a size and all larger ones strike more often than is tolerated: that size must still be kept off. Of
    all such sizes the largest decides (METHODS 1.2: the smallest depth whose remaining strikes are tolerated).

    Parameters
    ----------
    anchors : DataFrame
        ``place anchor_kg fluke_length_m strike_per_km_yr``.
    limit_per_km_yr : ndarray, shape (places,)
        Tolerable strikes.

    Returns
    -------
    kg, fluke_m : ndarray, shape (places,)
        Zero where all anchors together are tolerated, and where there is none.
    """
    kg, fluke_m = np.zeros(len(limit_per_km_yr)), np.zeros(len(limit_per_km_yr))
    rows = anchors.sort_values(["place", "fluke_length_m"], ascending=[True, False], kind="stable")
    remaining = rows.groupby("place")["strike_per_km_yr"].cumsum().to_numpy(float)
    place = rows["place"].to_numpy()
    decides = rows[remaining > limit_per_km_yr[place] * _ROUND_OFF].groupby("place").head(1)
    kg[decides["place"]], fluke_m[decides["place"]] = decides["anchor_kg"], decides["fluke_length_m"]
    return kg, fluke_m


def _classes(path: Path, number: NDArray[Any]) -> pd.DataFrame:
    table = pd.read_parquet(path)
    return _placed(table, number).sort_values("place", kind="stable", ignore_index=True)


def _anchors(path: Path, number: NDArray[Any]) -> pd.DataFrame:
    columns = ["station", "anchor_kg", "fluke_length_m", "strike_per_km_yr"]
    return _placed(pd.read_parquet(path, columns=columns), number)


def _placed(table: pd.DataFrame, number: NDArray[Any]) -> pd.DataFrame:
    """Return the rows of the stations that the page shows, with their place in the page."""
    place = np.searchsorted(number, table["station"].to_numpy())
    shown = number[np.minimum(place, len(number) - 1)] == table["station"].to_numpy()
    own: pd.DataFrame = table[shown].assign(place=place[shown])
    return own


def _coded(stations: pd.DataFrame, name: str) -> tuple[NDArray[np.uint8], list[str]]:
    """Return texts of a column as places in a list of at most 255."""
    texts = stations[name].fillna("").astype(str) if name in stations else pd.Series("", stations.index)
    levels = sorted(set(texts) - {""})[:_NO_CODE]
    place = {level: index for index, level in enumerate(levels)}
    return np.array([place.get(text, _NO_CODE) for text in texts], np.uint8), levels


def _size(label: str) -> float:
    """Return the lower bound of a deadweight class such as ``2000-3000`` or ``>13000``, for their order."""
    return float("inf") if label.startswith(">") else float(label.partition("-")[0])
