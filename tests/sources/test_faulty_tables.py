"""Every faulty table ends in what is written beside it, and is left as it was."""

import re
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from pipeline.config.corridor import SourceSection
from pipeline.errors import DataError
from pipeline.hazards.seismic.catalogue import read_catalogue
from pipeline.sources.tables import reading
from pipeline.sources.tables.reading import look_over, numbers, table_parts
from pipeline.sources.unpacking import Bounds
from pipeline.workspace import SourceFiles

from .faulty_tables import FAULTS, HEADER, ROW, gzip_bomb


@pytest.mark.parametrize("name", FAULTS)
def test_a_faulty_catalogue_is_told(tmp_path: Path, name: str) -> None:
    fault = FAULTS[name]
    path = fault.write(tmp_path)
    before = path.read_bytes()
    section = SourceSection.model_validate({"role": "earthquakes", "files": fault.name, **fault.section})

    def read():
        return read_catalogue(SourceFiles("quakes", section, (path,)), duplicate_seconds=16.0, duplicate_km=50.0)

    if fault.error:
        with pytest.raises(DataError, match=f"(?s){fault.error}") as caught:
            read()
        assert str(path) in caught.value.where
        assert caught.value.remedy
    else:
        events = read()
        for column, values in fault.events.items():
            assert events[column].tolist() == pytest.approx(values, nan_ok=True) if column != "kind" else values
        assert fault.told.items() <= events.attrs.items()
        said = " ".join(remark.message for remark in look_over(path, section))
        assert re.search(fault.remark, said) if fault.remark else not said
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_long_rows_of_an_archive_do_not_fill_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_PART_BYTES", 8_000_000)
    path = tmp_path / "c.csv.gz"
    gzip_bomb(path)
    tracemalloc.start()
    rows = sum(len(part) for part in table_parts(path, only=("mag",), bounds=Bounds(most_ratio=10_000.0)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert rows == 720
    assert peak < 25e6  # all rows together are 86 MB


def test_a_table_that_is_held_whole_has_a_limit_in_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_MOST_HELD_BYTES", 1_000_000)
    path = tmp_path / "c.csv"
    path.write_text(f"{HEADER}\n" + f"{ROW}{'x' * 100_000}\n" * 20)
    with pytest.raises(DataError, match=r"takes more than 0\.001 GB"):
        reading.read_table(path)


def test_a_table_of_any_length_is_read_in_constant_memory(tmp_path: Path) -> None:
    def peak(rows: int) -> int:
        path = tmp_path / f"{rows}.csv"
        with path.open("w") as target:
            target.write(HEADER + "\n")
            target.writelines(f"{ROW}\n" for _ in range(rows))
        tracemalloc.start()
        total = sum(
            float(np.sum(numbers(part, "mag", path))) for part in table_parts(path, only=("mag",), records=2_000)
        )
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert total == pytest.approx(6.5 * rows)
        return found

    assert peak(40_000) < 1.2 * peak(4_000)
