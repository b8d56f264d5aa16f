"""Which settings the page may choose from: the configured ones are always among them."""

import pytest
from pydantic import ValidationError

from pipeline.config import Config
from pipeline.whatif.settings import Settings


def settings(**sections: dict[str, object]) -> Settings:
    return Settings.of(Config.model_validate(sections))


def test_levels_are_those_of_both_sections_from_high_to_low_with_the_names_of_the_scenarios():
    found = settings(
        water={"scenarios_m": {"dry": -8.0, "dry too": -8.0, "near": -1.0}}, whatif={"surface_changes_m": [-1.0, 2.0]}
    )
    assert found.changes_m == (2.0, 0.0, -1.0, -8.0)
    assert found.labels == ("", "", "near", "dry, dry too")
    assert found.surface == 1


def test_the_configured_speed_acceptance_and_growth_are_within():
    found = settings(
        shipping={"drop_speed_kn": 4.4, "traffic_growth_pct": 300.0},
        acceptance={"route_strikes_per_yr": 1.0},
        whatif={"drop_speeds_kn": [6.0, 2.0], "strike_years": [10.0, 1000.0], "growth_pct": [-50.0, 100.0]},
    )
    assert found.speeds_kn == (2.0, 4.4, 6.0)
    assert (found.speed, found.speed_ratio()[1]) == (1, 1.0)
    assert found.tolerance_range == pytest.approx((1e-3, 1.0))
    assert found.traffic_range == pytest.approx((0.125, 1.0))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("strike_years", [100.0, 10.0]), ("strike_years", [0.0, 10.0]), ("growth_pct", [-100.0, 10.0]),
        ("growth_pct", [5.0, 5.0]), ("required_within_m", 0.0), ("drop_speeds_kn", [0.0]),
    ],
)  # fmt: skip
def test_settings_that_make_no_sense_are_refused(key, value):
    with pytest.raises(ValidationError, match=key):
        settings(whatif={key: value})
