"""How much of a year the positions cover."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from pipeline.errors import DataError
from pipeline.workspace import SourceFiles

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR_US = 3_600_000_000
HOURS_PER_YEAR = 8760.0

Interval = tuple[int, int]
"""Start (included) and end (excluded), microseconds since 1970 UTC."""


def configured_period(source: SourceFiles) -> Interval | None:
    """Return the period that a source states, its last day included; None where it states none.

    That it is one, the configuration has checked.
    """
    if source.section.period is None:
        return None
    first, last = (date.fromisoformat(text) for text in source.section.period)
    return _midnight_us(first), _midnight_us(last + timedelta(days=1))


def _midnight_us(day: date) -> int:
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return (start - _EPOCH) // timedelta(microseconds=1)


def years_covered(intervals: Sequence[Interval], where: str) -> float:
    """Return the length of the union of intervals in years of 8,760 hours.

    Raises
    ------
    DataError
        If they cover less than an hour, which no rate a year can be made from.
    """
    covered, reach = 0, None
    for start, end in sorted(intervals):
        begin = start if reach is None else max(start, reach)
        covered += max(end - begin, 0)
        reach = end if reach is None else max(reach, end)
    if covered < _HOUR_US:
        raise DataError(
            "the AIS positions cover less than an hour, so they cannot be scaled to a year",
            where=where,
            remedy='State what they cover in the source: period = ["2025-01-01", "2025-12-31"].',
        )
    return covered / _HOUR_US / HOURS_PER_YEAR


def day_text(time_us: int) -> str:
    """Return the UTC date of a time, ISO 8601."""
    return (_EPOCH + timedelta(microseconds=time_us)).date().isoformat()
