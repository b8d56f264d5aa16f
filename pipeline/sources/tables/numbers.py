"""Numbers out of a table's text: what is no number is named with its line, and a decimal comma is never guessed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.errors import DataError
from pipeline.geo import Floats
from pipeline.sources.tables.header import PLACE

_DECIMAL_COMMA = r"[+-]?\d+,\d+"


def numbers(
    table: pd.DataFrame,
    column: str,
    path: Path,
    *,
    low: float = -np.inf,
    high: float = np.inf,
    optional: bool = False,
) -> Floats:
    """Return a column of a table from ``read_table`` as numbers.

    Parameters
    ----------
    low, high : float, optional
        Least and greatest value that can be.
    optional : bool, optional
        Whether cells may be blank (NaN); also whether the column may be missing.

    Raises
    ------
    DataError
        Naming file, line, column and text of the first cell that holds no finite number in the range. A decimal comma
        is read as such only where commas do not separate cells, and never beside decimal points in one column.
    """
    if optional and column not in table:
        return np.full(len(table), np.nan)
    text = table[column].astype(str)
    if column in decimal_commas(table):
        text = text.str.replace(",", ".", regex=False)
    values = pd.to_numeric(text, errors="coerce").to_numpy(dtype=float)
    blank = (text == "").to_numpy()
    with np.errstate(invalid="ignore"):
        good = np.isfinite(values) & (values >= low) & (values <= high)
    bad = np.flatnonzero(~(good | (blank & optional)))
    if bad.size:
        at = int(bad[0])
        written = table[column].iloc[at]
        within = f" from {low:g} to {high:g}" if np.isfinite([low, high]).all() else ""
        raise DataError(
            f"the column {column} is blank" if not written else f"the {column} {written!r} is not a number{within}",
            where=f"{path}, line {table[PLACE].iloc[at]}",
            remedy="Write it with a decimal point." if "," in written else "Mend or delete the row.",
        )
    return values


def decimal_commas(table: pd.DataFrame) -> list[str]:
    """Return the columns whose numbers are read with decimal commas.

    That is where commas do not separate cells, every comma of the column stands alone in a number, and no decimal
    point stands beside them.
    """
    if not table.attrs.get("decimal_comma"):
        return []
    texts = {str(name): table[name].astype(str) for name in table if name != PLACE}
    with_comma = {name: text[text.str.contains(",", regex=False)] for name, text in texts.items()}
    return [
        name
        for name, some in with_comma.items()
        if len(some) and some.str.fullmatch(_DECIMAL_COMMA).all() and not texts[name].str.contains(r"\d\.\d").any()
    ]
