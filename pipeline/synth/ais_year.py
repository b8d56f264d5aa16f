"""A large synthetic AIS archive, as many rows as one likes, in files of some days: for benchmarks and tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray
from pyarrow import csv

from pipeline.synth import NOTICE, PROVENANCE
from pipeline.synth.ais_legs import LaneTable, Legs, large_fleet, legs_of
from pipeline.synth.ais_reports import WRONG_MMSI, Rows, count_rows, rows_between
from pipeline.synth.fleet import Ship
from pipeline.synth.lanes import LANES
from pipeline.workspace import atomic_path

START = datetime(2025, 1, 1)
"""Start of the period, UTC."""
_DAY_S = 86_400
_STRAY_MMSI = 1_193_046  # the number of a receiver that was never set up
_NO_COMPASS = 0.15  # share of ships that send no heading (E)


@dataclass(frozen=True)
class AisYear:
    """Reports of a large fleet on the lanes of the example, in the MarineCadastre layout.

    Day by day the same ships report the same, whatever the number of rows: fewer rows are a shorter period of the same
    traffic. With 4,000 ships a day has about 275,000 rows, and a year 100 million.

    Attributes
    ----------
    rows : int
        Rows in all; the last day is cut off there.
    ships : int
        Ships; each is heard for some weeks of a year.
    seed : int
        Seed.
    days : int
        The longest period that is planned; too short a one for the rows is an error.
    days_per_file : int
        How much goes into one file; the last is shorter.
    """

    rows: int
    ships: int = 4000
    seed: int = 1
    days: int = 400
    days_per_file: int = 15

    @cached_property
    def fleet(self) -> list[Ship]:
        """The ships, by index."""
        return large_fleet(self.ships, self.seed)

    @cached_property
    def lanes(self) -> LaneTable:
        """The lanes, in the order of ``LANES``."""
        return LaneTable.of(list(LANES))

    @cached_property
    def legs(self) -> Legs:
        """All voyages and stays."""
        return legs_of(self.fleet, list(LANES), self.lanes, days=self.days, seed=self.seed)

    @cached_property
    def rows_by_day(self) -> list[int]:
        """Rows of each day until all are there.

        Raises
        ------
        ValueError
            If the period has fewer rows than were asked for.
        """
        counts: list[int] = []
        left = self.rows
        for day in range(self.days):
            if left <= 0:
                break
            counts.append(min(left, count_rows(self.legs, day * _DAY_S, (day + 1) * _DAY_S)))
            left -= counts[-1]
        if left > 0:
            raise ValueError(f"{self.ships} ships report {self.rows - left:,} times in {self.days} days; ask for less")
        return counts

    def day(self, day: int) -> pa.Table:
        """Return the reports of one day, in order of time."""
        rows = rows_between(self.legs, self.lanes, self._no_compass, day * _DAY_S, (day + 1) * _DAY_S)
        return self._table(rows).slice(0, self.rows_by_day[day])

    def tables(self) -> Iterator[pa.Table]:
        """Give the reports day by day."""
        for day in range(len(self.rows_by_day)):
            yield self.day(day)

    def write_parquet(self, folder: Path, *, workers: int = 2) -> list[Path]:
        """Write ``ais_synthetic_YYYY-MM-DD.parquet``, one row group a day; a day a worker is in memory.

        Returns
        -------
        list of Path
            The files, in order of time.

        Raises
        ------
        WriteError
            If a file cannot be written.
        """

        def write(days: range) -> Path:
            path = self._path(folder, days, "parquet")
            with atomic_path(path) as temporary, pq.ParquetWriter(temporary, self._schema, **_PARQUET) as writer:
                for day in days:
                    writer.write_table(self.day(day), row_group_size=2**24)
            return path

        return self._each_file(write, workers)

    def write_csv(self, folder: Path, *, workers: int = 2) -> list[Path]:
        """Write the same rows as ``ais_synthetic_YYYY-MM-DD.csv``; times as ``2025-01-01T00:00:00``.

        Returns
        -------
        list of Path
            The files, in order of time.

        Raises
        ------
        WriteError
            If a file cannot be written.
        """

        def write(days: range) -> Path:
            path = self._path(folder, days, "csv")
            with atomic_path(path) as temporary, temporary.open("wb") as file:
                file.write((",".join(self._schema.names) + "\n").encode())
                for day in days:
                    csv.write_csv(_as_text(self.day(day)), file, _CSV)
            return path

        return self._each_file(write, workers)

    def _each_file(self, write: Callable[[range], Path], workers: int) -> list[Path]:
        starts = range(0, len(self.rows_by_day), self.days_per_file)
        spans = [range(start, min(start + self.days_per_file, len(self.rows_by_day))) for start in starts]
        with ThreadPoolExecutor(workers) as pool:
            return list(pool.map(write, spans))

    def _path(self, folder: Path, days: range, ending: str) -> Path:
        return folder / f"ais_synthetic_{START + timedelta(days=days[0]):%Y-%m-%d}.{ending}"

    @cached_property
    def _no_compass(self) -> NDArray[np.bool_]:
        return np.random.default_rng([self.seed, 5]).random(self.ships) < _NO_COMPASS

    @cached_property
    def _of_ship(self) -> dict[str, pa.Array]:
        """Static columns, one value a ship; numbers have one more, of the wrong number."""
        ships = self.fleet
        numbers: dict[str, list[float | None]] = {
            "VesselType": [float(ship.service.ais_type) for ship in ships],
            "Length": [float(ship.length_m) or None for ship in ships],
            "Width": [float(ship.beam_m) or None for ship in ships],
            "Cargo": [float(ship.service.ais_type) for ship in ships],
        }
        words = {
            "VesselName": [ship.name for ship in ships],
            "IMO": [f"IMO0{index + 1:06d}" for index in range(len(ships))],  # no ship's number begins with 0
            "CallSign": [f"SYN{index + 1:04d}" for index in range(len(ships))],
        }
        return {
            "MMSI": pa.array([*(ship.mmsi for ship in ships), _STRAY_MMSI], pa.int64()),
            **{name: pa.array([*values, None], pa.float64()) for name, values in numbers.items()},
            **{name: pa.array(values, pa.string()) for name, values in words.items()},
        }

    @cached_property
    def _schema(self) -> pa.Schema:
        return self._table(Rows.empty(0)).schema

    def _table(self, rows: Rows) -> pa.Table:
        stray = rows.ship == WRONG_MMSI
        index = pa.array(np.where(stray, len(self.fleet), rows.ship).astype(np.int32))
        named = pa.array(rows.ship, mask=stray)
        of_ship = {
            name: pa.DictionaryArray.from_arrays(named, values)
            if pa.types.is_string(values.type)
            else values.take(index)
            for name, values in self._of_ship.items()
        }
        start_us = int((START - datetime(1970, 1, 1)).total_seconds()) * 1_000_000
        moment = pa.array(start_us + rows.second * 1_000_000).cast(pa.timestamp("us"))
        columns = {
            "MMSI": of_ship["MMSI"], "BaseDateTime": moment, "LAT": rows.lat, "LON": rows.lon, "SOG": rows.sog_kn,
            "COG": rows.cog_deg, "Heading": rows.heading_deg, "VesselName": of_ship["VesselName"],
            "IMO": of_ship["IMO"], "CallSign": of_ship["CallSign"], "VesselType": of_ship["VesselType"],
            "Status": rows.status, "Length": of_ship["Length"], "Width": of_ship["Width"], "Draft": rows.draught_m,
            "Cargo": of_ship["Cargo"],
        }  # fmt: skip
        return pa.table(columns, metadata={"provenance": PROVENANCE, "description": NOTICE})


_PARQUET = {
    "compression": "zstd", "compression_level": 1,
    "use_dictionary": [
        "MMSI", "BaseDateTime", "SOG", "COG", "Heading", "VesselName", "IMO", "CallSign", "VesselType", "Status",
        "Length", "Width", "Draft", "Cargo",
    ],
}  # fmt: skip
_CSV = csv.WriteOptions(include_header=False, quoting_style="none")


def _as_text(table: pa.Table) -> pa.Table:
    """Return a table with times and dictionaries as the text of the CSV layout."""
    seconds = table["BaseDateTime"].cast(pa.timestamp("s")).combine_chunks().dictionary_encode()
    words = pc.strftime(seconds.dictionary, format="%Y-%m-%dT%H:%M:%S")  # of each second once: they are slow to write
    when = pa.DictionaryArray.from_arrays(seconds.indices, words)
    columns = {name: table[name] for name in table.schema.names} | {"BaseDateTime": when}
    return pa.table({n: c.cast(pa.string()) if pa.types.is_dictionary(c.type) else c for n, c in columns.items()})
