"""Raw NMEA files (AIVDM, AIVDO) to a typed table, a batch at a time; what is damaged is counted."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.config.ais import AisSection
from pipeline.errors import DataError
from pipeline.sources.ais.nmea_lines import DamagedLineError, read_line
from pipeline.sources.ais.nmea_messages import Report, TornMessageError, read_message
from pipeline.sources.ais.nmea_parts import Parts
from pipeline.sources.unpacking import Bounds, gunzipped, unzstd

SUFFIXES = (".nmea", ".ais", ".log", ".txt")
"""Endings of NMEA files; each may be followed by ``.gz`` or ``.zst``."""

SCHEMA = pa.schema(
    {
        "mmsi": pa.int64(), "time_us": pa.int64(), "lat": pa.float64(), "lon": pa.float64(), "sog_kn": pa.float64(),
        "heading_deg": pa.float64(), "status": pa.uint8(), "vessel_type": pa.float64(), "imo": pa.float64(),
        "length_m": pa.float64(), "beam_m": pa.float64(), "draught_m": pa.float64(), "name": pa.string(),
        "kind": pa.string(),
    }
)  # fmt: skip
"""Columns of the table, see ``nmea_messages.Report``."""

_BATCH = 50_000
_AT_ONCE = 1 << 16
_MOST_LINE_BYTES = 2000  # a sentence has 82, a tag block 80; what is longer is no line of such a file


@dataclass
class Decoded:
    """What became of the lines of one file.

    Attributes
    ----------
    reports : int
        Rows of the table: messages with a place or particulars.
    other : int
        Messages and sentences that hold neither.
    damaged : int
        Lines that gave no message.
    causes : Counter of str
        Those by cause.
    first_damaged : int
        The first of them; 0 where there is none.
    """

    reports: int = 0
    other: int = 0
    damaged: int = 0
    causes: Counter[str] = field(default_factory=Counter)
    first_damaged: int = 0
    placed: int = 0
    timed: int = 0
    sentences: int = 0

    def spoil(self, number: int, cause: str, lines: int = 1) -> None:
        """Count damaged lines, of which the first has this number."""
        self.damaged += lines
        self.causes[cause] += lines
        self.first_damaged = min(self.first_damaged or number, number)

    @property
    def finding(self) -> str:
        """In words, without the name of the file; empty where nothing is damaged."""
        if not self.damaged:
            return ""
        told = ", ".join(f"{count:,} {cause}" for cause, count in sorted(self.causes.items()))
        lines = self.reports + self.other + self.damaged
        return (
            f"{self.damaged:,} of {lines:,} NMEA messages are damaged, the first at line {self.first_damaged}: {told}"
        )


def is_named_nmea(path: Path) -> bool:
    """Tell whether a file's name has one of ``SUFFIXES``."""
    return path.name.casefold().removesuffix(".gz").removesuffix(".zst").endswith(SUFFIXES)


def decode(path: Path, target: Path, section: AisSection, bounds: Bounds) -> Decoded:
    """Write what an NMEA file says of ships and stations as Parquet of ``SCHEMA``, in the order of the file.

    Parameters
    ----------
    path : Path
        Text with a sentence a line, which may be gzipped or packed with Zstandard.
    target : Path
        The file to write.
    section : AisSection
        Which share may be damaged, and how far apart the parts of a message may come.
    bounds : Bounds
        How much a packed file may unpack to.

    Raises
    ------
    DataError
        If the file cannot be unpacked, holds no AIS sentence, is damaged beyond the share, or gives no place a time.
    """
    done = Decoded()
    with closing(_lines(path, bounds)) as lines, pq.ParquetWriter(target, SCHEMA) as writer:
        batch: list[Report] = []
        for report in _reports(lines, section, done):
            batch.append(report)
            if len(batch) == _BATCH:
                writer.write_table(_table(batch))
                batch.clear()
        writer.write_table(_table(batch))
    _judge(path, section, done)
    return done


