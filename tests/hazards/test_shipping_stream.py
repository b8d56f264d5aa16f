"""Reports of files in any order, as chunks of whole ships in the order of time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.config.ais import AisSection
from pipeline.hazards.shipping.reports import NO_STATUS
from pipeline.hazards.shipping.stream import NearFile, Ships, chunks

COLUMNS = {
    "mmsi": "int32", "time_us": "int64", "lon": "float64", "lat": "float64", "sog_kn": "float32",
    "heading_deg": "float32", "draught_m": "float32", "status": "uint8",
}  # fmt: skip
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
    return table.astype({**COLUMNS, "satellite": "uint8"})


def written(table: pd.DataFrame, folder: Path, parts: int) -> list[NearFile]:
    """The table in ``parts`` files a receiver, with NULL where nothing is known."""
    folder.mkdir()
    files = []
    for satellite in (0, 1):
        own = table[table["satellite"] == satellite]
        for part in range(parts):
            path = folder / f"{satellite}_{part}.parquet"
            one = own.iloc[part::parts][list(COLUMNS)].astype({"status": "object"})
            one["status"] = one["status"].where(one["status"] != NO_STATUS, None).astype("UInt8")
            one.to_parquet(path, index=False)
            files.append(NearFile(path, bool(satellite)))
    return files


def read(files: list[NearFile], scratch: Path, **keys: int) -> tuple[pd.DataFrame, list[int]]:
    section = AisSection(**keys)
    ships = Ships.of(files, section)
    given = [chunk.reports() for chunk in chunks(files, ships, section, scratch)]
    table = pd.concat([pd.DataFrame(vars(one)) for one in given], ignore_index=True)
    table.insert(0, "mmsi", ships.mmsi[table["ship"]])
    assert not list(scratch.iterdir())
    return table, [one.ship[-1] - one.ship[0] + 1 for one in given]


@pytest.mark.parametrize("parts", [1, 3])
@pytest.mark.parametrize("chunk", [1, 40, 10**6])
def test_reports_come_in_one_order(tmp_path, parts, chunk):
    table = near_rows(600, 12)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    got, ships = read(written(table.sample(frac=1, random_state=parts), tmp_path / "in", parts), scratch,
                      chunk_positions=chunk)  # fmt: skip
    want = table.sort_values(KEYS, kind="stable", ignore_index=True)
    pd.testing.assert_frame_equal(got[KEYS], want[KEYS].astype({"mmsi": "int64"}))
    assert got["ship"].is_monotonic_increasing
    assert sum(ships) == table["mmsi"].nunique()
    assert len(ships) == {1: table["mmsi"].nunique(), 40: len(ships), 10**6: 1}[chunk]


def test_ranges_of_ships_change_nothing(tmp_path, monkeypatch):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    files = written(near_rows(2000, 30), tmp_path / "in", 2)
    whole, _ = read(files, scratch)
    monkeypatch.setattr("pipeline.hazards.shipping.stream._SHARE", 10**6)
    some, chunked = read(files, scratch)
    assert len(chunked) > 3
    pd.testing.assert_frame_equal(whole, some)


def test_nothing_near_is_no_chunk(tmp_path):
    files = written(near_rows(2, 2).iloc[:0], tmp_path / "in", 1)
    for given in (files, []):
        ships = Ships.of(given, AisSection())
        assert len(ships.mmsi) == 0
        assert list(chunks(given, ships, AisSection(), tmp_path)) == []
