"""METHODS 1.1-1.9: ship to anchor, drag, depth modifier, strike arithmetic."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config import Config
from pipeline.config.shipping import ShippingSection
from pipeline.config.soil import SoilSection
from pipeline.hazards.shipping.anchors import anchor_kg, chain_m, equipment_number, fluke_length_m
from pipeline.hazards.shipping.depth_modifier import depth_modifier
from pipeline.hazards.shipping.drag import drag_m, holding_kn
from pipeline.hazards.shipping.incident import strike_per_km_yr, strike_per_yr
from pipeline.hazards.shipping.penetration import penetration_factor, penetration_m
from tests.hazards.shipping_builders import DEFAULTS, left_at

# DWT, displacement, EN, kg, fluke, UHC sand, UHC mud, D sand, D mud: METHODS 1.5
TABLE = [
    (500, 666.7, 129.7, 360, 0.569, 25.82, 10.40, 54.7, 135.7),
    (1000, 1333.3, 205.9, 660, 0.697, 41.93, 18.16, 67.3, 155.4),
    (2000, 2666.7, 326.9, 1020, 0.805, 59.40, 27.11, 95.0, 208.2),
    (3000, 4000.0, 428.4, 1290, 0.871, 71.68, 33.65, 118.2, 251.7),
    (5000, 6666.7, 602.2, 1920, 0.994, 98.53, 48.52, 143.3, 290.9),
    (7000, 9333.3, 753.6, 2280, 1.053, 113.05, 56.83, 174.8, 347.7),
    (8000, 10666.7, 823.8, 2460, 1.080, 120.13, 60.94, 188.0, 370.6),
    (10000, 13333.3, 955.9, 2850, 1.134, 135.14, 69.78, 208.9, 404.6),
    (13000, 17333.3, 1138.6, 3300, 1.191, 151.96, 79.85, 241.5, 459.6),
    (80000, 106666.7, 3823.6, 11700, 1.816, 418.28, 255.84, 539.9, 882.7),
]


@pytest.mark.parametrize(("dwt", "weight", "number", "kg", "fluke", "sand_kn", "mud_kn", "sand_m", "mud_m"), TABLE)
def test_table_of_methods_1_5(dwt, weight, number, kg, fluke, sand_kn, mud_kn, sand_m, mud_m):
    weight = np.array([dwt / 0.75])
    got = equipment_number(weight, DEFAULTS)
    assert got[0] == pytest.approx(number, rel=5e-4)
    mass = anchor_kg(got, DEFAULTS)
    assert mass[0] == kg  # T03 for 80,000 t
    assert fluke_length_m(mass, DEFAULTS)[0] == pytest.approx(fluke, abs=6e-4)
    assert holding_kn(mass, "sand", DEFAULTS)[0] == pytest.approx(sand_kn, rel=5e-4)
    assert holding_kn(mass, "mud", DEFAULTS)[0] == pytest.approx(mud_kn, rel=5e-4)
    assert drag_m(weight, mass, "sand", DEFAULTS)[0] == pytest.approx(sand_m, abs=0.06)
    assert drag_m(weight, mass, "mud", DEFAULTS)[0] == pytest.approx(mud_m, abs=0.06)


def test_anchor_table_edges():
    assert anchor_kg(np.array([20.0, 50.0, 70.0, 70.001, 4000.0]), DEFAULTS).tolist() == [180, 180, 180, 240, 11700]
    assert anchor_kg(np.array([8000.0]), DEFAULTS)[0] == 23400  # grows on beyond the table, never held back
    assert chain_m(np.array([60.0, 90.0, 91.0, 1138.6, 9999.0]), DEFAULTS).tolist() == [220, 220, 247.5, 495, 687.5]


def test_drag_options():
    weight, mass = np.array([17333.3, 2e6]), np.array([3300.0, 3300.0])
    assert drag_m(weight, mass, "mud", DEFAULTS)[1] == 2000.0
    halved = ShippingSection(drag_eta=2.0)
    assert drag_m(weight, mass, "mud", halved)[0] == pytest.approx(drag_m(weight, mass, "mud", DEFAULTS)[0] / 2)
    least = ShippingSection(min_drag_m=500.0)
    assert drag_m(weight, mass, "sand", least)[0] == 500.0


def test_t06_depth_modifier():
    depth = np.array([5, 20, 50, 82.5, 100, 200, 247.5, 400])
    got = depth_modifier(depth, 7.0, 495.0, DEFAULTS)
    assert got == pytest.approx([0, 1, 1, 1, 0.8939, 0.2879, 0, 0], abs=1e-3)


def test_depth_modifier_by_scope_and_without_water():
    scope = ShippingSection(pwd="scope")
    got = depth_modifier(np.array([5.0, 82.5, 123.75, 247.5]), 7.0, 495.0, scope)
    assert got == pytest.approx([0, 1, 0.5, 0])
    assert np.isnan(depth_modifier(np.array([np.nan, 0.0, -3.0]), 7.0, 495.0, DEFAULTS)).all()
    assert np.isnan(depth_modifier(np.array([np.nan, 0.0, -3.0]), 7.0, 495.0, scope)).all()


def test_t01_strike_arithmetic():
    rate = float(strike_per_yr(1000.0, 200.0, 10.0, 1.0, DEFAULTS))
    assert rate == pytest.approx(2.15983e-4, rel=1e-4)
    assert 1 / rate == pytest.approx(4630.0, rel=1e-4)


def test_exposure_form_equals_passage_form():
    """N perpendicular passages a km at V are N/V ship-hours a km2 (METHODS 1.10)."""
    by_passage = strike_per_yr(150.0, 95.0, 9.0, 0.5, DEFAULTS)
    hours = 150.0 / (9.0 * 1.852)
    assert strike_per_km_yr(np.array(hours), np.array(95.0), np.array(0.5), DEFAULTS) == pytest.approx(by_passage)


BINS = [(2000, 1500, 9), (7000, 1200, 10), (13000, 600, 11)]


def curve(holding: str, factor: float, bins=BINS, section: ShippingSection = DEFAULTS):
    """Penetration and rate of the bins of METHODS 1.9."""
    dwt, passages, speed = (np.array(column, float) for column in zip(*bins, strict=True))
    mass = anchor_kg(equipment_number(dwt / 0.75, section), section)
    drag = drag_m(dwt / 0.75, mass, holding, section)
    return penetration_m(fluke_length_m(mass, section), factor), strike_per_yr(passages, drag, speed, 1.0, section)


@pytest.mark.parametrize(
    ("soil", "depths", "rates"),
    [
        ("sand", [0, 0.5695, 0.7445, 0.8420], [5.39846e-4, 3.68775e-4, 1.42255e-4, 0]),
        ("mud", [0, 2.4162, 3.1591, 3.5732], [1.096172e-3, 7.21358e-4, 2.70719e-4, 0]),
    ],
)
def test_t02_curve(soil, depths, rates):
    section = ShippingSection(penetration="ctc835_binary")
    factor = penetration_factor(SoilSection().classes[soil], section)
    penetration, rate = curve(soil, factor, section=section)
    assert penetration == pytest.approx(depths[1:], abs=1e-3)
    at = np.concatenate([[0.0], penetration])  # a cable at exactly the penetration is protected
    assert left_at(at, penetration, rate) == pytest.approx(rates, rel=5e-3)


def test_penetration_factor_by_method():
    soil, binary = SoilSection().classes, ShippingSection(penetration="ctc835_binary")
    assert penetration_factor(soil["muddy_sand"], DEFAULTS) == 1.4
    assert penetration_factor(soil["muddy_sand"], binary) == 0.707
    assert penetration_factor(soil["unknown"], DEFAULTS) == 2.2
    assert penetration_factor(soil["unknown"], binary) == 3.0


def test_t04_german_bight_bound():
    """Full-scale tests never dug deeper than the model says: 0.88 m (11.5 t Hall), 0.69 m (8.5 t AC-14)."""
    fluke = fluke_length_m(np.array([11500.0, 8500.0]), DEFAULTS)
    modelled = penetration_m(fluke, penetration_factor(SoilSection().classes["sand"], DEFAULTS))
    assert (modelled >= [0.88, 0.69]).all()
    assert modelled[0] == pytest.approx(1.277, abs=1e-3)


bins = st.lists(st.tuples(st.floats(100, 13000), st.floats(0, 5000), st.floats(4, 15)), min_size=1, max_size=6)


@given(bins, st.floats(0, 4), st.floats(0.1, 10))
def test_linear_in_traffic_and_incidents(some, depth, factor):
    penetration, rate = curve("sand", 0.707, some)
    base = left_at(depth, penetration, rate)
    more = [(dwt, passages * factor, speed) for dwt, passages, speed in some]
    assert left_at(depth, *curve("sand", 0.707, more)) == pytest.approx(base * factor, rel=1e-9, abs=1e-300)
    section = ShippingSection(incident_per_ship_yr=DEFAULTS.incident_per_ship_yr * factor)
    assert left_at(depth, *curve("sand", 0.707, some, section)) == pytest.approx(base * factor, rel=1e-9, abs=1e-300)


@given(bins, st.floats(0, 4), st.floats(0.05, 0.95))
def test_splitting_a_bin_changes_nothing(some, depth, share):
    split = [(dwt, part * passages, speed) for dwt, passages, speed in some for part in (share, 1 - share)]
    whole = left_at(depth, *curve("sand", 0.9, some))
    assert left_at(depth, *curve("sand", 0.9, split)) == pytest.approx(whole, rel=1e-9, abs=1e-300)


@given(bins, st.floats(0, 4))
def test_mud_is_never_safer_than_sand(some, depth):
    assert left_at(depth, *curve("mud", 3.0, some)) >= left_at(depth, *curve("sand", 0.707, some))


def test_configuration_merges_and_refuses():
    one = Config.model_validate({"shipping": {"ship_types": {"tanker": {"block_coefficient": 0.85}}}}).shipping
    assert one.ship_types["tanker"].block_coefficient == 0.85
    assert one.ship_types["tanker"].dwt_per_displacement == 0.75
    assert set(one.ship_types) == set(DEFAULTS.ship_types)
    with pytest.raises(ValueError, match="ascend"):
        ShippingSection(dwt_bins_t=(1000.0, 500.0))
    with pytest.raises(ValueError, match="both"):
        ShippingSection.model_validate({"holding": {"sand": {"reference_kn": 196, "exponent": 0.8}}})
