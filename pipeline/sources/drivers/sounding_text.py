"""Text of soundings, one a line: which column is which, and reading it a block at a time, whatever its size."""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
import pandas as pd

from pipeline.config.corridor import SourceSection
from pipeline.errors import DataError
from pipeline.geo import Floats, Ints
from pipeline.sources.rasters import Stated

# Names that survey programs give to the three columns, in lower case.
_NAMES: dict[str, tuple[str, ...]] = {
    "x": ("x", "easting", "east", "e", "lon", "longitude", "long", "lon_deg"),
    "y": ("y", "northing", "north", "n", "lat", "latitude", "lat_deg"),
    "z": ("z", "depth", "depth_m", "elevation", "elevation_m", "elev", "height", "height_m", "altitude"),
}
_DEGREES = frozenset({"lon", "longitude", "long", "lon_deg", "lat", "latitude", "lat_deg"})
_COMMENT = (b"#", b"//", b"%", b"!")
_BLOCK_BYTES = 8_000_000
_LONGEST_LINE = 100_000
# A short file of equal lines packs very well; the ratio is judged only beyond this.
_RATIO_FROM_BYTES = 64_000_000
_NOT_A_NUMBER = ("nan", "NaN", "NAN")


@dataclass(frozen=True)
class Layout:
    r"""How the lines of a file are to be read.

    Attributes
    ----------
    first_line : int
        Number of the first line with a sounding, from 1.
    separator : str
        Between columns; ``\\s+`` for any run of blanks.
    decimal : str
        Point or comma.
    columns : tuple of int
        Where x, y and z stand, from 0.
    degrees : bool
        The header says that x and y are longitude and latitude.
    values : {"elevation_m", "depth_m", ""}
        What the header says of the sign of z.
    """

    first_line: int
    separator: str
    decimal: str
    columns: tuple[int, int, int]
    degrees: bool = False
    values: Stated = ""


def layout_of(path: Path, section: SourceSection) -> Layout:
    """Find out how the lines of a file are to be read.

    Parameters
    ----------
    path : Path
        Text, plain or gzipped.
    section : SourceSection
        Its source; ``columns`` names columns ``x y z`` where the header does not, or counts them from 1.

    Raises
    ------
    DataError
        If there are no three columns of numbers.
    """
    header: list[str] | None = None
    header_line = 0
    with _unpacked(path, section) as stream:
        for number in range(1, 1001):
            raw = stream.readline(_LONGEST_LINE)
            if not raw:
                break
            line = raw.decode("utf-8-sig", errors="replace").strip()
            if not line or raw.lstrip().startswith(_COMMENT):
                continue
            separator, decimal = _separator(line)
            fields = _split(line, separator)
            if all(_number(field, decimal) is not None for field in fields[:3]) and len(fields) >= 3:
                return _with_columns(Layout(number, separator, decimal, (0, 1, 2)), header, section, path)
            if header is not None:
                raise _no_sounding(path, number, line)
            header, header_line = [field.strip('"').strip() for field in fields], number
    raise _no_sounding(path, header_line or 1, " ".join(header or []))


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
    with _unpacked(path, section) as stream:
        for _ in range(layout.first_line - 1):
            stream.readline()
        while block := stream.read(_BLOCK_BYTES):
            block += stream.readline()
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


def _separator(line: str) -> tuple[str, str]:
    """Return what stands between columns, and the decimal sign."""
    for mark in (";", "\t"):
        if mark in line:
            return mark, "," if "," in line else "."
    with_commas = [field.strip() for field in line.split(",")]
    if len(with_commas) >= 3 and not any(re.search(r"\d\s+[-+\d]", field) for field in with_commas):
        return ",", "."
    return r"\s+", "," if "," in line else "."


def _split(line: str, separator: str) -> list[str]:
    return line.split() if separator == r"\s+" else [field.strip() for field in line.split(separator)]


def _number(field: str, decimal: str) -> float | None:
    try:
        return float(field.replace(decimal, "."))
    except ValueError:
        return None


