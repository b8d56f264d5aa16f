"""What is packed into the page is what its script gets."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from pipeline.burial.curve import AnchorCurves
from pipeline.mapping.chain import decisive_anchor
from pipeline.mapping.codes import BLANK, fixed_codes, rate_codes
from pipeline.mapping.messages import Number, say
from pipeline.mapping.packed import pack

from .unpacking import rates_of, unpacked

RNG = np.random.default_rng(5)
ARRAYS = {
    "small": RNG.integers(0, 256, (3, 4, 7)).astype(np.uint8),
    "signed": RNG.integers(-32768, 32768, 50).astype(np.int16),
    "codes": RNG.integers(0, 65536, (6, 11)).astype(np.uint16),
    "cells": RNG.integers(-1, 2**31 - 1, (5, 9)).astype(np.int32),
    "starts": RNG.integers(0, 2**32 - 1, 13).astype(np.uint32),
    "kg": np.array([0.0, math.nan, 3060.0], np.float32),
    "kp_km": np.array([0.0, 0.1, 379.4321], np.float64),
    "none": np.zeros(0, np.uint16),
}
BASES = {"codes": [2, 0, -1, 2, 3, -1]}


def test_arrays_come_back_as_they_were() -> None:
    meta, arrays = unpacked(pack({"names": ["a", "\u2028<"]}, ARRAYS, BASES))
    assert meta == {"names": ["a", "\u2028<"]}
    assert list(arrays) == list(ARRAYS)
    for name, values in ARRAYS.items():
        assert arrays[name].dtype == values.dtype
        np.testing.assert_array_equal(arrays[name], values)


def test_the_same_arrays_are_the_same_text_and_messages_keep_their_parts() -> None:
    text = pack({"label": say("{n} m", n=Number(1.5, 1))}, ARRAYS)
    assert text == pack({"label": say("{n} m", n=Number(1.5, 1))}, ARRAYS)
    assert unpacked(text)[0]["label"] == {"t": "{n} m", "v": {"n": [1.5, 1]}}


def test_a_type_that_the_page_does_not_know_is_refused() -> None:
    with pytest.raises(TypeError, match="'x' is of type int64"):
        pack({}, {"x": np.zeros(2, np.int64)})


def test_rows_like_their_base_take_little_room() -> None:
    row = RNG.integers(0, 65536, 4000).astype(np.uint16)
    rows = np.tile(row, (20, 1))
    assert len(pack({}, {"x": rows}, {"x": [-1] + [0] * 19})) < 1.1 * len(pack({}, {"x": row}))


def test_rates_are_right_to_a_twentieth_of_a_percent() -> None:
    rates = np.concatenate([[0.0, math.nan], 10.0 ** RNG.uniform(-15, 6, 1000)])
    codes = rate_codes(rates)
    assert codes[:2].tolist() == [0, BLANK]
    np.testing.assert_allclose(rates_of(codes), rates, rtol=5.1e-4)


def test_a_blank_number_is_never_a_zero() -> None:
    assert fixed_codes([0.0, 1.234, -0.5, math.nan], 100.0, zero_at=1000).tolist() == [1000, 1123, 950, BLANK]


def test_the_anchor_that_decides_is_that_of_the_curve() -> None:
    """The oracle is the curve by which the burial step decides."""
    places, flukes = 40, np.array([0.5, 0.8, 1.1, 1.4])
    rates = 10.0 ** RNG.uniform(-8, -4, (places, 4)) * (RNG.random((places, 4)) < 0.7)
    place, size = np.nonzero(rates)
    table = pd.DataFrame({"place": place, "anchor_kg": 1000 * (size + 1), "fluke_length_m": flukes[size]})
    table["strike_per_km_yr"] = rates[place, size]
    limit = 10.0 ** RNG.uniform(-7, -4, places)
    kg, fluke_m = decisive_anchor(table.sample(frac=1.0, random_state=1), limit)
    curves = AnchorCurves.from_table(table, key="place", places=np.arange(places), assessed=np.ones(places, bool))
    expected = curves.required_fluke_m(limit)
    np.testing.assert_array_equal(fluke_m, expected)
    assert ((kg > 0) == (expected > 0)).all()
    assert 0 < (kg > 0).sum() < places
