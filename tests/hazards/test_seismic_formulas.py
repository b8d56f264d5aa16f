import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.hazards.seismic import faults, liquefaction, newmark, repair
from pipeline.hazards.seismic.slope import fs_drained, fs_undrained, yield_coefficient

CASE = {"depth_m": 3.0, "buoyant_kn_m3": 6.0, "saturated_kn_m3": 16.0}
WEIGHTS = {"buoyant_kn_m3": 9.1, "saturated_kn_m3": 19.0}


@pytest.mark.parametrize(("kh", "wanted"), [(0.0, 6.39863), (0.05, 2.53511), (0.1, 1.58068)])
def test_t12_infinite_slope(kh, wanted):
    assert fs_undrained(10.0, 5.0, kh=kh, **CASE) == pytest.approx(wanted, rel=1e-4)


def test_t12_yield_coefficient():
    ky = yield_coefficient(10.0, 5.0, **CASE)
    assert ky == pytest.approx(0.177120, rel=1e-4)
    assert fs_undrained(10.0, 5.0, kh=ky, **CASE) == pytest.approx(1.0, abs=1e-12)


def test_t12_newmark():
    assert newmark.displacement_cm([0.5, 0.2]) == pytest.approx([0.87734, 9.84583], rel=1e-4)
    assert newmark.displacement_cm(0.177120 / 0.4) == pytest.approx(1.34638, rel=1e-4)
    assert newmark.displacement_cm([1.0, 2.0]).tolist() == [0.0, 0.0]


def test_sand_at_rest_is_tan_phi_over_tan_slope():
    assert fs_drained(33.0, 5.0, kh=0.0, **WEIGHTS) == pytest.approx(np.tan(np.radians(33)) / np.tan(np.radians(5)))
    assert np.isinf(fs_drained(33.0, 0.0, kh=0.0, **WEIGHTS))


@given(st.floats(0.1, 30), st.floats(0, 0.5), st.floats(0.01, 0.3))
def test_shaking_and_steepness_never_help(slope, kh, more):
    for safety in (
        lambda s, k: fs_undrained(10.0, s, kh=k, **CASE),
        lambda s, k: fs_drained(33.0, s, kh=k, **WEIGHTS),
    ):
        assert safety(slope, kh + more) <= safety(slope, kh)
    # Steeper is worse at rest; under strong shaking cos^2 makes very steep clay slopes marginally better.
    assert fs_undrained(10.0, slope + more, kh=0.0, **CASE) <= fs_undrained(10.0, slope, kh=0.0, **CASE)
    assert fs_drained(33.0, slope + more, kh=kh, **WEIGHTS) <= fs_drained(33.0, slope, kh=kh, **WEIGHTS)


def test_t12_hazus_liquefaction():
    assert liquefaction.hazus_probability("high", 0.25, 6.5, 0.0) == pytest.approx(0.179292, rel=1e-4)
    assert liquefaction.hazus_probability("very high", 0.15, 7.5, 0.0) == pytest.approx(0.143980, rel=1e-4)
    assert liquefaction.hazus_probability("high", 0.25, 6.5, 3.0) < 0.179


def test_t12_seabed_liquefaction():
    csr = liquefaction.cyclic_stress_ratio(0.2, 2.0, 19.0, 9.9)
    assert csr == pytest.approx(0.267276, rel=1e-4)
    assert liquefaction.cyclic_resistance_ratio(10.0) == pytest.approx(0.113119, rel=1e-4)
    assert liquefaction.magnitude_scaling(7.0) == pytest.approx(1.192749, rel=1e-4)
    safety = liquefaction.factor_of_safety(0.2, 7.0, 2.0, 10.0, saturated_kn_m3=19.0, water_kn_m3=9.9)
    assert safety == pytest.approx(0.504806, rel=1e-4)
    assert liquefaction.cyclic_resistance_ratio(30.0) == np.inf


@pytest.mark.parametrize(
    ("mw", "ad", "md", "srl"),
    [
        (6.0, 0.2188, 0.2884, 8.318),
        (6.5, 0.4842, 0.7413, 18.408),
        (7.0, 1.0715, 1.9055, 40.738),
        (7.5, 2.3714, 4.8978, 90.157),
    ],
)
def test_t12_fault_displacement(mw, ad, md, srl):
    assert faults.average_displacement_m(mw) == pytest.approx(ad, rel=1e-3)
    assert faults.maximum_displacement_m(mw) == pytest.approx(md, rel=1e-3)
    assert faults.surface_rupture_length_km(mw) == pytest.approx(srl, rel=1e-4)


def test_t12_rupture_by_mechanism_and_recurrence():
    lengths = [faults.surface_rupture_length_km(7.0, style) for style in ("SS", "RV", "NM")]
    assert lengths == pytest.approx([42.658, 35.481, 30.903], rel=1e-4)
    assert faults.recurrence_yr(6.5, 2.0) == pytest.approx(242.1, rel=1e-3)


def test_t12_repair_rates():
    assert repair.ala_shaking_per_km(50.0) == pytest.approx(0.120771, rel=1e-4)
    assert repair.ala_displacement_per_km(25.4) == pytest.approx(7.2492, rel=1e-4)
    assert repair.jeon_orourke_per_km(50.0) == pytest.approx(0.11951, rel=1e-3)
