"""CSV for people and programs, with units and lineage beside it (CSV on the Web)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.deliverables.columns import COLUMNS, Column
from pipeline.deliverables.lineage import Lineage
from pipeline.workspace import write_json, write_text

_DATATYPES = {"text": "string", "integer": "integer", "decimals": "number", "significant": "number"}


def write_csv(path: Path, table: pd.DataFrame, *, title: str, lineage: Lineage) -> None:
    """Write ``path`` and ``<path>-metadata.json``.

    Parameters
    ----------
    path : Path
        The CSV: UTF-8, line feeds, a header, blank where not assessed.
    table : DataFrame
        Every column must be in ``COLUMNS``.
    title : str
        What the table is.
    lineage : Lineage
        Where it comes from.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(zip(*(texts(table[name], COLUMNS[name]) for name in table.columns), strict=True))
    write_text(path, buffer.getvalue())
    write_json(path.with_name(f"{path.name}-metadata.json"), _metadata(path.name, table.columns, title, lineage))


def texts(values: pd.Series, column: Column) -> list[str]:
    """Return values as they are written: fixed decimals or significant digits, blank for what is not there."""
    blank = values.isna()
    if column.kind == "text":
        return ["" if missing else str(value) for value, missing in zip(values, blank, strict=True)]
    numbers = pd.to_numeric(values).to_numpy(float, na_value=float("nan"))
    return ["" if missing else written(value, column) for value, missing in zip(numbers.tolist(), blank, strict=True)]


def written(value: float, column: Column) -> str:
    """Return a number as text; no negative zero."""
    if column.kind == "integer":
        return str(round(value))
    if column.kind == "significant":
        return f"{value:.{column.digits}g}"
    return f"{round(value, column.digits) + 0.0:.{column.digits}f}"


def _metadata(url: str, names: Iterable[str], title: str, lineage: Lineage) -> dict[str, Any]:
    columns = []
    for name in names:
        column = COLUMNS[name]
        entry: dict[str, Any] = {
            "name": name, "titles": name, "datatype": _DATATYPES[column.kind], "dc:description": column.meaning,
        }  # fmt: skip
        if column.unit:
            entry["schema:unitText"] = column.unit
        if column.step in lineage.by_step:
            entry["dc:provenance"] = lineage.by_step[column.step]
        columns.append(entry)
    return {
        "@context": "http://www.w3.org/ns/csvw",
        "url": url,
        "dc:title": f"{lineage.corridor}: {title}",
        "dc:description": lineage.statement,
        "dc:source": list(lineage.sources),
        "dialect": {"encoding": "utf-8", "delimiter": ",", "header": True, "lineTerminators": ["\n"]},
        "tableSchema": {"columns": columns},
    }
