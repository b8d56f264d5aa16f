"""METHODS 1.5: what AIS says of a ship, and what is made of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipeline.hazards.shipping.particulars import particulars
from pipeline.hazards.shipping.ships import displacement_t, dwt_class_order, fleet
from tests.hazards.shipping_builders import DEFAULTS


def ship(mmsi=1, vessel_type=80, length_m=140.85, beam_m=16.7, reported_draught_m=4.5):
    return {
        "mmsi": mmsi, "name": "A", "vessel_type": vessel_type, "length_m": length_m, "beam_m": beam_m,
        "reported_draught_m": reported_draught_m,
    }  # fmt: skip


def table(*ships):
    return fleet(pd.DataFrame(list(ships)).astype({"vessel_type": float}), DEFAULTS)


@pytest.mark.parametrize(
    ("size", "block", "ratio", "dwt"),
    [((140.85, 16.7, 4.5), 0.93, 0.80, 7946), ((149.9, 17.3, 7.1), 0.85, 0.78, 12317)],
)
def test_published_tankers(size, block, ratio, dwt):
    assert displacement_t(*map(np.array, size), block, 1009.0) * ratio == pytest.approx(dwt, rel=1e-3)


def test_full_particulars_are_taken_as_stated():
    row = table(ship()).iloc[0]
    assert row["displacement_t"] == pytest.approx(1.009 * 140.85 * 16.7 * 4.5 * 0.93)
    assert row["dwt_t"] == pytest.approx(row["displacement_t"] * 0.75)
    assert (row["type_class"], row["dwt_class"], row["anchor_kg"], row["flags"]) == ("tanker", "7000-8000", 2460, "")


def test_hand_typed_draught_is_clamped_by_her_type_and_length():
    fleet_of = [ship(mmsi) for mmsi in range(6)]
    rows = table(*fleet_of, ship(10, reported_draught_m=25.0), ship(11, reported_draught_m=0.1))
    assert rows["draught_m"].iloc[6] == pytest.approx(1.2 * 4.5)
    assert rows["draught_m"].iloc[7] == pytest.approx(0.3 * 4.5)
    assert rows["flags"].iloc[6] == rows["flags"].iloc[7] == "draught_clamped"


def test_too_few_ships_have_no_median_but_hulls_have_a_shape():
    rows = table(ship(reported_draught_m=25.0), ship(2, length_m=80, beam_m=12, reported_draught_m=5.0))
    assert rows["draught_m"].tolist() == pytest.approx([0.55 * 16.7, 5.0])


def test_missing_dimensions_fall_back_and_are_flagged():
    known = [ship(mmsi, 70, 120, 15, 4.0) for mmsi in range(6)]
    rows = table(*known, ship(10, 70, np.nan, np.nan, np.nan), ship(11, 70, 90, np.nan, np.nan))
    assert rows["length_m"].iloc[6] == 120
    assert rows["displacement_t"].iloc[6] == pytest.approx(1.009 * 120 * (120 / 8.5) * 4.0 * 0.82)
    assert rows["flags"].iloc[6] == "length_median_of_type beam_estimated draught_estimated"
    assert rows["draught_m"].iloc[7] == pytest.approx(3.0)
    assert rows["flags"].iloc[7] == "beam_estimated draught_estimated"


def test_a_ship_of_which_nothing_is_known_is_kept_and_is_no_dinghy():
    row = table(ship(vessel_type=np.nan, length_m=np.nan, beam_m=np.nan, reported_draught_m=np.nan)).iloc[0]
    assert row["type_class"] == "other"
    assert row["displacement_t"] > 1000
    assert np.isfinite(row["anchor_kg"])


def test_a_ferry_of_known_length_weighs_what_ferries_weigh():
    row = table(ship(1, 60, 150, np.nan, np.nan)).iloc[0]
    assert 5000 < row["displacement_t"] < 12000


def test_larger_than_the_caspian_is_capped_and_flagged():
    row = table(ship(length_m=250, beam_m=40, reported_draught_m=14)).iloc[0]
    assert (row["dwt_t"], row["displacement_t"]) == (13000, 18060)
    assert (row["dwt_class"], row["flags"]) == (">13000", "over_ceiling_capped")


def test_class_bounds_belong_to_the_class_below():
    assert dwt_class_order(DEFAULTS) == [
        "0-500", "500-1000", "1000-2000", "2000-3000", "3000-5000", "5000-7000", "7000-8000", "8000-10000",
        "10000-13000", ">13000",
    ]  # fmt: skip


def test_particulars_take_the_most_reported_and_the_deepest():
    statics = pd.DataFrame(
        [
            (7, 80.0, 140.0, 16.0, 4.0, "BETA", 5), (7, 80.0, 141.0, 16.0, 5.0, "ALPHA", 5),
            (7, 0.0, 0.0, 0.0, 0.0, "", 90), (7, np.nan, 9999.0, -1.0, np.nan, None, 90),
            (3, 30.0, 20.0, 6.0, 2.0, "C", 1),
        ],
        columns=["mmsi", "vessel_type", "length_m", "beam_m", "draught_m", "name", "reports"],
    )  # fmt: skip
    got = particulars(statics, DEFAULTS)
    assert got["mmsi"].tolist() == [3, 7]
    assert got.iloc[1].tolist() == [7, "ALPHA", 80.0, 141.0, 16.0, 5.0]
    pd.testing.assert_frame_equal(got, particulars(statics.iloc[::-1], DEFAULTS))
