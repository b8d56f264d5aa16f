"""Reading one AIS file: layouts, containers, times, units, fates; what cannot be read is refused by name."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.config.corridor import SourceSection
from pipeline.errors import DataError
from pipeline.sources.ais.fates import FATES
from pipeline.sources.ais.messages import of_database
from pipeline.workspace import SourceFiles
from tests.sources.ais_tables import (
    LAYOUTS,
    NEAR,
    REPORTS,
    danish,
    marinecadastre,
    packed,
    read,
    text_of,
    vendor,
    zipped,
)

SORTED = NEAR.sort_values(list(NEAR.columns), ignore_index=True)


def write(folder: Path, content: bytes | pd.DataFrame, name: str = "ais.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else text_of(content))
    return path


def assert_near(near: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(near.astype({"status": "float64"}), SORTED)


def refused(
    folder: Path, content: bytes | pd.DataFrame, match: str, name: str = "ais.csv", **section: object
) -> DataError:
    path = write(folder, content, name)
    with pytest.raises(DataError, match=match) as caught:
        read(folder, path, **section)
    assert caught.value.where.startswith(str(path))
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 65
    return caught.value


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_gives_the_same_reports(tmp_path, layout):
    facts, near, statics = read(tmp_path, write(tmp_path, LAYOUTS[layout]()))
    assert_near(near)
    assert near.dtypes.astype(str).to_dict() | {"status": ""} == NEAR.dtypes.astype(str).to_dict() | {"status": ""}
    assert facts["rows"] == dict.fromkeys(FATES, 0) | {"near": 4}
    assert facts["days"][0].first_us == SORTED["time_us"].min()
    assert facts["days"][-1].last_us == SORTED["time_us"].max()
    assert facts["findings"] == []
    anna, other, deep = statics.to_dict("records")
    assert anna == {
        "mmsi": 219000001, "imo": 9123456.0, "vessel_type": 70.0, "length_m": 120.0, "beam_m": 16.0, "draught_m": 4.5,
        "name": "ANNA", "reports": 2,
    }  # fmt: skip
    assert sorted([other["draught_m"], deep["draught_m"]], key=np.isnan) == pytest.approx([7.2, np.nan], nan_ok=True)
    assert np.isnan([other["imo"], other["length_m"], other["beam_m"]]).all()
    assert (other["name"], other["vessel_type"], other["reports"]) == ("", 80.0, 1)


@pytest.mark.parametrize("ending", [".csv", ".csv.gz", ".csv.zst", ".zip", ".tsv"])
def test_every_container_gives_the_same_reports(tmp_path, ending):
    content = marinecadastre().to_csv(index=False, sep="\t" if ending == ".tsv" else ",").encode()
    _, near, statics = read(tmp_path, write(tmp_path, packed(content, ending), f"ais{ending}"))
    assert_near(near)
    assert statics["reports"].sum() == 4


@pytest.mark.parametrize(
    "types",
    [
        {}, {"MMSI": "uint32", "IMO": "str", "Length": "int16", "SOG": "float32"}, {"MMSI": "float64", "LAT": "str"},
        {"BaseDateTime": "datetime64[ns]"}, {"BaseDateTime": "datetime64[us, UTC]"}, {"Status": "str", "MMSI": "str"},
    ],
)  # fmt: skip
def test_parquet_of_any_types_gives_the_same_reports(tmp_path, types):
    table = marinecadastre()
    if "datetime" in types.get("BaseDateTime", ""):
        table["BaseDateTime"] = pd.to_datetime(table["BaseDateTime"], utc="UTC" in types["BaseDateTime"])
    table.astype(types).to_parquet(tmp_path / "ais.parquet", row_group_size=2)
    _, near, statics = read(tmp_path, tmp_path / "ais.parquet")
    near["sog_kn"] = near["sog_kn"].round(1)
    assert_near(near)
    assert statics["imo"].max() == 9123456.0


def test_parquet_with_times_as_numbers_and_imo_as_a_number(tmp_path):
    for name, per_s in (("s", 1), ("ms", 1000), ("us", 1_000_000), ("ns", 1_000_000_000)):
        seconds = REPORTS["time"].astype("datetime64[s]").astype("int64")
        table = vendor().assign(timestamp=seconds * per_s, imo=REPORTS["imo"].astype("int32"))
        table.to_parquet(tmp_path / f"{name}.parquet")
        assert_near(read(tmp_path, tmp_path / f"{name}.parquet")[1])


@pytest.mark.parametrize(
    "written",
    [
        "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.000Z", "%Y/%m/%d %H:%M:%S",
        "%Y-%m-%d %H:%M:%S UTC", "%Y-%m-%dT%H:%M:%S+00:00", "%Y%m%d_%H%M%S", "%Y%m%dT%H%M%S",
    ],
)  # fmt: skip
def test_forms_of_a_time(tmp_path, written):
    table = vendor().assign(timestamp=REPORTS["time"].dt.strftime(written))
    assert_near(read(tmp_path, write(tmp_path, table))[1])


def test_an_offset_and_a_bare_time_may_stand_in_one_file(tmp_path):
    texts = REPORTS["time"].dt.strftime("%Y-%m-%dT%H:%M:%S").tolist()
    texts[1] = (REPORTS["time"][1] + pd.Timedelta(hours=4)).strftime("%Y-%m-%d %H:%M:%S+04")
    texts[2] = (REPORTS["time"][2] - pd.Timedelta(minutes=210)).strftime("%Y-%m-%d %H:%M:%S-03:30")
    assert_near(read(tmp_path, write(tmp_path, vendor().assign(timestamp=texts)))[1])


@pytest.mark.parametrize("per_s", [1, 1000, 1_000_000])
def test_numbers_since_1970_are_told_apart_by_the_year(tmp_path, per_s):
    table = vendor().assign(timestamp=REPORTS["time"].astype("datetime64[s]").astype("int64") * per_s)
    assert_near(read(tmp_path, write(tmp_path, table))[1])


@pytest.mark.parametrize(
    ("first", "said"),
    [
        ("31.12.2025 23:59:59", "timestamp '31.12.2025"), ("2025-01-01", "'2025-01-01' is no time"),
        ("03/04/2025 05:06:07", "03/04/2025"), ("2025-02-03 04:05:06 CET", "CET"), ("12", "'12' is no time"),
        ("2025-13-45T00:00:00", "2025-13-45"), ("2025-02-03 04:05:06 PM", "PM"),
    ],
)  # fmt: skip
def test_times_that_are_refused(tmp_path, first, said):
    refused(tmp_path, vendor().assign(timestamp=first), said)
    later = vendor()
    later.loc[2, "timestamp"] = first
    error = refused(tmp_path, later, said)
    assert error.where.endswith("line 4")
    assert "ISO 8601" in error.cause


def test_a_month_is_never_taken_for_a_day(tmp_path):
    table = danish()
    table.loc[0, "# Timestamp"] = "02/13/2025 04:05:06"
    refused(tmp_path, table, "02/13/2025.*dd/mm/yyyy")
    assert_near(read(tmp_path, write(tmp_path, danish().drop(columns="Type of mobile"), "b.csv"), layout="danish")[1])


def test_a_unit_in_the_name_is_heeded(tmp_path):
    table = vendor().drop(columns=["speed", "draught", "latitude"])
    table = table.assign(
        speed_kmh=REPORTS["sog"] * 1.852, draught_dm=REPORTS["draught"] * 10, latitude_600000=REPORTS["lat"] * 600_000
    )
    near = read(tmp_path, write(tmp_path, table))[1]
    assert_near(near.assign(lat=near["lat"].round(9), sog_kn=near["sog_kn"].round(6)))
    tenths = vendor().drop(columns="speed").assign(sog_10=(REPORTS["sog"] * 10).round().astype(int))
    assert_near(read(tmp_path, write(tmp_path, tenths, "tenths.csv"))[1])


@pytest.mark.parametrize("name", ["speed_furlongs", "SOG [parsec]", "speed_x"])
def test_a_unit_that_is_not_known_is_refused_by_name(tmp_path, name):
    table = vendor().rename(columns={"speed": name})
    error = refused(tmp_path, table, "unit .* is not known")
    assert name in error.cause
    assert_near(read(tmp_path, write(tmp_path, table, "b.csv"), columns={name: "speed_kn"})[1])


def test_columns_may_be_renamed_and_are_refused_by_name(tmp_path):
    table = vendor().rename(columns={"timestamp": "Zeit", "mmsi": "Schiff"})
    error = refused(tmp_path, table, "of no AIS table that is known")
    assert "Zeit, Schiff" in error.cause
    assert_near(read(tmp_path, write(tmp_path, table), columns={"Zeit": "timestamp", "mmsi": "Schiff"})[1])
    refused(tmp_path, vendor().assign(sog=1.0), "columns stand twice: sog, speed")
    assert_near(read(tmp_path, write(tmp_path, vendor().assign(sog=1.0)), columns={"speed": "speed"})[1])
    refused(tmp_path, vendor(), "beside MarineCadastre, columns are missing: BaseDateTime", layout="marinecadastre")


def test_positions_alone_are_enough(tmp_path):
    facts, near, statics = read(tmp_path, write(tmp_path, vendor()[["mmsi", "timestamp", "latitude", "longitude"]]))
    assert facts["rows"]["near"] == 4
    assert near[["sog_kn", "heading_deg", "draught_m", "status"]].isna().all(axis=None)
    assert statics[["imo", "vessel_type", "length_m", "beam_m", "draught_m"]].isna().all(axis=None)
    assert statics["reports"].tolist() == [2, 2]


def test_types_and_states_in_words(tmp_path):
    words = {"Sailing": 36, "HSC": 40, "Tug": 52, "Undefined": np.nan, "85": 85, "Law enforcement": 55}
    table = danish().iloc[[0] * len(words)].assign(**{"Ship type": list(words)})
    assert set(read(tmp_path, write(tmp_path, table))[2]["vessel_type"].dropna()) == {36, 40, 52, 85, 55}
    states = marinecadastre().assign(Status=["under way using engine", "at anchor", "moored", ""])
    told = read(tmp_path, write(tmp_path, states, "b.csv"))[1]
    assert dict(zip(told["time_us"], told["status"].fillna(99), strict=True)) == dict(
        zip(NEAR["time_us"], [0, 1, 5, 99], strict=True)
    )


@pytest.mark.parametrize(
    ("change", "fate"),
    [
        ({"Latitude": 91.0, "Longitude": 181.0}, "no_position"), ({"Latitude": 0.0, "Longitude": 0.0}, "no_position"),
        ({"Latitude": ""}, "no_position"), ({"Latitude": "nan"}, "no_position"),
        ({"Type of mobile": "Base Station"}, "not_a_ship"), ({"Type of mobile": "AtoN"}, "not_a_ship"),
        ({"Type of mobile": "SAR Airborne"}, "not_a_ship"), ({"Type of mobile": "Class B"}, "near"),
        ({"MMSI": 2190001}, "not_a_ship"), ({"MMSI": 992191234}, "not_a_ship"), ({"MMSI": 111219001}, "not_a_ship"),
        ({"MMSI": 970123456}, "not_a_ship"), ({"MMSI": 0}, "invalid_mmsi"), ({"MMSI": 123456789}, "invalid_mmsi"),
        ({"MMSI": ""}, "invalid_mmsi"), ({"MMSI": 12345678901}, "invalid_mmsi"), ({"MMSI": 999000001}, "near"),
        ({"SOG": 35.1}, "too_fast"), ({"SOG": 35.0}, "near"), ({"SOG": "inf"}, "near"), ({"SOG": -1}, "near"),
        ({"# Timestamp": "31/12/2024 23:59:59"}, "outside_period"), ({"# Timestamp": ""}, "no_time"),
        ({"# Timestamp": "01/01/1970 00:00:00"}, "no_time"), ({"# Timestamp": "01/01/2222 00:00:00"}, "no_time"),
        ({"Latitude": 30.0}, "outside_corridor"),
    ],
)  # fmt: skip
def test_fates(tmp_path, change, fate):
    one = danish().iloc[[0]].astype(object)
    table = pd.concat([one, one.assign(**change)])
    facts, near, _ = read(tmp_path, write(tmp_path, table), period=("2025-01-01", "2025-12-31"))
    expected = dict.fromkeys(FATES, 0) | {"near": 1}
    expected[fate] += 1
    assert facts["rows"] == expected
    assert len(near) == expected["near"]


def test_a_file_without_a_report_near_says_so(tmp_path):
    facts, near, statics = read(tmp_path, write(tmp_path, marinecadastre().assign(LAT=10.0)))
    assert facts["findings"] == ["no report of a ship lies near the corridor"]
    assert len(near) == 0
    assert len(statics) == 3, "another file may have those ships near"
    assert facts["days"][-1].last_us == NEAR["time_us"].max()
    nothing, near, _ = read(tmp_path, write(tmp_path, marinecadastre().iloc[:0]))
    assert (sum(nothing["rows"].values()), nothing["days"], len(near)) == (0, [], 0)


def test_satellites_look_further(tmp_path):
    table = marinecadastre().assign(LON=52.0)  # 82 km off
    assert read(tmp_path, write(tmp_path, table))[0]["rows"]["near"] == 0
    assert read(tmp_path, write(tmp_path, table), receiver="satellite")[0]["rows"]["near"] == 4
    with pytest.raises(ValueError, match="layout and receiver are for AIS"):
        SourceSection.model_validate({"role": "earthquakes", "files": "x", "receiver": "satellite"})


def test_partitions_names_and_archives_change_nothing(tmp_path):
    many = pd.concat([marinecadastre().assign(MMSI=219000001 + n, LAT=42.0 + n / 100) for n in range(9)])
    whole, near, statics = read(tmp_path, write(tmp_path, many))
    parts = [many.iloc[at::3] for at in range(3)]
    archive = zipped({f"b/{n}.csv": text_of(part) for n, part in enumerate(parts)})
    facts, again, said = read(tmp_path, write(tmp_path, archive, "other.zip"))
    assert facts == whole
    pd.testing.assert_frame_equal(again, near)
    pd.testing.assert_frame_equal(said, statics)
    one_by_one = [read(tmp_path, write(tmp_path, part, f"{n}.csv")) for n, part in enumerate(parts)]
    added = pd.concat([one for _, one, _ in one_by_one]).sort_values(list(near.columns), ignore_index=True)
    pd.testing.assert_frame_equal(added, near)
    assert sum(one["rows"]["near"] for one, _, _ in one_by_one) == whole["rows"]["near"]
    keys = [name for name in statics if name != "reports"]
    added = pd.concat([one for _, _, one in one_by_one]).groupby(keys, dropna=False)["reports"].sum().reset_index()
    pd.testing.assert_frame_equal(
        added.sort_values(keys, ignore_index=True), statics.sort_values(keys, ignore_index=True)
    )


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv.gz", packed(text_of(marinecadastre()), ".csv.gz")[:-20], "cut short"),
        ("a.csv.zst", packed(text_of(marinecadastre()), ".csv.zst")[:-20], "cut short|cannot be read"),
        ("a.zip", packed(text_of(marinecadastre()), ".zip")[:-30], "cannot be read"),
        ("a.csv.gz", b"plain text", "cannot be read"), ("a.csv.zst", b"plain text", "cannot be read"),
        ("a.zip", zipped({"notes.txt": b"nothing"}), "holds no CSV"), ("a.parquet", b"PAR1 no PAR1", "cannot be read"),
        ("a.csv", b"", "empty"), ("a.csv", text_of(marinecadastre()).decode().encode("utf-16"), "cannot be read"),
        ("a.csv", text_of(marinecadastre()).replace(b"ANNA", b"\xc5\xff"), "cannot be read"),
        ("a.xlsx", b"x", r"AIS is read from \.csv"),
    ],
)  # fmt: skip
def test_damaged_files(tmp_path, name, content, said):
    refused(tmp_path, content, said, name)


def test_bombs_and_escapes(tmp_path):
    bomb = b"MMSI,BaseDateTime,LAT,LON\n" + b"0" * 2_000_000
    for name, content in (
        ("a.zip", packed(bomb, ".zip")),
        ("a.csv.zst", packed(bomb, ".csv.zst")),
        ("a.csv.gz", packed(bomb, ".csv.gz")),
    ):
        refused(tmp_path, content, "unpacks to more than it may", name, unpacked_max_gb=0.001)
    sly = zipped({"../../sly.csv": text_of(marinecadastre())})
    assert_near(read(tmp_path, write(tmp_path, sly, "sly.zip"))[1])
    assert not list(tmp_path.parent.glob("sly.csv"))
    locked = bytearray(packed(text_of(marinecadastre()), ".zip"))
    with zipfile.ZipFile(tmp_path / "sly.zip") as archive:
        assert archive.namelist() == ["../../sly.csv"]
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(mark) + at] |= 1  # says it is encrypted
    refused(tmp_path, bytes(locked), "encrypted", "locked.zip")


def test_parquet_names_column_and_row(tmp_path):
    path = tmp_path / "a.parquet"
    for table, said in (
        (marinecadastre().assign(LAT=["42.0", "42,5", "42.1", "x"]), "LAT '42,5' is not a number.*row 2"),
        (marinecadastre().assign(BaseDateTime=[*marinecadastre()["BaseDateTime"][:3], "noon"]), "'noon'.*row 4"),
        (marinecadastre().assign(LON=[True] * 4), "LON' is of the type BOOLEAN"),
        (marinecadastre().assign(BaseDateTime=pd.Timestamp("2025-01-01").date()), "BaseDateTime' is of the type DATE"),
    ):
        table.to_parquet(path)
        with pytest.raises(DataError, match=f"(?s){said}"):
            read(tmp_path, path)
    pq.write_table(pa.table({"MMSI": [1]}), path)
    with pytest.raises(DataError, match="columns are missing: BaseDateTime, LAT, LON"):
        read(tmp_path, path)


def test_names_of_files_are_only_names(tmp_path):
    odd = tmp_path / "a[1]*?'\"; DROP.csv"
    odd.write_bytes(text_of(marinecadastre()))
    assert_near(read(tmp_path, odd)[1])
    marinecadastre().to_parquet(odd.with_suffix(".parquet"))
    assert_near(read(tmp_path, odd.with_suffix(".parquet"))[1])


def test_more_rows_than_the_memory_holds(tmp_path):
    few = marinecadastre()
    many = few.iloc[np.tile(np.arange(len(few)), 50_000)]
    facts, near, _ = read(tmp_path, write(tmp_path, many), memory_mb=200)
    assert facts["rows"]["near"] == len(near) == 200_000


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (duckdb.OutOfMemoryException("Out of Memory Error: x"), 2, "ais.memory_mb"),
        (
            duckdb.IOException('IO Error: Could not write file "/w/.ais-scratch-x/made/statics.parquet": No space'),
            73,
            "No space",
        ),
        (duckdb.IOException('IO Error: Cannot open file "/w/a.parquet": Permission denied'), 65, "Permission denied"),
    ],
)
def test_faults_of_the_machine_are_not_the_files(error, code, said):
    told = of_database(error, "/w/a.parquet")
    assert told.exit_code == code
    assert said in str(told)


def test_a_stray_number_is_no_time_and_decides_nothing(tmp_path):
    seconds = REPORTS["time"].astype("datetime64[s]").astype("int64")
    stray = pd.concat([vendor().iloc[[0]].assign(timestamp=0), vendor().assign(timestamp=seconds)])
    for path in (write(tmp_path, stray), tmp_path / "ais.parquet"):
        stray.to_parquet(tmp_path / "ais.parquet")
        facts, near, _ = read(tmp_path, path)
        assert (facts["rows"]["no_time"], facts["rows"]["near"]) == (1, 4)
        assert_near(near)


def test_a_file_name_with_brackets_is_that_file_and_no_other(tmp_path):
    folder = tmp_path / "a[1]*"
    folder.mkdir()
    (folder / "ais1.csv").write_bytes(text_of(vendor().assign(latitude=10.0)))
    assert_near(read(tmp_path / "w[2]", write(folder, vendor(), "ais[1].csv"))[1])
    vendor().to_parquet(folder / "ais[1].parquet")
    assert_near(read(tmp_path / "w[2]", folder / "ais[1].parquet")[1])


@pytest.mark.parametrize("text", ["9.99E+08", "999000001.6", "999,000,001", "219 000 001", "ship", "1e400"])
def test_a_number_of_a_ship_is_whole_or_refused(tmp_path, text):
    table = vendor().astype({"mmsi": str})
    table.loc[2, "mmsi"] = text
    error = refused(tmp_path, table, "no whole number")
    assert error.where.endswith("line 4")
    table.to_parquet(tmp_path / "text.parquet")
    with pytest.raises(DataError, match=r"no whole number.*row 3"):
        read(tmp_path, tmp_path / "text.parquet")


def test_a_number_of_a_ship_may_have_blanks_and_decimal_zeros(tmp_path):
    table = vendor().assign(mmsi=[" 219000001", "219000001.0", "273000002.", "273000002 "])
    assert_near(read(tmp_path, write(tmp_path, table))[1])
    table.to_parquet(tmp_path / "text.parquet")
    assert_near(read(tmp_path, tmp_path / "text.parquet")[1])


def test_parquet_that_rounds_ships_is_refused(tmp_path):
    for kind, shift, said in (("float32", 0.0, "FLOAT, which rounds"), ("float64", 0.6, "no whole number.*row 1")):
        vendor().assign(mmsi=REPORTS["mmsi"].astype(kind) + shift).to_parquet(tmp_path / f"{kind}.parquet")
        with pytest.raises(DataError, match=said):
            read(tmp_path, tmp_path / f"{kind}.parquet")


@pytest.mark.parametrize("member", ["b.zip", "b.txt", "c.csv.gz", "d.parquet", "e.nmea", "f.json"])
def test_a_zip_with_other_data_is_refused_and_not_half_read(tmp_path, member):
    error = refused(tmp_path, zipped({"ais.csv": text_of(vendor()), member: b"x"}), "would be left out", "a.zip")
    assert member in error.cause


def test_papers_in_a_zip_do_not_matter(tmp_path):
    beside = dict.fromkeys(
        ("README.txt", "d/._ais.csv", "__MACOSX/d/ais.csv", "metadata.xml", "Licence.pdf", "d/"), b"x"
    )
    archive = zipped({"d/ais.csv": text_of(vendor()), **beside})
    assert_near(read(tmp_path, write(tmp_path, archive, "a.zip"))[1])


def test_tenths_of_a_knot_are_told_by_their_name_and_a_strange_unit_names_units_first(tmp_path):
    tenths = vendor().drop(columns="speed").assign(**{"SPEED (KNOTSX10)": (REPORTS["sog"] * 10).round().astype(int)})
    assert_near(read(tmp_path, write(tmp_path, tenths))[1])
    error = refused(tmp_path, vendor().rename(columns={"speed": "SPEED (X)"}), "unit .* is not known")
    assert 'columns = { "SPEED (X)" = "sog_kn" }' in error.remedy


def test_a_column_is_renamed_only_to_what_a_layout_knows(tmp_path):
    table = vendor().rename(columns={"draught": "depth_below"})
    error = refused(
        tmp_path, table, "renames the column 'depth_below' to 'draugth'", columns={"depth_below": "draugth"}
    )
    assert "draught" in error.remedy
    assert_near(read(tmp_path, write(tmp_path, table), columns={"depth_below": "draught_m"})[1])


def test_a_column_that_a_vendor_lacks_is_told_beside_vendors(tmp_path):
    error = refused(tmp_path, vendor().drop(columns="latitude"), "columns are missing: latitude")
    assert "beside vendor," in error.cause


def test_dimensions_of_exactearth(tmp_path):
    sides = dict(zip(("bow", "stern", "port", "starboard"), (90, 30, 6, 10), strict=True))
    table = vendor().drop(columns=["length", "width"])
    table = table.assign(**{f"Dimension_to_{side.title()}": metres for side, metres in sides.items()})
    statics = read(tmp_path, write(tmp_path, table))[2]
    assert set(zip(statics["length_m"], statics["beam_m"], strict=True)) == {(120.0, 16.0)}


@pytest.mark.parametrize("names", [("mmsi", "mmsi"), ("mmsi", "MMSI"), ("draught", "Draught")])
def test_parquet_with_a_column_twice_is_refused(tmp_path, names):
    table = pa.Table.from_pandas(vendor())
    twice = table.append_column(names[1], table[names[0]])
    pq.write_table(twice, tmp_path / "ais.parquet")
    with pytest.raises(DataError, match="columns stand twice"):
        read(tmp_path, tmp_path / "ais.parquet")


def test_parquet_is_read_by_what_it_holds_and_not_by_its_folder(tmp_path):
    folder = tmp_path / "sog=99" / "mmsi=1"
    folder.mkdir(parents=True)
    vendor().drop(columns="speed").to_parquet(folder / "ais.parquet")
    near = read(tmp_path, folder / "ais.parquet")[1]
    assert near["sog_kn"].isna().all()
    vendor().assign(File_Row_Number=1).to_parquet(folder / "b.parquet")
    with pytest.raises(DataError, match=r"column file_row_number.*Rename or drop"):
        read(tmp_path, folder / "b.parquet")
    (folder / "c.parquet").write_bytes((folder / "ais.parquet").read_bytes()[:-40])
    with pytest.raises(DataError, match=r"cannot be read.*copy or download it again"):
        read(tmp_path, folder / "c.parquet")


@pytest.mark.parametrize("ends", [(b"\r\n", b"\n"), (b"\n", b"\r\n")])
def test_mixed_line_ends_are_told(tmp_path, ends):
    lines = text_of(vendor()).splitlines()
    content = b"".join(line + ends[at > 2] for at, line in enumerate(lines))
    assert refused(tmp_path, content, "line ends are mixed").where.endswith("line 4")


def test_a_blank_first_line_is_told(tmp_path):
    assert refused(tmp_path, b"\n" + text_of(vendor()), "first line .* is blank").where.endswith("line 1")


def test_a_name_that_is_not_utf8_is_refused_with_one_that_can_be_printed(tmp_path):
    path = Path(os.fsdecode(bytes(tmp_path) + b"/ais\xff.csv"))
    with pytest.raises(DataError, match="is not UTF-8") as caught:
        SourceFiles("ais", SourceSection.model_validate({"role": "ais", "files": "x"}), (path,), tmp_path)
    assert caught.value.exit_code == 65
    assert r"ais\udcff.csv" in str(caught.value)
    str(caught.value).encode()
