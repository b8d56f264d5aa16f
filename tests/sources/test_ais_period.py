"""What days with rows of ships cover, whatever clocks were wrong."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.ais.period import DAY_US, Day, covered, days_within

STRAY_PCT = 10.0


def day(number: int, rows: int = 10_000) -> Day:
    return Day(number, rows, number * DAY_US, number * DAY_US + (DAY_US - 1 if rows > 1 else 0))


def span_days(days: list[Day]) -> float:
    interval = covered(days, STRAY_PCT).interval
    assert interval is not None
    return (interval[1] - interval[0]) / DAY_US


def test_a_row_every_month_does_not_stretch_a_month() -> None:
    strays = [day(30 + 31 * month, 1) for month in range(1, 13)]
    found = covered([day(number) for number in range(30)] + strays, STRAY_PCT)
    assert (found.interval, found.strays) == ((0, 30 * DAY_US - 1), 12)


def test_a_lone_row_of_a_small_file_does_not_stretch_it() -> None:
    assert span_days([day(0, 300), day(5000, 1)]) == pytest.approx(1.0)


def test_stray_days_may_outnumber_the_others() -> None:
    strays = [day(number, 2) for number in range(100, 900)]
    assert span_days([day(number) for number in range(30)] + strays) == pytest.approx(30.0)


def test_recording_may_begin_and_end_within_a_day() -> None:
    """A few rows of the day before midnight are no strays."""
    days = [Day(4, 7, 5 * DAY_US - 500, 5 * DAY_US - 1), *(day(number) for number in range(5, 10)), day(10, 1)]
    assert covered(days, STRAY_PCT).interval == (5 * DAY_US - 500, 10 * DAY_US)


@given(st.lists(st.integers(2, 19), min_size=1, max_size=60), st.integers(0, 40))
def test_days_that_are_alike_are_all_covered(rows: list[int], gap: int) -> None:
    """Any outage inside stays: the contract is first to last position."""
    days = [day(number * (gap + 1), count) for number, count in enumerate(rows)]
    found = covered(days, STRAY_PCT)
    assert found.interval == (days[0].first_us, days[-1].last_us)
    assert found.strays == 0


def test_days_with_rows_within_an_interval() -> None:
    days = [day(int(number)) for number in np.arange(0, 365, 30)]
    assert days_within(days, (0, 365 * DAY_US)) == (13, 365)
    assert days_within(days, (30 * DAY_US, 31 * DAY_US)) == (1, 1)
    assert days_within(days, (31 * DAY_US, 40 * DAY_US)) == (0, 9)
    assert covered([], STRAY_PCT).interval is None
