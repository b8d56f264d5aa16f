"""Reports of parts in any order, as chunks of whole ships in the order of time."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.hazards.shipping import stream
from pipeline.hazards.shipping.stream import NearReports, Ships, chunks
from pipeline.sources.ais.near_part import NO_STATUS, RECORD, write_near_part

KEYS = ["mmsi", "time_us", "lon", "lat", "sog_kn", "heading_deg", "draught_m", "status", "satellite"]


def near_rows(rows: int, ships: int, seed: int = 1) -> pd.DataFrame:
    """Rows with equal times, equal rows and values that are not known."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "mmsi": rng.choice(np.concatenate([[201000000, 775999999], rng.integers(2e8, 7e8, ships)]), rows),
            "time_us": rng.integers(0, 40, rows) * 60_000_000, "lon": rng.integers(0, 3, rows) / 8 + 51,
            "lat": rng.integers(0, 3, rows) / 8 + 42, "sog_kn": rng.choice([np.nan, 0.0, 9.5], rows),
            "heading_deg": rng.choice([np.nan, 12.0], rows), "draught_m": rng.choice([np.nan, 4.5], rows),
            "status": rng.choice([NO_STATUS, 0, 1], rows), "satellite": rng.integers(0, 2, rows),
        }
    )  # fmt: skip
    return table.astype({name: RECORD[name] for name in RECORD.names or ()} | {"satellite": "uint8"})


def written(table: pd.DataFrame, folder: Path, parts: int) -> list[NearReports]:
    """The table in ``parts`` parts a receiver, each in the order of ships alone."""
    near = []
    for satellite in (0, 1):
        (folder / str(satellite)).mkdir(parents=True)
        own = table[table["satellite"] == satellite]
        for number in range(parts):
            one = own.iloc[number::parts].sort_values("mmsi", kind="stable")
            records = np.zeros(len(one), RECORD)
            for name in RECORD.names or ():
                records[name] = one[name]
            near.append(NearReports(write_near_part(folder / str(satellite), number, records), bool(satellite)))
    return near


def read(near: list[NearReports], size: int, first: int = 0, end: int | None = None) -> tuple[pd.DataFrame, list[int]]:
    ships = Ships.of(near)
    given = [chunk.reports() for chunk in chunks(near, ships, first, len(ships.mmsi) if end is None else end, size)]
    table = pd.concat([pd.DataFrame(vars(one)) for one in given], ignore_index=True)
    table.insert(0, "mmsi", ships.mmsi[table["ship"]])
    return table, [one.ship[-1] - one.ship[0] + 1 for one in given]


@pytest.mark.parametrize("parts", [1, 3])
@pytest.mark.parametrize("size", [1, 40, 10**6])
def test_reports_come_in_one_order(tmp_path, parts, size):
    table = near_rows(600, 12)
    got, ships = read(written(table.sample(frac=1, random_state=parts), tmp_path, parts), size)
    want = table.sort_values(KEYS, kind="stable", ignore_index=True)
    pd.testing.assert_frame_equal(got[KEYS], want[KEYS].astype({"mmsi": "int64"}))
    assert got["ship"].is_monotonic_increasing
    assert sum(ships) == table["mmsi"].nunique()
    assert len(ships) == {1: table["mmsi"].nunique(), 40: len(ships), 10**6: 1}[size]


def test_units_are_ships_in_a_row_and_hold_all_reports(tmp_path, monkeypatch):
    monkeypatch.setattr(stream, "_UNIT_REPORTS", 100)
    near = written(near_rows(2000, 30), tmp_path, 2)
    ships, (whole, _) = Ships.of(near), read(near, 10**6)
    starts, reports = ships.unit_starts, ships.unit_reports
    assert (starts[0], starts[-1]) == (0, len(ships.mmsi))
    assert reports.tolist() == [ships.reports[a:b].sum() for a, b in pairwise(starts)]
    assert 10 < len(reports) <= 20
    assert reports.min() > 0
    units = [read(near, 40, int(a), int(b))[0] for a, b in pairwise(starts)]
    pd.testing.assert_frame_equal(pd.concat(units, ignore_index=True), whole)


def test_nothing_near_is_no_unit(tmp_path):
    for near in (written(near_rows(2, 2).iloc[:0], tmp_path, 1), []):
        ships = Ships.of(near)
        assert len(ships.mmsi) == len(ships.unit_reports) == 0
