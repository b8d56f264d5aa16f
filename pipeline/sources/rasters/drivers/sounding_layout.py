"""How the lines of a file of soundings are to be read: what stands between columns, and which is which."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from pipeline.config.corridor import SourceSection
from pipeline.errors import DataError
from pipeline.sources.rasters.drivers.packed_text import LONGEST_LINE, unpacked
from pipeline.sources.rasters.raster_file import Stated

# Names that survey programs give to the three columns, in lower case.
_NAMES: dict[str, tuple[str, ...]] = {
    "x": ("x", "easting", "east", "e", "lon", "longitude", "long", "lon_deg"),
    "y": ("y", "northing", "north", "n", "lat", "latitude", "lat_deg"),
    "z": ("z", "depth", "depth_m", "elevation", "elevation_m", "elev", "height", "height_m", "altitude"),
}
_DEGREES = frozenset({"lon", "longitude", "long", "lon_deg", "lat", "latitude", "lat_deg"})
_COMMENT = (b"#", b"//", b"%", b"!")
_MOST_LINES_ABOVE = 1000  # of comments and blanks before the first sounding


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
    with unpacked(path, section) as stream:
        for number in range(1, _MOST_LINES_ABOVE + 1):
            raw = stream.readline(LONGEST_LINE)
            if not raw:
                break
            line = raw.decode("utf-8-sig", errors="replace").strip()
            if not line or raw.lstrip().startswith(_COMMENT):
                continue
            separator, decimal = _separator(line)
            fields = split_line(line, separator)
            if all(number_in(field, decimal) is not None for field in fields[:3]) and len(fields) >= 3:
                return _with_columns(Layout(number, separator, decimal, (0, 1, 2)), header, section, path)
            if header is not None:
                raise no_sounding(path, number, line)
            header, header_line = [field.strip('"').strip() for field in fields], number
    raise no_sounding(path, header_line or 1, " ".join(header or []))


def _separator(line: str) -> tuple[str, str]:
    """Return what stands between columns, and the decimal sign."""
    for mark in (";", "\t"):
        if mark in line:
            return mark, "," if "," in line else "."
    with_commas = [field.strip() for field in line.split(",")]
    if len(with_commas) >= 3 and not any(re.search(r"\d\s+[-+\d]", field) for field in with_commas):
        return ",", "."
    return r"\s+", "," if "," in line else "."


def split_line(line: str, separator: str) -> list[str]:
    """Return the fields of a line."""
    return line.split() if separator == r"\s+" else [field.strip() for field in line.split(separator)]


def number_in(field: str, decimal: str) -> float | None:
    """Return the number that a field holds, or None."""
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


def no_sounding(path: Path, line: int, text: str) -> DataError:
    """Return the error for a line that is no sounding."""
    return DataError(
        f"the line is no sounding: {text[:60]!r}" if text else "the file holds no sounding",
        where=f"{path}, line {line}",
        remedy="Each line must hold x, y and z as numbers; mend the line or export the soundings again.",
    )
