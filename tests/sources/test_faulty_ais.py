"""Every faulty AIS file ends in what is written beside it: rows by fate, or one paragraph with file and line."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from pipeline.errors import DataError
from pipeline.workspace import SourceFiles
from tests.hazards.shipping_builders import ais_context, run_ais_step, source, straight_frame
from tests.sources.faulty_ais import FILE_FAULTS, FORMS, SHIPS, VALUE_FAULTS, good_ships


def rows_of(tmp_path: Path, one: SourceFiles) -> dict[str, int]:
    """Return the rows of a source's only file by fate, without those that no row has."""
    (part,) = ais_context(tmp_path, straight_frame(), (one,)).parts.values()
    return {fate: count for fate, count in part.facts["rows"].items() if count}


@pytest.mark.parametrize("name", VALUE_FAULTS)
def test_every_row_has_one_fate(tmp_path: Path, name: str) -> None:
    fault = VALUE_FAULTS[name]
    table = fault.change(good_ships())
    path = tmp_path / "ais.csv"
    path.write_bytes(FORMS["ais.csv"](table))
    context = ais_context(tmp_path, straight_frame(), (source(path),))
    (part,) = context.parts.values()
    assert {fate: count for fate, count in part.facts["rows"].items() if count} == fault.rows
    assert sum(fault.rows.values()) == len(table)

    facts = run_ais_step(context)
    rows = facts["rows"]
    assert {fate: rows[fate] for fate in fault.moved} == fault.moved
    assert sum(count for fate, count in rows.items() if fate != "read") == rows["read"] == len(table)
    assert re.search(fault.finding, " ".join(facts["findings"]))
    assert facts["assessed"] == (fault.passages > 0)
    if facts["assessed"]:
        assert facts["passages"] == fault.passages
    else:
        assert re.match(
            "not assessed: none of the 27 AIS rows .* does not mean that there are no ships", facts["summary"]
        )


@pytest.mark.parametrize("form", FORMS)
def test_rows_have_the_same_fates_in_every_form(tmp_path: Path, form: str) -> None:
    good = good_ships()
    tables, expected = [good], Counter(near=len(good))
    for name, fault in VALUE_FAULTS.items():
        faulty = fault.change(good)
        if len(faulty) == len(good) + 1 and (form, name) != ("ais.nmea", "MMSI of ten digits"):  # thirty bits hold less
            tables.append(faulty.tail(1))
            expected += Counter({fate: count for fate, count in fault.rows.items() if fate != "near"})
    table = pd.concat(tables, ignore_index=True)
    assert len(table) > len(good) + 10
    if form == "ais.nmea":
        expected["static_message"] = table["MMSI"].nunique()
    path = tmp_path / form
    path.write_bytes(FORMS[form](table))
    assert rows_of(tmp_path, source(path)) == expected


@pytest.mark.parametrize("name", FILE_FAULTS)
def test_a_faulty_file_is_read_or_refused_in_one_paragraph(tmp_path: Path, name: str) -> None:
    fault = FILE_FAULTS[name]
    path = fault.write(tmp_path)
    before = path.read_bytes()
    one = source(path, **fault.section)
    if fault.error:
        with pytest.raises(DataError, match=fault.error) as caught:
            rows_of(tmp_path, one)
        assert caught.value.where.startswith(str(path))
        assert re.search(fault.where, caught.value.where)
        assert caught.value.remedy
        assert "\n" not in str(caught.value)
        assert caught.value.exit_code == 65
    else:
        assert rows_of(tmp_path, one) == {fate: count for fate, count in fault.rows.items() if count}
    assert path.read_bytes() == before


def test_every_form_gives_the_same_passages_and_ships(tmp_path: Path) -> None:
    told = {}
    for form, written in FORMS.items():
        folder = tmp_path / form
        folder.mkdir()
        path = folder / form
        path.write_bytes(written(good_ships().assign(Draft=6.0, Length=80.0, Width=12.0)))
        run_ais_step(ais_context(folder, straight_frame(), (source(path),)))
        passages = pd.read_parquet(folder / "ais" / "passages.parquet")
        statics = pd.read_parquet(folder / "ais" / "statics.parquet")
        said = statics.dropna(subset="length_m").drop(columns="reports").reset_index(drop=True)
        told[form] = passages, said
    passages, statics = told["ais.csv"]
    assert statics["mmsi"].tolist() == list(SHIPS)
    for form, (other, others) in told.items():
        # A message holds a place to a ten-thousandth of a minute, 0.2 m, and its draught comes in another message.
        columns = passages.columns.drop("draught_m") if form == "ais.nmea" else passages.columns
        pd.testing.assert_frame_equal(other[columns], passages[columns], rtol=1e-4, atol=0.05)
        pd.testing.assert_frame_equal(others, statics)


def test_particulars_in_one_file_count_for_positions_in_another(tmp_path: Path) -> None:
    whole = FORMS["ais.nmea"](good_ships()).splitlines(keepends=True)
    split = next(at for at, line in enumerate(whole) if line.startswith(b"\\"))
    paths = (tmp_path / "ais_1.nmea", tmp_path / "ais_2.nmea")
    for path, some in zip(paths, (whole[:split], whole[split:]), strict=True):
        path.write_bytes(b"".join(some))
    run_ais_step(ais_context(tmp_path, straight_frame(), (source(*paths),)))
    statics = pd.read_parquet(tmp_path / "ais" / "statics.parquet")
    assert sorted(statics.loc[statics["length_m"] > 0, "mmsi"].unique()) == list(SHIPS)


_MEASURE = """
import resource, sys
from pathlib import Path
from tests.hazards.shipping_builders import ais_context, source, straight_frame
(part,) = ais_context(Path(sys.argv[1]), straight_frame(), (source(Path(sys.argv[2])),), memory_mb=200).parts.values()
print(sum(part.facts["rows"].values()), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


@pytest.mark.slow
def test_a_file_of_any_length_is_read_in_bounded_memory(tmp_path: Path) -> None:
    """10 GB in small: the database may hold 200 MB, so twice the rows of a file of that size take no more memory."""

    def peak_mb(blocks: int) -> int:
        header, *rows = FORMS["ais.csv"](pd.concat([good_ships()] * 1000)).splitlines(keepends=True)
        path = tmp_path / f"{blocks}.csv"
        with path.open("wb") as target:
            target.write(header)
            for _ in range(blocks):
                target.writelines(rows)
        folder = tmp_path / str(blocks)
        folder.mkdir()
        told = subprocess.run(
            [sys.executable, "-c", _MEASURE, folder, path], capture_output=True, text=True, check=True
        )
        read, peak = map(int, told.stdout.split())
        assert read == blocks * len(rows)
        return peak

    assert peak_mb(110) < peak_mb(55) + 70  # and the file grows by 200