def _with_columns(layout: Layout, header: list[str] | None, section: SourceSection, path: Path) -> Layout:
    """Find x, y and z by the ``columns`` of the source, then by their usual names, then by their order."""
    names = header or []
    lower = [name.lower() for name in names]
    # Either side of a pair may be the name in the file, as in other tables.
    asked = {wanted: name for name, wanted in (section.columns or {}).items() if wanted in _NAMES}
    asked |= {wanted: name for wanted, name in (section.columns or {}).items() if wanted in _NAMES}
    found: list[int] = []
    for place, (wanted, usual) in enumerate(_NAMES.items()):
        name = asked.get(wanted)
        if name is None:
            usual_at = [lower.index(other) for other in usual if other in lower]
            found.append(usual_at[0] if usual_at else -1 if header else place)
        elif name in names:
            found.append(names.index(name))
        else:
            found.append(int(name) - 1 if name.isdecimal() and int(name) > 0 else -1)
    missing = [wanted for wanted, at in zip(_NAMES, found, strict=True) if at < 0]
    if missing or len(set(found)) < 3:
        raise DataError(
            f"the columns {', '.join(names) or 'of the file'} do not tell which is "
            + (", ".join(missing) or "x, y and z"),
            where=f"{path}, line {max(layout.first_line - 1, 1)}",
            remedy='Say so with columns = { "NAME" = "x", "NAME" = "y", "NAME" = "z" } in its source.',
        )
    x, y, z = found
    told = lower[z] if header and z < len(lower) else ""
    values: Stated = (
        "depth_m" if told.startswith("depth") else "elevation_m" if told.startswith(("elev", "height", "alti")) else ""
    )
    degrees = bool(header) and {lower[at] for at in (x, y) if at < len(lower)} <= _DEGREES
    return Layout(layout.first_line, layout.separator, layout.decimal, (x, y, z), degrees, values)


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
            fields = _split(text, layout.separator)
            numbers = [_number(fields[at], layout.decimal) if at < len(fields) else None for at in layout.columns]
            if any(value is None for value in numbers) or not np.isfinite(np.array(numbers[:2], float)).all():
                raise _no_sounding(path, number, text)


def _no_sounding(path: Path, line: int, text: str) -> DataError:
    return DataError(
        f"the line is no sounding: {text[:60]!r}" if text else "the file holds no sounding",
        where=f"{path}, line {line}",
        remedy="Each line must hold x, y and z as numbers; mend the line or export the soundings again.",
    )


@contextmanager
def _unpacked(path: Path, section: SourceSection) -> Iterator[Any]:
    """Open plain or gzipped text; what goes wrong while reading becomes a DataError."""
    try:
        with path.open("rb") as raw:
            if path.suffix.lower() != ".gz":
                yield raw
            else:
                with gzip.GzipFile(fileobj=raw) as packed:
                    yield _Bounded(packed, raw, path, section)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(
            f"the file cannot be read: {error}", where=str(path), remedy="Copy or download it again."
        ) from error


class _Bounded:
    """A gzipped stream that stops when it unpacks to more than its source allows."""

    def __init__(self, packed: gzip.GzipFile, raw: IO[bytes], path: Path, section: SourceSection) -> None:
        self._packed, self._raw, self._path, self._section = packed, raw, path, section

    def read(self, size: int) -> bytes:
        content = self._packed.read(size)
        self._judge()
        return content

    def readline(self, size: int = _LONGEST_LINE) -> bytes:
        return self._packed.readline(size)

    def _judge(self) -> None:
        unpacked, packed = self._packed.tell(), max(self._raw.tell(), 1)
        most, ratio = self._section.unpacked_max_gb * 1e9, self._section.unpacked_max_ratio
        if unpacked > most or (unpacked > _RATIO_FROM_BYTES and unpacked > ratio * packed):
            raise DataError(
                f"the archive unpacks to more than it may: {unpacked / 1e9:.3g} GB so far out of "
                f"{packed / 1e9:.3g} GB, and the limits are {most / 1e9:g} GB and {ratio:g} times",
                where=str(self._path),
                remedy="If it is sound, unpack it, or raise unpacked_max_gb or unpacked_max_ratio in its source.",
            )
