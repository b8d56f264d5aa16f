"""Rows of samples that cannot be meant are refused with their place; those that say nothing, or a thing twice, go."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.errors import DataError
from pipeline.sources.soils.cone import SU_FROM_CONE
from pipeline.sources.tables.reading import PLACE

_SAME_PLACE_DEG = 1e-5  # about a metre: one sample's position written twice


def without_blank(rows: pd.DataFrame, remarks: list[str], path: Path, cone: Sequence[str] = ()) -> pd.DataFrame:
    """Leave out readings that tell nothing; keep such layers, which are unknown soil; refuse files of nothing else.

    Columns of ``cone`` resistance are what a refused file has instead of a strength.
    """
    blank = rows["su"].isna() & rows["dr"].isna() & (rows["label"] == "")
    if blank.all():
        raise DataError(
            "no row of the profiles has a strength (su_kpa, dr_pct) or a soil"
            + (f"; {', '.join(cone)} is no shear strength" if cone else ""),
            where=str(path),
            remedy=SU_FROM_CONE if cone else 'Rename the columns: columns = { "theirs" = "su_kpa" }.',
        )
    reading = rows["top"] == rows["bottom"]
    for which, done in ((blank & reading, "left out"), (blank & ~reading, "taken as unknown soil")):
        if which.any():
            remarks.append(f"rows without strength and soil, {done}: {int(which.sum())}")
    return rows[~(blank & reading)]


def tell_disorder(rows: pd.DataFrame, remarks: list[str]) -> None:
    """Remark on profiles whose rows do not go down."""
    same = rows["id"].to_numpy()[1:] == rows["id"].to_numpy()[:-1]
    back = np.flatnonzero(same & (np.diff(rows["top"].to_numpy()) < 0.0)) + 1
    if back.size:
        names = sorted(set(rows["id"].iloc[back]))
        remarks.append(f"rows not in order of depth, sorted: {', '.join(names[:5])}")


def without_repeats(rows: pd.DataFrame, remarks: list[str]) -> pd.DataFrame:
    """Leave out rows that say the same twice."""
    twice = rows.duplicated(["id", "lon", "lat", "top", "bottom", "su", "dr", "label"])
    if twice.any():
        remarks.append(f"rows that stand twice, counted once: {int(twice.sum())}")
    return rows[~twice].reset_index(drop=True)


def refuse_two_places(rows: pd.DataFrame, path: Path) -> None:
    """Refuse an id whose rows lie apart."""
    by_id = rows.groupby("id")[["lon", "lat"]]
    spread = (by_id.max() - by_id.min()).max(axis=1)
    apart = spread[spread > _SAME_PLACE_DEG]
    if len(apart):
        raise DataError(
            f"the sample '{apart.index[0]}' lies at more than one place",
            where=str(path),
            remedy="Give each sample an id of its own.",
        )


def refuse_overlap(rows: pd.DataFrame, path: Path) -> None:
    """Refuse two readings at one depth, and layers that overlap."""
    same = rows["id"].to_numpy()[1:] == rows["id"].to_numpy()[:-1]
    top, bottom = rows["top"].to_numpy(), rows["bottom"].to_numpy()
    bad = same & ((top[1:] < bottom[:-1]) | (top[1:] == top[:-1]))
    if bad.any():
        at = rows.iloc[int(np.flatnonzero(bad)[0]) + 1]
        raise row_error(
            f"the profile '{at['id']}' has two values at {at['top']:g} m", path, at["row"], "Keep one of them."
        )


def refuse_where(bad: NDArray[np.bool_], cause: str, table: pd.DataFrame, path: Path) -> None:
    """Refuse the first row where something is wrong, naming its line."""
    if bad.any():
        at = int(np.flatnonzero(bad)[0])
        raise row_error(cause, path, table[PLACE].iloc[at], "Mend or delete the row.")


def row_error(cause: str, path: Path, row: object, remedy: str) -> DataError:
    """Return the error of one row."""
    return DataError(cause, where=f"{path}, line {row}", remedy=remedy)
