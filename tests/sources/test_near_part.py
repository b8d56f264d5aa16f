"""Near reports in parts: what is written is read again, ship by ship."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import DataError
from pipeline.sources.ais.near_part import RECORD, near_parts, write_near_part


def reports_of(mmsi: list[int]) -> np.ndarray:
    reports = np.zeros(len(mmsi), RECORD)
    reports["mmsi"], reports["time_us"] = mmsi, np.arange(len(mmsi))
    reports["sog_kn"] = 0.5
    return reports


@given(mmsi=st.lists(st.integers(100, 110)), first=st.integers(98, 112), end=st.integers(98, 112))
def test_any_range_of_ships_is_read_as_it_was_written(tmp_path_factory, mmsi, first, end):
    folder = tmp_path_factory.mktemp("part")
    reports = reports_of(mmsi)
    write_near_part(folder, 0, reports)
    reports = reports[np.argsort(reports["mmsi"], kind="stable")]
    (part,) = near_parts(folder, len(mmsi))
    chosen = reports[(reports["mmsi"] >= first) & (reports["mmsi"] < end)]
    read = np.empty(part.reports_of(first, end), RECORD)
    part.read_into(read, first, end)
    assert read.tolist() == chosen.tolist()
    numbers, counts = np.unique(mmsi, return_counts=True)
    assert part.ships["mmsi"].tolist() == numbers.tolist()
    assert part.ships["reports"].tolist() == counts.tolist()


def test_parts_come_in_the_order_of_their_numbers_and_half_written_ones_do_not(tmp_path):
    for number in (0, 2, 10):
        write_near_part(tmp_path, number, reports_of([100 + number]))
    np.save(tmp_path / "near_11.npy", reports_of([7]))
    assert [int(part.ships["mmsi"][0]) for part in near_parts(tmp_path, 3)] == [100, 102, 110]


@pytest.mark.parametrize("reports", [3, 5])
def test_parts_that_hold_more_or_fewer_than_they_should_are_refused(tmp_path, reports):
    for number in (0, 1):
        write_near_part(tmp_path, number, reports_of([100, 101]))
    assert len(near_parts(tmp_path, 4)) == 2
    with pytest.raises(DataError, match=rf"4 of {reports} reports near the corridor are there"):
        near_parts(tmp_path, reports)


def test_a_part_is_the_same_to_the_byte_whenever_it_is_written(tmp_path):
    reports = reports_of([103, 101, 102] * 10_000)
    first, again = (write_near_part(tmp_path, number, reports.copy()) for number in (0, 1))
    assert first.path.read_bytes() == again.path.read_bytes()
    assert np.load(first.path, allow_pickle=False).dtype == RECORD


def test_a_part_that_was_cut_off_is_no_shorter_part(tmp_path):
    part = write_near_part(tmp_path, 0, reports_of([100, 101]))
    part.path.write_bytes(part.path.read_bytes()[:-1])
    again = np.empty(2, RECORD)
    with pytest.raises(EOFError, match=r"near_0\.npy ends within its reports"):
        near_parts(tmp_path, 2)[0].read_into(again, 100, 102)
