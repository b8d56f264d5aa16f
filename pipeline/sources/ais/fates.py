"""The one judge of reports: what becomes of every row, and in which order the rules are asked (METHODS 1.10)."""

from __future__ import annotations

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
TELLING_FATES = ("static_message", *SHIP_FATES)
"""Rows whose particulars count for the ship of their number."""
_COUNTRY = "BETWEEN 201 AND 775"  # ITU maritime identification digits in use


def fate(box: Box, section: AisSection, period: Interval | None) -> str:
    """Return the SQL that names the first rule that a row breaks, or ``near``.

    The columns that it reads are those of ``table.judged``. A speed that is not available is NULL there.
    """
    placeholders = ", ".join(str(number) for number in (0, *section.placeholder_mmsi))
    outside = "FALSE" if period is None else f"time_us < {period[0]} OR time_us >= {period[1]}"
    return f"""CASE
        WHEN particulars_only THEN 'static_message'
        WHEN time_us IS NULL OR time_us < {FIRST_US} OR time_us >= {END_US} THEN 'no_time'
        WHEN lat IS NULL OR lon IS NULL OR abs(lat) > 90 OR abs(lon) > 180 OR (lat = 0 AND lon = 0) THEN 'no_position'
        WHEN station THEN 'not_a_ship'
        WHEN mmsi IS NULL OR mmsi IN ({placeholders}) OR mmsi < 0 OR mmsi > 999999999 THEN 'invalid_mmsi'
        WHEN mmsi < 100000000 THEN
          CASE WHEN mmsi // 10000 {_COUNTRY} OR mmsi // 100000 {_COUNTRY} THEN 'not_a_ship' ELSE 'invalid_mmsi' END
        WHEN mmsi // 1000000 IN (970, 972, 974)
          OR (mmsi // 1000000 = 111 AND (mmsi // 1000) % 1000 {_COUNTRY})
          OR (mmsi // 10000000 = 99 AND (mmsi // 10000) % 1000 {_COUNTRY}) THEN 'not_a_ship'
        WHEN sog_kn > {section.max_sog_kn!r} THEN 'too_fast'
        WHEN {outside} THEN 'outside_period'
        WHEN lon < {box.west!r} OR lon > {box.east!r} OR lat < {box.south!r} OR lat > {box.north!r}
          THEN 'outside_corridor'
        ELSE 'near' END"""
