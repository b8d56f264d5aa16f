"""The one judge of reports: what becomes of every row, and in which order the rules are asked (METHODS 1.10)."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.config.ais import AisSection
from pipeline.sources.ais.box import Box
from pipeline.sources.ais.period import Interval
from pipeline.sources.ais.times import END_US, FIRST_US

FATES = (
    "damaged_message", "other_message", "static_message", "no_time", "no_position", "invalid_mmsi", "not_a_ship",
    "too_fast", "outside_period", "outside_corridor", "near",
)  # fmt: skip
"""What a row, or a message of NMEA, can come to. They add up to what was read."""
SHIP_FATES = ("too_fast", "outside_period", "outside_corridor", "near")
"""Rows of ships, wherever they are."""
SHIP_MMSI = (100_000_000, 999_999_999)
"""No ship has a number outside of these; not all inside are a ship's."""
_COUNTRY = "BETWEEN 201 AND 775"  # ITU maritime identification digits in use
# Numbers that no rule of the judge speaks of; it is asked first whether one of them is there, for nearly all are.
_SHIPS = ((200_000_000, 969_999_999), (980_000_000, 989_999_999), (997_760_000, 999_999_999))


@dataclass(frozen=True)
class Judge:
    """The rules of a source.

    Attributes
    ----------
    fate : str
        SQL: the place in ``FATES`` of the first rule that a row breaks, or that of ``near``. The columns that it reads
        are those of ``table.judged``; a speed that is not available is NULL there.
    near : str
        SQL that is true of rows near and of no others.
    """

    fate: str
    near: str


def judge(box: Box, section: AisSection, period: Interval | None) -> Judge:
    """Return the rules.

    Parameters
    ----------
    box : Box
        What is outside of it is not near.
    section : AisSection
        Greatest speed, and numbers that are no ship's.
    period : tuple of int, optional
        What the source covers; all times without it.
    """
    no_ship = ", ".join(str(number) for number in (0, *section.placeholder_mmsi))
    numbers = " OR ".join(f"mmsi BETWEEN {low} AND {high}" for low, high in _SHIPS)
    first, end = (FIRST_US, END_US) if period is None else period
    near = box.near
    ordinary = (
        f"({numbers}) AND mmsi NOT IN ({no_ship}) AND time_us >= {max(first, FIRST_US)} "
        f"AND time_us < {min(end, END_US)} AND lat >= -90 AND lat <= 90 AND lon >= -180 AND lon <= 180 "
        "AND NOT (lat = 0 AND lon = 0) "
        f"AND NOT station AND NOT particulars_only AND coalesce(sog_kn, 0) <= {section.max_sog_kn!r}"
    )
    fate = f"""CASE
        WHEN {ordinary} THEN CASE WHEN {near} THEN {_code("near")} ELSE {_code("outside_corridor")} END
        WHEN particulars_only THEN {_code("static_message")}
        WHEN time_us IS NULL OR time_us < {FIRST_US} OR time_us >= {END_US} THEN {_code("no_time")}
        WHEN lat IS NULL OR lon IS NULL OR abs(lat) > 90 OR abs(lon) > 180 OR (lat = 0 AND lon = 0)
          THEN {_code("no_position")}
        WHEN station THEN {_code("not_a_ship")}
        WHEN mmsi IS NULL OR mmsi IN ({no_ship}) OR mmsi < 0 OR mmsi > 999999999 THEN {_code("invalid_mmsi")}
        WHEN mmsi // 10000 {_COUNTRY} OR mmsi // 100000 {_COUNTRY} THEN {_code("not_a_ship")}
        WHEN mmsi < 100000000 THEN {_code("invalid_mmsi")}
        WHEN mmsi // 1000000 IN (970, 972, 974)
          OR (mmsi // 1000000 = 111 AND (mmsi // 1000) % 1000 {_COUNTRY})
          OR (mmsi // 10000000 = 99 AND (mmsi // 10000) % 1000 {_COUNTRY}) THEN {_code("not_a_ship")}
        WHEN sog_kn > {section.max_sog_kn!r} THEN {_code("too_fast")}
        WHEN time_us < {first} OR time_us >= {end} THEN {_code("outside_period")}
        WHEN {near} THEN {_code("near")}
        ELSE {_code("outside_corridor")} END"""
    # That near rows lie in the box is said apart, for a Parquet scan can skip by that; that they are ordinary is asked
    # before the rest, for nearly all are.
    return Judge(fate, f"{box.inside} AND {near} AND (({ordinary}) OR ({fate}) = {_code('near')})")


def _code(name: str) -> str:
    return f"{FATES.index(name)}::UTINYINT"
