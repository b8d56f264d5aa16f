"""Global Fishing Watch: apparent fishing hours by day, cell and gear, a report a month.

The 4Wings report of API version 3 (https://globalfishingwatch.org/our-apis/documentation): posted with a polygon; the
token goes in the header; one report at a time for each user (429 else); data end four days ago. Whether the end of
``date-range`` counts is not said: a day more is asked for, and rows beyond the month are left out. Nor is it said
whether ``lat`` and ``lon`` are a cell's corner or its middle: what lies on the 0.01 degree lattice is taken for
the south-west corner, what lies half a cell off it is moved there.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pipeline.errors import DataError
from pipeline.fetch.ask import Ask, BrokenAnswerError, address, read_json
from pipeline.fetch.service import Asks, InconsistentError, Service
from pipeline.fetch.wanted import Wanted
from pipeline.hazards.fishing.effort import read_effort

_HEADER = ("date", "cell_ll_lat", "cell_ll_lon", "geartype", "fishing_hours")
_CELLS_PER_DEG = 100  # spatial-resolution HIGH
Row = tuple[str, int, int, str, float]
"""Day, south and west edge in hundredths of a degree, gear, hours."""


def asks(wanted: Wanted, url: str, dataset: str) -> Asks:
    """Ask for a report a month."""
    west, south, east, north = wanted.box
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    for first, last in months(wanted):
        end = last + timedelta(days=1)
        yield Ask(
            address(
                f"{url}/v3/4wings/report",
                {
                    "spatial-resolution": "HIGH", "temporal-resolution": "DAILY", "group-by": "GEARTYPE",
                    "datasets[0]": dataset, "date-range": f"{first},{end}", "format": "JSON",
                },
                safe=",:[]",
            ),
            body={"geojson": {"type": "Polygon", "coordinates": [ring]}},
            authorised=True,
            check=_check(first, last),
        )  # fmt: skip


def months(wanted: Wanted) -> Iterator[tuple[date, date]]:
    """Yield first and last day of each month of the period, or of what of it lies in the period."""
    assert wanted.source.period is not None  # the configuration sees to it
    first, end = (date.fromisoformat(day) for day in wanted.source.period)
    while first <= end:
        following = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
        yield first, min(end, following - timedelta(days=1))
        first = following


def _check(first: date, last: date) -> Callable[[Path], None]:
    def check(path: Path) -> None:
        _rows(path, first, last)

    return check


def _rows(path: Path, first: date, last: date) -> tuple[str, list[Row]]:
    """Return the version of the data set and the rows of a month.

    Raises
    ------
    BrokenAnswerError
        If the answer is no such report.
    """
    value = read_json(path)
    entries = value.get("entries") if isinstance(value, dict) else None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise BrokenAnswerError("the answer is not a report")
    if value.get("nextOffset") is not None:
        raise BrokenAnswerError("the report has further pages, which reports do not have")
    rows, versions = [], set()
    for entry in entries:
        for version, items in entry.items():
            versions.add(version)
            for item in items if items is not None else []:  # a month without fishing
                row = _row(item, first, last)
                rows += [row] if date.fromisoformat(row[0]) <= last else []
    if len({row[:4] for row in rows}) != len(rows):
        raise BrokenAnswerError("a cell, day and gear stands twice in the report")
    return ", ".join(sorted(versions)), rows


def _row(item: Any, first: date, last: date) -> Row:
    try:
        day = date.fromisoformat(item["date"])
        hours, gear = float(item["hours"]), str(item.get("geartype") or "unknown").strip().lower()
        south, west = _edge(float(item["lat"])), _edge(float(item["lon"]))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise BrokenAnswerError(f"a row of the report cannot be read ({error!r})") from error
    if not (first <= day <= last + timedelta(days=1)) or not 0 <= hours < math.inf:
        raise BrokenAnswerError(f"a row of the report has the day {day} and {hours:g} hours")
    return day.isoformat(), south, west, gear, hours


def _edge(degrees: float) -> int:
    """Return the south or west edge of a cell, in hundredths of a degree, of its corner or its middle."""
    steps = degrees * _CELLS_PER_DEG
    edge = round(steps)
    if abs(steps - edge) < 0.01:
        return edge
    if abs(steps - math.floor(steps) - 0.5) < 0.01:
        return math.floor(steps)
    raise BrokenAnswerError(f"{degrees} is neither the corner nor the middle of a cell of 0.01 degree")


def assemble(wanted: Wanted, answers: Sequence[Path], target: Path) -> str:
    """Write the daily layout, by day, cell and gear."""
    spans = list(months(wanted))
    parts = [_rows(path, first, last) for path, (first, last) in zip(answers, spans, strict=True)]
    versions = {version for version, _ in parts if version}
    if len(versions) > 1:
        raise InconsistentError(f"the months are of different versions: {', '.join(sorted(versions))}")
    rows = sorted(row for _, part in parts for row in part)
    if not rows:
        raise DataError(
            "Global Fishing Watch saw no fishing in this box and period",
            where=f"section [fetch.{wanted.name}]",
            remedy="It sees vessels with AIS alone, so that says little: leave fishing not assessed, or find "
            "other data.",
        )
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_HEADER)
        for day, south, west, gear, hours in rows:
            writer.writerow((day, f"{south / _CELLS_PER_DEG:.2f}", f"{west / _CELLS_PER_DEG:.2f}", gear, repr(hours)))
    return versions.pop() if versions else ""


def read(wanted: Wanted, path: Path) -> None:
    """Read the file as the fishing step does."""
    effort = read_effort(SERVICE.as_source(wanted, path), wanted.box, 1.0 / _CELLS_PER_DEG)
    if effort.cells.empty:
        raise DataError(
            "none of the fishing lies in the box that was asked for",
            where=str(path),
            remedy="The service does not answer what it was asked; look its address up.",
        )


SERVICE = Service(
    title="Global Fishing Watch: apparent fishing hours by day, 0.01 degree and gear",
    role="fishing_effort",
    keys={},
    url="https://gateway.api.globalfishingwatch.org",
    dataset="public-global-fishing-effort:latest",
    licence="non-commercial use only (Global Fishing Watch API terms)",
    attribution="Powered by Global Fishing Watch, globalfishingwatch.org",
    terms="https://globalfishingwatch.org/our-apis/documentation",
    asks=asks,
    assemble=assemble,
    read=read,
    token_variable="GFW_TOKEN",
)
