"""Strength percentiles (METHODS 3.1) and the factor they bend (METHODS 1.6)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config.soil import SoilSection
from pipeline.seabed.strength import factor_draws, graded_factor, strength_kind, strength_through

SOIL = SoilSection()
NAMES = sorted(SOIL.classes)
QUANTILES = st.floats(1e-6, 1 - 1e-6)


@pytest.mark.parametrize("name", ["mud", "sandy_mud", "mixed"])
def test_strength_passes_through_su_percentiles(name: str) -> None:
    soil = SOIL.classes[name]
    assert soil.su_kpa is not None
    assert strength_kind(soil) == "su_kpa"
    assert strength_through("su_kpa", soil.su_kpa, np.array([0.1, 0.5, 0.9])) == pytest.approx(soil.su_kpa)


@pytest.mark.parametrize("name", ["muddy_sand", "sand", "coarse"])
def test_strength_passes_through_density_percentiles_and_stays_within_0_to_100(name: str) -> None:
    soil = SOIL.classes[name]
    assert soil.dr_pct is not None
    assert strength_kind(soil) == "dr_pct"
    assert strength_through("dr_pct", soil.dr_pct, np.array([0.1, 0.5, 0.9])) == pytest.approx(soil.dr_pct)
    extreme = strength_through("dr_pct", soil.dr_pct, np.array([1e-9, 1 - 1e-9]))
    assert extreme.min() >= 0.0
    assert extreme.max() <= 100.0


@pytest.mark.parametrize("name", NAMES)
def test_median_strength_gives_exactly_the_class_factor(name: str) -> None:
    assert factor_draws(SOIL, name, np.array([0.5]))[0] == SOIL.classes[name].penetration_f


def test_graded_table_at_the_middle_of_each_clay_class() -> None:
    assert graded_factor(SOIL, "su_kpa", np.array([5.0, 14.14, 28.28, 54.77, 106.07, 400.0])) == pytest.approx(
        [3.0, 2.2, 1.5, 0.9, 0.707, 0.2]
    )
    halfway = np.sqrt(14.14 * 28.28)
    assert graded_factor(SOIL, "su_kpa", np.array([halfway])) == pytest.approx([1.85])


def test_graded_table_in_sand() -> None:
    assert graded_factor(SOIL, "dr_pct", np.array([20.0, 35.0, 42.5, 50.0, 90.0])) == pytest.approx(
        [1.4, 1.4, 1.0535, 0.707, 0.707]
    )


@pytest.mark.parametrize("name", NAMES)
@given(one=QUANTILES, other=QUANTILES)
def test_stronger_soil_never_penetrates_deeper(name: str, one: float, other: float) -> None:
    weak, strong = factor_draws(SOIL, name, np.array(sorted([one, other])))
    assert weak >= strong > 0.0


@pytest.mark.parametrize("name", ["mud", "sandy_mud", "muddy_sand", "sand", "mixed"])
def test_strength_does_bend_the_factor(name: str) -> None:
    weak, strong = factor_draws(SOIL, name, np.array([0.02, 0.98]))
    assert weak > strong


@pytest.mark.parametrize("name", ["rock", "unknown"])
def test_classes_without_strength_keep_their_factor(name: str) -> None:
    assert set(factor_draws(SOIL, name, np.linspace(0.01, 0.99, 9))) == {SOIL.classes[name].penetration_f}


def test_a_configured_factor_beyond_the_table_is_kept() -> None:
    soil = SoilSection.model_validate({"classes": {"mud": {"penetration_f": 3.5}}})
    assert factor_draws(soil, "mud", np.array([0.5]))[0] == 3.5


def test_unknown_names_are_refused() -> None:
    with pytest.raises(KeyError):
        factor_draws(SOIL, "custard", np.array([0.5]))
    with pytest.raises(ValueError, match="no penetration table"):
        graded_factor(SOIL, "none", np.array([1.0]))
