"""Other names that columns of a role go by, and names that tell another unit than the layout's."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pipeline.errors import DataError
from pipeline.sources.tables.header import file_names

ALIASES: dict[str, dict[str, tuple[str, ...]]] = {
    "ship_registry": {
        "imo": ("imo_no", "imo_number", "imo_nr", "imo_id", "lr_imo_no", "imo_ship_no"),
        "mmsi": ("mmsi_no", "mmsi_number", "mmsi_nr"),
        "name": ("ship_name", "vessel_name", "vesselname", "shipname", "vessel", "ship"),
        "ship_type": ("type", "vessel_type", "shiptype", "vesseltype"),
        "dwt_t": ("dwt", "deadweight", "deadweight_t", "deadweight_tonnage", "dwt_tonnes", "deadweight_tonnes"),
        "displacement_t": ("displacement", "displacement_tonnes", "full_load_displacement_t"),
        "length_m": ("length", "loa", "loa_m", "length_overall", "length_overall_m"),
        "beam_m": ("beam", "breadth", "breadth_m", "width", "width_m", "moulded_breadth_m"),
        "draught_m": ("draught", "draft", "draft_m", "max_draught_m", "max_draft_m", "summer_draught_m"),
        "equipment_number": ("en", "equipment_no", "equipment_nr", "equipment_numeral"),
        "anchor_kg": ("anchor_mass_kg", "anchor_weight_kg", "bower_anchor_kg"),
        "anchor_type": ("anchor",),
        "chain_m": ("chain_total_m", "chain_length_m", "chain_both_sides_m"),
        "fluke_length_m": ("fluke_m", "fluke_length"),
    }
}
"""For each role, the layout's names and the others they go by: lower case, words joined by underscores."""

_OTHER_UNIT = re.compile(
    r"(?:^|_)(ft|feet|foot|in|inch|inches|kt|kdwt|lt|long_tons|short_tons|lb|lbs|fathoms?|shackles|cm|mm|km)$"
)
_STEMS = re.compile(r"^(dwt|deadweight|displacement|loa|length|beam|breadth|width|draught|draft|anchor|chain|fluke)")


def plain(name: str) -> str:
    """Return a name in lower case with its words joined by underscores."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def alias_columns(
    header: list[str], columns: Mapping[str, str] | None, role: str, where: str
) -> tuple[dict[str, str], list[str]]:
    """Return renames for a header that has other names than the layout, and the columns that mean nothing to it.

    Parameters
    ----------
    header : list of str
        Column names in the file.
    columns : mapping of str, optional
        ``columns`` of the source; it comes first, then the layout's own names, then their aliases.
    role : str
        The role.
    where : str
        File and line, for messages.

    Returns
    -------
    tuple
        Renames, names in the file to names in the layout, to be used as ``columns``; and columns that are not used.

    Raises
    ------
    DataError
        If two columns mean the same, or a name tells a unit that the layout does not have.
    """
    layout = ALIASES[role]
    meaning = {alias: name for name, others in layout.items() for alias in (name, *others)}
    renames, unused = dict(columns or {}), []
    named = {written: name for name, written in file_names([name for name in header if name], columns).items()}
    own = {name for name in named.values() if name in layout}
    said: dict[str, str] = {}
    for written, name in named.items():
        if name in layout:
            continue
        key = plain(written)
        if _OTHER_UNIT.search(key) and _STEMS.match(key):
            raise DataError(
                f"the column {written} is in another unit than metres, tonnes or kilograms",
                where=where,
                remedy=f"Convert it, and name it one of {', '.join(layout)}.",
            )
        alias = meaning.get(key)
        if alias is None or alias in own:
            unused.append(written)
        elif alias in said:
            raise DataError(
                f"two columns may mean {alias}: {said[alias]} and {written}",
                where=where,
                remedy=f'Choose one: columns = {{ "{written}" = "{alias}" }}.',
            )
        else:
            said[alias] = written
            renames[written] = alias
    return renames, unused
