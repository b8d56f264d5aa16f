"""METHODS 1.8 and 1.9 (T01, T02), and what must hold for every strike-depth curve."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.burial.curve import AnchorCurves
from pipeline.burial.frequency import frequency_category
from pipeline.config.shipping import ShippingSection
from pipeline.errors import DataError
from pipeline.hazards.shipping.incident import strike_per_yr
from tests.burial.fabricate import strike

HARD, SOFT = 0.707, 3.0
# METHODS 1.5: deadweight -> fluke length m, drag m in sand and mud; METHODS 1.9: passages a year, speed kn.
BINS = {2000: (0.805321, 94.995, 208.15, 1500, 9), 7000: (1.052962, 174.84, 347.7, 1200, 10),
        13000: (1.190931, 241.5, 459.6, 600, 11)}  # fmt: skip


def curve(rows: list[tuple[float, float]]) -> AnchorCurves:
    table = pd.DataFrame(rows, columns=["fluke_length_m", "strike_per_km_yr"]).assign(station=0)
    return AnchorCurves.from_table(table, key="station", places=np.array([0]), assessed=np.array([True]))


def rate(curves: AnchorCurves, z: float, f: float) -> float:
    return float(curves.strike_per_km_yr(np.array([z]), np.array([f]))[0])


def rmdol(curves: AnchorCurves, limit: float, f: float) -> float:
    return float(curves.rmdol_m(np.array([limit]), np.array([f]))[0])


def worked(soil: str) -> AnchorCurves:
    drag = 1 if soil == "sand" else 2
    return curve([(b[0], strike(b[3], b[drag], b[4])) for b in BINS.values()])


def test_t01_arithmetic() -> None:
    probability = float(strike_per_yr(1000, 200, 10, 1.0, ShippingSection()))
    assert strike(1000, 200, 10) == pytest.approx(probability, rel=1e-12)  # the tests' own formula is the program's
    assert probability == pytest.approx(2.15983e-4, rel=1e-4)
    assert 1 / probability == pytest.approx(4630.0, rel=1e-4)
    assert frequency_category(np.array([probability]))[0] == 3


@pytest.mark.parametrize(
    ("soil", "f", "z", "expected"),
    [
        ("sand", HARD, 0.0, 5.39846e-4), ("sand", HARD, 0.5695, 3.68775e-4), ("sand", HARD, 0.7445, 1.42255e-4),
        ("sand", HARD, 0.8421, 0.0), ("mud", SOFT, 0.0, 1.096172e-3), ("mud", SOFT, 2.4161, 7.21358e-4),
        ("mud", SOFT, 3.1590, 2.70719e-4), ("mud", SOFT, 3.5729, 0.0),
    ],
)  # fmt: skip
def test_t02_strikes_at_depth(soil: str, f: float, z: float, expected: float) -> None:
    assert rate(worked(soil), z, f) == pytest.approx(expected, rel=5e-3, abs=1e-12)


@pytest.mark.parametrize(
    ("soil", "f", "limit", "expected"),
    [("sand", HARD, 2e-4, 0.745), ("sand", HARD, 1e-4, 0.842), ("mud", SOFT, 1e-3, 2.416)],
)
def test_t02_rmdol(soil: str, f: float, limit: float, expected: float) -> None:
    assert rmdol(worked(soil), limit, f) == pytest.approx(expected, rel=5e-3)


def test_rmdol_is_the_smallest_safe_depth() -> None:
    curves = worked("sand")
    depth = rmdol(curves, 2e-4, HARD)
    assert rate(curves, depth, HARD) <= 2e-4
    assert rate(curves, depth - 1e-6, HARD) > 2e-4


def test_a_limit_above_the_surface_rate_needs_no_burial() -> None:
    assert rmdol(worked("sand"), 1e-3, HARD) == 0.0


rows = st.lists(st.tuples(st.floats(0.3, 1.9), st.floats(1e-9, 1e-3)), min_size=1, max_size=12)


@given(rows, st.floats(0, 4), st.floats(0, 4), st.floats(0.2, 3))
def test_deeper_is_never_riskier(anchors: list[tuple[float, float]], a: float, b: float, f: float) -> None:
    curves = curve(anchors)
    assert rate(curves, max(a, b), f) <= rate(curves, min(a, b), f)


@given(rows, st.floats(1e-9, 1e-2), st.floats(1e-9, 1e-2), st.floats(0.2, 3))
def test_a_stricter_limit_never_asks_for_less(anchors: list[tuple[float, float]], a: float, b: float, f: float) -> None:
    curves = curve(anchors)
    assert rmdol(curves, min(a, b), f) >= rmdol(curves, max(a, b), f)


@given(rows, st.randoms(), st.floats(1e-8, 1e-3), st.floats(0, 4))
def test_order_and_splitting_of_rows_change_nothing(
    anchors: list[tuple[float, float]], random: object, limit: float, z: float
) -> None:
    whole = curve(anchors)
    shuffled = list(anchors)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert np.array_equal(curve(shuffled).at_least_per_km_yr, whole.at_least_per_km_yr)
    split = curve([(fluke, part) for fluke, total in anchors for part in (total * 0.3, total * 0.7)])
    assert rate(split, z, 1.0) == pytest.approx(rate(whole, z, 1.0), rel=1e-12)
    if abs(whole.at_least_per_km_yr / limit - 1).min() > 1e-8:
        assert rmdol(split, limit, 1.0) == rmdol(whole, limit, 1.0)


@given(rows, st.floats(0, 4))
def test_mud_is_never_safer_than_sand(anchors: list[tuple[float, float]], z: float) -> None:
    assert rate(curve(anchors), z, SOFT) >= rate(curve(anchors), z, HARD)


@given(rows, st.floats(0.1, 10), st.floats(0, 3))
def test_linear_in_traffic(anchors: list[tuple[float, float]], factor: float, z: float) -> None:
    more = curve([(fluke, per_yr * factor) for fluke, per_yr in anchors])
    assert rate(more, z, 1.0) == pytest.approx(factor * rate(curve(anchors), z, 1.0), rel=1e-9)


LENGTHS = (0.4, 0.7, 0.8, 1.1, 1.6)
tables = st.lists(st.tuples(st.integers(0, 7), st.sampled_from(LENGTHS), st.floats(0, 1e-3)), max_size=40)


@given(tables, st.permutations(range(8)), st.integers(0, 8), st.floats(0, 3), st.floats(1e-8, 1e-3))
def test_no_digit_depends_on_which_places_are_built_together(
    anchors: list[tuple[int, float, float]], places: list[int], cut: int, z: float, limit: float
) -> None:
    table = pd.DataFrame(anchors, columns=["cell", "fluke_length_m", "strike_per_km_yr"]).astype({"cell": "int32"})

    def built(numbers: list[int]) -> AnchorCurves:
        rows = table[table["cell"].isin(numbers)]
        assessed = np.array([number != 3 for number in numbers], bool)
        return AnchorCurves.from_table(rows, key="cell", places=np.array(numbers, np.int64), assessed=assessed)

    whole, parts = built(list(range(8))), built(places[:cut]).followed_by(built(places[cut:]))
    np.testing.assert_array_equal(parts.total_per_km_yr, whole.total_per_km_yr[places])
    np.testing.assert_array_equal(
        parts.required_fluke_m(np.full(8, limit)), whole.required_fluke_m(np.full(8, limit))[places]
    )
    f = np.linspace(0.3, 2.0, 8)
    np.testing.assert_array_equal(
        parts.strike_per_km_yr(np.full(8, z), f[places]), whole.strike_per_km_yr(np.full(8, z), f)[places]
    )


def test_a_row_of_another_place_is_refused() -> None:
    table = pd.DataFrame({"cell": [4], "fluke_length_m": [1.0], "strike_per_km_yr": [1e-5]})
    for places in (np.array([3, 5]), np.zeros(0, np.int64)):
        with pytest.raises(DataError, match="cell_anchors: cell 4"):
            AnchorCurves.from_table(table, key="cell", places=places, assessed=np.ones(len(places), bool))


def test_not_assessed_is_blank_and_no_ships_is_zero() -> None:
    empty = pd.DataFrame({"cell": [], "fluke_length_m": [], "strike_per_km_yr": []}).astype({"cell": "int32"})
    curves = AnchorCurves.from_table(empty, key="cell", places=np.arange(2), assessed=np.array([True, False]))
    for value in (curves.total_per_km_yr, curves.rmdol_m(np.full(2, 1e-6), np.ones(2)),
                  curves.strike_per_km_yr(np.zeros(2), np.ones(2))):  # fmt: skip
        np.testing.assert_array_equal(value, [0.0, np.nan])


@pytest.mark.parametrize("bad", [(0.8, -1e-6), (0.8, np.nan), (0.0, 1e-6), (np.nan, 1e-6)])
def test_a_row_that_is_no_rate_is_refused(bad: tuple[float, float]) -> None:
    with pytest.raises(DataError, match="station_anchors: station 0"):
        curve([(0.7, 1e-6), bad])


@pytest.mark.parametrize(
    ("per_yr", "category"),
    [(0.0, 1), (9.99e-6, 1), (1e-5, 2), (1e-4, 3), (1e-3, 4), (9.9e-3, 4), (1e-2, 5), (np.nan, 0)],
)
def test_frequency_bounds_belong_to_the_higher_category(per_yr: float, category: int) -> None:
    assert frequency_category(np.array([per_yr]))[0] == category
