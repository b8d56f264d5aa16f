"""How much of a year the positions cover."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from pipeline.errors import DataError
from pipeline.workspace import SourceFiles

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR_US = 3_600_000_000
DAY_US = 24 * _HOUR_US
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


class Day(NamedTuple):
    """Rows of ships of one day: days since 1970 UTC, how many, and the first and last time, microseconds."""

    day: int
    rows: int
    first_us: int
    last_us: int


def days_together(days: Iterable[Sequence[int]]) -> list[Day]:
    """Add up days, of one file or of several, in their order."""
    found: dict[int, Day] = {}
    for more in (Day(*values) for values in days):
        have = found.get(more.day, Day(more.day, 0, more.first_us, more.last_us))
        found[more.day] = Day(
            more.day, have.rows + more.rows, min(have.first_us, more.first_us), max(have.last_us, more.last_us)
        )
    return [found[day] for day in sorted(found)]


@dataclass(frozen=True)
class Covered:
    """What days with rows cover.

    Attributes
    ----------
    interval : Interval or None
        First to last row but for strays; None without rows.
    strays : int
        Rows outside it.
    """

    interval: Interval | None
    strays: int


def covered(days: Sequence[Day], stray_pct: float) -> Covered:
    """Return what days with rows cover.

    The usual day is the one that holds the middle row, from the busiest day down: most rows lie on days like it, so
    that no number of days with a row or two changes it. The time begins with the first and ends with the last day that
    has at least ``stray_pct`` percent of its rows; a day right beside these belongs to it too, since recording may
    begin and end within a day. Rows before and after are of clocks that were wrong: one row years off must not stretch
    the time that all the others are divided by, which would make strikes rarer than they are.

    Parameters
    ----------
    days : sequence of Day
        From ``days_together``.
    stray_pct : float
        Least rows of the first and of the last day, percent of those of the usual day.
    """
    if not days:
        return Covered(None, 0)
    total = sum(day.rows for day in days)
    least = _usual_rows(days, total) * stray_pct / 100.0
    full = [place for place, day in enumerate(days) if day.rows >= least]
    first, last = full[0], full[-1]
    if first and days[first].day - days[first - 1].day == 1:
        first -= 1
    if last + 1 < len(days) and days[last + 1].day - days[last].day == 1:
        last += 1
    strays = total - sum(day.rows for day in days[first : last + 1])
    return Covered((days[first].first_us, days[last].last_us), strays)


def _usual_rows(days: Sequence[Day], total: int) -> int:
    gone = 0
    for rows in sorted((day.rows for day in days), reverse=True):
        gone += rows
        if 2 * gone >= total:
            return rows
    return 0


def days_within(days: Sequence[Day], interval: Interval) -> tuple[int, int]:
    """Return how many days of an interval have a row, and how many days it touches."""
    first, last = interval[0] // DAY_US, max(interval[1] - 1, interval[0]) // DAY_US
    return sum(first <= day.day <= last for day in days), last - first + 1


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