def _table(batch: list[Report]) -> pa.Table:
    columns = zip(*batch, strict=True) if batch else [()] * len(SCHEMA)
    return pa.table([pa.array(values, kind) for values, kind in zip(columns, SCHEMA.types, strict=True)], schema=SCHEMA)


def _reports(lines: Iterable[bytes], section: AisSection, done: Decoded) -> Iterator[Report]:
    parts = Parts(
        int(section.nmea_parts_s * 1e6), lambda number, count: done.spoil(number, "parts without the rest", count)
    )
    clock_us, wrapped_us = None, None
    for number, text in enumerate(lines, start=1):
        text = text.strip()
        if not text or text.startswith(b"#"):
            continue
        try:
            line = read_line(text)
        except DamagedLineError as error:
            done.spoil(number, str(error))
            continue
        if line is None or isinstance(line, int):
            done.other += 1
            wrapped_us = line
            continue
        done.sentences += 1
        time_us = line.time_us if line.time_us is not None else wrapped_us
        wrapped_us = None
        clock_us = time_us if time_us is not None else clock_us
        sentence = line.sentence
        if sentence.frag_cnt > 1:
            whole = parts.add(sentence, line.receiver, number, time_us, clock_us)
            if whole is None:
                continue
            sentence, time_us = whole
        try:
            report = read_message(sentence, time_us)
        except TornMessageError:
            done.spoil(number, "message too short")
            continue
        if report is None:
            done.other += 1
            continue
        done.reports += 1
        if report.lat is not None:
            done.placed += 1
            done.timed += time_us is not None
        yield report
    parts.end()


def _judge(path: Path, section: AisSection, done: Decoded) -> None:
    total = done.reports + done.other + done.damaged
    if not done.sentences and not (done.causes.keys() - {"no sentence"}):
        raise DataError(
            "the file holds no AIS sentence",
            where=str(path),
            remedy="In NMEA a sentence begins with !AIVDM or !AIVDO. State the layout in the source, or copy it again.",
        )
    if not done.sentences or done.damaged * 100.0 > section.nmea_damaged_pct * total:
        raise DataError(
            f"too much of the NMEA file is damaged; {done.finding}",
            where=f"{path}, line {done.first_damaged}",
            remedy=f"Copy the file again; ais.nmea_damaged_pct ({section.nmea_damaged_pct:g} percent) may be raised.",
        )
    if done.placed and not done.timed:
        raise DataError(
            "no position in the NMEA file has a time: AIS sends the second of the minute only",
            where=str(path),
            remedy="Record it with tag blocks (\\c:1735689600*58\\!AIVDM...), or with the time in UTC in front of each "
            "sentence (2025-01-01T00:00:00Z !AIVDM...).",
        )


def _lines(path: Path, bounds: Bounds) -> Generator[bytes, None, None]:
    name = path.name.casefold()
    try:
        with path.open("rb") as raw:
            stream: IO[bytes] = raw
            if name.endswith(".gz"):
                stream = gunzipped(raw, path, bounds)
            elif name.endswith(".zst"):
                stream = unzstd(raw, path, bounds)
            first = stream.readline(_MOST_LINE_BYTES).removeprefix(b"\xef\xbb\xbf")
            if b"\r" in first.rstrip(b"\r\n"):
                yield from _by_returns(first, stream)
                return
            yield first
            yield from iter(lambda: stream.readline(_MOST_LINE_BYTES), b"")
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(
            f"the NMEA file cannot be read: {error}", where=str(path), remedy="Copy the file again."
        ) from error


def _by_returns(first: bytes, stream: IO[bytes]) -> Iterator[bytes]:
    """Give the lines of a file that ends them with carriage returns alone."""
    rest = first
    while rest:
        *lines, last = rest.replace(b"\n", b"\r").split(b"\r")
        yield from lines
        more = stream.read(_AT_ONCE)
        if not more or len(last) > _MOST_LINE_BYTES:
            yield last
            last = b""
        rest = last + more
