import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from pipeline.config.fishing import FishingSection
from pipeline.hazards.fishing.contacts import Field, contact_field, contact_share, smooth, threat, window_cells

SECTION = FishingSection()


def field(**gears):
    """One place; gear=(contacts, touching)."""
    return Field(
        tuple(gears),
        {name: np.array([contacts]) for name, (contacts, _) in gears.items()},
        {name: np.array([touching]) for name, (_, touching) in gears.items()},
    )


def at(depth, mud=False, **gears):
    found = threat(field(**gears), np.array([depth]), np.array([mud]), SECTION)
    return [
        float(v[0])
        for v in (found.strike_per_km_yr, found.contacts_per_km_yr, found.gear_penetration_m, found.required_dol_m)
    ]


def test_midwater_trawl_touches_the_bottom_from_20_to_70_m():
    share = contact_share(SECTION.gears["trawlers"], np.array([5.0, 20.0, 20.1, 70.0, 71.0, 700.0, 0.0, -3.0, np.nan]))
    assert share.tolist() == [0.02, 0.02, 0.1, 0.1, 0.02, 0.02, 0.0, 0.0, 0.0]


@pytest.mark.parametrize(("mud", "required"), [(False, 0.5), (True, 0.7)])
def test_bottom_contact_asks_for_twice_the_penetration_and_half_a_metre(mud, required):
    strike, contacts, _, dol = at(50.0, mud, trawlers=(1e-3, True))
    assert (strike, contacts) == pytest.approx((3e-5, 1e-3))
    assert dol == pytest.approx(required)


def test_pelagic_gear_asks_for_no_depth_here_but_its_strikes_are_told():
    strike, contacts, penetration, dol = at(200.0, True, trawlers=(1e-3, False))
    assert dol == 0.0
    assert (strike, contacts, penetration) == pytest.approx((3e-5, 1e-3, 0.35))
    assert at(200.0, True)[0] == 0.0


def test_never_zero_inshore_of_20_m():
    strike, contacts, penetration, dol = at(19.0, True)
    assert strike == pytest.approx(SECTION.inshore_contacts_per_km_yr * SECTION.damage_probability)
    assert contacts > 0.0
    assert (penetration, dol) == pytest.approx((0.6, 1.2))
    assert at(20.1)[0] == 0.0


@pytest.mark.parametrize("depth", [np.nan, 0.0, -2.0])
def test_land_and_unknown_depth_are_blank(depth):
    assert np.isnan(at(depth, trawlers=(1e-3, True))).all()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([1, 3, 5]))
def test_smoothing_keeps_bounds_zero_and_uniform_fields(seed, window):
    dice = np.random.default_rng(seed)
    values = np.where(dice.random((12, 15)) < 0.1, dice.random((12, 15)) * 1e3, 0.0)
    wet = dice.random((12, 15)) < 0.8
    smoothed = smooth(values, wet, window)
    assert (smoothed >= 0.0).all()
    assert smoothed.max() <= values.max() * (1 + 1e-9) + 1e-12
    flat = smooth(np.full((12, 15), 3.0), wet, window)
    assert np.allclose(flat[flat > 0], 3.0)
    assert not smooth(np.zeros((12, 15)), wet, window).any()


def test_smoothing_leaves_no_dust_far_from_effort():
    values = np.zeros((60, 60))
    values[30, 30] = 1e6
    smoothed = smooth(values, np.ones((60, 60), dtype=bool), 11)
    assert (smoothed > 0.0).sum() == 11 * 11
    assert smoothed.sum() == pytest.approx(1e6)


def test_contact_is_decided_by_the_depth_where_gear_is_used():
    crossings = {"trawlers": np.zeros((1, 60))}
    crossings["trawlers"][0, :10] = 10.0
    depth = np.where(np.arange(60) < 20, 40.0, 300.0)[None, :]
    found = contact_field(crossings, depth, 250.0, SECTION)
    # In the row's middle the window holds effort only, all of it at 40 m: one tenth touches.
    assert found.contacts_per_km_yr["trawlers"][0, 2] == pytest.approx(1.0)
    assert found.touching["trawlers"][0, :15].all()
    assert not found.touching["trawlers"][0, 15:].any()


@pytest.mark.parametrize(("cell", "window"), [(250.0, 11), (100.0, 25), (5000.0, 1)])
def test_window_is_odd(cell, window):
    assert window_cells(2.5, cell) == window


def test_configuration_over_the_defaults_and_its_refusals():
    section = FishingSection.model_validate({"gears": {"trawlers": {"speed_kn": 4.0}}})
    assert section.gears["trawlers"].speed_kn == 4.0
    assert section.gears["trawlers"].penetration_mud_m == 0.35
    with pytest.raises(ValidationError, match="rising"):
        FishingSection.model_validate({"gears": {"trawlers": {"contact_probability": [[70, 0.1], [20, 0.1]]}}})
