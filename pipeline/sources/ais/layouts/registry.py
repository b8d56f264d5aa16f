"""The layouts by name, and which of them a header is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from pipeline.errors import DataError
from pipeline.sources.ais.layouts.danish import DANISH
from pipeline.sources.ais.layouts.layout import NEEDED, QUANTITIES, Layout, joined, plain
from pipeline.sources.ais.layouts.marinecadastre import MARINECADASTRE
from pipeline.sources.ais.layouts.units import TIME_UNITS, UNITS
from pipeline.sources.ais.layouts.vendor import VENDOR

LAYOUTS: tuple[Layout, ...] = (MARINECADASTRE, DANISH, VENDOR)
"""In the order in which a header is held against them."""
_FIRST_OF_SEVERAL = frozenset(QUANTITIES) - {"mmsi", "lat", "lon", "sog"}


@dataclass(frozen=True)
class Column:
    """A quantity of a report in a file.

    Attributes
    ----------
    name : str
        As the file writes it.
    at : int
        Its place in the header, from 0.
    factor : float
        What makes its values degrees, knots or metres.
    unit : str
        Of a time: the unit that its name tells, else empty.
    """

    name: str
    at: int
    factor: float = 1.0
    unit: str = ""


@dataclass(frozen=True)
class Known:
    """A header that is understood.

    Attributes
    ----------
    layout : Layout
        What it is.
    columns : dict of str to Column
        By quantity.
    """

    layout: Layout
    columns: dict[str, Column]


@dataclass
class _Match:
    """A header held against a layout."""

    layout: Layout
    is_marked: bool
    columns: dict[str, Column] = field(default_factory=dict)
    complaints: list[DataError] = field(default_factory=list)

    @property
    def needed(self) -> int:
        """How many of the columns that must be there are there."""
        return sum(need in self.columns for need in NEEDED)

    def written(self, header: Sequence[str]) -> int:
        """How many names stand as the layout itself writes them, which tells a file that lacks one."""
        return len(set(self.layout.written.values()) & set(header))

    def is_written(self, header: Sequence[str]) -> bool:
        """Tell whether most do."""
        return 2 * self.written(header) > len(self.layout.written)

    @property
    def is_whole(self) -> bool:
        return self.needed == len(NEEDED)


def recognise(header: Sequence[str], renamed: Mapping[str, str] | None, layout: str | None, where: str) -> Known:
    """Return what the columns of a file are.

    Parameters
    ----------
    header : sequence of str
        Column names in the file.
    renamed : mapping of str, optional
        ``columns`` of the source: ``{ "name in the file" = "name in a layout" }`` or the other way round; the side of
        a pair that stands in the file is the name in the file.
    layout : str, optional
        The layout that the source names.
    where : str
        The file and the line of the header, for messages.

    Raises
    ------
    DataError
        If a column is missing, stands twice, or tells a unit that is not known.
    """
    given = _given(header, renamed or {}, where)
    _refuse_strange(given, layout, where)
    matched = [_match(one, header, given, where) for one in LAYOUTS if layout in (None, one.key)]
    best = max(
        matched,
        key=lambda match: (
            match.is_whole and (match.is_marked or layout is not None),
            match.needed,
            match.is_written(header),
            match.written(header),
            match.needed > 0 and match.is_marked,
        ),
    )
    if best.complaints:
        raise best.complaints[0]
    if best.is_whole and (best.is_marked or layout is not None):
        return Known(best.layout, best.columns)
    one = best.layout
    missing = [one.name_of(need) for need in NEEDED if need not in best.columns] or [one.name_of("mobile")]
    raise DataError(
        f"the columns are of no AIS table that is known ({', '.join(each.key for each in LAYOUTS)}); beside "
        f"{one.title}, columns are missing: {', '.join(missing)}; the file has {_some(header)}",
        where=where,
        remedy='Rename them in the source, columns = { "name in the file" = "name in the layout" }; docs/methods.md '
        "1.10 lists the names.",
    )


def _given(header: Sequence[str], renamed: Mapping[str, str], where: str) -> dict[str, str]:
    """Return the layout's name for each column that the source renames, by its name in the file."""
    strangers = sorted(one for one, other in renamed.items() if one not in header and other not in header)
    if strangers:
        raise DataError(
            f"the source renames columns that the file does not have: {', '.join(strangers)}",
            where=where,
            remedy='Write columns = { "name in the file" = "name in the layout" }.',
        )
    return {one: other for one, other in renamed.items() if one in header} | {
        other: one for one, other in renamed.items() if one not in header
    }


