"""METHODS 1.5: what AIS says of a ship, and what is made of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pipeline.hazards.shipping.anchors import anchor_kg, chain_m, equipment_number, fluke_length_m
from pipeline.hazards.shipping.fleet_step import flag_counts
from pipeline.hazards.shipping.noted import origins_of
from pipeline.hazards.shipping.particulars import particulars
from pipeline.hazards.shipping.ships import displacement_t, dwt_class_order, fleet
from pipeline.sources.imo import is_imo_number
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
    assert rows["draught_m"].iloc[6] == pytest.approx(1.2 * 140.85 / 22)  # what is usual; the median is ballasted
    assert rows["flags"].iloc[6] == "draught_clamped dwt_over_envelope"
    assert rows["draught_m"].iloc[7] == pytest.approx(140.85 / 22)  # no hull is so flat: not known
    assert rows["flags"].iloc[7] == "draught_implausible draught_estimated"


def test_draughts_are_held_to_the_median_where_the_type_is_deeper_than_usual():
    deep = [ship(mmsi, 70, 100.0, 20.0, 6.0) for mmsi in range(6)]
    rows = table(*deep, ship(10, 70, 100.0, 20.0, 9.0), ship(11, 70, 100.0, 20.0, 1.7))
    assert rows["draught_m"].tolist()[6:] == pytest.approx([1.2 * 6.0, 0.3 * 6.0])
    assert ["draught_clamped" in flags for flags in rows["flags"][6:]] == [True, True]


def test_a_laden_ship_stays_heavy_where_others_ballast():
    laden = ship(1, 80, 140.0, 16.5, 7.0)
    beside = table(laden, *(ship(10 + at, 80, 140.0, 16.5, 3.0 + at / 100) for at in range(8))).iloc[0]
    assert (beside["draught_m"], beside["anchor_kg"]) == (7.0, table(laden).iloc[0]["anchor_kg"])


def test_the_largest_ship_of_the_caspian_is_not_cut():
    """RST 13,000 t class, 149.9 x 17.3 x 7.1 m, among the shallower 140.85 m tankers (METHODS 1.5)."""
    row = table(*(ship(mmsi) for mmsi in range(6)), ship(10, 80, 149.9, 17.3, 7.1)).iloc[6]
    assert (row["draught_m"], row["flags"], row["anchor_kg"]) == (7.1, "", 3300)


def test_too_few_ships_have_no_median_but_hulls_have_a_shape():
    rows = table(ship(length_m=110.0, reported_draught_m=25.0), ship(2, 80, 80, 12, reported_draught_m=5.0))
    assert rows["draught_m"].tolist() == pytest.approx([0.55 * 16.7, 5.0])


def test_missing_dimensions_fall_back_and_are_flagged():
    known = [ship(mmsi, 70, 120, 15, 4.0) for mmsi in range(6)]
    rows = table(*known, ship(10, 70, np.nan, np.nan, np.nan), ship(11, 70, 90, np.nan, np.nan))
    assert rows["length_m"].iloc[6] == 130  # typical; the median is shorter
    assert rows["displacement_t"].iloc[6] == pytest.approx(1.009 * 130 * (130 / 8.5) * (130 / 22) * 0.82)
    assert rows["flags"].iloc[6] == "length_of_type beam_estimated draught_estimated"
    assert rows["draught_m"].iloc[7] == pytest.approx(90 / 22)
    assert rows["flags"].iloc[7] == "beam_estimated draught_estimated"


@pytest.mark.parametrize(("others", "length"), [(4, 130.0), (5, 140.0)])
def test_a_longer_median_counts_where_enough_ships_make_it(others, length):
    rows = table(*(ship(mmsi, 70, 140.0, 18.0, 7.0) for mmsi in range(others)), ship(10, 70, np.nan, np.nan, np.nan))
    assert rows["length_m"].iloc[-1] == length
    assert rows["draught_m"].iloc[-1] == pytest.approx(length * (0.05 if others == 5 else 1 / 22))


def test_yachts_make_no_yacht_of_an_unknown_ship():
    unknown = ship(1, np.nan, np.nan, np.nan, np.nan)
    beside = table(unknown, *(ship(10 + at, 37, 11.0, 3.6, 0.4) for at in range(9))).iloc[0]
    assert (beside["length_m"], beside["anchor_kg"]) == (60.0, table(unknown).iloc[0]["anchor_kg"])


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
    assert (row["dwt_class"], row["flags"]) == (">13000", "dwt_over_envelope over_ceiling_capped")
    assert row["draught_m"] == pytest.approx(14 * 18060 / (1.009 * 250 * 40 * 14 * 0.93))  # or she is aground at 15 m
    assert origins_of(row["origins"])["draught_m"] == "capped"


def test_class_bounds_belong_to_the_class_below():
    assert dwt_class_order(DEFAULTS) == [
        "0-500", "500-1000", "1000-2000", "2000-3000", "3000-5000", "5000-7000", "7000-8000", "8000-10000",
        "10000-13000", ">13000",
    ]  # fmt: skip


def statics(*rows):
    columns = ["mmsi", "imo", "vessel_type", "length_m", "beam_m", "draught_m", "name", "reports"]
    return pd.DataFrame(list(rows), columns=columns).astype({"imo": float})


def test_particulars_take_the_most_reported_and_the_deepest():
    said = statics(
        (7, 0, 80.0, 140.0, 16.0, 4.0, "BETA", 5), (7, 9074729, 80.0, 141.0, 16.0, 5.0, "ALPHA", 5),
        (7, np.nan, 0.0, 0.0, 0.0, 0.0, "", 90), (7, 9074728, np.nan, 9999.0, -1.0, np.nan, None, 90),
        (3, np.nan, 30.0, 20.0, 6.0, 2.0, "C", 1),
    )  # fmt: skip
    got = particulars(said, DEFAULTS)
    assert got["mmsi"].tolist() == [3, 7]
    assert got.iloc[1].tolist() == [7, "ALPHA", 80.0, 141.0, 16.0, 5.0, 9074729.0, False, True, False]
    pd.testing.assert_frame_equal(got, particulars(said.iloc[::-1], DEFAULTS))
    assert np.isnan(got["imo"].iloc[0])


def test_lengths_that_no_ship_has_are_told():
    got = particulars(statics((1, 0, 80.0, 2.0, 1.0, 4.0, "A", 1), (1, 0, 80.0, 999.0, 1.0, 4.0, "A", 1)), DEFAULTS)
    assert bool(got["length_refused"][0])
    assert "length_implausible" in fleet(got, DEFAULTS)["flags"][0]


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        (9074729, True), (9166778, True), (8814275, True), (9074728, False), (9074792, False), (1234567, False),
        (0, False), (np.nan, False), (907472, False), (90747290, False), (9074729.5, False), (-9074729, False),
    ],
)  # fmt: skip
def test_imo_numbers_check_themselves(number, valid):
    assert is_imo_number([number], DEFAULTS.placeholder_imo).tolist() == [valid]


def test_a_number_of_another_digit_is_never_valid():
    """One digit typed wrong is found where its weight has no factor in common with 10: 7 and 3."""
    good = np.array([9, 0, 7, 4, 7, 2, 9])
    for place in (0, 4):  # weights 7 and 3
        wrong = [np.where(np.arange(7) == place, digit, good) for digit in range(10) if digit != good[place]]
        numbers = [int("".join(map(str, digits))) for digits in wrong]
        assert not is_imo_number([n for n in numbers if n >= 1_000_000]).any()


def test_identity_is_flagged_and_no_ship_is_lost():
    said = statics(
        (1, 9074729, 80, 140, 16, 4, "A", 5), (2, 9074729, 80, 140, 16, 4, "A", 5),
        (3, 9074729 + 1, 80, 140, 16, 4, "B", 5), (4, 9166778, 80, 140, 16, 4, "C", 5),
        (4, 8814275, 80, 140, 16, 4, "D", 4),
    )  # fmt: skip
    ships = fleet(particulars(said, DEFAULTS), DEFAULTS)
    assert ships["flags"].tolist() == ["imo_shared", "imo_shared", "imo_wrong", "imo_several"]
    assert ships["imo"].tolist()[3] == 9166778
    assert flag_counts(ships) == {"imo_wrong": 1, "imo_several": 1, "imo_shared": 2}


def test_a_hull_too_narrow_gets_the_usual_beam_and_one_too_broad_the_usual_length():
    rows = table(ship(1, beam_m=2.0), ship(2, length_m=16.0, beam_m=16.7), ship(3, length_m=100.0, beam_m=60.0))
    assert rows["flags"].tolist() == [
        "beam_implausible beam_estimated", "length_implausible length_estimated", "beam_implausible beam_estimated",
    ]  # fmt: skip
    assert rows["beam_m"].tolist() == pytest.approx([140.85 / 8.5, 16.7, 100 / 8.5])
    assert rows["length_m"].tolist() == pytest.approx([140.85, 16.7 * 8.5, 100.0])  # 60 m of beam ask for 510 m
    assert "beam_m=estimated" in rows["origins"][0]


def test_a_length_that_her_type_cannot_have_speaks_against_the_type():
    row = table(ship(1, 30, 250.0, 32.0, 9.0)).iloc[0]
    assert (row["type_class"], row["flags"].split()[0]) == ("other", "type_implausible")


def test_a_draught_that_no_hull_has_is_estimated():
    row = table(ship(reported_draught_m=0.4)).iloc[0]
    assert row["flags"] == "draught_implausible draught_estimated"
    assert row["draught_m"] == pytest.approx(140.85 / 22)


def test_a_length_is_estimated_from_the_beam_before_it_is_taken_from_the_type():
    row = table(ship(length_m=np.nan)).iloc[0]
    assert row["length_m"] == pytest.approx(16.7 * 8.5)
    assert row["draught_m"] == 4.5
    assert row["flags"] == "length_estimated"


def test_envelope_cuts_what_rests_on_length_alone_and_only_tells_of_others():
    deep = [ship(mmsi, 70, 100.0, 16.0, 8.0) for mmsi in range(6)]
    rows = table(*deep, ship(10, 70, 100.0, np.nan, np.nan))
    assert rows["flags"].tolist()[0] == "dwt_over_envelope"
    assert rows["dwt_t"][0] == pytest.approx(1.009 * 100 * 16 * 8 * 0.82 * 0.72)
    last = rows.iloc[6]
    assert last["flags"] == "beam_estimated draught_estimated dwt_cut_to_envelope"
    assert last["dwt_t"] == pytest.approx(3.9e-3 * 100.0**3)
    assert last["displacement_t"] == pytest.approx(1.009 * 100 * (100 / 8.5) * last["draught_m"] * 0.82)


def test_a_capped_deadweight_is_never_divided():
    row = table(ship(1, 60, 200.0, 30.0, 7.0)).iloc[0]
    assert row["displacement_t"] == 18060  # 27,548 t of hull; 13,000 t over 0.40 would be 32,500
    assert row["dwt_t"] == pytest.approx(18060 * 0.40)


def maybe(least, most):
    return st.one_of(st.just(np.nan), st.floats(least, most))


stated = st.tuples(
    st.sampled_from([80, 70, 60, 52, 30, 37, np.nan]), maybe(5, 400), maybe(1.5, 60), maybe(0.1, 25)
)  # fmt: skip


@settings(max_examples=30)
@given(stated, st.lists(stated, max_size=8), st.integers(1, 6))
def test_company_makes_no_ship_lighter_than_she_is_alone_or_than_is_typical(hers, others, times):
    """What other ships are, or say, may take a doubtful draught off a ship, but not below a typical one."""
    vessel_type, length, beam, _ = hers
    alone, typical = table(ship(1, *hers)).iloc[0], table(ship(1, vessel_type, length, beam, np.nan)).iloc[0]
    company = [ship(10 + at, *other) for at, other in enumerate(others * times)]
    beside = table(ship(1, *hers), *company).iloc[0]
    for name in ("displacement_t", "anchor_kg", "chain_m", "fluke_length_m"):
        assert beside[name] >= min(alone[name], typical[name]) * (1 - 1e-12), name


@settings(max_examples=30)
@given(st.sampled_from([80, 70, 60, 52, 30, 37, np.nan]), st.lists(stated, max_size=8), st.integers(1, 6))
def test_a_ship_without_dimensions_is_never_lighter_than_typical(vessel_type, others, times):
    company = [ship(10 + at, *other) for at, other in enumerate(others * times)]
    row = table(ship(1, vessel_type, np.nan, np.nan, np.nan), *company).iloc[0]
    kind = DEFAULTS.ship_types[row["type_class"]]
    length = kind.typical_length_m
    hull = (
        1.009 * length * (length / kind.length_per_beam) * (length / kind.length_per_draught) * kind.block_coefficient
    )
    assert row["displacement_t"] >= hull * (1 - 1e-9)
    assert row["anchor_kg"] >= anchor_kg(equipment_number(hull * (1 - 1e-9), DEFAULTS), DEFAULTS)


sizes = st.tuples(st.floats(20, 300), st.floats(0.09, 0.3), st.floats(0.1, 0.54))


@given(sizes, st.floats(1.0, 2.0), st.sampled_from([80, 70, 60, 52, 30, 0]))
def test_a_larger_ship_never_has_a_smaller_anchor(size, factor, vessel_type):
    length, beam_per_length, draught_per_beam = size
    of = [
        ship(1, vessel_type, x, x * beam_per_length, x * beam_per_length * draught_per_beam)
        for x in (length, length * factor)
    ]
    small, large = (table(one).iloc[0] for one in of)
    assume(not set(f"{small['flags']} {large['flags']}".split()) - {"dwt_over_envelope", "over_ceiling_capped"})
    for name in ("displacement_t", "dwt_t", "equipment_number", "anchor_kg", "chain_m", "fluke_length_m"):
        assert large[name] >= small[name]


@given(st.lists(st.floats(10, 40000), min_size=2, max_size=20))
def test_heavier_never_means_a_smaller_anchor_chain_or_fluke(weights):
    number = equipment_number(np.sort(weights), DEFAULTS)
    mass = anchor_kg(number, DEFAULTS)
    for values in (number, mass, chain_m(number, DEFAULTS), fluke_length_m(mass, DEFAULTS)):
        assert (np.diff(values) >= 0).all()


def test_order_of_ships_changes_nothing():
    some = [ship(mmsi, 70 + mmsi % 20, 40.0 + 3 * mmsi, 8.0 + mmsi % 9, 2.0 + mmsi % 5) for mmsi in range(40)]
    one = table(*some)
    other = table(*reversed(some)).sort_values("mmsi", ignore_index=True)
    pd.testing.assert_frame_equal(one.drop(columns="ship"), other.drop(columns="ship"))


def test_origins_tell_where_each_value_comes_from():
    row = table(ship(1, 80, 140.0, np.nan, 4.5)).iloc[0]
    assert origins_of(row["origins"]) == {
        "vessel_type": "ais", "length_m": "ais", "beam_m": "estimated", "draught_m": "ais", "displacement_t": "hull",
        "dwt_t": "displacement", "equipment_number": "displacement", "anchor_kg": "equipment_number",
        "chain_m": "equipment_number", "fluke_length_m": "anchor",
    }  # fmt: skip
