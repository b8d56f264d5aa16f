"""What commands share: options, tables and JSON on standard output."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from pipeline.workspace import Workspace

_NARROW = 76
_UNCUT = 400  # columns of a table that goes to a file or a pipe

out = Console(highlight=False, soft_wrap=not sys.stdout.isatty(), width=None if sys.stdout.isatty() else _UNCUT)
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]


def workspace_of(context: typer.Context) -> Workspace:
    """Return the workspace that ``-C`` names."""
    workspace: Workspace = context.obj[0]
    return workspace


def print_json(value: Any) -> None:
    """Print JSON; numbers that are not finite are refused."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """Print rows under headings, or one below the other where a terminal is narrow; nothing is cut."""
    if out.width < _NARROW:
        for row in rows:
            first, *rest = (str(row[column]) for column in columns)
            out.print(first, style="bold", markup=False, soft_wrap=True)
            for column, text in zip(columns[1:], rest, strict=True):
                out.print(f"  {column}: {text}", markup=False, soft_wrap=True)
        return
    shown = Table(box=None, header_style="bold")
    for column in columns:
        shown.add_column(column, overflow="fold", no_wrap=column == columns[0])  # the first is what people type
    for row in rows:
        shown.add_row(*(str(row[column]) for column in columns))
    out.print(shown, markup=False)
