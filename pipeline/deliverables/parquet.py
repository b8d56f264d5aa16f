"""Parquet with units, meanings and lineage in its schema."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.deliverables.columns import COLUMNS
from pipeline.deliverables.lineage import Lineage
from pipeline.workspace import atomic_path


def write_parquet(path: Path, table: pd.DataFrame, *, title: str, lineage: Lineage) -> None:
    """Write a table at full precision; each field states its unit, meaning and provenance.

    Parameters
    ----------
    path : Path
        Where to.
    table : DataFrame
        Every column must be in ``COLUMNS``.
    title : str
        What the table is.
    lineage : Lineage
        Where it comes from.
    """
    arrow = pa.Table.from_pandas(table, preserve_index=False)
    fields = []
    for field in arrow.schema:
        column = COLUMNS[field.name]
        told = {"unit": column.unit, "description": column.meaning, "provenance": lineage.by_step.get(column.step, "")}
        fields.append(field.with_metadata({key: value for key, value in told.items() if value}))
    schema = pa.schema(fields, metadata=dict(arrow.schema.metadata or {})).with_metadata(
        {
            **(arrow.schema.metadata or {}),
            b"title": f"{lineage.corridor}: {title}".encode(),
            b"description": lineage.statement.encode(),
            b"sources": "\n".join(lineage.sources).encode(),
        }
    )
    with atomic_path(path) as temporary:
        pq.write_table(arrow.cast(schema), temporary)
