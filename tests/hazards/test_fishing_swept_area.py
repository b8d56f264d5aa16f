import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config import Config
from pipeline.hazards.fishing.swept_area import (
    crossings,
    subsurface_ratio,
    swept_area_km2,
    swept_area_ratio,
    track_length_km,
)


def test_t07_swept_area_and_ratio():
    gear = Config().fishing.gears["trawlers"]  # width, speed and share of OT_MIX
    swept = swept_area_km2(100.0, gear.width_m, gear.speed_kn)
    assert swept == pytest.approx(31.6927, rel=1e-4)
    ratio = swept_area_ratio(swept, 19.08342)
    assert ratio == pytest.approx(1.66075, rel=1e-4)
    assert subsurface_ratio(ratio, gear.subsurface_pct) == pytest.approx(0.24413, rel=1e-4)


def test_t07_buffon_crossings():
    track = track_length_km(500.0, 3.0)
    assert track == pytest.approx(2778.0, rel=1e-4)
    assert crossings(track, 10.0, 100.0) == pytest.approx(176.853, rel=1e-4)


def test_perpendicular_tracks_cross_pi_over_two_times_as_often():
    assert crossings(10.0, 1.0, 1.0, 1.0) / crossings(10.0, 1.0, 1.0) == pytest.approx(1.5707963, rel=1e-6)


@given(st.floats(0, 1e5), st.floats(0, 1e5), st.floats(0.1, 1e3))
def test_crossings_add_up_over_tracks_and_line(first, second, area):
    together = crossings(first + second, 2.0, area)
    apart = crossings(first, 2.0, area) + crossings(second, 1.0, area) * 2
    assert together == pytest.approx(apart, rel=1e-9, abs=1e-12)
