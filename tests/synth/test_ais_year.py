from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from pyproj import Transformer

from pipeline.config.ais import AisSection
from pipeline.geo import Frame, Route
from pipeline.sources.ais.box import corridor_box
from pipeline.synth import CRS
from pipeline.synth.ais import COLUMNS
from pipeline.synth.ais_year import START, AisYear
from pipeline.synth.fleet import FIRST_MMSI

ROWS = 150_000


@pytest.fixture(scope="module")
def year() -> AisYear:
    return AisYear(rows=ROWS, ships=200, days=60, days_per_file=4)


@pytest.fixture(scope="module")
def table(year: AisYear) -> pa.Table:
    return pa.concat_tables(year.tables())


def test_rows_are_as_many_as_asked_and_in_order_of_time(year: AisYear, table: pa.Table) -> None:
    assert table.num_rows == ROWS == sum(year.rows_by_day)
    assert tuple(table.schema.names) == COLUMNS
    moment = table["BaseDateTime"].to_numpy()
    assert (np.diff(moment) >= np.timedelta64(0)).all()
    assert moment[0].astype("datetime64[D]") == np.datetime64(START, "D")
    # Ships mingle in time: consecutive rows are mostly of different ships.
    assert (np.diff(table["MMSI"].to_numpy()) != 0).mean() > 0.9


def test_at_least_thirty_percent_lie_near_the_corridor(table: pa.Table, route: Route, tmp_path: Path) -> None:
    lon, lat = table["LON"].to_numpy(), table["LAT"].to_numpy()
    Frame.along(route, station_m=500.0, half_width_m=5000.0, cell_m=250.0).save(tmp_path)
    box = corridor_box(tmp_path, AisSection(), "terrestrial")
    assert 0.30 < np.mean((lon > box.west) & (lon < box.east) & (lat > box.south) & (lat < box.north)) < 0.65
    sea = lat < 90.0
    x, y = Transformer.from_crs("EPSG:4326", CRS, always_xy=True).transform(lon[sea][::10], lat[sea][::10])
    off = np.abs(route.locate(np.asarray(x), np.asarray(y)).offset_m)
    assert np.mean(off < 50_000.0) > 0.25
    # Spread out: most of what is near is not on the cable itself.
    assert 0.02 < np.mean(off < 5_000.0) < 0.15
    assert np.mean(off < 1_000.0) < 0.03


def test_ships_sail_lie_and_fall_silent(table: pa.Table) -> None:
    frame = table.select(["MMSI", "BaseDateTime", "LAT", "LON", "SOG", "Status"]).to_pandas()
    frame = frame[frame["MMSI"] >= FIRST_MMSI].sort_values(["MMSI", "BaseDateTime"], kind="stable")
    assert set(frame["Status"]) == {0.0, 1.0, 5.0, 7.0}
    moving = frame["Status"].isin([0.0, 7.0])
    assert frame.loc[moving, "SOG"].between(2.0, 16.0).mean() > 0.99
    assert frame.loc[~moving, "SOG"].lt(1.0).mean() > 0.99
    gap = frame["BaseDateTime"].diff().dt.total_seconds()[frame["MMSI"].diff() == 0]
    assert (gap < 0).sum() == 0
    assert gap.quantile(0.05) < 30.0
    assert 60.0 <= gap.median() <= 180.0
    assert gap.gt(1800.0).sum() > 100
    x, y = Transformer.from_crs("EPSG:4326", CRS, always_xy=True).transform(frame["LON"], frame["LAT"])
    metres = np.hypot(np.diff(x), np.diff(y))[frame["MMSI"].diff().to_numpy()[1:] == 0]
    knots = metres[(gap > 30.0) & (gap < 1800.0)] / gap[(gap > 30.0) & (gap < 1800.0)] * 3600.0 / 1852.0
    assert np.quantile(knots, 0.99) < 16.0


def test_faults_are_few_and_there(table: pa.Table) -> None:
    frame = table.to_pandas()
    faults = {
        "no position": (frame["LAT"] == 91.0) & (frame["LON"] == 181.0),
        "no speed": frame["SOG"] == 102.3,
        "no ship's number": frame["MMSI"] < FIRST_MMSI,
        "too fast": frame["SOG"] == 60.0,
        "twice": frame.duplicated(),
    }
    for name, rows in faults.items():
        assert 0 < rows.sum() < ROWS // 1000, name
    assert (frame["Heading"] == 511.0).mean() == pytest.approx(0.15, abs=0.08)
    assert frame["Length"].isna().any()


def test_files_say_that_they_are_synthetic_and_are_repeatable(year: AisYear, tmp_path: Path) -> None:
    again = AisYear(rows=ROWS, ships=200, days=60, days_per_file=4)
    one, two = year.write_parquet(tmp_path / "one"), again.write_parquet(tmp_path / "two", workers=1)
    assert [path.name for path in one] == [path.name for path in two]
    assert len(one) >= 3
    for first, second in zip(one, two, strict=True):
        assert first.name.startswith("ais_synthetic_2025-")
        assert first.read_bytes() == second.read_bytes()
        told = pq.read_schema(first).metadata
        assert told[b"provenance"] == b"synthetic"
        assert b"Synthetic" in told[b"description"]


def test_fewer_rows_are_the_beginning_of_more(year: AisYear, table: pa.Table) -> None:
    few = AisYear(rows=20_000, ships=200, days=60)
    assert pa.concat_tables(few.tables()).equals(table.slice(0, 20_000))


def test_text_holds_the_same_rows(tmp_path: Path) -> None:
    small = AisYear(rows=5000, ships=50, days=20)
    text = pa.concat_tables(pyarrow.csv.read_csv(path) for path in small.write_csv(tmp_path)).to_pandas()
    typed = pa.concat_tables(small.tables()).to_pandas()
    assert list(text.columns) == list(typed.columns)
    for name in ("MMSI", "BaseDateTime", "LAT", "LON", "SOG", "Length", "Draft"):
        np.testing.assert_array_equal(text[name].to_numpy(), typed[name].to_numpy().astype(text[name].dtype), name)
    assert text["VesselName"].tolist() == typed["VesselName"].tolist()


def test_more_rows_than_the_period_has_are_refused() -> None:
    with pytest.raises(ValueError, match="ask for less"):
        AisYear(rows=10_000_000, ships=50, days=2).rows_by_day  # noqa: B018
