"""Critical rates against the percentiles that the burial decision takes, at limits of every kind."""

import numpy as np
import pandas as pd
import pytest

from pipeline.burial.curve import AnchorCurves
from pipeline.burial.factors import Factors
from pipeline.burial.montecarlo import required_percentiles_m
from pipeline.config import Config
from pipeline.config.burial import UncertaintySection
from pipeline.seabed.ground import STRENGTHS
from pipeline.whatif.critical import Asked, critical_rates

N, SPEEDS = 7, (1.0, 2.25)
SOIL = np.array(["mud", "sand", "sand", "mixed", "rock", "mud", "coarse"])
FLUKES = np.array([0.4, 0.55, 0.8, 1.1, 1.7])


def curves(rng: np.random.Generator, assessed: np.ndarray) -> AnchorCurves:
    at_least = np.sort(10.0 ** rng.uniform(-9, -4, (N, len(FLUKES))), axis=1)[:, ::-1]
    at_least[2] = 0.0  # no ship passes
    return AnchorCurves(FLUKES, np.where(assessed[:, None], at_least, np.nan), assessed)


@pytest.mark.parametrize("spread", [True, False])
def test_a_percentile_exceeds_a_depth_where_the_limit_is_under_the_critical_rate(spread):
    rng = np.random.default_rng(7)
    spreads = {} if spread else {"penetration_cov": 0.0, "traffic_cov": 0.0, "soil_strength": False}
    uncertainty = UncertaintySection(draws=101, **spreads)
    table = pd.DataFrame({"soil_class": SOIL, "layered_f": np.nan, **dict.fromkeys(STRENGTHS, np.nan)})
    soil = Factors.from_config(Config()).at(table)
    station = np.arange(N) + 30
    own = curves(rng, np.arange(N) != 5)
    # The second speed: a multiple of the first everywhere but at one station, as where ships anchor.
    other = np.nan_to_num(own.at_least_per_km_yr) * 2.25
    other[3] += np.array([3e-7, 2e-7, 2e-7, 1e-7, 0.0])
    by_speed = (own, AnchorCurves(FLUKES, np.where(own.assessed[:, None], other, np.nan), own.assessed))
    rates = np.stack([[np.column_stack([np.nan_to_num(c.at_least_per_km_yr), np.zeros(N)]) for c in by_speed]])
    depths = np.column_stack([np.zeros(N), rng.uniform(0.0, 4.0, (N, 4))])
    asked = Asked(FLUKES, rates, depths[:, :4], depths[None, :, 4])
    found = critical_rates(asked, station, soil, uncertainty, threads=2)
    assert found.shape == (1, 2, 3, 5, N)
    seen = set()
    for limit in 10.0 ** rng.uniform(-9, -4, 40):
        for speed, of_speed in enumerate(by_speed):
            required = required_percentiles_m(
                of_speed, np.full(N, limit), soil.group, station, uncertainty, soil.draws
            )  # fmt: skip
            for k in range(5):
                exceeds = np.nan_to_num(required) > depths[:, k, None]
                assert ((found[0, speed, :, k] > limit) == exceeds.T).all()
                seen |= set(exceeds.ravel().tolist())
    assert seen == {True, False}
    assert (found[..., [2, 5]] == 0.0).all()
