"""Numbers as people read them, and colours that keep their order."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from pipeline.mapping import ramps, words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"), (0.05, "0.05"), (1266.0, "1,270"), (1e-5, "10⁻⁵"), (3.14159e-7, "3.14 \u00d7 10⁻⁷"),
        (2.5e9, "2.5 \u00d7 10⁹"),        (-4.25, "-4.25"), (0.0999999, "0.1"), (9.9999e-4, "0.001"),
    ],
)  # fmt: skip
def test_significant_digits(value: float, text: str) -> None:
    assert words.number(value).replace(words.NBSP, " ") == text


def test_a_blank_is_said_and_never_a_zero() -> None:
    for blank in (None, float("nan"), ""):
        assert words.quantity(blank, "m", 1) == "not assessed"
        assert words.rate(blank) == "not assessed"
    assert words.quantity(0.0, "m", 1) == "0.0\u00a0m"


def test_a_return_period_tells_infinite_from_unknown() -> None:
    assert words.years(1266.0, 7.9e-4) == "once in 1,300 years"
    assert words.years(None, 0.0) == "no strike expected"
    assert words.years(None, None) == "not assessed"
    assert words.years(float("nan"), 1e-3) == "not assessed"


def luminance(colour: str) -> float:
    return float(np.dot(ramps.rgb(colour), (0.2126, 0.7152, 0.0722)))


@pytest.mark.parametrize("ramp", [ramps.DEPTH_RAMP, ramps.STRIKE_RAMP, ramps.PGA_RAMP, ramps.TARGET_RAMP])
@pytest.mark.parametrize("count", [2, 5, 9])
def test_ramps_darken_at_every_step(ramp: tuple[str, ...], count: int) -> None:
    light = [luminance(colour) for colour in ramps.spread(ramp, count)]
    assert all(low - high > 5 for low, high in pairwise(light))


def test_target_depths_are_ordered_in_colour_and_width() -> None:
    palette = ramps.TargetPalette((0.6, 1.0, 1.5, 2.0, 2.5, 3.0))
    depths = [0.0, *palette.ladder_m, 4.0]
    light = [luminance(palette.colour(depth)) for depth in depths]
    assert light == sorted(light, reverse=True)
    assert len(set(light)) == len(light)
    widths = [palette.width_px(depth) for depth in depths]
    assert widths == sorted(widths)
    assert palette.colour(0.8) == palette.colour(1.0)
    assert palette.colour(None) == ramps.BLANK_COLOUR


def test_classes_have_one_colour_more_than_limits() -> None:
    entries = ramps.classes((10.0, 20.0), ramps.DEPTH_RAMP)
    assert [label for _, label in entries] == ["under 10", "10 to 20", "over 20"]


def test_soil_classes_of_a_workspace_get_a_colour() -> None:
    colours = ramps.soil_colours(["sand", "shell_bank", "coral"])
    assert colours["sand"] == ramps.SOIL_COLOURS["sand"]
    assert len(set(colours.values())) == 3
