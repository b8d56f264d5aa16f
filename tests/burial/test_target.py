"""METHODS 1.1: ladder, tolerance, minimum; the rules of what is never added."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.burial.target import choose_target, ladder_step_m, minimum_dol_m
from pipeline.config.burial import BurialSection

BURIAL = BurialSection()
NO_MINIMUM = BurialSection(minimum_target_dol_m=())
NAN = float("nan")


def target(anchor: float, fishing: float, depth: float = 40.0, burial: BurialSection = BURIAL) -> tuple[float, str]:
    _, chosen = choose_target(np.array([anchor]), np.array([fishing]), np.array([depth]), burial)
    return float(chosen.dol_m[0]), str(chosen.governing[0])


@pytest.mark.parametrize(
    ("required", "step"),
    [(0.0, 0.0), (1e-6, 0.6), (0.5, 0.6), (0.5 + 1e-12, 0.6), (0.5001, 1.0), (0.9, 1.0), (0.91, 1.5), (1.4, 1.5),
     (2.4159, 3.0), (2.9, 3.0), (2.95, 3.0), (9.0, 3.0)],
)  # fmt: skip
def test_ladder(required: float, step: float) -> None:
    assert ladder_step_m(np.array([required]), BURIAL)[0] == step


@pytest.mark.parametrize(
    ("depth", "least"), [(0.5, 1.0), (19.99, 1.0), (20.0, 0.6), (199.9, 0.6), (200.0, 0.6), (200.1, 0.0), (700, 0.0)]
)
def test_minimum_by_water_depth(depth: float, least: float) -> None:
    assert minimum_dol_m(np.array([depth]), BURIAL)[0] == least


@pytest.mark.parametrize(
    ("anchor", "fishing", "depth", "expected"),
    [
        (0.0, 0.0, 300.0, (0.0, "none")),
        (0.0, 0.0, 40.0, (0.6, "minimum")),
        (0.0, 0.0, 10.0, (1.0, "minimum")),  # no tolerance on a minimum
        (0.0, 0.5, 40.0, (0.6, "fishing")),
        (0.7, 0.5, 40.0, (1.0, "anchor")),
        (0.2, 0.5, 10.0, (1.0, "minimum")),
        (NAN, 0.5, 40.0, (0.6, "fishing")),
        (1.2, NAN, 40.0, (1.5, "anchor")),
        (NAN, NAN, 40.0, (0.6, "minimum")),
        (4.0, 0.5, 40.0, (3.0, "anchor")),
    ],
)
def test_target_and_what_governs(anchor: float, fishing: float, depth: float, expected: tuple[float, str]) -> None:
    assert target(anchor, fishing, depth) == expected


@pytest.mark.parametrize("depth", [0.0, -3.0, NAN])
def test_dry_land_is_blank(depth: float) -> None:
    dol, governing = target(1.0, 0.5, depth)
    assert np.isnan(dol)
    assert governing == "none"


def test_beyond_the_ladder_is_shown() -> None:
    _, chosen = choose_target(np.array([4.0, 2.9, 0.0]), np.zeros(3), np.full(3, 40.0), BURIAL)
    np.testing.assert_allclose(chosen.above_ladder_m, [1.1, 0.0, 0.0], atol=1e-8)


def test_mobility_is_not_added_to_nothing() -> None:
    moving = BurialSection(mobility_allowance_m=0.7, minimum_target_dol_m=())
    np.testing.assert_array_equal(ladder_step_m(np.array([0.0, 0.5]), moving), [0.0, 1.5])


@given(st.floats(0, 2.9), st.floats(0, 2.9), st.floats(0.1, 800))
def test_target_holds_what_is_required(anchor: float, fishing: float, depth: float) -> None:
    assert target(anchor, fishing, depth)[0] >= max(anchor, fishing)


@given(st.floats(0, 4), st.floats(0, 4), st.floats(0.1, 800))
def test_more_required_is_never_shallower(a: float, b: float, depth: float) -> None:
    assert target(max(a, b), 0.0, depth)[0] >= target(min(a, b), 0.0, depth)[0]


def test_bedforms_deepen_where_they_ask_for_more_than_the_route_s_allowance() -> None:
    burial = BurialSection(mobility_allowance_m=0.3, minimum_target_dol_m=())
    required = np.array([0.5, 0.5, 0.5, 0.0])
    bedforms = np.array([np.nan, 0.2, 1.0, 1.0])
    np.testing.assert_array_equal(ladder_step_m(required, burial, bedforms), [1.0, 1.0, 2.0, 0.0])
    _, target = choose_target(required, np.zeros(4), np.full(4, 40.0), burial, bedforms + 2.0)
    np.testing.assert_allclose(target.above_ladder_m, [0.0, 0.0, 0.6, 0.0], atol=1e-8)
