"""Sums by place and ship, laid down in pieces and put together again."""

from __future__ import annotations

import resource
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from pipeline.hazards.shipping import place_sums
from pipeline.hazards.shipping.place_sums import SumsWriter, in_order_of_places, pieces_of, write_sums

COLUMNS = {"cell": "int32", "ship": "int32", "hours_us": "int64"}


def sums_of_ships(ships: int, seed: int = 3) -> list[np.ndarray]:
    """Of each ship some sums in places in no order; all ships were in place 7."""
    rng = np.random.default_rng(seed)
    found = []
    for ship in range(ships):
        place = rng.permutation(np.append(rng.choice(np.arange(8, 60), rng.integers(0, 20), replace=False), 7))
        found.append(np.column_stack([place, np.full(len(place), ship), rng.integers(0, 2**60, len(place))]))
    return found


def laid(ships: list[np.ndarray], folder: Path, rows: int, cuts: list[int]) -> list[place_sums.SumsPiece]:
    """The sums in blocks that begin with those ships, in pieces of about so many rows."""
    pieces = []
    for number, block in enumerate(np.split(np.arange(len(ships)), cuts)):
        (folder / str(number)).mkdir(parents=True)
        writer = SumsWriter(folder / str(number), "cells", rows)
        for ship in block:
            writer.add(ships[ship])
        writer.close()
        pieces += pieces_of(folder / str(number), "cells", 3, writer.pieces)
    return pieces


@pytest.mark.parametrize(("rows", "cuts"), [(1, []), (40, [5, 5, 31]), (10**6, [20])])
@pytest.mark.parametrize("at_once", [1, 100, 10**6])
def test_any_pieces_give_one_order(tmp_path, monkeypatch, rows, cuts, at_once):
    monkeypatch.setattr(place_sums, "_STRIDE", 4)
    ships = sums_of_ships(50)
    pieces = laid(ships, tmp_path, rows, cuts)
    got = list(in_order_of_places(pieces, 2, at_once))
    want = np.concatenate(ships)
    assert np.array_equal(np.concatenate(got), want[np.lexsort((want[:, 1], want[:, 0]))])
    assert len(pieces) == {1: 50, 40: len(pieces), 10**6: 2}[rows]
    slack = at_once + 8 * len(pieces)
    assert all(len(some) <= slack or len(np.unique(some[:, 0])) == 1 for some in got)
    if at_once > len(want):
        assert len(got) == 1


def test_more_pieces_than_files_that_may_be_open(tmp_path):
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    ships = sums_of_ships(300)
    pieces = laid(ships, tmp_path, 1, [])
    resource.setrlimit(resource.RLIMIT_NOFILE, (len(pieces) // 2, limit[1]))
    try:
        got = np.concatenate(list(in_order_of_places(pieces, 1, 100)))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limit)
    assert len(pieces) == 300
    assert len(got) == sum(map(len, ships))


def test_a_piece_that_is_gone_or_cut_off_is_told(tmp_path):
    pieces = laid(sums_of_ships(9), tmp_path, 10, [])
    pieces[1].path.write_bytes(pieces[1].path.read_bytes()[:-8])
    with pytest.raises(EOFError, match=r"cells_1\.sums ends within its rows"):
        list(in_order_of_places(pieces, 1))
    pieces[1].path.unlink()
    with pytest.raises(FileNotFoundError, match="cells_1"):
        list(in_order_of_places(pieces, 1))


def test_row_groups_do_not_depend_on_how_sums_come(tmp_path, monkeypatch):
    monkeypatch.setattr(place_sums, "ROWS", 64)
    pieces = laid(sums_of_ships(50), tmp_path, 40, [])
    for name, at_once in (("a", 10), ("b", 10**6)):
        write_sums(tmp_path / name, in_order_of_places(pieces, 1, at_once), COLUMNS)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert pq.ParquetFile(tmp_path / "a").metadata.row_group(0).num_rows == 64
    got = pd.read_parquet(tmp_path / "a")
    assert {name: str(kind) for name, kind in got.dtypes.items()} == COLUMNS
    assert np.array_equal(got.to_numpy(), np.concatenate(list(in_order_of_places(pieces, 1))))


def test_nothing_is_a_table_without_rows(tmp_path):
    writer = SumsWriter(tmp_path, "cells", 10)
    writer.close()
    assert writer.pieces == []
    assert list(tmp_path.iterdir()) == []
    write_sums(tmp_path / "none", in_order_of_places([], 1), COLUMNS)
    assert {name: str(kind) for name, kind in pd.read_parquet(tmp_path / "none").dtypes.items()} == COLUMNS
