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
