"""Coordinates as survey teams write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.routes.coordinates import parse_degrees


@pytest.mark.parametrize(
    ("text", "axis", "degrees"),
    [
        (40.5897, "lat", 40.5897),
        ("40.5897", "lat", 40.5897),
        ("40,5897", "lat", 40.5897),
        ("40 35.382 N", "lat", 40.5897),
        ("N40 35.382", "lat", 40.5897),
        ("40°35.382'N", "lat", 40.5897),
        ("40-35.382N", "lat", 40.5897),
        ("40° 35′ 22.92″ N", "lat", 40.5897),
        ("40:35:22.92", "lat", 40.5897),
        ("49 40.116 e", "lon", 49.6686),
        ("-0 30.0", "lon", -0.5),
        ("0 30.0 W", "lon", -0.5),
        ("4.05e1", "lat", 40.5),
        ("33 30 S", "lat", -33.5),
    ],
)
def test_forms(text: object, axis: str, degrees: float) -> None:
    assert parse_degrees(text, axis) == pytest.approx(degrees, abs=1e-9)


@pytest.mark.parametrize(
    ("text", "axis", "match"),
    [
        ("", "lon", "blank"),
        (None, "lat", "blank"),
        ("north", "lat", "neither"),
        ("40 61.0 N", "lat", "below 60"),
        ("40.5 30 N", "lat", "below 60"),
        ("40 35.382 N", "lon", "swapped"),
        ("49 40.116 E", "lat", "swapped"),
        ("-40 35 N", "lat", "both a sign and a letter"),
        ("40 35 N S", "lat", "two directions"),
        ("91", "lat", "out of range.*swapped"),
        (181.0, "lon", "out of range"),
        (float("nan"), "lon", "out of range"),
        ("1e2", "lat", "out of range.*swapped"),
        ("nan", "lat", "neither"),
    ],
)
def test_refused(text: object, axis: str, match: str) -> None:
    with pytest.raises(ValueError, match=match):
        parse_degrees(text, axis)


@given(st.floats(0, 89.999), st.sampled_from("NS"))
def test_degrees_and_minutes_round_trip(value: float, letter: str) -> None:
    degrees = int(value)
    minutes = min(round((value - degrees) * 60, 6), 59.999999)
    found = parse_degrees(f"{degrees} {minutes:.6f} {letter}", "lat")
    assert found == pytest.approx(value if letter == "N" else -value, abs=1e-7)
