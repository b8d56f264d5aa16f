"""USGS ComCat: earthquakes as CSV, in pages.

The FDSN event service (https://earthquake.usgs.gov/fdsnws/event/1/): ``count`` tells how many events a query has and
how many one answer may hold (20,000); ``query`` gives them with ``limit`` and ``offset``, which counts from 1. Without
``starttime`` only the last 30 days come.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from pipeline.errors import DataError
from pipeline.fetch.ask import Ask, BrokenAnswerError, address, read_json
from pipeline.fetch.service import Asks, InconsistentError, Service
from pipeline.fetch.wanted import Wanted
from pipeline.hazards.seismic.catalogue import read_catalogue

_PAGE = 20_000
_NEEDED = {"time", "latitude", "longitude", "depth", "mag", "magType", "id"}


def asks(wanted: Wanted, url: str, dataset: str) -> Asks:
    """Ask for the number of events, then for page after page until all are here."""
    west, south, east, north = wanted.box
    query: dict[str, object] = {
        "minlatitude": south, "maxlatitude": north, "minlongitude": west, "maxlongitude": east,
        "minmagnitude": wanted.section.comcat_min_magnitude, "eventtype": "earthquake",
        "starttime": f"{wanted.section.comcat_from_yr:04d}-01-01",
    }  # fmt: skip
    if dataset:
        query["catalog"] = dataset
    if wanted.source.period:
        first, last = (date.fromisoformat(day).isoformat() for day in wanted.source.period)
        query |= {"starttime": first, "endtime": f"{last}T23:59:59.999"}
    count = yield Ask(address(f"{url}/count", {"format": "geojson"} | query), check=_check_count)
    number, most = _counts(count)
    page = min(most, _PAGE)
    if not number:
        raise DataError(
            f"the catalogue has no earthquake of magnitude {wanted.section.comcat_min_magnitude:g} or more in the box "
            f"{', '.join(map(str, wanted.box))} and period",
            where=f"section [fetch.{wanted.name}]",
            remedy="Widen margin_km or period, or lower comcat_min_magnitude under [fetch].",
        )
    for offset in range(1, number + 1, page):
        rows = min(page, number - offset + 1)
        yield Ask(
            address(
                f"{url}/query", {"format": "csv"} | query | {"orderby": "time-asc", "limit": page, "offset": offset}
            ),
            check=_check_page(rows),
        )


def _check_count(path: Path) -> None:
    _counts(path)


def _counts(path: Path) -> tuple[int, int]:
    value = read_json(path)
    number = value.get("count") if isinstance(value, dict) else None
    most = value.get("maxAllowed", _PAGE) if isinstance(value, dict) else None
    if type(number) is not int or type(most) is not int or number < 0 or most < 1:
        raise BrokenAnswerError("the answer does not tell how many events there are")
    return number, most


def _check_page(rows: int) -> Callable[[Path], None]:
    def check(path: Path) -> None:
        _, found = _rows(path)
        if len(found) != rows:
            raise BrokenAnswerError(f"{len(found)} events came where {rows} were told of")

    return check


def _rows(path: Path) -> tuple[list[str], list[list[str]]]:
    """Return header and records of a page.

    Raises
    ------
    BrokenAnswerError
        If it is no whole table of events.
    """
    try:
        text = path.read_bytes().decode("utf-8")
        table = [row for row in csv.reader(text.splitlines(keepends=True), strict=True) if row]
    except (UnicodeDecodeError, csv.Error) as error:
        raise BrokenAnswerError(f"the answer is not a CSV table ({error})") from error
    if not table or not set(table[0]) >= _NEEDED:
        raise BrokenAnswerError("the answer is not a table of events")
    if not text.endswith("\n") or any(len(row) != len(table[0]) for row in table):
        raise BrokenAnswerError("the table of events ends, or breaks, in the middle of a row")
    return table[0], table[1:]


def assemble(_: Wanted, answers: Sequence[Path], target: Path) -> str:
    """Put the pages one below the other."""
    pages = [_rows(path) for path in answers[1:]]
    header = pages[0][0]
    seen: set[str] = set()
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        for names, rows in pages:
            if names != header:
                raise InconsistentError("the pages have different columns")
            ids = [row[header.index("id")] for row in rows]
            if len(set(ids)) != len(ids) or seen & set(ids):
                raise InconsistentError("an event stands on two pages: the catalogue changed meanwhile")
            seen |= set(ids)
            writer.writerows(rows)
    return ""


def read(wanted: Wanted, path: Path) -> None:
    """Read the file as the seismic step does."""
    table = read_catalogue(SERVICE.as_source(wanted, path), duplicate_seconds=0.0, duplicate_km=0.0)
    west, south, east, north = wanted.box
    inside = table["lon_deg"].between(west - 1e-6, east + 1e-6) & table["lat_deg"].between(south - 1e-6, north + 1e-6)
    if not inside.all():
        raise DataError(
            f"{int((~inside).sum())} of the earthquakes lie outside the box that was asked for",
            where=str(path),
            remedy="The service does not answer what it was asked; look its address up.",
        )


SERVICE = Service(
    title="USGS ComCat: earthquakes",
    role="earthquakes",
    keys={},
    url="https://earthquake.usgs.gov/fdsnws/event/1",
    dataset="",
    licence="public domain (USGS)",
    attribution="USGS Earthquake Hazards Program, ANSS Comprehensive Earthquake Catalog (ComCat)",
    terms="https://www.usgs.gov/information-policies-and-instructions/copyrights-and-credits",
    asks=asks,
    assemble=assemble,
    read=read,
)
