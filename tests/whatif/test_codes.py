"""Rates and ratios in 16 bits: small errors, exact where it counts, and equal at every drop speed where they may be."""

import numpy as np
import pytest

from pipeline.errors import DataError
from pipeline.whatif.arrays import places
from pipeline.whatif.codes import BLANK, Rates, Ratios

SPEEDS = [0.25, 1.0, 2.25]


def test_a_ratio_of_one_is_not_exceeded_and_the_next_number_is():
    ratios = Ratios.over(1e-3, 1e2, SPEEDS)
    ratio = np.array([0.0, 1.0 - 1e-12, 1.0, np.nextafter(1.0, 2.0) + 1e-13, 1.0 + 1e-9])
    assert (ratios.codes(ratio, 1) > ratios.one[1]).tolist() == [False, False, False, True, True]


@pytest.mark.parametrize("speed", range(3))
def test_comparisons_within_the_range_are_right_to_a_hundredth_of_a_percent(speed):
    ratios = Ratios.over(1e-3, 1e2, SPEEDS)
    assert ratios.step < 2.5e-4
    rng = np.random.default_rng(3)
    ratio, asked = 10.0 ** rng.uniform(-5, 4, (2, 20_000))
    asked = np.clip(asked, 1e-3, 1e2)
    exceeds = ratios.codes(ratio, speed) > ratios.one[speed] + np.log(asked) / ratios.step
    clear = np.abs(np.log(ratio / asked)) > ratios.step / 2 * (1 + 1e-6)
    assert (exceeds == (ratio > asked))[clear].all()
    assert clear.mean() > 0.99
    assert set(ratios.codes(np.array([0.0, 1e-9, 1e9]), speed).tolist()) == {0, BLANK}


def test_what_follows_the_square_of_the_speed_has_one_code_at_every_speed():
    ratio = 10.0 ** np.random.default_rng(4).uniform(-2, 1, 1000)
    ratios, rates = Ratios.over(1e-3, 1e2, SPEEDS), Rates.up_to(10.0, SPEEDS)
    for codes in (ratios, rates):
        same = [codes.codes(ratio * factor, speed).tolist() for speed, factor in enumerate(SPEEDS)]
        assert same[0] == same[1] == same[2]


def test_rates_come_back_to_a_twentieth_of_a_percent_and_blanks_and_zeros_as_they_were():
    rates = Rates.up_to(3e-2, SPEEDS)
    rate = np.concatenate([[np.nan, 0.0, 1e-15], 10.0 ** np.random.default_rng(5).uniform(-11, np.log10(3e-2), 2000)])
    for speed, factor in enumerate(SPEEDS):
        codes = rates.codes(rate * factor, speed)
        assert codes[:3].tolist() == [BLANK, 0, 0]
        assert codes[3:].max() < BLANK
        back = np.exp(rates.log_least[speed] + rates.step * codes[3:].astype(float))
        np.testing.assert_allclose(back, rate[3:] * factor, rtol=5e-4)


def test_rates_can_be_laid_where_there_are_none():
    assert Rates.up_to(0.0, SPEEDS).codes(np.zeros(2), 0).tolist() == [0, 0]


def test_more_depths_than_a_byte_tells_apart_are_refused():
    levels = np.arange(255) / 10.0
    assert places(np.array([25.4, np.nan, 0.0]), levels).tolist() == [254, 255, 0]
    with pytest.raises(DataError, match="256 different ones"):
        places(levels, np.arange(256) / 10.0)