def _refuse_strange(given: Mapping[str, str], layout: str | None, where: str) -> None:
    """Refuse what a column is renamed to where no layout has such a column, with or without a unit."""
    layouts = [one for one in LAYOUTS if layout in (None, one.key)]
    stems = {joined(good): good for one in layouts for names in one.columns.values() for good in names}
    ends = {end for units in UNITS.values() for end in units} | TIME_UNITS.keys()
    known = stems.keys() | {f"{stem}{end}" for stem in stems for end in ends}
    for name, meant in given.items():
        if joined(meant) in known:
            continue
        near = [stems[stem] for stem in get_close_matches(joined(meant), stems, n=3)]
        raise DataError(
            f"the source renames the column {name!r} to {meant!r}, which no AIS table has",
            where=where,
            remedy=(f"Did you mean {', '.join(near)}? " if near else "") + "docs/methods.md 1.10 lists the names.",
        )


def _match(layout: Layout, header: Sequence[str], given: Mapping[str, str], where: str) -> _Match:
    names = [given.get(name, name) for name in header]
    match = _Match(layout, any(not layout.mark or joined(name) == joined(layout.mark) for name in names))
    for quantity, accepted in layout.columns.items():
        keys = dict.fromkeys(joined(good) for good in accepted)
        held = [at for key in keys for at, name in enumerate(names) if joined(name) == key]
        told = [at for at in held if header[at] in given] or held
        if not told:
            _with_unit(quantity, accepted, names, header, where, match)
            continue
        same = [at for at in told if joined(names[at]) == joined(names[told[0]])]
        if len(same) > 1 or (len(told) > 1 and quantity not in _FIRST_OF_SEVERAL):
            twice = DataError(
                f"columns stand twice: {', '.join(header[at] for at in told)}",
                where=where,
                remedy=f'Keep one, or say which in the source: columns = {{ "name in the file" = "{accepted[0]}" }}.',
            )
            match.complaints.append(twice)
        match.columns[quantity] = Column(header[told[0]], told[0])
    return match


def _with_unit(
    quantity: str, accepted: Sequence[str], names: Sequence[str], header: Sequence[str], where: str, match: _Match
) -> None:
    """Find the column whose name is one of the layout's and a unit; complain of a unit that is not known."""
    strange: list[str] = []
    for at, name in enumerate(names):
        written = plain(name)
        ends = [written[len(stem) + 1 :].replace("_", "") for stem in accepted if written.startswith(f"{stem}_")]
        for end in ends:
            if quantity == "time" and end in TIME_UNITS:
                match.columns[quantity] = Column(header[at], at, unit=TIME_UNITS[end])
                return
            if quantity in UNITS and end in UNITS[quantity]:
                match.columns[quantity] = Column(header[at], at, UNITS[quantity][end])
                return
        if ends and quantity in UNITS:
            strange.append(header[at])
    if strange:
        first, *others = (f"{accepted[0]}_{end}" for end in list(UNITS[quantity])[:8])
        unknown = DataError(
            f"the unit that the name of the column {strange[0]!r} tells is not known",
            where=where,
            remedy=f'Say in the source what it is, columns = {{ "{strange[0]}" = "{first}" }} or, in place of {first}, '
            f"{', '.join(others)}; or leave the column out.",
        )
        match.complaints.append(unknown)


def _some(header: Sequence[str]) -> str:
    shown = ", ".join("".join(sign if sign.isprintable() else "?" for sign in name[:40]) for name in header[:12])
    return shown + (f" and {len(header) - 12} more" if len(header) > 12 else "")
