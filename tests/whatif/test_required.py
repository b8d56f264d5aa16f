"""Drawn required depths against those of the burial decision, at limits of every kind and rates that share a curve."""

import numpy as np
import pandas as pd
import pytest

from pipeline.burial.curve import AnchorCurves
from pipeline.burial.factors import Factors
from pipeline.burial.montecarlo import required_percentiles_m
from pipeline.config import Config
from pipeline.config.burial import UncertaintySection
from pipeline.seabed.ground import STRENGTHS
from pipeline.whatif.arrays import closeness, required_codes
from pipeline.whatif.required import Closeness, Required, Strikes, required_curves
from pipeline.whatif.settings import Settings

N = 7
SOIL = np.array(["mud", "sand", "sand", "mixed", "rock", "mud", "coarse"])
FLUKES = np.array([0.4, 0.55, 0.8, 1.1, 1.7])
STEP = 0.0005
CLOSE = Closeness(0.01, 0.005, lowest=1e-3, highest=1e3, least=0.2, most=3.0, place_step=STEP)


@pytest.mark.parametrize("spread", [True, False])
def test_a_drawn_depth_is_as_close_as_wanted(spread):
    rng = np.random.default_rng(7)
    spreads = {} if spread else {"penetration_cov": 0.0, "traffic_cov": 0.0, "soil_strength": False}
    uncertainty = UncertaintySection(draws=101, **spreads)
    table = pd.DataFrame({"soil_class": SOIL, "layered_f": np.nan, **dict.fromkeys(STRENGTHS, np.nan)})
    soil = Factors.from_config(Config()).at(table)
    station, limit = np.arange(N) + 30, 10.0 ** rng.uniform(-7, -6, N)
    own = np.sort(10.0 ** rng.uniform(-9, -4, (N, len(FLUKES))), axis=1)[:, ::-1]
    own[2] = 0.0
    faster = own * 2.25
    faster[3] += np.array([3e-7, 2e-7, 2e-7, 1e-7, 0.0])  # as where ships anchor
    rates = np.zeros((2, 2, N, len(FLUKES) + 1))
    rates[0, 0, :, :-1], rates[0, 1, :, :-1], rates[1, 0, :, :-1], rates[1, 1, :, :-1] = own, faster, own, own * 50.0
    found = required_curves(Strikes(FLUKES, rates, limit, 0, 0), CLOSE, station, soil, uncertainty, threads=2)
    assert (found.curve[..., 2] == 0).all()
    assert (found.curve[0, 0] == found.curve[1, 0]).all()
    shared = found.curve[0, 1] == found.curve[0, 0]
    assert shared.tolist() == [True, True, True, False, True, True, True]
    assert (found.curve[1, 1] != found.curve[0, 0]).sum() == N - 1
    stops = np.cumsum(found.knots).reshape(found.knots.shape)
    deepest = 0.0
    for ratio in 10.0 ** rng.uniform(-2, 2, 40):
        for level, speed in np.ndindex(2, 2):
            of = AnchorCurves(FLUKES, rates[level, speed, :, :-1], np.ones(N, bool))
            most, least = (
                required_percentiles_m(of, limit * ratio * apart, soil.group, station, uncertainty, soil.draws)
                for apart in (1.0 - STEP, 1.0 + STEP)
            )
            for i, p in np.ndindex(N, 3):
                curve, asked = found.curve[level, speed, i], ratio / found.multiple[level, speed, i]
                knots = slice(stops[p, curve] - found.knots[p, curve], stops[p, curve])
                depth_m = 0.0
                if found.start[p, curve] > asked:
                    depth_m = np.interp(-np.log(asked) / STEP, -found.place[knots], found.depth_mm[knots]) / 1000.0
                # Right for a limit within a place: where the curve is straight up, a place decides.
                assert depth_m >= least[i, p] - max(0.01, 0.005 * least[i, p])
                assert depth_m <= most[i, p] + max(0.01, 0.005 * most[i, p])
                deepest = max(deepest, most[i, p])
    assert deepest > 2.0


def test_at_the_configured_limit_it_is_the_decision_s_to_half_a_millimetre():
    rng = np.random.default_rng(11)
    table = pd.DataFrame({"soil_class": SOIL, "layered_f": np.nan, **dict.fromkeys(STRENGTHS, np.nan)})
    soil, uncertainty = Factors.from_config(Config()).at(table), UncertaintySection(draws=60)
    limit = np.full(N, 1e-6)
    own = np.sort(10.0 ** rng.uniform(-7, -4, (N, len(FLUKES))), axis=1)[:, ::-1]
    rates = np.column_stack([own, np.zeros(N)])[None, None]
    found = required_curves(Strikes(FLUKES, rates, limit, 0, 0), CLOSE, np.arange(N), soil, uncertainty, threads=1)
    of = AnchorCurves(FLUKES, own, np.ones(N, bool))
    exact = required_percentiles_m(of, limit, soil.group, np.arange(N), uncertainty, soil.draws)
    stops = np.cumsum(found.knots).reshape(found.knots.shape)
    for i, p in np.ndindex(N, 3):
        curve = found.curve[0, 0, i]
        knots = slice(stops[p, curve] - found.knots[p, curve], stops[p, curve])
        if exact[i, p] > 0.0:
            at = found.depth_mm[knots][found.place[knots] == 0]
            assert abs(at[0] / 1000.0 - exact[i, p]) <= 0.0005 + 1e-9
    assert (exact > 0.0).mean() > 0.5


@pytest.mark.parametrize("own_per_yr", [1e-9, 1e-4, 10.0])
def test_where_a_curve_starts_is_told_for_every_limit_that_may_be_asked_of(own_per_yr):
    config = Config.model_validate({"acceptance": {"route_strikes_per_yr": own_per_yr}})
    settings = Settings.of(config)
    close = closeness(config, settings)
    start = np.exp(np.linspace(np.log(close.lowest), np.log(close.highest), 200))[None]
    none = np.zeros(0, np.int64)
    required = Required(np.zeros((1, 1, 1), np.int64), np.ones((1, 1, 1)), start, none, none, none)
    codes = required_codes(required, close, [1.0])["required_start"][0]
    one = close.places_below + 0.5
    for shift, exceeds in ((-close.place_step, True), (close.place_step, False)):
        asked = one + (np.log(start[0]) + shift) / close.place_step
        inside = (asked >= one + np.log(close.lowest) / close.place_step) & (
            asked <= one + np.log(close.highest) / close.place_step
        )
        assert inside.sum() > 190
        assert ((codes > asked)[inside] == exceeds).all()
