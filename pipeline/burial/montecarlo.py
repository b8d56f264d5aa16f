"""P10, P50 and P90 of the required depth against anchors, from the spread of soil strength, penetration and traffic."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from pipeline.burial.curve import AnchorCurves
from pipeline.config.burial import UncertaintySection
from pipeline.geo import Floats, Ints

PERCENTILES = (10, 50, 90)
FactorDraws = Callable[[str, Floats], Floats]
"""(soil class, strength quantiles in (0, 1)) -> penetration factors f; quantile 0.5 gives the tabulated f."""

_TOGETHER = 128  # places whose draws are held at once: they stay in the processor's cache; no digit depends on it
_DECISIONS = 1.0 + 1e-9  # the same round-off allowance as in ``curve``


@dataclass(frozen=True, eq=False)
class Draws:
    """Random draws of some stations.

    Attributes
    ----------
    strength_u : ndarray, shape (stations, draws)
        Quantile of soil strength.
    penetration : ndarray, shape (stations, draws)
        Multiplier of the tabulated penetration, whose P95 is 1 (METHODS 1.6).
    traffic : ndarray, shape (stations, draws)
        Multiplier of the strike rate, median 1.
    """

    strength_u: Floats
    penetration: Floats
    traffic: Floats


def draw(uncertainty: UncertaintySection, stations: Ints) -> Draws:
    """Draw for stations, each from its own stream, keyed by (seed, station).

    Philox is counter-based: a station's numbers are the same whichever thread, block or order asks for them.
    A spread of zero gives exactly 1.
    """
    normal = np.empty((len(stations), 3, uncertainty.draws))
    for place, station in enumerate(stations):
        key = np.array([uncertainty.seed, station], dtype=np.uint64)
        normal[place] = np.random.Generator(np.random.Philox(key=key)).standard_normal((3, uncertainty.draws))
    strength = ndtr(normal[:, 0]) if uncertainty.soil_strength else np.full_like(normal[:, 0], 0.5)
    sigma = lognormal_sigma(uncertainty.penetration_cov)
    penetration = np.exp(sigma * (normal[:, 1] - ndtri(0.95)))
    traffic = np.exp(lognormal_sigma(uncertainty.traffic_cov) * normal[:, 2])
    return Draws(strength, penetration, traffic)


def lognormal_sigma(cov: float) -> float:
    """Return the standard deviation of the logarithm for a coefficient of variation."""
    return float(np.sqrt(np.log1p(cov**2)))


def required_percentiles_m(
    curves: AnchorCurves,
    limit_per_km_yr: Floats,
    soil_class: NDArray[np.str_],
    station: Ints,
    uncertainty: UncertaintySection,
    factor_draws: FactorDraws,
) -> Floats:
    """Return P10, P50 and P90 of RMDOL against anchors. No digit depends on which places are asked for together.

    In each draw the required depth is f times penetration multiplier times the fluke length that the strike-depth curve
    asks for at the limit divided by the traffic multiplier. A percentile is the smallest draw that at least that share
    of draws does not exceed, so it commutes with taking the larger of it and a floor.

    Parameters
    ----------
    curves : AnchorCurves
        Of ``places``.
    limit_per_km_yr : ndarray, shape (places,)
        Tolerable strikes.
    soil_class : ndarray of str, shape (places,)
        Soil at each place.
    station : ndarray of int, shape (places,)
        Whose draws a place uses: its nearest station's.
    uncertainty : UncertaintySection
        Spreads, and how many draws.
    factor_draws : callable
        Penetration factors of a class by strength quantile.

    Returns
    -------
    ndarray, shape (places, 3)
        Metres; NaN where shipping is not assessed.
    """
    ranks = [max(int(np.ceil(p / 100.0 * uncertainty.draws)) - 1, 0) for p in PERCENTILES]
    result = np.full((len(station), 3), np.nan)
    lengths = np.concatenate([[0.0], curves.fluke_length_m])
    threatened = np.flatnonzero(curves.assessed)
    threatened = threatened[np.argsort(station[threatened], kind="stable")]
    for start in range(0, len(threatened), _TOGETHER):
        places = threatened[start : start + _TOGETHER]
        drawn, whose = np.unique(station[places], return_inverse=True)
        draws = draw(uncertainty, drawn)
        for name in sorted(set(soil_class[places].tolist())):
            of_class = soil_class[places] == name
            members = places[of_class]
            at, which = np.unique(whose[of_class], return_inverse=True)
            factor = factor_draws(name, draws.strength_u[at]) * draws.penetration[at]
            with np.errstate(divide="ignore"):
                to_exceed = (limit_per_km_yr[members] * _DECISIONS)[:, None] / curves.at_least_per_km_yr[members]
            traffic = draws.traffic[at][which]
            sizes = np.zeros(traffic.shape, dtype=np.int16)
            for threshold in to_exceed.T:
                if np.isfinite(threshold).any():
                    sizes += traffic > threshold[:, None]
            required = factor[which] * lengths[sizes]
            result[members] = np.partition(required, sorted(set(ranks)), axis=1)[:, ranks]
    return result
