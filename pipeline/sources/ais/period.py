"""How much of a year the positions cover."""

from __future__ import annotations

import itertools
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
    outages_d : float
        Days inside it, of stretches without a row longer than the limit.
    """

    interval: Interval | None
    strays: int
    outages_d: float


def covered(days: Sequence[Day], outage_days: float, stray_pct: float) -> Covered:
    """Return what days with rows cover.

    A run of days ends where more than ``outage_days`` follow without a row. A run with less than ``stray_pct`` percent
    of the rows is of clocks that were wrong: one row years off must not stretch the time that all the others are
    divided by, which would make strikes rarer than they are.

    Parameters
    ----------
    days : sequence of Day
        From ``days_together``.
    outage_days : float
        Longest time without a row within a run.
    stray_pct : float
        Least share of a run, percent of all rows.
    """
    runs: list[list[Day]] = []
    for day in days:
        if runs and day.day - runs[-1][-1].day - 1 <= outage_days:
            runs[-1].append(day)
        else:
            runs.append([day])
    total = sum(day.rows for day in days)
    kept = [run for run in runs if sum(day.rows for day in run) * 100.0 >= stray_pct * total]
    if not kept:
        return Covered(None, total, 0.0)
    outages = sum(after[0].day - run[-1].day - 1 for run, after in itertools.pairwise(kept))
    strays = total - sum(day.rows for run in kept for day in run)
    return Covered((kept[0][0].first_us, kept[-1][-1].last_us), strays, float(outages))


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
