"""AIS of a Parquet file in blocks of row groups: however it is cut, a file gives the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.config.ais import AisSection
from pipeline.errors import DataError
from pipeline.sources.ais import ais_file, fates_kernels, judging
from pipeline.sources.ais.fates import FATES, SHIP_FATES
from pipeline.sources.ais.table import connect
from pipeline.store.step import Facts
from tests.sources.ais_tables import context_of, marinecadastre, packed, read, text_of, vendor

MOST_ROWS, GROUP = 40, 7
CHANGES = (
    {}, {}, {"LAT": 91.0, "LON": 181.0}, {"LAT": 30.0}, {"LAT": 51.0, "LON": 42.0}, {"LAT": np.nan},
    {"BaseDateTime": "1980-01-01T00:00:00"}, {"BaseDateTime": "2025-06-07T08:09:10"}, {"BaseDateTime": ""},
    {"MMSI": 0}, {"MMSI": 992191234}, {"MMSI": 2190001}, {"MMSI": 273000009, "VesselName": "OTHER"},
    {"SOG": 80.0}, {"SOG": 102.3}, {"Heading": 400.0, "Draft": 99.0, "Status": 7},
    {"VesselType": "Frobnicator"}, {"VesselType": "tanker", "Length": 90, "IMO": "IMO 9074729"},
)  # fmt: skip


def table_of(changes: list[int]) -> pd.DataFrame:
    one = marinecadastre().astype({"VesselType": str, "LAT": float})
    rows = [{**one.iloc[at % len(one)].to_dict(), **CHANGES[change]} for at, change in enumerate(changes)]
    return pd.DataFrame(rows, columns=one.columns).astype(one.dtypes)


def typed(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(BaseDateTime=pd.to_datetime(table["BaseDateTime"], errors="coerce"))


def assert_same(one: tuple[Facts, pd.DataFrame, pd.DataFrame], other: tuple[Facts, pd.DataFrame, pd.DataFrame]) -> None:
    assert one[0] == other[0]
    for table, again in zip(one[1:], other[1:], strict=True):
        pd.testing.assert_frame_equal(table, again)


@given(
    changes=st.lists(st.integers(0, len(CHANGES) - 1), max_size=MOST_ROWS),
    cuts=st.lists(st.integers(1, MOST_ROWS // GROUP), max_size=3),
    times=st.sampled_from(["text", "typed"]),
    most_near=st.integers(1, 9),
)
@settings(max_examples=30)
def test_any_cutting_gives_the_same_facts_reports_and_statics(tmp_path_factory, changes, cuts, times, most_near):
    folder, table = tmp_path_factory.mktemp("ais"), table_of(changes)
    path = folder / "ais.parquet"
    (typed(table) if times == "typed" else table).to_parquet(path, row_group_size=GROUP, index=False)
    whole = read(folder, path)
    made = (folder / "out" / path.name / "statics.parquet").read_bytes()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judging, "MOST_NEAR", most_near)
        assert_same(read(folder, path, cuts=cuts), whole)
    assert (folder / "out" / path.name / "statics.parquet").read_bytes() == made
    assert sum(whole[0]["rows"].values()) == len(table)
    assert len(whole[1]) == whole[0]["rows"]["near"]
    assert sum(day.rows for day in whole[0]["days"]) == sum(whole[0]["rows"][fate] for fate in SHIP_FATES)


@pytest.mark.parametrize(("at_once", "share"), [(1, 800), (4, 200), (100, 100)])
def test_files_that_are_read_at_once_share_the_memory(tmp_path, at_once, share):
    with connect(AisSection(memory_mb=800), str(tmp_path), at_once=at_once) as connection:
        ((limit,),) = connection.execute("SELECT current_setting('memory_limit')").fetchall()
    size, unit = limit.split()
    assert unit == "MiB"
    assert float(size) * 1.048576 == pytest.approx(share, rel=0.01)


def test_threads_change_nothing(tmp_path):
    typed(table_of(list(range(len(CHANGES))) * 50)).to_parquet(tmp_path / "ais.parquet", row_group_size=100)
    whole = read(tmp_path, tmp_path / "ais.parquet")
    assert_same(read(tmp_path, tmp_path / "ais.parquet", threads=4, cuts=[3, 5]), whole)


def test_a_block_reads_its_own_rows_and_no_others(tmp_path):
    marinecadastre().to_parquet(tmp_path / "ais.parquet", row_group_size=1)
    context = context_of(tmp_path, tmp_path / "ais.parquet")
    assert ais_file.sizes(context) == [1.0] * 4
    for unit, mmsi in enumerate(marinecadastre()["MMSI"]):
        out = tmp_path / str(unit)
        out.mkdir()
        facts = ais_file.block(replace(context, block=(unit, unit + 1), out=out))
        assert sum(facts["rows"].values()) == 1
        assert pd.read_parquet(out / "statics.parquet")["mmsi"].tolist() == [mmsi]


def test_how_times_are_written_is_asked_of_the_file_and_not_of_the_block(tmp_path):
    seconds = pd.to_datetime(vendor()["timestamp"]).astype("datetime64[s, UTC]").astype("int64")
    path = tmp_path / "ais.parquet"
    for times in (seconds.where(seconds.index > 1, 0), pd.Series([None, None, *vendor()["timestamp"][2:]])):
        vendor().assign(timestamp=times).to_parquet(path, row_group_size=1)
        whole = read(tmp_path, path)
        assert (whole[0]["rows"]["no_time"], whole[0]["rows"]["near"]) == (2, 2)
        assert_same(read(tmp_path, path, cuts=[1, 2, 3]), whole)
    mixed = seconds.where(seconds.index < 3, seconds * 1000)
    vendor().assign(timestamp=mixed).to_parquet(path, row_group_size=1)
    for cuts in ([], [2], [3]):
        with pytest.raises(DataError, match=r"of another form.*row 4"):
            read(tmp_path, path, cuts=cuts)


@pytest.mark.parametrize("cuts", [[], [1], [1, 2, 3]])
def test_a_value_that_cannot_be_read_is_told_by_its_row_in_the_file(tmp_path, cuts):
    path = tmp_path / "ais.parquet"
    marinecadastre().assign(LAT=["42.0", "42.1", "42.1", "x"]).to_parquet(path, row_group_size=1)
    with pytest.raises(DataError, match=r"LAT 'x' is not a number.*row 4"):
        read(tmp_path, path, cuts=cuts)


def test_files_without_row_groups_and_files_that_cannot_be_used_are_one_unit(tmp_path):
    table = pa.Table.from_pandas(marinecadastre())
    with pq.ParquetWriter(tmp_path / "none.parquet", table.schema):
        pass
    assert pq.read_metadata(tmp_path / "none.parquet").num_row_groups == 0
    assert len(ais_file.sizes(context_of(tmp_path, tmp_path / "none.parquet"))) == 1
    facts, near, statics = read(tmp_path, tmp_path / "none.parquet")
    assert (sum(facts["rows"].values()), len(near), len(statics)) == (0, 0, 0)
    for name, content in (("a.parquet", b"PAR1 no PAR1"), ("a.xlsx", b"x"), ("a.csv", b""), ("a.nmea", b"!AIVDM")):
        (tmp_path / name).write_bytes(content)
        assert len(ais_file.sizes(context_of(tmp_path, tmp_path / name))) == 1


def test_the_size_of_text_grows_with_its_bytes_and_packed_text_counts_for_more(tmp_path):
    def size(name: str, content: bytes) -> float:
        path: Path = tmp_path / name
        path.write_bytes(content)
        (unit,) = ais_file.sizes(context_of(tmp_path, path))
        return unit

    text = text_of(pd.concat([marinecadastre()] * 1000))
    assert size("b.csv", text * 2) == pytest.approx(2 * size("a.csv", text))
    assert size("a.nmea", text) > size("a.csv", text) > 4000
    gz = packed(text, ".csv.gz")
    assert size("a.csv.gz", gz) > size("c.csv", gz)


def test_the_judge_calls_fates_by_their_places():
    codes = {name: getattr(fates_kernels, name.upper()) for name in FATES}
    assert codes == {name: place for place, name in enumerate(FATES)}


def test_a_page_that_is_damaged_is_told_like_all_that_cannot_be_read(tmp_path):
    path = tmp_path / "ais.parquet"
    typed(pd.concat([marinecadastre()] * 500)).to_parquet(path, row_group_size=500)
    latitude = pq.read_metadata(path).row_group(2).column(2)
    assert latitude.path_in_schema == "LAT"
    content = bytearray(path.read_bytes())
    first = latitude.dictionary_page_offset
    content[first : first + latitude.total_compressed_size] = b"\xff" * latitude.total_compressed_size
    path.write_bytes(content)
    for cuts in ([], [1, 2, 3]):
        with pytest.raises(DataError, match="cannot be read") as caught:
            read(tmp_path, path, cuts=cuts)
        assert caught.value.where == str(path)
