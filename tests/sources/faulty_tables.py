"""Tables with one fault each, generated, and what is to be said of each."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd

from tests.hazards.shipping_builders import crossing, straight_frame, track

HEADER = "time,latitude,longitude,depth,mag,magType,id"
ROW = "2000-11-25T18:09:11Z,40.5,50.5,10,6.5,mw,a"
TEXT = f"{HEADER}\n{ROW}\n"


@dataclass(frozen=True)
class Fault:
    """A faulty catalogue of earthquakes: an error with its line, or events and what is told.

    Attributes
    ----------
    content : bytes or callable
        What the file holds, or what writes it.
    name : str
        Name of the file.
    error : str
        Pattern of the error; empty where the file can be used.
    events : dict of str to list
        Columns of the events that are read.
    told : dict of str to int
        Counts that the step tells.
    remark : str
        Pattern of what ``look_over`` says.
    section : dict
        Keys of the source.
    """

    content: str | bytes | Callable[[Path], None]
    name: str = "c.csv"
    error: str = ""
    events: dict[str, list[Any]] = field(default_factory=lambda: {"mw": [6.5], "lat_deg": [40.5]})
    told: dict[str, int] = field(default_factory=dict)
    remark: str = ""
    section: dict[str, Any] = field(default_factory=dict)

    def write(self, folder: Path) -> Path:
        path = folder / self.name
        if callable(self.content):
            self.content(path)
        else:
            path.write_bytes(self.content.encode() if isinstance(self.content, str) else self.content)
        return path


def rows(*lines: str) -> str:
    return "\n".join((HEADER, *lines)) + "\n"


def book(*sheet: list[Any], title: str = "Sheet") -> Callable[[Path], None]:
    def write(path: Path) -> None:
        made = openpyxl.Workbook()
        made.active.title = title
        for row in sheet:
            made.active.append(row)
        made.save(path)

    return write


def edited(part: str, old: str, new: str, *sheet: list[Any]) -> Callable[[Path], None]:
    """Write a workbook and replace text in one of its parts."""

    def write(path: Path) -> None:
        whole = path.with_name("whole.zip")
        book(*sheet)(whole)
        with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
            for item in source.namelist():
                text = source.read(item)
                target.writestr(item, text.replace(old.encode(), new.encode()) if item.endswith(part) else text)
        whole.unlink()

    return write


def truncated(path: Path) -> None:
    book(NAMES, QUAKE)(path)
    path.write_bytes(path.read_bytes()[:2000])


NAMES = HEADER.split(",")
QUAKE: list[Any] = [datetime(2000, 11, 25, 18, 9, 11), 40.5, 50.5, 10, 6.5, "mw", "a"]
SEMICOLONS = "time;latitude;longitude;depth;mag\n2000-11-25T18:09:11Z;{};50,5;10;6,5\n"

FAULTS: dict[str, Fault] = {
    "byte order mark": Fault(b"\xef\xbb\xbf" + TEXT.encode()),
    "carriage returns": Fault(TEXT.replace("\n", "\r\n")),
    "carriage returns alone": Fault(TEXT.replace("\n", "\r")),
    "blank lines": Fault(f"\n{HEADER}\n\n{ROW}\n\n"),
    "line break in quotes": Fault(
        rows(f'"{ROW[:20]}",40.5,50.5,10,6.5,mw,"a\nb"', ROW.replace("40.5", "north")), error="latitude 'north'.*line 4"
    ),
    "quote that never closes": Fault(rows(ROW, '"' + ROW), error="damaged.*line 3"),
    "tabs": Fault(TEXT.replace(",", "\t"), name="c.tsv"),
    "gzipped": Fault(gzip.compress(TEXT.encode()), name="c.csv.gz"),
    "gzip cut short": Fault(gzip.compress(rows(*[ROW] * 5000).encode())[:-40], name="c.csv.gz", error="cut short"),
    "gzip damaged": Fault(b"\x1f\x8b\x08\x00" + b"\x00" * 6 + b"\xff" * 40, name="c.csv.gz", error="cannot be read"),
    "file of no bytes": Fault("", error="no header.*line 1"),
    "header alone": Fault(rows(), events={"mw": []}),
    "no header": Fault(f"{ROW}\n{ROW}\n", error="columns are missing: time, latitude"),
    "numbers instead of a header": Fault("1,40.5,50.5\n2,41.5,51.5\n", error="numbers, not the names of columns"),
    "column missing": Fault(TEXT.replace("mag,", "size,"), error="columns are missing: mag.*line 1"),
    "column twice": Fault(TEXT.replace("depth", "mag"), error="columns stand twice: mag.*line 1"),
    "columns renamed": Fault(TEXT.replace("mag,", "size,"), section={"columns": {"size": "mag"}}),
    "columns renamed that are not there": Fault(TEXT, section={"columns": {"size": "mw"}}, error="does not have: size"),
    "row cut short": Fault(rows(ROW, ROW[:30]), error="3 cells, and the header names 7 columns.*line 3"),
    "row too long": Fault(rows(ROW + ",b"), error="8 cells.*line 2"),
    "web page": Fault("<html>\n<p>moved</p>\n", error="columns are missing"),
    "zero byte": Fault(rows(ROW.replace("mw", "m\0w")), error="zero byte.*line 2"),
    "Latin-1": Fault(rows(ROW, ROW.replace("mw", "Grüße")).encode("latin-1"), error="not UTF-8.*line 3"),
    "UTF-16": Fault(TEXT.encode("utf-16"), error="line 1.*CSV UTF-8"),
    "line without end": Fault(TEXT + "x" * 1_000_001, error="longer than 1000000 characters.*line 3"),
    "decimal commas": Fault(SEMICOLONS.format("40,5"), remark="latitude, longitude, mag are read with decimal commas"),
    "decimal commas and points": Fault(
        SEMICOLONS.format("40,5") + "2001-01-01;40.5;50,5;10;6,5\n",
        error="latitude '40,5' is not a number.*line 2.*decimal point",
    ),
    "decimal comma between commas": Fault(
        rows(ROW.replace("40.5", '"40,5"')), error="latitude '40,5'.*line 2.*decimal point"
    ),
    "spreadsheet's error": Fault(rows(ROW.replace("6.5", "#DIV/0!")), error="mag is a spreadsheet's error.*line 2"),
    "seconds since 1970": Fault(
        rows(ROW.replace("2000-11-25T18:09:11Z", "975175751")), error="time '975175751'.*line 2.*UTC"
    ),
    "milliseconds since 1970": Fault(rows(ROW.replace("2000-11-25T18:09:11Z", "975175751000")), error="time .*line 2"),
    "local time": Fault(rows(ROW.replace("11Z", "11+04:00")), error=r"time '2000-11-25T18:09:11\+04:00'.*line 2.*UTC"),
    "no time": Fault(rows(ROW[20:]), error="has no time.*line 2"),
    "latitude 91": Fault(rows(ROW.replace("40.5", "91")), error="latitude '91' is not a number from -90 to 90.*line 2"),
    "magnitudes of several scales": Fault(
        rows(ROW, "2001-01-01T00:00:00Z,40.5,50.5,10,5.0,mb,b", "2002-01-01T00:00:00Z,40.5,50.5,10,5.0,ML,c"),
        events={"mw": [6.5, 5.28, 5.0], "kind": ["mw", "mb", "other"]},
        told={"flagged": 1},
    ),
    "magnitude not known": Fault(rows(ROW, "2001-01-01T00:00:00Z,40.5,50.5,10,,mb,b"), told={"without_magnitude": 1}),
    "depth above the sea": Fault(rows(ROW.replace(",10,", ",-1.5,")), events={"depth_km": [-1.5]}),
    "depth of no earthquake": Fault(rows(ROW.replace(",10,", ",-900,")), error="depth '-900'.*from -10 to 800.*line 2"),
    "depth not known": Fault(rows(ROW.replace(",10,", ",,")), events={"depth_km": [float("nan")]}),
    "duplicates between agencies": Fault(
        rows("2000-11-25T18:09:15Z,40.6,50.4,33,6.3,mb,isc1", ROW),
        told={"rows": 2, "duplicates": 1},
    ),
    "workbook": Fault(book(NAMES, QUAKE), name="c.xlsx"),
    "workbook with a named sheet": Fault(
        book(NAMES, QUAKE, title="quakes"), name="c.xlsx", section={"variable": "quakes"}
    ),
    "workbook without the sheet": Fault(
        book(NAMES, QUAKE), name="c.xlsx", section={"variable": "quakes"}, error="no sheet 'quakes'; it has 'Sheet'"
    ),
    "formula without a value": Fault(
        book(NAMES, [*QUAKE[:4], "=6+0.5", "mw", "a"]),
        name="c.xlsx",
        error="cell E2 holds a formula without a saved value.*row 2",
    ),
    "formula that failed": Fault(
        book(NAMES, [*QUAKE[:4], "#N/A", "mw", "a"]), name="c.xlsx", error="mag is a spreadsheet's error"
    ),
    "workbook cut short": Fault(truncated, name="c.xlsx", error="workbook cannot be read"),
    "workbook that is text": Fault(TEXT, name="c.xlsx", error="workbook cannot be read"),
    "workbook that lies about its size": Fault(
        edited("sheet1.xml", 'ref="A1:G2"', 'ref="A1:XFD1048576"', NAMES, QUAKE), name="c.xlsx"
    ),
    "workbook with an entity": Fault(
        edited("sheet1.xml", "<worksheet", '<!DOCTYPE a [<!ENTITY x "1">]><worksheet', NAMES, QUAKE),
        name="c.xlsx",
        error="XML document type",
    ),
    "another format": Fault(TEXT, name="c.ods", error="a table cannot be read from '.ods'"),
}


def bomb(path: Path) -> None:
    """Write a workbook whose directory says that a part of it unpacks to 2 GB."""
    book(NAMES, QUAKE)(path)
    content = bytearray(path.read_bytes())
    at = content.find(b"PK\x01\x02") + 24
    content[at : at + 4] = (2_000_000_000).to_bytes(4, "little")
    path.write_bytes(content)


def gzip_bomb(path: Path) -> None:
    """Write 100 kB that unpack to 80 MB of rows, each nearly as long as a line may be."""
    with gzip.open(path, "wt", compresslevel=6) as stream:
        stream.write(f"{HEADER}\n")
        for _ in range(90):
            stream.write(f"{ROW}{'x' * 120_000}\n" * 8)


def quotes_bomb(path: Path) -> None:
    """Write one record of 3 MB whose quoted cells run over many lines, none of them long."""
    path.write_text(f"{HEADER}\n" + '"x\n",' * 500_000 + "\n")


FAULTS["gzipped table that explodes"] = Fault(gzip_bomb, name="c.csv.gz", error="unpacks to more than it may")
FAULTS["row over any number of lines"] = Fault(quotes_bomb, error="a row is longer than 2000000 characters.*line 2")
FAULTS["workbook that explodes"] = Fault(bomb, name="c.xlsx", error="unpacks to 2000 MB")


@dataclass(frozen=True)
class ShipFault:
    """Faulty AIS: three passages of three ships, and what becomes of them.

    Attributes
    ----------
    change : callable
        What is done to the good table; gives a table, or the file's content.
    error : str
        Pattern of the error.
    fates : dict of str to int
        Rows by what became of them.
    finding : str
        Pattern of the step's findings.
    passages : int
        Passages that are found all the same.
    """

    change: Callable[[pd.DataFrame], pd.DataFrame | str | bytes]
    error: str = ""
    fates: dict[str, int] = field(default_factory=dict)
    finding: str = ""
    passages: int = 3
    name: str = "ais.csv"


def good_ships() -> pd.DataFrame:
    frame = straight_frame()
    passages = [crossing(frame, 1000.0 * n, 3.0 * n, reports=9).assign(MMSI=999000000 + n) for n in (1, 2, 3)]
    return pd.concat(passages, ignore_index=True)


def text_of(table: pd.DataFrame) -> str:
    return table.to_csv(index=False)


def with_rows(table: pd.DataFrame, at: int = 4, **values: Any) -> pd.DataFrame:
    """Add a copy of a row with other values."""
    return pd.concat([table, table.iloc[[at]].assign(**values)], ignore_index=True)


def changed(table: pd.DataFrame, **values: Any) -> pd.DataFrame:
    return table.astype(dict.fromkeys(values, object)).assign(**values)


def epochs(table: pd.DataFrame, per_second: float) -> pd.DataFrame:
    """Write times as numbers since 1970."""
    seconds = (pd.to_datetime(table["BaseDateTime"]) - pd.Timestamp("1970-01-01")) / pd.Timedelta(seconds=1)
    return table.assign(BaseDateTime=(seconds * per_second).astype("int64"))


def anchored(table: pd.DataFrame) -> pd.DataFrame:
    minutes = [5000.0 + 10.0 * n for n in range(12)]
    drift = track(straight_frame(), minutes, 5.0, [60.0 * (-1) ** n for n in range(12)], mmsi=999000009, sog=0.2)
    return pd.concat([table, drift], ignore_index=True)


def shared_number(table: pd.DataFrame) -> pd.DataFrame:
    """Give the number of the first ship to another, far away at the same hour."""
    other = track(straight_frame(), [1002.0, 1012.0], 15.0, [-40_000.0, -37_000.0], mmsi=999000001)
    return pd.concat([table, other], ignore_index=True)


SHIP_FAULTS: dict[str, ShipFault] = {
    "nothing": ShipFault(lambda t: t, fates={"used": 27}),
    "duplicate pings": ShipFault(lambda t: pd.concat([t, t.iloc[:5]]), fates={"duplicate": 5, "used": 27}),
    "out of order": ShipFault(lambda t: t.iloc[::-1], fates={"used": 27}),
    "clock set to 1970": ShipFault(lambda t: with_rows(t, BaseDateTime="1970-01-01T00:00:00"), fates={"no_time": 1}),
    "clock set to 2036": ShipFault(
        lambda t: with_rows(t, BaseDateTime="2036-02-07T06:28:16"), fates={"outside_period": 1}
    ),
    "MMSI 0": ShipFault(lambda t: with_rows(t, MMSI=0), fates={"invalid_mmsi": 1}),
    "MMSI 111111111": ShipFault(lambda t: with_rows(t, MMSI=111111111), fates={"invalid_mmsi": 1}),
    "one MMSI for two ships": ShipFault(shared_number, fates={"used": 29}, finding="1 MMSI in two places at once"),
    "latitude 91": ShipFault(lambda t: with_rows(t, LAT=91.0), fates={"no_position": 1}),
    "longitude 181": ShipFault(lambda t: with_rows(t, LON=181.0), fates={"no_position": 1}),
    "speed 102.3": ShipFault(lambda t: t.assign(SOG=102.3), fates={"used": 27, "too_fast": 0}),
    "speed 80": ShipFault(lambda t: with_rows(t, SOG=80.0), fates={"too_fast": 1}),
    "teleport": ShipFault(
        lambda t: t.assign(LAT=t["LAT"].where(t.index != 2, t["LAT"] + 0.4)),
        fates={"jump": 1},
        finding="1 positions left out",
    ),
    "drift at anchor": ShipFault(anchored, fates={"used": 39}),
    "base station": ShipFault(lambda t: with_rows(t, MMSI=4230001), fates={"not_a_ship": 1}),
    "type not known": ShipFault(lambda t: changed(t, VesselType="", Length=""), fates={"used": 27}),
    "time with an offset": ShipFault(
        lambda t: t.assign(
            BaseDateTime=[
                (pd.Timestamp(v) + pd.Timedelta(hours=4)).strftime("%Y-%m-%dT%H:%M:%S+04:00") for v in t["BaseDateTime"]
            ]
        ),
        fates={"used": 27},
    ),
    "seconds since 1970": ShipFault(lambda t: epochs(t, 1.0), fates={"used": 27}),
    "milliseconds since 1970": ShipFault(lambda t: epochs(t, 1e3), fates={"used": 27}),
    "seconds and milliseconds": ShipFault(
        lambda t: pd.concat([epochs(t, 1.0), epochs(t.iloc[:1], 1e3)]),
        error="BaseDateTime '1735748400000' is no time.*first time of the file is s since 1970.*line 29",
    ),
    "time in another form": ShipFault(
        lambda t: with_rows(t, BaseDateTime="01/02/2025 00:00:00"), error="01/02/2025.*ISO 8601.*line 29"
    ),
    "zone by name": ShipFault(
        lambda t: with_rows(t, BaseDateTime="2025-01-01 12:00:00 Asia/Baku"), error="Asia/Baku.*line 29"
    ),
    "half of the day": ShipFault(
        lambda t: t.assign(BaseDateTime="2025-01-01 12:00:00 PM"), error="PM' is no time that can be read"
    ),
    "decimal commas": ShipFault(lambda t: t.to_csv(index=False, sep=";", decimal=",").encode(), fates={"used": 27}),
    "decimal commas and points": ShipFault(
        lambda t: pd.concat([t.astype(str).replace(r"[.]", ",", regex=True), t.astype(str)]).to_csv(
            index=False, sep=";"
        ),
        error="cannot be read.*line 29",
    ),
    "quoted decimal commas": ShipFault(lambda t: changed(t, LAT="42,5"), error="cannot be read.*line 2"),
    "byte order mark": ShipFault(lambda t: b"\xef\xbb\xbf" + text_of(t).encode(), fates={"used": 27}),
    "carriage returns": ShipFault(lambda t: text_of(t).replace("\n", "\r\n"), fates={"used": 27}),
    "line break in quotes": ShipFault(lambda t: t.assign(VesselName='SEA\n"STAR"'), fates={"used": 27}),
    "gzipped": ShipFault(lambda t: gzip.compress(text_of(t).encode()), name="ais.csv.gz", fates={"used": 27}),
    "gzip cut short": ShipFault(
        lambda t: gzip.compress(text_of(t).encode())[:-60], name="ais.csv.gz", error="cut short"
    ),
    "row cut short": ShipFault(lambda t: text_of(t)[:-60], error="cannot be read.*line 28"),
    "no bytes": ShipFault(lambda t: "", error="is empty"),
    "workbook": ShipFault(lambda t: "x", name="ais.xlsx", error="AIS is read from .csv.* only"),
}
