from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.synth import SURFACE_M
from pipeline.synth.bed import SyntheticBed
from pipeline.synth.fishing import COLUMNS, GROUNDS, effort, write_effort


@pytest.fixture(scope="module")
def table(raw: Path) -> pd.DataFrame:
    return effort(raw / "bathymetry" / "etopo1_bed_6min_caspian.tif", seed=3)


def test_layout_and_size(table: pd.DataFrame) -> None:
    assert tuple(table.columns) == COLUMNS
    assert 10_000 < len(table) < 100_000
    assert table["date"].between("2025-01-01", "2025-12-31").all()
    assert not table.duplicated(["date", "cell_ll_lat", "cell_ll_lon", "flag", "geartype"]).any()
    assert set(table["geartype"]) <= {"trawlers", "set_gillnets", "purse_seines", "other"}
    assert (table["hours"] >= table["fishing_hours"]).all()
    assert (table["fishing_hours"] >= 0).all()
    assert (table["mmsi_present"] >= 1).all()
    for column in ("cell_ll_lat", "cell_ll_lon"):
        hundredths = table[column].to_numpy() * 100.0
        assert np.allclose(hundredths, np.round(hundredths))


def test_gear_stays_in_its_depth(table: pd.DataFrame, bed: SyntheticBed) -> None:
    depth = SURFACE_M - bed.regional_elevation_m(
        table["cell_ll_lon"].to_numpy() + 0.005, table["cell_ll_lat"].to_numpy() + 0.005
    )
    nets, trawls = table["geartype"] == "set_gillnets", table["geartype"] == "trawlers"
    assert depth[nets].max() <= 20.0 + 1e-6
    assert depth[trawls].min() >= 20.0 - 1e-6
    assert depth[trawls].max() <= 90.0 + 1e-6


def test_most_effort_is_far_from_the_corridor(table: pd.DataFrame) -> None:
    by_flag = table[table["geartype"] == "trawlers"].groupby("flag")["fishing_hours"].sum()
    assert by_flag["RUS"] > 5.0 * (by_flag["KAZ"] + by_flag["AZE"])
    assert by_flag["KAZ"] > 0


def test_seeded(raw: Path, table: pd.DataFrame, tmp_path: Path) -> None:
    regional = raw / "bathymetry" / "etopo1_bed_6min_caspian.tif"
    write_effort(tmp_path / "a.csv", table)
    write_effort(tmp_path / "b.csv", effort(regional, seed=3))
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    one_ground = effort(regional, seed=3, grounds=GROUNDS[:1])
    assert not one_ground.equals(effort(regional, seed=4, grounds=GROUNDS[:1]))
