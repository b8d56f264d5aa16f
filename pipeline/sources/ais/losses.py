"""What it means when many rows of an AIS source come to nothing, and what may be done about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.config.ais import AisSection
from pipeline.sources.ais.fates import SHIP_FATES

LOST = ("no_time", "no_position", "invalid_mmsi", "too_fast", "outside_period")
"""Fates of reports that a sound table has few of, or none."""
_SAID = {
    "no_time": "have no time, or one outside the years 1990 to 2100",
    "no_position": "have no position",
    "invalid_mmsi": "have no ship's number",
    "not_a_ship": "are of stations, not of ships",
    "too_fast": "are faster than max_sog_kn",
    "outside_period": "lie outside the period of the source",
    "outside_corridor": "lie outside the corridor",
    "static_message": "tell no place",
    "other_message": "tell neither a place nor a ship",
    "damaged_message": "are damaged",
}
_REMEDIES = {
    "no_time": "Look at the column of times; columns in the source says which it is.",
    "no_position": "Look at the columns of latitude and longitude; columns in the source says which they are.",
    "invalid_mmsi": "Look at the column of MMSI; columns in the source says which it is.",
    "not_a_ship": "Get the positions of ships.",
    "too_fast": "Look at the unit of the speeds; if they are tenths of a knot or km/h, say so in the source, "
    'columns = { "SPEED" = "sog_10" } or "sog_kmh".',
    "outside_period": "Mend period in the source, or take it out: then the rows say it.",
    "outside_corridor": "Get positions of the corridor's own waters, or check the route.",
    "static_message": "Get position reports too.",
    "other_message": "Get position reports too.",
    "damaged_message": "Copy the file again.",
}
_SWAP = 'Exchange them in the source: columns = { "LAT" = "lon", "LON" = "lat" }, with the names of the file.'

TYPES_REMEDY = (
    "Write the codes of AIS, 30 to 99, or words such as cargo, tanker, passenger, fishing; others count as 'other'."
)
_SHOWN = 3


@dataclass(frozen=True)
class Loss:
    """Cause and remedy, each a sentence or the half of one."""

    cause: str
    remedy: str


def large_loss(rows: Mapping[str, int], section: AisSection) -> Loss | None:
    """Return what is said where too large a share of the reports of ships is lost; None where it is not.

    Parameters
    ----------
    rows : mapping of str to int
        Rows by fate.
    section : AisSection
        Which share is too large.
    """
    lost = {fate: rows.get(fate, 0) for fate in LOST}
    total = sum(lost.values()) + sum(rows.get(fate, 0) for fate in SHIP_FATES if fate not in LOST)
    if not total or sum(lost.values()) * 100.0 <= section.lost_pct * total:
        return None
    most = max(lost, key=lambda fate: lost[fate])
    return Loss(
        f"{sum(lost.values()):,} of {total:,} reports ({100 * sum(lost.values()) / total:.0f} percent) are lost and "
        f"their ships with them: {lost[most]:,} {_SAID[most]}",
        _REMEDIES[most],
    )


def why_none_near(rows: Mapping[str, int], swapped: int) -> Loss:
    """Return why a source has no report near the corridor, by what most of its rows came to.

    Parameters
    ----------
    rows : mapping of str to int
        Rows by fate; none is ``near``.
    swapped : int
        Rows that would be near if latitude and longitude were exchanged.
    """
    if not sum(rows.values()):
        return Loss("it has no rows", "Copy the file again.")
    if swapped:
        return Loss(f"{swapped:,} would be near if latitude and longitude were exchanged", _SWAP)
    most = max(rows, key=lambda fate: rows[fate])
    return Loss(f"{rows[most]:,} {_SAID[most]}", _REMEDIES[most])


def types_unknown(rows: Mapping[str, int]) -> str:
    """Return what is said of ship types that are not understood, from rows by type."""
    most = sorted(rows, key=lambda kind: (-rows[kind], kind))[:_SHOWN]
    shown = ", ".join(repr(kind[:40]) for kind in most) + (" and others" if len(rows) > _SHOWN else "")
    return (
        f"{sum(rows.values()):,} rows of ship types that are not known, such as {shown}: their ships count as 'other'"
    )
