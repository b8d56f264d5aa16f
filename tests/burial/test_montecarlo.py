"""Percentiles of the required depth: keyed draws, P95 rule of METHODS 1.6, collapse without spread."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipeline.burial.curve import AnchorCurves
from pipeline.burial.montecarlo import _TOGETHER, Draws, draw, lognormal_sigma, required_percentiles_m
from pipeline.config.burial import UncertaintySection
from pipeline.geo import Floats, Ints

LIMIT = 1e-5


def curves(places: int) -> AnchorCurves:
    rows = [(place, fluke, rate) for place in range(places) for fluke, rate in ((0.8, 8e-6), (1.0, 6e-6), (1.2, 9e-6))]
    table = pd.DataFrame(rows, columns=["station", "fluke_length_m", "strike_per_km_yr"])
    return AnchorCurves.from_table(table, key="station", places=np.arange(places), assessed=np.ones(places, bool))


def flat(name: str, u: Floats) -> Floats:
    return np.full(u.shape, {"sand": 0.7, "mud": 3.0}[name])


def bending(name: str, u: Floats) -> Floats:
    return flat(name, u) * (1.5 - u)


def percentiles(spread: UncertaintySection, station: list[int], soil: list[str], factor=bending) -> Floats:
    limit = np.full(len(station), LIMIT)
    return required_percentiles_m(curves(len(station)), limit, np.array(soil), np.array(station), spread, factor)


def test_no_spread_gives_the_deterministic_depth() -> None:
    none = UncertaintySection(penetration_cov=0, traffic_cov=0, soil_strength=False, draws=7)
    result = percentiles(none, [0, 1], ["sand", "mud"])
    expected = curves(2).rmdol_m(np.full(2, LIMIT), np.array([0.7, 3.0]))
    np.testing.assert_array_equal(result, np.repeat(expected[:, None], 3, axis=1))


def test_tabulated_penetration_is_the_p95() -> None:
    draws = draw(UncertaintySection(draws=200_000), np.array([0]))
    np.testing.assert_allclose(np.quantile(draws.penetration, 0.95), 1.0, rtol=5e-3)
    np.testing.assert_allclose(np.median(draws.penetration), 0.667, rtol=5e-3)
    np.testing.assert_allclose(draws.penetration.std() / draws.penetration.mean(), 0.25, rtol=1e-2)
    np.testing.assert_allclose(np.median(draws.traffic), 1.0, rtol=5e-3)
    assert lognormal_sigma(0.0) == 0.0


def test_draws_belong_to_the_station_not_to_the_order() -> None:
    section = UncertaintySection(draws=50)
    few, many = draw(section, np.array([7, 2])), draw(section, np.arange(9))
    np.testing.assert_array_equal(few.traffic, many.traffic[[7, 2]])
    assert not np.array_equal(many.traffic[0], many.traffic[1])
    assert not np.array_equal(draw(UncertaintySection(draws=50, seed=1), np.array([7])).traffic, few.traffic[:1])


def test_any_order_and_block_gives_the_same_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    station = rng.integers(0, 20, 300)
    soil = np.where(rng.random(300) < 0.5, "sand", "mud")
    spread = UncertaintySection(draws=99)
    whole = percentiles(spread, station.tolist(), soil.tolist())
    shuffled = rng.permutation(300)
    again = percentiles(spread, station[shuffled].tolist(), soil[shuffled].tolist())
    np.testing.assert_array_equal(again, whole[shuffled])
    part = percentiles(spread, station[40:90].tolist(), soil[40:90].tolist())
    np.testing.assert_array_equal(part, whole[40:90])
    monkeypatch.setattr("pipeline.burial.montecarlo._TOGETHER", 7)
    np.testing.assert_array_equal(percentiles(spread, station.tolist(), soil.tolist()), whole)


def test_draws_of_a_few_stations_are_held_at_once_however_long_the_route(monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[int] = []

    def watched(section: UncertaintySection, stations: Ints) -> Draws:
        held.extend(stations.tolist())
        assert len(stations) <= _TOGETHER
        return draw(section, stations)

    monkeypatch.setattr("pipeline.burial.montecarlo.draw", watched)
    station = np.repeat(np.arange(600), 17)
    percentiles(UncertaintySection(draws=3), station.tolist(), ["mud"] * len(station))
    assert set(held) == set(range(600))
    assert len(held) < 1.15 * 600  # and hardly any is drawn twice


def test_agrees_with_a_plain_loop() -> None:
    spread = UncertaintySection(draws=500)
    draws = draw(spread, np.arange(2))
    result = percentiles(spread, [0, 1], ["sand", "mud"])
    for place, name in enumerate(("sand", "mud")):
        depths = []
        for u, pen, traffic in zip(
            draws.strength_u[place], draws.penetration[place], draws.traffic[place], strict=True
        ):
            fluke = 0.0
            for size, at_least in ((0.8, 23e-6), (1.0, 15e-6), (1.2, 9e-6)):
                if at_least * traffic > LIMIT:
                    fluke = size
            depths.append(bending(name, np.array([u]))[0] * pen * fluke)
        expected = np.quantile(depths, [0.1, 0.5, 0.9], method="inverted_cdf")
        np.testing.assert_allclose(result[place], expected, rtol=1e-12)


def test_percentiles_rise_and_not_assessed_is_blank() -> None:
    spread = UncertaintySection()
    result = percentiles(spread, [0], ["mud"])
    assert (np.diff(result[0]) >= 0).all()
    table = pd.DataFrame({"station": [], "fluke_length_m": [], "strike_per_km_yr": []}).astype({"station": "int32"})
    blank = AnchorCurves.from_table(table, key="station", places=np.array([0]), assessed=np.array([False]))
    where = np.array([0])
    assert np.isnan(required_percentiles_m(blank, np.array([LIMIT]), np.array(["mud"]), where, spread, flat)).all()
