"""Soundings in text, read a block of lines at a time, whatever the size of the file."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.config.corridor import SourceSection
from pipeline.errors import DataError
from pipeline.geo import Floats, Ints
from pipeline.sources.rasters.drivers.packed_text import LONGEST_LINE, unpacked
from pipeline.sources.rasters.drivers.sounding_layout import Layout, no_sounding, number_in, split_line

_BLOCK_BYTES = 8_000_000
_NOT_A_NUMBER = ("nan", "NaN", "NAN")


def read_blocks(path: Path, layout: Layout, section: SourceSection) -> Iterator[tuple[Floats, Floats, Floats]]:
    """Give x, y and z of the soundings, as ``numbered_blocks`` does.

    Raises
    ------
    DataError
        See there.
    """
    for _, x, y, z in numbered_blocks(path, layout, section):
        yield x, y, z


def numbered_blocks(
    path: Path, layout: Layout, section: SourceSection
) -> Iterator[tuple[Ints, Floats, Floats, Floats]]:
    """Give line, x, y and z of soundings, a block of lines at a time; those without a z or with nodata are left out.

    Raises
    ------
    DataError
        If a line is no sounding, naming it, or the file is damaged or unpacks to more than its source allows.
    """
    line = layout.first_line
    with unpacked(path, section) as stream:
        for _ in range(layout.first_line - 1):
            stream.readline(LONGEST_LINE)
        while block := stream.read(_BLOCK_BYTES):
            block += stream.readline(LONGEST_LINE)
            x, y, z = _numbers(path, block, layout, line)
            known = ~np.isnan(z) if section.nodata is None else ~np.isnan(z) & (z != section.nodata)
            yield _lines(block, line, z.size)[known], x[known], y[known], z[known]
            line += block.count(b"\n")


def _lines(block: bytes, line: int, soundings: int) -> Ints:
    """Return the line of each sounding of a block: one a line, but for blank ones."""
    if block.count(b"\n") + (not block.endswith(b"\n")) == soundings:
        return np.arange(line, line + soundings, dtype=np.int64)
    filled = [number for number, text in enumerate(block.split(b"\n"), start=line) if text.strip()]
    return np.array(filled, dtype=np.int64)


def _numbers(path: Path, block: bytes, layout: Layout, line: int) -> tuple[Floats, Floats, Floats]:
    if not block.strip():
        return np.empty(0), np.empty(0), np.empty(0)
    try:
        table = pd.read_csv(
            io.BytesIO(block), sep=layout.separator, decimal=layout.decimal, header=None, usecols=layout.columns,
            dtype=np.float64, keep_default_na=False, na_values=_NOT_A_NUMBER,
        )  # fmt: skip
        x, y, z = (table[at].to_numpy() for at in layout.columns)
    except (ValueError, KeyError) as error:  # pandas' own errors are ValueErrors
        _refuse_first_bad_line(path, block, layout, line)
        last = line + block.count(b"\n")
        raise DataError(
            f"the soundings cannot be read: {error}",
            where=f"{path}, lines {line} to {last}",
            remedy="Export them again as plain text of three columns.",
        ) from error
    if np.isnan(z).any() or not (np.isfinite(x).all() and np.isfinite(y).all()):
        _refuse_first_bad_line(path, block, layout, line)
    return x, y, np.where(np.isfinite(z), z, np.nan)


def _refuse_first_bad_line(path: Path, block: bytes, layout: Layout, line: int) -> None:
    """Say which line is no sounding; one whose z is written as nan is one without a depth, and no fault."""
    for number, raw in enumerate(block.split(b"\n"), start=line):
        text = raw.decode("utf-8", errors="replace").strip()
        if text:
            fields = split_line(text, layout.separator)
            numbers = [number_in(fields[at], layout.decimal) if at < len(fields) else None for at in layout.columns]
            if any(value is None for value in numbers) or not np.isfinite(np.array(numbers[:2], float)).all():
                raise no_sounding(path, number, text)
