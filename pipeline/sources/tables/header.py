"""The headers of table sources: what their role needs, under the names in the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.errors import DataError

# What each role cannot do without, alternatives in a tuple. The layouts are named below.
NEEDED: dict[str, tuple[tuple[str, ...], ...]] = {
    "fishing_effort": (
        ("date",), ("cell_ll_lat", "lat_bin"), ("cell_ll_lon", "lon_bin"), ("geartype",), ("fishing_hours",),
    ),
    "earthquakes": (("time",), ("latitude",), ("longitude",), ("mag",)),
    "ship_registry": (("imo", "mmsi"),),
}  # fmt: skip
# What they do worse without.
HELPFUL: dict[str, tuple[str, ...]] = {
    "fishing_effort": (),
    "earthquakes": ("depth", "magType"),
    "ship_registry": (),
}
LAYOUT: dict[str, str] = {
    "fishing_effort": "Global Fishing Watch daily",
    "earthquakes": "USGS ComCat",
    "ship_registry": "ship registry",
}
PLACE = "line"
"""Column that tells the line of the text or the row of the sheet where a record begins."""


def file_names(header: list[str], columns: Mapping[str, str] | None) -> dict[str, str]:
    """Return the name in the file for every name in a layout.

    Parameters
    ----------
    header : list of str
        Column names in the file.
    columns : mapping of str, optional
        ``columns`` of the source. Either side of a pair may be the name in the file: the one that stands in the header.

    Returns
    -------
    dict of str
        Layout name to name in the file; names that are not renamed stand for themselves.
    """
    renamed = {name: name for name in header}
    for one, other in (columns or {}).items():
        if one in header:
            renamed.pop(one, None)
            renamed[other] = one
        elif other in header:
            renamed.pop(other, None)
            renamed[one] = other
    return renamed


def layout_names(
    header: list[str], columns: Mapping[str, str] | None, needed: Sequence[str | tuple[str, ...]], where: str
) -> dict[str, int]:
    """Return the place in a row of every column, by the layout's name.

    Parameters
    ----------
    header : list of str
        Column names in the file.
    columns : mapping of str, optional
        ``columns`` of the source, see ``file_names``.
    needed : sequence
        Columns that must be there; a tuple holds alternatives.
    where : str
        File and line, for messages.

    Raises
    ------
    DataError
        If there is no header, or a column is missing, stands twice, or is renamed but not there.
    """
    refuse_no_header(header, where)
    strangers = sorted(one for one, other in (columns or {}).items() if one not in header and other not in header)
    if strangers:
        raise DataError(
            f"the source renames columns that the file does not have: {', '.join(strangers)}",
            where=where,
            remedy='Write columns = { "name in the file" = "name in the layout" }.',
        )
    names = file_names([name for name in header if name], columns)
    twice = sorted({name for name in header if name and header.count(name) > 1})
    choices = [(choice,) if isinstance(choice, str) else choice for choice in needed]
    missing = [" or ".join(choice) for choice in choices if not any(name in names for name in choice)]
    if missing or twice:
        numeric = missing and all(cell.replace(".", "").lstrip("-").isdigit() for cell in header if cell)
        cause = f"columns are missing: {', '.join(missing)}" if missing else f"columns stand twice: {', '.join(twice)}"
        raise DataError(
            "the first row holds numbers, not the names of columns" if numeric else cause,
            where=where,
            remedy='Name the columns in the first row, each once, or rename them: columns = { "theirs" = "ours" }.',
        )
    return {name: header.index(written) for name, written in names.items()}


def refuse_no_header(header: list[str], where: str) -> None:
    """Refuse a first row that is blank or was never there."""
    if not any(header):
        raise DataError("the table has no header", where=where, remedy="Its first line must name columns.")
