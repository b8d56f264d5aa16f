"""Few knots, and lines between them that pass close to every sample."""

import numpy as np
import pytest

from pipeline.whatif.knots import Samples, fit

ALLOWED = 10.0
UNIT = 4.0


def samples(place: list[float], height: list[float], within: list[float] | None = None) -> Samples:
    count = len(place)
    allowed = np.full(count, ALLOWED) if within is None else np.array(within)
    return Samples(
        np.array([place]), np.array([height]), allowed[None], np.array([0], np.int64), np.array([count - 1], np.int64)
    )  # fmt: skip


def knots(place: list[float], height: list[float], within: list[float] | None = None) -> list[tuple[int, int]]:
    curve, at, up = fit(samples(place, height, within), 1.0, UNIT)
    assert set(curve.tolist()) <= {0}
    return list(zip(at.tolist(), up.tolist(), strict=True))


def test_a_straight_line_is_its_ends():
    assert knots(list(np.arange(100.0, 0.0, -1.0)), list(np.arange(0.0, 400.0, 4.0))) == [(100, 0), (1, 396)]


def test_a_step_is_straight_up_and_what_lies_amid_it_is_not_told():
    found = knots([90.0, 80.0, 80.0, 80.0, 80.0, 40.0], [0.0, 0.0, 100.0, 200.0, 300.0, 300.0])
    assert found == [(90, 0), (80, 0), (80, 300), (40, 300)]


def test_a_sample_that_must_be_met_is_a_knot():
    assert (50, 103) in knots([90.0, 70.0, 50.0, 30.0], [0.0, 50.0, 103.0, 150.0], [10.0, 10.0, 0.0, 10.0])


def test_one_sample_is_one_knot_and_none_is_none():
    assert knots([7.2], [12.0]) == [(8, 12)]
    none = Samples(np.array([[3.0]]), np.array([[1.0]]), np.array([[1.0]]), np.array([0]), np.array([-1]))
    assert [len(part) for part in fit(none, 1.0, UNIT)] == [0, 0, 0]


@pytest.mark.parametrize("seed", range(20))
def test_no_sample_is_left_further_than_allowed(seed):
    rng = np.random.default_rng(seed)
    count, curves = 150, 8
    place = 600.0 - np.cumsum(rng.gamma(0.5, 6.0, (curves, count)), axis=1)
    height = np.cumsum(np.full((curves, count), 9.0), axis=1)
    first, last = rng.integers(0, 20, curves), rng.integers(15, count, curves)
    curve, at, up = fit(Samples(place, height, np.full(place.shape, ALLOWED), first, last), 1.0, UNIT)
    for number in range(curves):
        own = slice(first[number], last[number] + 1)
        mine = curve == number
        if last[number] < first[number]:
            assert not mine.any()
            continue
        assert (np.diff(at[mine]) <= 0).all()
        assert len(at[mine]) < (last[number] - first[number]) / 2 + 3
        asked, exact = -place[number, own], height[number, own]
        drawn = np.interp(asked, -at[mine].astype(float), up[mine].astype(float))
        # Right for a place that is one beside it: where the curve is steep, whole places decide.
        assert (drawn >= np.interp(asked - 1.0, asked, exact) - ALLOWED - UNIT / 2).all()
        assert (drawn <= np.interp(asked + 1.0, asked, exact) + ALLOWED + UNIT / 2).all()
