"""Times of reports: text or numbers in one of few forms, to microseconds since 1970 UTC. Nothing is guessed twice.

One file has one form, taken from its first time and held against all others. Where day and month, or seconds and
milliseconds, could be exchanged, the other reading lies outside the years 1990 to 2100 or is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

FIRST_US = int(datetime(1990, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000
"""Before AIS there are no reports; what says so has a clock that is wrong."""
END_US = int(datetime(2101, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000
_PER_US = {"s": 1e6, "ms": 1e3, "us": 1.0, "ns": 1e-3}
SHORTEST = (9, 1)
"""Least signs of the text that tells how times are written: seconds since 1970, in 1990; any where none has so many."""
_ISO = r"\s*\d{4}[-/]\d{2}[-/]\d{2}[T ]\d{2}:\d{2}(:\d{2}([.]\d+)?)?\s*(Z|z|UTC|GMT|[+-]\d{2}(:?\d{2})?)?\s*"
_DAY_FIRST = r"\s*\d{1,2}/\d{1,2}/\d{4}[ T]\d{1,2}:\d{2}:\d{2}\s*"
_COMPACT = r"\s*\d{8}[_T]\d{6}\s*"
_NUMBER = r"\s*\d{6,}([.]\d*)?\s*"


@dataclass(frozen=True)
class TimeForm:
    """One way of writing a time.

    Attributes
    ----------
    title : str
        In words.
    time_us : callable
        SQL of a value (given as SQL): microseconds since 1970 UTC, NULL where it is not of this form.
    is_other : callable or None
        SQL that tells of a value that is not blank whether it is of another form; None where none can be.
    """

    title: str
    time_us: Callable[[str], str]
    is_other: Callable[[str], str] | None


def text_form(first: str, *, day_first: bool, unit: str) -> TimeForm | None:
    """Return the form of a column of text by its first time; None where it is none that is known.

    Parameters
    ----------
    first : str
        The first time of the file.
    day_first : bool
        Whether the layout writes dd/mm/yyyy.
    unit : str
        Unit that the column's name tells; else empty.
    """
    if re.fullmatch(_NUMBER, first):
        return number_form(float(first), unit=unit, is_text=True)
    if re.fullmatch(_ISO, first):
        return _of_text("ISO 8601", _iso)
    if day_first and re.fullmatch(_DAY_FIRST, first):
        return _of_text("dd/mm/yyyy hh:mm:ss", lambda text: _parsed(text, "%d/%m/%Y %H:%M:%S"))
    if re.fullmatch(_COMPACT, first):
        return _of_text("yyyymmdd_hhmmss", lambda text: _parsed(f"replace(trim({text}), 'T', '_')", "%Y%m%d_%H%M%S"))
    return None


def first_text(connection: Any, column: str, relation: str) -> str | None:
    """Return the text that tells how a column writes its times; None where all are blank.

    It is one that is long enough for a time, if there is one: else a stray zero would decide.
    """
    for shortest in SHORTEST:
        query = f"SELECT {column} FROM {relation} WHERE length(trim({column})) >= {shortest} LIMIT 1"
        if found := connection.execute(query).fetchall():
            return str(found[0][0])
    return None


def number_form(first: float, *, unit: str, is_text: bool = False) -> TimeForm | None:
    """Return the form of a column of numbers by its first time: seconds, milli-, micro- or nanoseconds since 1970.

    None where the number is a time between 1990 and 2100 in none of them, or not in the unit that the name tells.
    """
    units = [one for one in _PER_US if _low(one) <= first < _high(one)]
    if not units or unit not in ("", units[0]):
        return None
    own = units[0]

    def number(value: str) -> str:
        return f"TRY_CAST({value} AS DOUBLE)" if is_text else f"CAST({value} AS DOUBLE)"

    def time_us(value: str) -> str:
        inside = f"{number(value)} >= {_low(own)!r} AND {number(value)} < {_high(own)!r}"
        return f"CASE WHEN {inside} THEN CAST(round({number(value)} * {_PER_US[own]!r}) AS BIGINT) END"

    def is_other(value: str) -> str:
        others = " OR ".join(
            f"({number(value)} >= {_low(one)!r} AND {number(value)} < {_high(one)!r})" for one in _PER_US if one != own
        )
        return f"({number(value)} IS NULL OR {others})"

    return TimeForm(f"{own} since 1970", time_us, is_other)


def typed_form() -> TimeForm:
    """Return the form of a column that the file itself types as a time."""
    return TimeForm("timestamp", lambda value: f"epoch_us({value})", None)


def no_form() -> TimeForm:
    """Return the form of a column without a time: nothing is read of it."""
    return TimeForm("blank", lambda value: "CAST(NULL AS BIGINT)", None)


def _of_text(title: str, time_us: Callable[[str], str]) -> TimeForm:
    return TimeForm(title, time_us, lambda text: f"({time_us(text)}) IS NULL")


def _iso(text: str) -> str:
    # DuckDB's cast to TIMESTAMP passes over offsets and zone names in silence: only bare times may take that way,
    # which is the fast one. What has an offset is held against a pattern, and a zone's name is refused by it.
    bare = f"((length({text}) = 19 OR (length({text}) = 20 AND {text}[20] IN ('Z', 'z'))) AND {text}[17] = ':')"
    return (
        f"CASE WHEN {bare} THEN epoch_us(TRY_CAST({text} AS TIMESTAMP)) "
        f"WHEN regexp_full_match({text}, '{_ISO}') THEN epoch_us(TRY_CAST(trim({text}) AS TIMESTAMPTZ)) END"
    )


def _parsed(text: str, pattern: str) -> str:
    return f"epoch_us(try_strptime({text}, '{pattern}'))"


def _low(unit: str) -> float:
    return FIRST_US / _PER_US[unit]


def _high(unit: str) -> float:
    return END_US / _PER_US[unit]
