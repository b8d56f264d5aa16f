"""AIS with one fault each, generated: in tables, packed tables and NMEA, and what is to become of every row."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from tests.hazards.shipping_builders import crossing, straight_frame, track
from tests.sources.nmea_makers import sentences, tagged, text

Table = pd.DataFrame
SHIPS = (999000001, 999000002, 999000003)


def good_ships() -> Table:
    """Three passages of three ships, nine reports each."""
    frame = straight_frame()
    passages = [crossing(frame, 1000.0 * n, 3.0 * n, reports=9).assign(MMSI=mmsi) for n, mmsi in enumerate(SHIPS, 1)]
    return pd.concat(passages, ignore_index=True)


def with_rows(table: Table, at: int = 4, **values: Any) -> Table:
    """Add a copy of a row with other values."""
    return pd.concat([table, table.iloc[[at]].assign(**values)], ignore_index=True)


def changed(table: Table, **values: Any) -> Table:
    """Give columns other values, of any type."""
    return table.astype(dict.fromkeys(values, object)).assign(**values)


def moments(table: Table) -> pd.Series:
    return pd.to_datetime(table["BaseDateTime"], utc=True)


def shifted(table: Table, ship: int, **by: float) -> Table:
    """Set the clock of a ship back or forth from her fifth report on."""
    late = (table["MMSI"] == ship) & (table.groupby("MMSI").cumcount() >= 4)
    moment = moments(table).where(~late, moments(table) + pd.Timedelta(**by))
    return table.assign(BaseDateTime=moment.dt.strftime("%Y-%m-%dT%H:%M:%S"))


def anchored(table: Table) -> Table:
    """Add a ship that swings at anchor beside the cable for two hours."""
    minutes = [5000.0 + 10.0 * n for n in range(12)]
    drift = track(straight_frame(), minutes, 5.0, [60.0 * (-1) ** n for n in range(12)], mmsi=999000009, sog=0.2)
    return pd.concat([table, drift], ignore_index=True)


def shared_number(table: Table) -> Table:
    """Give the number of the first ship to another, far away at the same hour."""
    other = track(straight_frame(), [1002.0, 1012.0], 15.0, [-40_000.0, -37_000.0], mmsi=SHIPS[0])
    return pd.concat([table, other], ignore_index=True)


def reused_number(table: Table) -> Table:
    """Give the number of the first ship to another that crosses half a year later."""
    later = crossing(straight_frame(), 260_000.0, 12.0, reports=9).assign(MMSI=SHIPS[0])
    return pd.concat([table, later], ignore_index=True)


def far_away(table: Table) -> Table:
    return table.assign(LAT=table["LAT"] - 20.0)


# How a table is written


def csv(table: Table) -> bytes:
    return table.to_csv(index=False).encode()


def parquet(table: Table) -> bytes:
    """Write times as such; all else as the table has it."""
    stream = io.BytesIO()
    table.assign(BaseDateTime=moments(table)).to_parquet(stream, index=False)
    return stream.getvalue()


def nmea(table: Table, per_second: int = 1) -> bytes:
    """Write every row as a position report under a tag block, after the particulars of every ship."""
    groups: list[list[str]] = []
    for mmsi, ship in table.drop_duplicates("MMSI").set_index("MMSI").iterrows():
        length, beam = int(float(ship["Length"] or 0)), int(float(ship["Width"] or 0))
        particulars = {"shipname": str(ship["VesselName"]), "ship_type": int(ship["VesselType"] or 0)}
        size = {"to_bow": length, "to_stern": 0, "to_port": beam, "to_starboard": 0}
        draught = min(float(ship["Draft"] or 0), 25.5)
        groups.append(sentences(5, mmsi=int(mmsi), seq_id=len(groups) % 10, draught=draught, **particulars, **size))
    for (_, row), at in zip(table.iterrows(), moments(table), strict=True):
        values = {"lon": row["LON"], "lat": row["LAT"], "speed": row["SOG"], "heading": int(row["Heading"])}
        groups.append(
            tagged(
                sentences(1, mmsi=int(row["MMSI"]), course=90.0, status=0, **values), int(at.timestamp()) * per_second
            )
        )
    return text(*groups).encode()


def packed_zip(content: bytes, name: str = "ais.csv") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return stream.getvalue()


def zstd(content: bytes) -> bytes:
    return bytes(pa.compress(content, codec="zstd", asbytes=True))


FORMS: dict[str, Callable[[Table], bytes]] = {"ais.csv": csv, "ais.parquet": parquet, "ais.nmea": nmea}
"""The ways in which a table with a fault in its values is written."""


# Faults in values: the same fate in every form


@dataclass(frozen=True)
class ValueFault:
    """A fault in what reports say.

    Attributes
    ----------
    change : callable
        What is done to the good table.
    rows : dict of str to int
        Rows of the file by fate, where it is not 27 near.
    moved : dict of str to int
        What the ``ais`` step makes of those that are near.
    finding : str
        Pattern of what the step says.
    passages : int
        Passages that are found all the same.
    """

    change: Callable[[Table], Table]
    rows: dict[str, int] = field(default_factory=lambda: {"near": 27})
    moved: dict[str, int] = field(default_factory=lambda: {"used": 27})
    finding: str = ""
    passages: int = 3


def fate(name: str, change: Callable[[Table], Table], near: int = 27) -> ValueFault:
    """Return a fault that costs one row its place among the ships."""
    return ValueFault(change, {"near": near, name: 1})


VALUE_FAULTS: dict[str, ValueFault] = {
    "nothing": ValueFault(lambda t: t),
    "duplicate pings": ValueFault(lambda t: pd.concat([t, t.iloc[:5]]), {"near": 32}, {"duplicate": 5, "used": 27}),
    "out of order": ValueFault(lambda t: t.iloc[::-1]),
    "shuffled": ValueFault(lambda t: t.sample(frac=1.0, random_state=1)),
    "clock set to 1970": fate("no_time", lambda t: with_rows(t, BaseDateTime="1970-01-01T00:00:00")),
    "clock set to 2036": fate("outside_period", lambda t: with_rows(t, BaseDateTime="2036-02-07T06:28:16")),
    # The passage between the last report by the old clock and the first by the new one lies in a silence.
    "clock an hour ahead from the middle of a passage": ValueFault(lambda t: shifted(t, SHIPS[1], hours=1), passages=2),
    "clock set back into the track so far": ValueFault(
        lambda t: shifted(t, SHIPS[1], minutes=-21), finding="1 MMSI in two places at once .* or clocks", passages=2
    ),
    "MMSI 0": fate("invalid_mmsi", lambda t: with_rows(t, MMSI=0)),
    "MMSI 111111111": fate("invalid_mmsi", lambda t: with_rows(t, MMSI=111111111)),
    "MMSI 123456789": fate("invalid_mmsi", lambda t: with_rows(t, MMSI=123456789)),
    "MMSI of eight digits": fate("invalid_mmsi", lambda t: with_rows(t, MMSI=99900001)),
    "MMSI of ten digits": fate("invalid_mmsi", lambda t: with_rows(t, MMSI=1_000_000_001)),
    "latitude 91": fate("no_position", lambda t: with_rows(t, LAT=91.0)),
    "longitude 181": fate("no_position", lambda t: with_rows(t, LON=181.0)),
    "latitude and longitude 0": fate("no_position", lambda t: with_rows(t, LAT=0.0, LON=0.0)),
    "speed 80": fate("too_fast", lambda t: with_rows(t, SOG=80.0)),
    "speed 102.3": ValueFault(lambda t: t.assign(SOG=102.3)),
    "heading 511": ValueFault(lambda t: t.assign(Heading=511)),
    "base station": fate("not_a_ship", lambda t: with_rows(t, MMSI=4230001)),
    "aid to navigation": fate("not_a_ship", lambda t: with_rows(t, MMSI=994231234)),
    "search and rescue aircraft": fate("not_a_ship", lambda t: with_rows(t, MMSI=111423001)),
    "rescue transmitter": fate("not_a_ship", lambda t: with_rows(t, MMSI=970123456)),
    "one MMSI for two ships": ValueFault(
        shared_number, {"near": 29}, {"jump": 0, "used": 29}, finding="1 MMSI in two places at once"
    ),
    "clock that stands still": ValueFault(
        lambda t: t.assign(BaseDateTime=t["BaseDateTime"].where(~t.index.isin([3, 4, 5]), t["BaseDateTime"][2])),
        moved={"jump": 3, "used": 24},
    ),
    "MMSI used again": ValueFault(reused_number, {"near": 36}, {"used": 36}, passages=4),
    "teleport": ValueFault(
        lambda t: t.assign(LAT=t["LAT"].where(t.index != 2, t["LAT"] + 0.4)),
        moved={"jump": 1, "used": 26},
        finding="1 position left out",
    ),
    "drift at anchor": ValueFault(anchored, {"near": 39}, {"used": 39}),
    "type not known": ValueFault(lambda t: changed(t, VesselType=0, Length=0, Width=0)),
    "no ship in the corridor": ValueFault(far_away, {"outside_corridor": 27}, {"used": 0}, passages=0),
}


# Faults in how a file is written


@dataclass(frozen=True)
class FileFault:
    """A fault in how a file is written.

    Attributes
    ----------
    content : callable
        Gives the file's content from the good table.
    error : str
        Pattern of the error; empty where the file can be used.
    where : str
        Pattern of the place that it names behind the path.
    name : str
        Name of the file.
    rows : dict of str to int
        Rows by fate, where the file can be used.
    section : dict
        Keys of the source.
    """

    content: Callable[[Table], bytes | str]
    error: str = ""
    where: str = "$"
    name: str = "ais.csv"
    rows: dict[str, int] = field(default_factory=lambda: {"near": 27})
    section: dict[str, Any] = field(default_factory=dict)

    def write(self, folder: Path) -> Path:
        content = self.content(good_ships())
        path = folder / self.name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path


def lines(table: Table) -> list[str]:
    return csv(table).decode().splitlines(keepends=True)


def timed(write: Callable[[pd.Timestamp], Any]) -> Callable[[Table], bytes]:
    """Return a CSV with times written so."""
    return lambda table: csv(changed(table, BaseDateTime=[write(moment) for moment in moments(table)]))


def times(first: str, others: str) -> Callable[[Table], bytes]:
    """Return a CSV with two ways of writing times; the other begins in the tenth row, line 11."""
    return lambda table: csv(changed(table, BaseDateTime=[first] * 9 + [others] * 18))


def half(content: bytes) -> bytes:
    return content[: len(content) // 2]


FILE_FAULTS: dict[str, FileFault] = {
    # Times
    "time with an offset": FileFault(
        timed(lambda at: (at + pd.Timedelta(hours=4)).strftime("%Y-%m-%dT%H:%M:%S+04:00"))
    ),
    "seconds since 1970": FileFault(timed(lambda at: int(at.timestamp()))),
    "milliseconds since 1970": FileFault(timed(lambda at: int(at.timestamp()) * 1000)),
    "seconds, then milliseconds": FileFault(
        times("1735750000", "1735750000000"), error="'1735750000000' is no time", where=", line 11$"
    ),
    "ISO, then seconds": FileFault(
        times("2025-01-01T18:00:00", "1735750000"), error="'1735750000' is no time", where=", line 11$"
    ),
    "local time under its name": FileFault(
        times("2025-07-01T18:00:00", "2025-07-01 18:00:00 MSK"), error="MSK' is no time", where=", line 11$"
    ),
    "days before months, or not": FileFault(timed(lambda at: at.strftime("%d/%m/%Y %H:%M:%S")), error="is no time"),
    "half of the day": FileFault(timed(lambda at: at.strftime("%Y-%m-%d %I:%M:%S %p")), error="M' is no time"),
    "hour that summer time has twice, with offsets": FileFault(
        lambda t: csv(changed(t, BaseDateTime=["2025-10-26T02:30:00+02:00"] * 13 + ["2025-10-26T02:30:00+01:00"] * 14))
    ),
    "no time at all": FileFault(
        lambda t: csv(t.drop(columns="BaseDateTime")), error="columns are missing: BaseDateTime", where=", line 1$"
    ),
    "blank times": FileFault(timed(lambda at: ""), rows={"no_time": 27}),
    # Numbers and text
    "decimal commas between semicolons": FileFault(lambda t: t.to_csv(index=False, sep=";", decimal=",")),
    "decimal commas, then points": FileFault(
        lambda t: (t.to_csv(index=False, sep=";", decimal=",") + t.to_csv(index=False, sep=";", header=False)),
        error="cannot be read",
        where=", line 29$",
    ),
    "decimal commas in quotes": FileFault(
        lambda t: csv(changed(t, LAT="42,5")), error="cannot be read.*42,5", where=", line 2$"
    ),
    "words for numbers": FileFault(
        lambda t: csv(changed(t, LAT=[42.1] * 10 + ["north"] * 17)), error="cannot be read", where=", line 12$"
    ),
    "byte order mark": FileFault(lambda t: b"\xef\xbb\xbf" + csv(t)),
    "carriage returns": FileFault(lambda t: csv(t).replace(b"\n", b"\r\n")),
    "line break in quotes": FileFault(lambda t: csv(t.assign(VesselName='SEA\n"STAR"'))),
    "quote that never closes": FileFault(
        lambda t: csv(t).replace(b"SYNTHETIC TEST", b'"SYNTHETIC TEST', 1), error="cannot be read"
    ),
    "not UTF-8": FileFault(lambda t: csv(t).replace(b"SYNTHETIC", b"SYNTH\xe9TIC"), error="cannot be read"),
    "UTF-16": FileFault(lambda t: csv(t).decode().encode("utf-16"), error="cannot be read"),
    "row cut short": FileFault(lambda t: csv(t)[:-60], error="cannot be read", where=", line 28$"),
    "row too long": FileFault(
        lambda t: "".join([*lines(t)[:5], lines(t)[5].strip() + ",1,2,3\n", *lines(t)[6:]]),
        error="cannot be read",
        where=", line 6$",
    ),
    # Headers
    "no bytes": FileFault(lambda t: "", error="is empty"),
    "header only": FileFault(lambda t: lines(t)[0], rows={"near": 0}),
    "no header": FileFault(lambda t: "".join(lines(t)[1:]), error="columns are", where=", line 1$"),
    "column twice": FileFault(
        lambda t: csv(t).replace(b"CallSign", b"MMSI", 1), error="columns stand twice: MMSI", where=", line 1$"
    ),
    "unit that is none": FileFault(
        lambda t: csv(t.rename(columns={"SOG": "SOG_furlongs"})), error="unit .*'SOG_furlongs'", where=", line 1$"
    ),
    "unit in the name": FileFault(lambda t: csv(t.assign(SOG=t["SOG"] * 1.852).rename(columns={"SOG": "SOG_kmh"}))),
    "renamed": FileFault(
        lambda t: csv(t.rename(columns={"LAT": "breite"})), section={"columns": {"breite": "LAT"}}
    ),
    "renamed to nothing": FileFault(
        csv, section={"columns": {"breite": "grad"}}, error="renames columns .*breite", where=", line 1$"
    ),
    "another table": FileFault(lambda t: "id,price\n1,2\n", error="columns", where=", line 1$"),
    "web page": FileFault(lambda t: "<!DOCTYPE html><html><body>404</body></html>", error="columns|cannot be read"),
    # Containers
    "workbook": FileFault(lambda t: "x", name="ais.xlsx", error="AIS is read from .*\\.csv"),
    "gzipped": FileFault(lambda t: gzip.compress(csv(t)), name="ais.csv.gz"),
    "gzip cut short": FileFault(lambda t: half(gzip.compress(csv(t))), name="ais.csv.gz", error="cut short"),
    "gzip that is none": FileFault(csv, name="ais.csv.gz", error="cannot be read"),
    "gzip with flipped bits": FileFault(
        lambda t: gzip.compress(csv(t))[:200] + b"\xff" * 20 + gzip.compress(csv(t))[220:],
        name="ais.csv.gz",
        error="cannot be read|cut short",
    ),
    "Zstandard": FileFault(lambda t: zstd(csv(t)), name="ais.csv.zst"),
    "Zstandard cut short": FileFault(lambda t: half(zstd(csv(t))), name="ais.csv.zst", error="cannot be read"),
    "zipped": FileFault(lambda t: packed_zip(csv(t)), name="ais.zip"),
    "zip cut short": FileFault(lambda t: half(packed_zip(csv(t))), name="ais.zip", error="cannot be read"),
    "zip without a table": FileFault(
        lambda t: packed_zip(b"see below", "readme.txt"), name="ais.zip", error="holds no CSV"
    ),
    "zipped row cut short": FileFault(
        lambda t: packed_zip(csv(t)[:-60]), name="ais.zip", error="cannot be read", where="member ais.csv, line 28$"
    ),
    "Parquet cut short": FileFault(lambda t: half(parquet(t)), name="ais.parquet", error="cannot be read"),
    "Parquet that is none": FileFault(csv, name="ais.parquet", error="cannot be read"),
    "Parquet of another table": FileFault(
        lambda t: parquet(t).replace(b"BaseDateTime", b"BaseDateXime"), name="ais.parquet", error="columns"
    ),
    # NMEA
    "NMEA gzipped": FileFault(
        lambda t: gzip.compress(nmea(t)), name="ais.nmea.gz", rows={"near": 27, "static_message": 3}
    ),
    "NMEA cut short": FileFault(
        lambda t: nmea(t)[:-40], name="ais.nmea", rows={"near": 26, "static_message": 3, "damaged_message": 1}
    ),
    "NMEA gzip cut short": FileFault(
        lambda t: half(gzip.compress(nmea(t))), name="ais.nmea.gz", error="cannot be read"
    ),
    "NMEA without times": FileFault(
        lambda t: b"\n".join(row.rpartition(b"\\")[2] for row in nmea(t).splitlines()),
        name="ais.nmea",
        error="no position in the NMEA file has a time",
    ),
    "NMEA of noise": FileFault(
        lambda t: nmea(t).replace(b"0*", b"0*F"), name="ais.nmea", error="damaged", where=", line 1$"
    ),
    "NMEA that is a table": FileFault(csv, name="ais.nmea", error="no AIS sentence"),
    "table that is NMEA": FileFault(nmea, name="ais.csv", error="columns|cannot be read"),
    "NMEA in milliseconds": FileFault(
        lambda t: nmea(t, 1000), name="ais.txt", rows={"near": 27, "static_message": 3}
    ),
}  # fmt: skip
