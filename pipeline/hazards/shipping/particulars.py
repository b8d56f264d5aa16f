"""One set of particulars a ship, from the many that its AIS reports state."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.config.shipping import ShippingSection

STATICS = ("mmsi", "vessel_type", "length_m", "beam_m", "draught_m", "name", "reports")
"""Columns of the table of distinct static reports that ``particulars`` takes."""


def particulars(statics: pd.DataFrame, section: ShippingSection) -> pd.DataFrame:
    """Return one row a ship, ascending MMSI.

    Parameters
    ----------
    statics : DataFrame
        Distinct combinations of ``STATICS`` with their number of reports. Zero, negative and blank mean not stated.
    section : ShippingSection
        Holds the plausible range of length.

    Returns
    -------
    DataFrame
        ``mmsi name vessel_type length_m beam_m reported_draught_m``: the most reported type, length, beam and name
        (the larger, or first by name, of equals), and the greatest draught, for draught is typed by hand and a ship
        is as dangerous as she is deep (METHODS 1.5). NaN and "" where never stated.
    """
    length = statics["length_m"].where(statics["length_m"].between(section.min_length_m, section.max_length_m))
    clean = statics.assign(
        vessel_type=statics["vessel_type"].where(statics["vessel_type"] > 0),
        length_m=length,
        beam_m=statics["beam_m"].where(statics["beam_m"] > 0),
        draught_m=statics["draught_m"].where(statics["draught_m"] > 0),
        name=statics["name"].fillna("").str.strip().replace("", None),
    )
    ships = pd.DataFrame({"mmsi": np.sort(statics["mmsi"].unique())})
    for column in ("name", "vessel_type", "length_m", "beam_m"):
        ships = ships.join(_most_reported(clean, column), on="mmsi")
    deepest = clean.groupby("mmsi")["draught_m"].max().rename("reported_draught_m")
    ships = ships.join(deepest, on="mmsi")
    ships["name"] = ships["name"].fillna("")
    return ships


def _most_reported(statics: pd.DataFrame, column: str) -> pd.Series:
    stated = statics.dropna(subset=[column])
    counts = stated.groupby(["mmsi", column])["reports"].sum().reset_index()
    counts = counts.sort_values(["mmsi", "reports", column], ascending=[True, False, column == "name"])
    first = counts.drop_duplicates("mmsi").set_index("mmsi")
    return pd.Series(first[column])
