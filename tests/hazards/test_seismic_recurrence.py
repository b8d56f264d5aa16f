import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config.seismic import SeismicSection
from pipeline.hazards.seismic.recurrence import (
    LN10,
    b_aki_utsu,
    b_sigma_aki,
    b_sigma_shi_bolt,
    b_tinti_mulargia,
    complete_since,
    magnitude_bins,
    truncated_rate,
    weichert,
)
from pipeline.hazards.seismic.smoothing import kernel, smooth_rates

M = [4.0, 4.1, 4.2, 4.0, 4.5, 4.3, 5.0, 4.0, 4.1, 4.6]


def test_t08_b_values():
    b = b_aki_utsu(M, 4.0, 0.1)
    assert b == pytest.approx(1.316044, abs=1e-5)
    assert b_sigma_aki(b, len(M)) == pytest.approx(0.416170, abs=1e-5)
    assert b_sigma_shi_bolt(M, b) == pytest.approx(0.414832, abs=1e-5)
    assert b_sigma_shi_bolt(M, b, LN10) == pytest.approx(0.415298, abs=1e-5)
    assert b_tinti_mulargia(M, 4.0, 0.1) == pytest.approx(1.326256, abs=1e-5)


def binned_catalogue(b=1.0):
    centres = np.arange(4.05, 7.0, 0.1)
    counts = np.round(10.0 ** (5 - b * (centres - 0.05) + 4) - 10.0 ** (5 - b * (centres + 0.05) + 4)).astype(int)
    return centres, counts


def test_b_of_an_ideal_catalogue_is_one():
    # Counts of 10^(9 - M) by bins of 0.1, centres 4.05 to 6.95; the end at M 7 biases both estimates a little.
    centres, counts = binned_catalogue()
    magnitudes = np.repeat(centres, counts)
    assert b_aki_utsu(magnitudes, 4.05, 0.1) == pytest.approx(1.0, abs=5e-3)
    assert b_tinti_mulargia(magnitudes, 4.05, 0.1) == pytest.approx(1.0, abs=1e-2)


def test_weichert_equals_maximum_likelihood_where_periods_are_equal_and_corrects_where_not():
    centres, counts = binned_catalogue()
    b, rate = weichert(np.repeat(centres, counts), centres, np.full(len(centres), 50.0))
    assert b == pytest.approx(1.0, abs=2e-3)
    assert rate == pytest.approx(counts.sum() / 50.0, rel=1e-9)
    # Small events seen for 10 years of the 50 only: the same law is found from fewer of them.
    years = np.where(centres < 5.0, 10.0, 50.0)
    seen = np.round(counts * years / 50.0).astype(int)
    b, rate = weichert(np.repeat(centres, seen), centres, years)
    assert b == pytest.approx(1.0, abs=2e-3)
    assert rate == pytest.approx(counts.sum() / 50.0, rel=2e-3)


def test_weichert_refuses_magnitudes_that_do_not_bound_b():
    centres = np.arange(4.55, 6.0, 0.1)
    with pytest.raises(ValueError, match="bound"):
        weichert(np.full(30, 4.55), centres, np.full(len(centres), 10.0))


@given(st.floats(0.6, 1.6), st.floats(4.0, 5.0), st.floats(5.5, 8.0), st.floats(1e-3, 10.0))
def test_bins_of_the_truncated_law_add_up_to_its_rate(b, m0, mmax, nu0):
    centres, rates = magnitude_bins(nu0, b, m0, mmax, bin_width=0.1, minimum=4.0)
    assert rates.sum() == pytest.approx(nu0, rel=1e-9)
    assert (rates > 0).all()
    assert (np.diff(centres) > 0).all()
    assert truncated_rate(mmax, nu0, b, m0, mmax) == pytest.approx(0.0, abs=1e-12)


def test_bins_start_at_the_least_magnitude_and_may_be_none():
    _, rates = magnitude_bins(1.0, 1.0, 4.0, 7.0, bin_width=0.1, minimum=5.0)
    assert rates.sum() == pytest.approx(float(truncated_rate(5.0, 1.0, 1.0, 4.0, 7.0)))
    assert len(magnitude_bins(1.0, 1.0, 4.0, 4.4, bin_width=0.1, minimum=4.5)[0]) == 0


def test_completeness_by_size():
    since = complete_since([3.9, 4.0, 4.6, 5.0, 6.5, 8.0], SeismicSection().completeness)
    assert since.tolist() == [np.inf, 1998, 1973, 1963, 1900, 1900]


def test_frankel_kernel():
    wanted = [1, 0.960789, 0.852144, 0.697676, 0.367879, 0.018316]
    assert kernel([0, 10, 20, 30, 50, 100], 50.0) == pytest.approx(wanted, abs=1e-6)


def test_smoothing_conserves_the_rate_away_from_edges_and_equals_the_double_sum():
    x, y = np.meshgrid(np.arange(0, 800, 10.0), np.arange(0, 600, 10.0))
    rates = np.zeros(x.shape)
    rates[30, 40], rates[28, 45] = 0.2, 0.05
    smooth = smooth_rates(x, y, rates, 50.0)
    assert smooth.sum() == pytest.approx(0.25, rel=1e-3)
    distance = np.hypot(x - x[33, 41], y - y[33, 41])
    weights = np.exp(-((distance / 50.0) ** 2))
    assert smooth[33, 41] == pytest.approx((weights * rates).sum() / weights.sum(), rel=1e-12)
