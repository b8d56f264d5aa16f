"""Reading the station table of a release."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.errors import DataError
from pipeline.releases.changes.quantities import QUANTITIES
from pipeline.releases.release import Release

STATIONS = "data/processed/stations.parquet"
_PLACE = ("kp_km", "lon", "lat")


def read_stations(release: Release) -> pd.DataFrame:
    """Return the stations of a release: places, and every compared quantity.

    Raises
    ------
    DataError
        If the table is absent, damaged, or lacks what is compared.
    """
    path = release.folder / STATIONS
    try:
        table = pd.read_parquet(path)
    except (OSError, ValueError) as error:  # pyarrow's complaints are of these two kinds
        raise _unusable(release, f"the station table cannot be read: {error}") from error
    wanted = (*_PLACE, *(quantity.column for quantity in QUANTITIES))
    missing = [column for column in wanted if column not in table.columns]
    if missing:
        raise _unusable(release, f"the station table lacks {', '.join(missing)}")
    words = [quantity.column for quantity in QUANTITIES if quantity.kind == "text"]
    numbers = [column for column in wanted if column not in words]
    try:
        table = table[list(wanted)].astype(dict.fromkeys(numbers, "float64"))
    except (TypeError, ValueError) as error:
        raise _unusable(release, f"the station table holds no numbers where it should: {error}") from error
    for column in words:
        text = table[column].astype(object)
        table[column] = text.where(text.notna() & (text != ""), None)
    place = table[list(_PLACE)].to_numpy()
    if len(table) < 2 or not np.isfinite(place).all() or (np.diff(place[:, 0]) <= 0).any():
        raise _unusable(release, "the station table has no usable kilometre posts and positions")
    return table.reset_index(drop=True)


def _unusable(release: Release, cause: str) -> DataError:
    return DataError(
        cause,
        where=f"{release.folder / STATIONS}, release {release.id}",
        remedy="Compare other releases ('corridor releases' lists them), or build this one again.",
    )
