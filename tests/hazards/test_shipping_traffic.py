"""The ``traffic`` step after AIS: rasters that add up to the tracks, and passages by section and class."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rasterio

from pipeline.config import Config
from pipeline.geo import Frame
from pipeline.hazards.shipping import fleet_step, traffic_step
from pipeline.hazards.shipping.anchorage_classes import COLUMNS, classed_anchorages
from pipeline.hazards.shipping.sections import section_table
from pipeline.hazards.shipping.ships import dwt_class_order
from pipeline.hazards.shipping.stops import ANCHORED
from pipeline.hazards.shipping.tables import CELL_TRAFFIC
from pipeline.store.step import Facts, StepContext
from tests.hazards.shipping_builders import (
    CRS,
    TANKER_2000,
    TANKER_7000,
    ais_context,
    crossing,
    run_ais_step,
    source,
    straight_frame,
)

NO_DENSITY: Facts = {"assessed": False, "sources": [], "summary": "", "findings": []}
ORDER = dwt_class_order(Config().shipping)
DAY_US = 86_400_000_000


def crossings(**changes: object) -> pd.DataFrame:
    """Four passages, two of them in one section and class."""
    table = {
        "station": [10, 10, 10, 40], "time_us": [0, 100 * DAY_US, 200 * DAY_US, 340 * DAY_US],
        "speed_kn": [8.0, 10.0, 12.0, 9.0], "course_deg": [90.0, 270.0, 90.0, 180.0],
        "heading_deg": [np.nan, 275.0, 92.0, np.nan],
        "draught_m": [4.0, np.nan, 6.0, np.nan], "dwt_class": ["1000-2000", "1000-2000", "500-1000", "0-500"],
        **changes,
    }  # fmt: skip
    return pd.DataFrame(table)


def test_sections_by_hand():
    frame = straight_frame(5.0)
    table = section_table(crossings(), frame, ORDER, years=2.0)
    assert table["station"].tolist() == [10, 10, 40]
    assert table["dwt_class"].tolist() == ["500-1000", "1000-2000", "0-500"]  # by size, not by letters
    both = table.iloc[1]
    assert (both["passages"], both["passages_per_yr"], both["speed_mean_kn"]) == (2, 1.0, 9.0)
    assert (both["to_right_per_yr"], both["to_left_per_yr"]) == (0.5, 0.5)  # the route runs north
    assert (both["draught_mean_m"], both["draught_max_m"]) == (4.0, 4.0)
    # 1 January, 11 April (100 days on), 20 July, 7 December of 1970
    assert table[["djf_per_yr", "mam_per_yr", "jja_per_yr", "son_per_yr"]].to_numpy().tolist() == [
        [0, 0, 0.5, 0], [0.5, 0.5, 0, 0], [0.5, 0, 0, 0],
    ]  # fmt: skip
    assert table["draught_max_m"].isna().tolist() == [False, False, True]
    assert table["kp_from_km"].to_numpy() == pytest.approx([0.95, 0.95, 3.95])
    assert table["kp_to_km"].to_numpy() == pytest.approx([1.05, 1.05, 4.05])


def test_what_is_not_known_is_blank_not_zero():
    frame = straight_frame(5.0)
    part = section_table(crossings(course_deg=np.full(4, np.nan)), frame, ORDER, years=0.5)
    seasons = ["djf_per_yr", "mam_per_yr", "jja_per_yr", "son_per_yr"]
    assert part[[*seasons, "to_right_per_yr", "to_left_per_yr"]].isna().all(axis=None)
    assert part["passages_per_yr"].tolist() == [2.0, 4.0, 2.0]
    assert len(section_table(crossings().iloc[:0], frame, ORDER, years=1.0)) == 0


def test_mean_course_and_heading_of_either_way_are_circular():
    """The route runs north. Ships to the right hold 2 and 30 degrees; to the left 358 and 340, headings about north."""
    table = pd.DataFrame(
        {
            "station": 10, "time_us": 0, "speed_kn": 9.0, "draught_m": np.nan, "dwt_class": "0-500",
            "course_deg": [2.0, 30.0, 358.0, 340.0, np.nan], "heading_deg": [np.nan, np.nan, 350.0, 10.0, 5.0],
        }
    )  # fmt: skip
    (row,) = section_table(table, straight_frame(5.0), ORDER, years=1.0).to_dict("records")
    assert (row["course_right_deg"], row["course_left_deg"]) == pytest.approx((16.0, 349.0), abs=1e-6)
    assert np.isnan(row["heading_right_deg"])
    assert min(row["heading_left_deg"], 360.0 - row["heading_left_deg"]) == pytest.approx(0.0, abs=1e-6)
    opposite = table.iloc[:2].assign(course_deg=[90.0, 90.0], heading_deg=[90.0, 270.0])
    (row,) = section_table(opposite, straight_frame(5.0), ORDER, years=1.0).to_dict("records")
    assert row["course_right_deg"] == pytest.approx(90.0)
    assert np.isnan(row["heading_right_deg"])  # they cancel out


def test_rows_in_any_order_give_the_same():
    frame = straight_frame(5.0)
    wild = {"station": [10, 10, 10, 10], "course_deg": [11.1, 22.2, 33.3, 355.5], "dwt_class": "0-500"}
    mixed = crossings().sample(frac=1.0, random_state=1)
    one, other = crossings(**wild), crossings(**wild).sample(frac=1.0, random_state=1)
    ways = ["course_right_deg", "course_left_deg"]
    assert section_table(one, frame, ORDER, 1.0)[ways].equals(section_table(other, frame, ORDER, 1.0)[ways])
    pd.testing.assert_frame_equal(
        section_table(crossings(), frame, ORDER, 1.0), section_table(mixed, frame, ORDER, 1.0), check_exact=True
    )


def run_traffic(root: Path, frame: Frame, table: pd.DataFrame) -> tuple[Path, Facts]:
    root.mkdir(parents=True, exist_ok=True)
    table.to_csv(root / "ais.csv", index=False)
    before = ais_context(root, frame, (source(root / "ais.csv"),))
    facts: dict[str, Facts] = {"ais": run_ais_step(before), "density": NO_DENSITY}
    folders = {"route": root / "route", "ais": root / "ais"}
    for step, run in (("ships", fleet_step.run), ("traffic", traffic_step.run)):
        folders[step] = root / step
        folders[step].mkdir()
        view = Config().only("ais", "shipping")
        facts[step] = run(StepContext(view, (), dict(folders), dict(facts), folders[step], log=lambda line: None))
    json.dumps(facts["traffic"], allow_nan=False)
    return folders["traffic"], facts["traffic"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    frame = straight_frame()
    small, large = ({**ship, "Draft": 0.99 * ship["Draft"]} for ship in (TANKER_2000, TANKER_7000))  # off the edge
    runs = [crossing(frame, 600 + 3000 * n, 3.0 + n, mmsi=999000001, **small) for n in range(5)]
    runs += [crossing(frame, 2000 + 3000 * n, 3.0 + n, mmsi=999000002, **large) for n in range(3)]
    root = tmp_path_factory.mktemp("traffic")
    _, facts = run_traffic(root, frame, pd.concat(runs))
    assert (facts["exposure"], facts["assessed"], facts["passages"]) == ("ais", True, 8)
    assert facts["ship_km"] == pytest.approx(8 * 4.0, rel=0.13)  # as wide as the swath in whole cells
    return root


def bands(path: Path) -> tuple[dict[str, np.ndarray], dict[str, str], tuple[str, ...]]:
    with rasterio.open(path) as file:
        values = {name: file.read(n, masked=True) for n, name in enumerate(file.descriptions, start=1)}
        return values, file.tags(), file.units


@pytest.mark.parametrize(
    ("name", "column", "unit", "scale"),
    [("ship_passages", "passages", "1/yr", 1.0), ("ship_km", "length_mm", "km/km2/yr", 62_500.0),
     ("ship_hours", "hours_us", "h/km2/yr", 3.6e9 * 0.0625)],
)  # fmt: skip
def test_rasters_add_up_to_the_tracks(folder, name, column, unit, scale):
    frame = Frame.load(folder / "route")
    values, tags, units = bands(folder / "traffic" / f"{name}.tif")
    classes = [f"dwt {label} t" for label in ORDER]
    more = ["at_anchor_or_moored"] if name == "ship_hours" else []
    assert list(values) == ["total", *classes, *more]
    assert set(units) == {unit}
    assert tags["provenance"] == "synthetic"
    assert "synthetic" in tags["description"]
    assert json.loads(tags["sources"]) == ["ais"]
    traffic = pd.read_parquet(folder / "ais" / "cell_traffic.parquet")
    assert list(traffic.columns) == list(CELL_TRAFFIC)
    assert float(values["total"].sum(dtype=float)) == pytest.approx(traffic[column].sum() / scale, rel=1e-5)
    at = frame.cells["row"], frame.cells["col"]
    assert not np.ma.getmaskarray(values["total"])[at].any()  # no ship in a cell that was looked at is zero
    assert (~np.ma.getmaskarray(values["total"])).sum() == len(frame.cells)
    summed = np.sum([values[label].filled(0) for label in classes], axis=0)
    assert summed == pytest.approx(values["total"].filled(0), rel=1e-5)
    some = {label for label in classes if values[label].sum() > 0}
    assert some == {"dwt 1000-2000 t", "dwt 5000-7000 t"}


def test_passages_carry_their_class_and_sections_count_them(folder):
    passages = pd.read_parquet(folder / "traffic" / "passages.parquet")
    assert passages["dwt_class"].value_counts().to_dict() == {"1000-2000": 5, "5000-7000": 3}
    sections = pd.read_parquet(folder / "traffic" / "sections.parquet")
    assert sections["passages"].sum() == 8
    assert (sections["to_right_per_yr"] == sections["passages_per_yr"]).all()  # all go east, the cable north
    assert sections["course_right_deg"].to_numpy() == pytest.approx(90.0, abs=1.0)
    assert sections["course_left_deg"].isna().all()
    assert passages["season"].isin(["DJF", "MAM", "JJA", "SON"]).all()
    assert not {"mmsi", "name", "ship"} & set(sections.columns)


def stop(ship: int, x: float, hours: float, dwt_class: str, kind: str = ANCHORED) -> dict[str, object]:
    return {
        "ship": ship, "start_us": 0, "end_us": round(hours * 3.6e9), "x_m": 500_000.0 + x, "y_m": 4_650_000.0,
        "lon": 51.0, "lat": 42.0, "radius_m": 50.0, "reports": 9, "kind": kind, "kp_km": x / 1000, "offset_m": 10.0,
        "dwt_class": dwt_class,
    }  # fmt: skip


def test_anchorages_tell_classes_and_no_ship():
    rows = [
        stop(3, 0.0, 10.0, "0-500"), stop(4, 300.0, 6.0, "2000-3000"), stop(5, 100.0, 4.0, "2000-3000"),
        stop(6, 9000.0, 1.0, "500-1000"), stop(3, 20_000.0, 50.0, "0-500", "moored"),
    ]  # fmt: skip
    found = classed_anchorages(pd.DataFrame(rows), CRS, 500.0, ORDER, years=2.0)
    assert found["ship_hours_per_yr"].tolist() == [10.0, 0.5]
    assert found["stops_per_yr"].tolist() == [1.5, 0.5]
    assert found["dwt_class_mostly"].tolist() == ["2000-3000", "500-1000"]  # as many hours: the larger is told
    assert found["dwt_class_largest"].tolist() == ["2000-3000", "500-1000"]
    assert found["ships"].tolist() == [3, 1]
    assert found["area_km2"].iloc[1] == pytest.approx(np.pi * 0.25, rel=0.01)
    assert found.crs == "EPSG:4326"
    assert found.geometry.iloc[1].centroid.x == pytest.approx(51.109, abs=1e-3)
    assert found.geometry.is_valid.all()
    assert set(found.columns) == {*COLUMNS, "geometry"}
    mixed = classed_anchorages(pd.DataFrame(rows[::-1]), CRS, 500.0, ORDER, years=2.0)
    pd.testing.assert_frame_equal(pd.DataFrame(found), pd.DataFrame(mixed))
    none = classed_anchorages(pd.DataFrame(rows[4:]), CRS, 500.0, ORDER, years=2.0)
    assert len(none) == 0
    assert none.dtypes.drop("geometry").tolist() == found.dtypes.drop("geometry").tolist()
