import numpy as np
import pytest

from pipeline.hazards.seismic.ground_motion import Branch
from pipeline.hazards.seismic.hazard import (
    distance_weights,
    exceedance,
    poisson_probability,
    rates_by_distance,
    return_level,
    return_period_yr,
)
from pipeline.hazards.seismic.recurrence import magnitude_bins

# PEER 2010/106, set 1 case 10: annual probabilities (METHODS 8); the total implies 0.0395 events a year.
LEVELS = np.array([0.001, 0.01, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4])
PEER = {
    0.0: [3.87e-2, 2.19e-2, 2.97e-3, 9.22e-4, 3.59e-4, 1.31e-4, 4.76e-5, 1.72e-5, 5.38e-6, 1.18e-6],
    50.0: [3.87e-2, 1.82e-2, 2.96e-3, 9.21e-4, 3.59e-4, 1.31e-4, 4.76e-5, 1.72e-5, 5.37e-6, 1.18e-6],
}
DEPTH_KM = 5.0


def sadigh_rock(m, epicentral_km):
    """Sadigh et al. 1997, rock, strike-slip; sigma 0."""
    r = np.hypot(epicentral_km, DEPTH_KM)
    small = -0.624 + m - 2.1 * np.log(r + np.exp(1.29649 + 0.250 * m))
    large = -1.274 + 1.1 * m - 2.1 * np.log(r + np.exp(-0.48451 + 0.524 * m))
    return np.where(m <= 6.5, small, large), np.zeros(np.shape(r))


def test_sadigh_values():
    epicentral = np.sqrt(np.array([10.0, 20.0, 50.0]) ** 2 - DEPTH_KM**2)
    ln_pga, _ = sadigh_rock(np.array([6.0, 6.5, 7.0]), epicentral)
    assert np.exp(ln_pga) == pytest.approx([0.223793, 0.166271, 0.073077], rel=1e-5)


def test_t09_peer_set_1_case_10():
    # Offset so that no source lies under a site exactly.
    axis = np.arange(-100.0, 100.0, 0.5) + 0.25
    x, y = (values.ravel() for values in np.meshgrid(axis, axis))
    inside = np.hypot(x, y) <= 100.0
    x, y = x[inside], y[inside]
    magnitudes, rates = magnitude_bins(0.0395, 0.9, 5.0, 6.5, bin_width=0.01, minimum=5.0)
    nodes = np.concatenate([np.arange(0.0, 30.0, 0.1), np.arange(30.0, 205.0, 0.5)])
    table = rates_by_distance(
        magnitudes, rates, nodes, np.log(LEVELS), [Branch(1.0, sadigh_rock)], truncation=3.0, strikes=0
    )
    sites = np.array(sorted(PEER))
    weights = distance_weights(x, y, np.full(len(x), 1.0 / len(x)), sites, np.zeros(2), nodes)
    found = poisson_probability(weights @ table, 1.0)
    for site, wanted in zip(found, (PEER[s] for s in sites), strict=True):
        assert site[:6] == pytest.approx(wanted[:6], rel=0.01)
        assert site[6:] == pytest.approx(wanted[6:], rel=0.05)


def test_return_periods_of_the_usual_probabilities():
    assert return_period_yr(0.10, 50.0) == pytest.approx(474.561, abs=1e-3)
    assert return_period_yr(0.02, 50.0) == pytest.approx(2474.916, abs=1e-3)


def test_truncated_normal():
    level = np.array([-3.1, -3.0, 0.0, 3.0, 3.1])
    chance = exceedance(level, np.zeros(5), np.ones(5), 3.0)
    assert chance == pytest.approx([1.0, 1.0, 0.5, 0.0, 0.0], abs=1e-12)
    assert exceedance(np.array([-0.1, 0.1]), np.zeros(2), np.zeros(2), 3.0).tolist() == [1.0, 0.0]


def test_weights_conserve_the_share_within_reach():
    dice = np.random.default_rng(3)
    x, y = dice.random((2, 500)) * 100
    nodes = np.array([0.0, 5.0, 20.0, 60.0, 300.0])
    weights = distance_weights(x, y, np.full(500, 1 / 500), np.array([10.0, 50.0]), np.array([20.0, 50.0]), nodes)
    assert weights.sum(axis=1) == pytest.approx([1.0, 1.0])
    assert (weights @ nodes)[1] == pytest.approx(np.hypot(x - 50, y - 50).mean())
    near = distance_weights(x, y, np.full(500, 1 / 500), np.array([10.0]), np.array([20.0]), np.array([0.0, 30.0]))
    assert near.sum() == pytest.approx((np.hypot(x - 10, y - 20) <= 30.0).mean())


def test_a_tree_of_equal_branches_is_one_branch_and_rates_are_linear():
    magnitudes, rates = magnitude_bins(0.1, 1.0, 5.0, 7.0, bin_width=0.2, minimum=5.0)
    nodes, levels = np.array([0.0, 10.0, 50.0]), np.log(np.array([0.05, 0.2]))

    def model(m, r):
        return sadigh_rock(m, r)[0], np.full(np.shape(r), 0.5)

    def table(branches, factor=1.0, strikes=4):
        return rates_by_distance(magnitudes, rates * factor, nodes, levels, branches, truncation=3.0, strikes=strikes)

    one = table([Branch(1.0, model)])
    assert table([Branch(0.3, model), Branch(0.7, model)]) == pytest.approx(one)
    assert table([Branch(1.0, model)], 2.0) == pytest.approx(2.0 * one)
    assert (np.diff(one, axis=1) <= 0).all()
    assert (np.diff(one, axis=0) <= 0).all()
    assert (one >= table([Branch(1.0, model)], strikes=0) - 1e-15).all()  # ruptures reach out to sites


def test_return_level_is_log_log_and_clamped():
    levels = np.array([0.01, 0.1, 1.0])
    curves = np.array([[1e-1, 1e-3, 1e-5], [1e-4, 1e-6, 0.0], [1.0, 0.9, 0.8]])
    found = return_level(levels, curves, 100.0)
    assert found == pytest.approx([10**-1.5, 0.01, 1.0])
    assert return_level(levels, curves[:1], 1000.0) == pytest.approx([0.1])
