"""Neighbouring steps of every ordered ramp stay apart for readers who see colours otherwise, and in grey."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.config import Config
from pipeline.mapping import ramps
from pipeline.mapping.ramps import TargetPalette

Floats = NDArray[np.float64]

# Machado, Oliveira and Fernandes 2009, severity 1.0, on linear RGB; grey by the weights of Rec. 709.
EYES: dict[str, Floats] = {
    "usual": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
    "grey": np.tile([0.2126, 0.7152, 0.0722], (3, 1)),
}
NOTICED = 2.3
"""CIE 1976 colour difference that is just noticeable side by side."""


def linear(colour: str) -> Floats:
    part = np.array(ramps.rgb(colour)) / 255.0
    return np.asarray(np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4))


def lab(colour: str, eyes: str) -> Floats:
    """CIE L*a*b* (D65) of a colour as somebody sees it."""
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    seen = np.clip(EYES[eyes] @ linear(colour), 0.0, 1.0)
    ratio = (to_xyz @ seen) / np.array([0.9505, 1.0, 1.089])
    x, y, z = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16.0 / 116.0)
    return np.array([116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)])


def apart(one: str, other: str, eyes: str) -> float:
    return float(np.linalg.norm(lab(one, eyes) - lab(other, eyes)))


@pytest.mark.parametrize("eyes", EYES)
def test_target_depths_stay_apart_and_darken(eyes: str) -> None:
    palette = TargetPalette(Config().burial.ladder_m)
    steps = [palette.colour(depth) for depth in (0.0, *palette.ladder_m)]
    assert min(apart(one, other, eyes) for one, other in combinations(steps, 2)) >= 4 * NOTICED
    light = [lab(colour, eyes)[0] for colour in steps]
    assert all(shallow - deep >= 6.0 for shallow, deep in pairwise(light))


@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize("ramp", [ramps.DEPTH_RAMP, ramps.STRIKE_RAMP, ramps.PGA_RAMP])
def test_neighbouring_steps_of_the_other_ramps_stay_apart(ramp: tuple[str, ...], eyes: str) -> None:
    assert all(apart(one, other, eyes) >= 3 * NOTICED for one, other in pairwise(ramp))
