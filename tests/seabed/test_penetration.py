"""The march through layered soil: METHODS 1.6, cases done by hand, and what must hold whatever the layers."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config import Config
from pipeline.seabed.penetration import SoilLayer, effective_factor, penetration_m
from pipeline.seabed.profiles import Reading, class_layers, layers_of_profile
from pipeline.seabed.strength import graded_factor

SOIL = Config().soil
FLUKE_5000_DWT_M = 0.994  # METHODS 1.5
NAN = math.nan


def described(*layers: tuple[float, str]) -> list[SoilLayer]:
    tops = np.cumsum([0.0, *(thick for thick, _ in layers)])
    return [
        SoilLayer(float(top), float(top + thick), name, "none", NAN, NAN, "measured")
        for top, (thick, name) in zip(tops, layers, strict=False)
    ]


def su(at_top: float, at_bottom: float, depth_m: float = 5.0) -> list[SoilLayer]:
    return [SoilLayer(0.0, depth_m, "mud", "su_kpa", at_top, at_bottom, "measured")]


def test_methods_1_6_mud_that_gains_strength() -> None:
    growing = su(6.0, 6.0 + 1.9 * 5.0)
    assert penetration_m(growing, np.array([FLUKE_5000_DWT_M]), SOIL)[0] == pytest.approx(2.75, abs=0.01)
    assert penetration_m(su(6.0, 6.0), np.array([FLUKE_5000_DWT_M]), SOIL)[0] == pytest.approx(2.982, abs=1e-9)


def test_the_layers_of_the_class_mud_are_those_of_methods_1_6() -> None:
    assert class_layers("mud", SOIL) == [SoilLayer(0.0, 5.0, "mud", "su_kpa", 6.0, 15.5, "class")]


@pytest.mark.parametrize("name", sorted(SOIL.classes))
def test_uniform_soil_is_f_times_the_fluke_at_any_length(name: str) -> None:
    lengths = np.array([0.1, 0.569, 1.191, 3.0, 30.0])
    f = SOIL.classes[name].penetration_f
    assert penetration_m(described((5.0, name)), lengths, SOIL) == pytest.approx(f * lengths, rel=1e-12)
    assert effective_factor(described((2.0, name), (3.0, name)), SOIL) == pytest.approx(f, rel=1e-9)


def test_two_layers_by_hand() -> None:
    # 0.5 m of sand takes 0.5 / 0.707 of a fluke of 1 m; the rest digs 3 times its length into mud.
    crust = described((0.5, "sand"), (4.5, "mud"))
    assert penetration_m(crust, np.array([1.0]), SOIL)[0] == pytest.approx(0.5 + 3.0 * (1.0 - 0.5 / 0.707), rel=1e-6)
    assert penetration_m(crust, np.array([0.5]), SOIL)[0] == pytest.approx(0.707 * 0.5, rel=1e-6)


def dug_by_hand(layers: list[SoilLayer], fluke_m: float) -> float:
    """March 1 mm at a time: another way to the same depth."""
    depth, left = 0.0, fluke_m
    while left > 0.0:
        layer = next((one for one in layers if one.top_m <= depth < one.bottom_m), layers[-1])
        share = min((depth - layer.top_m) / (layer.bottom_m - layer.top_m), 1.0)
        strength = layer.at_top + share * (layer.at_bottom - layer.at_top)
        f = (
            SOIL.classes[layer.soil_class].penetration_f
            if layer.kind == "none"
            else float(graded_factor(SOIL, layer.kind, np.array(strength)))
        )
        depth, left = depth + 1e-3, left - 1e-3 / f
    return depth


def test_the_effective_factor_is_safe_for_every_anchor_of_the_table() -> None:
    shipping = Config().shipping
    anchors_kg = np.array([kg for _, _, kg in shipping.anchor_table])
    flukes_m = shipping.fluke_length_at_1t_m * np.cbrt(anchors_kg / 1000.0)
    assert (flukes_m.min(), flukes_m.max()) == (pytest.approx(0.4517, abs=1e-3), pytest.approx(1.816, abs=1e-3))
    crust = [SoilLayer(0.0, 0.9, "sand", "dr_pct", 80.0, 80.0, "measured"), *su(3.0, 3.0)]
    crust[1] = replace(crust[1], top_m=0.9)
    assert dug_by_hand(crust, 1.816) == pytest.approx(2.53, abs=0.01)
    for layers in (su(6.0, 60.0), su(60.0, 6.0), described((0.6, "sand"), (4.4, "mud")), crust):
        f = effective_factor(layers, SOIL)
        assert all(dug_by_hand(layers, fluke) <= f * fluke + 2e-3 for fluke in [*flukes_m[::5], flukes_m[-1]])


def test_the_effective_factor_is_met_by_some_anchor_of_its_range() -> None:
    lengths = np.linspace(*SOIL.reference_fluke_m, 400)
    for layers in (su(6.0, 60.0), su(60.0, 6.0), described((0.6, "sand"), (4.4, "mud"))):
        dug = penetration_m(layers, lengths, SOIL)
        assert (dug / lengths).max() == pytest.approx(effective_factor(layers, SOIL), rel=2e-3)


@given(
    strengths=st.lists(st.floats(1.0, 400.0), min_size=2, max_size=6),
    weaker=st.floats(0.2, 1.0),
)
def test_longer_flukes_dig_deeper_and_weaker_soil_never_less(strengths: list[float], weaker: float) -> None:
    lengths = np.array([0.3, 0.6, 1.0, 1.8])

    def dug(scale: float) -> np.ndarray:
        readings = [Reading(at / 2.0, at / 2.0, scale * value, NAN, "") for at, value in enumerate(strengths)]
        return penetration_m(layers_of_profile(readings, "mud", SOIL), lengths, SOIL)

    own = dug(1.0)
    assert (np.diff(own) > 0.0).all()
    assert (dug(weaker) >= own - 1e-9).all()
    assert (own >= 0.2 * lengths - 1e-9).all()
    assert (own <= 3.0 * lengths + 1e-9).all()


def spans(readings: list[Reading], base: str) -> list[tuple[str, str, float, float]]:
    layers = layers_of_profile(readings, base, SOIL)
    return [(one.soil_class, one.source, one.top_m, one.bottom_m) for one in layers]


def test_above_and_below_a_profile() -> None:
    readings = [Reading(0.4, 0.4, 10.0, NAN, ""), Reading(0.9, 0.9, 20.0, NAN, "")]
    top, middle, below, rest = layers_of_profile(readings, "mud", SOIL)
    assert (top.top_m, top.bottom_m, top.at_top, top.at_bottom) == (0.0, 0.4, pytest.approx(9.24), 10.0)
    assert (middle.at_top, middle.at_bottom, middle.source) == (10.0, 20.0, "measured")
    assert (below.bottom_m, below.at_top, below.at_bottom, below.source) == (1.15, 20.0, 20.0, "below the profile")
    assert (rest.bottom_m, rest.soil_class, rest.kind, rest.source) == (5.0, "mud", "none", "not measured")
    *_, last = layers_of_profile([Reading(0.0, 4.6, NAN, NAN, "sand")], "mud", SOIL)
    assert (last.soil_class, last.bottom_m, last.source) == ("sand", 5.0, "below the profile")


def test_a_change_of_kind_lies_half_way_and_a_gap_goes_to_the_weaker() -> None:
    readings = [Reading(0.0, 0.0, NAN, 60.0, ""), Reading(0.5, 0.5, 8.0, NAN, "")]
    layers = layers_of_profile(readings, "sand", SOIL)
    assert [(layer.soil_class, layer.kind, layer.top_m, layer.bottom_m) for layer in layers] == [
        ("sand", "dr_pct", 0.0, 0.25), ("mud", "su_kpa", 0.25, 0.5), ("mud", "su_kpa", 0.5, 0.75),
        ("mud", "su_kpa", 0.75, 5.0),
    ]  # fmt: skip
    described_ = [Reading(0.0, 1.0, NAN, NAN, "sand"), Reading(1.4, 6.0, NAN, NAN, "mud")]
    told = [("sand", 0.0, 1.0), ("mud", 1.0, 1.4), ("mud", 1.4, 5.0)]
    assert [(name, top, bottom) for name, _, top, bottom in spans(described_, "rock")] == told


def test_long_gaps_are_the_deepest_penetrated_that_may_be_meant() -> None:
    dense = [Reading(at, at, NAN, 80.0, "") for at in (0.1, 4.9)]
    assert spans(dense, "sand") == [
        ("sand", "above the profile", 0.0, 0.1), ("sand", "measured", 0.1, 0.35),
        ("unknown", "not measured", 0.35, pytest.approx(4.65)), ("sand", "measured", pytest.approx(4.65), 4.9),
        ("sand", "below the profile", 4.9, 5.0),
    ]  # fmt: skip
    assert spans(dense, "mud")[2][0] == "mud"
    layers = [Reading(0.0, 1.0, NAN, NAN, "sand"), Reading(2.0, 5.0, NAN, NAN, "rock")]
    assert spans(layers, "sand")[1] == ("unknown", "not measured", 1.0, 2.0)
    # No gap is firmer than what was measured at its ends: clay of 12 kPa at 3 m was 6.3 kPa and less above.
    soft = layers_of_profile([Reading(3.0, 3.0, 12.0, NAN, "")], "sand", SOIL)[0]
    assert (soft.bottom_m, soft.at_top, soft.at_bottom) == (2.75, pytest.approx(6.3), pytest.approx(6.3))


@pytest.mark.parametrize(
    ("kind", "value", "base", "expected"),
    [
        ("su_kpa", 30.0, "mud", "mud"), ("su_kpa", 5.0, "sand", "mud"), ("su_kpa", 11.0, "rock", "sandy_mud"),
        ("su_kpa", 20.0, "mixed", "mixed"), ("dr_pct", 30.0, "mud", "muddy_sand"), ("dr_pct", 55.0, "unknown", "sand"),
        ("dr_pct", 80.0, "sand", "sand"), ("dr_pct", 45.0, "rock", "muddy_sand"),
    ],
)  # fmt: skip
def test_a_strength_keeps_the_class_of_its_kind_else_finds_the_nearest(
    kind: str, value: float, base: str, expected: str
) -> None:
    reading = Reading(0.0, 2.0, value, NAN, "") if kind == "su_kpa" else Reading(0.0, 2.0, NAN, value, "")
    assert layers_of_profile([reading], base, SOIL)[0].soil_class == expected
