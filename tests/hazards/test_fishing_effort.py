import random

import numpy as np
import pandas as pd
import pytest

from pipeline.errors import DataError
from pipeline.hazards.fishing.effort import cell_area_km2, read_effort

from .made_seabed import source

HEADER = "date,cell_ll_lat,cell_ll_lon,flag,geartype,hours,fishing_hours,mmsi_present"
BOX = (50.0, 40.0, 52.0, 42.0)
ROWS = [
    "2025-01-01,41.00,51.00,AZE,trawlers,5,2.5,1",
    "2025-01-01,41.00,51.00,KAZ,trawlers,5,1.5,1",
    "2025-02-01,41.01,51.00,AZE,set_gillnets,5,4,1",
    "2025-12-31,41.01,51.00,AZE,,5,1,1",
    "2025-06-01,30.00,51.00,AZE,trawlers,5,100,1",
]


def write(path, rows, header=HEADER):
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def test_hours_are_summed_by_cell_and_gear_and_scaled_to_a_year(tmp_path):
    path = write(tmp_path / "e.csv", ROWS)
    effort = read_effort(source("fishing_effort", path, period=("2025-01-01", "2026-12-31")), BOX)
    assert effort.cell_deg == 0.01
    assert effort.days == 730
    found = {(r.lat_deg, r.geartype): r.fishing_hours_per_yr for r in effort.cells.itertuples()}
    assert found == pytest.approx({(41.0, "trawlers"): 2.0, (41.01, "set_gillnets"): 2.0, (41.01, "unknown"): 0.5})


def test_period_is_first_to_last_date_where_none_is_configured(tmp_path):
    assert read_effort(source("fishing_effort", write(tmp_path / "e.csv", ROWS)), BOX).days == 365


def test_order_of_rows_and_files_changes_no_digit(tmp_path):
    dice = random.Random(1)
    rows = [
        f"2025-01-{dice.randint(1, 28):02d},41.{dice.randint(0, 9):02d},51.00,AZE,trawlers,1,{dice.random()},1"
        for _ in range(300)
    ]
    one = read_effort(source("fishing_effort", write(tmp_path / "all.csv", rows)), BOX)
    dice.shuffle(rows)
    parts = [write(tmp_path / f"part{i}.csv", rows[i::3]) for i in range(3)]
    pd.testing.assert_frame_equal(one.cells, read_effort(source("fishing_effort", *parts), BOX).cells, check_exact=True)


def test_older_layout_of_bins_in_hundredths_of_a_degree(tmp_path):
    path = write(tmp_path / "e.csv", ["2025-01-01,4100,5101,trawlers,2"], "date,lat_bin,lon_bin,geartype,fishing_hours")
    effort = read_effort(source("fishing_effort", path), BOX)
    assert effort.cells[["lat_deg", "lon_deg"]].to_numpy().tolist() == [[41.0, 51.01]]


def test_tenth_degree_cells_are_told_from_hundredths(tmp_path):
    path = write(tmp_path / "e.csv", [ROWS[0].replace("41.00", "41.10")])
    assert read_effort(source("fishing_effort", path), BOX).cell_deg == 0.1
    assert read_effort(source("fishing_effort", path), BOX, 0.01).cell_deg == 0.01


def test_columns_can_be_renamed(tmp_path):
    path = write(tmp_path / "e.csv", ROWS, HEADER.replace("geartype", "gear"))
    with pytest.raises(DataError, match="columns are missing: geartype"):
        read_effort(source("fishing_effort", path), BOX)
    assert len(read_effort(source("fishing_effort", path, columns={"gear": "geartype"}), BOX).cells) == 3
    with pytest.raises(DataError, match="does not have: geer"):
        read_effort(source("fishing_effort", path, columns={"geer": "geartype"}), BOX)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("2025-13-01,41.00,51.00,AZE,trawlers,5,2,1", "line 3"),
        ("2025-01-01,91.00,51.00,AZE,trawlers,5,2,1", "line 3"),
        ("2025-01-01,41.00,51.00,AZE,trawlers,5,-2,1", "line 3"),
        ("2025-01-01,41.00,51.00,AZE,trawlers,5,nan,1", "line 3"),
        ("2025-01-01,41.00,51.00,AZE,trawlers,5", "6 cells.*line 3"),
        ("2025-01-01,41.005,51.00,AZE,trawlers,5,2,1", "cell_deg"),
    ],
)
def test_bad_rows_are_named(tmp_path, row, message):
    path = write(tmp_path / "e.csv", [ROWS[0], row])
    with pytest.raises(DataError, match=message):
        read_effort(source("fishing_effort", path), BOX)


def test_dates_outside_the_configured_period_contradict_it(tmp_path):
    path = write(tmp_path / "e.csv", ROWS)
    with pytest.raises(DataError, match="configured period"):
        read_effort(source("fishing_effort", path, period=("2025-01-01", "2025-06-30")), BOX)


def test_an_empty_table_or_a_page_is_refused(tmp_path):
    with pytest.raises(DataError, match="no rows"):
        read_effort(source("fishing_effort", write(tmp_path / "e.csv", [])), BOX)
    page = tmp_path / "page.csv"
    page.write_text("<html>\n<p>moved</p>\n")
    with pytest.raises(DataError, match="columns are missing"):
        read_effort(source("fishing_effort", page), BOX)


def test_area_of_a_degree_cell_at_the_equator():
    # 1 degree of the WGS84 equator is 111.3195 km, of the meridian there 110.574 km.
    assert cell_area_km2(np.array([0.0, 60.0]), 0.01) == pytest.approx([1.2309, 0.6215], rel=2e-3)
