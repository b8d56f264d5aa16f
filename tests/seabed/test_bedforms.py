"""Bedforms of known height, wavelength and crests are found as they are; rock, planes and noise are none."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from pipeline.config.load import Config
from pipeline.config.terrain import BedformsSection
from pipeline.seabed.bedforms import MEGARIPPLE, NO_SAND_WAVE, NONE, SAND_WAVE, Bedforms, find_bedforms
from pipeline.seabed.moments import Moments
from pipeline.seabed.relief_sums import ReliefSums
from tests.seabed.surfaces import sums_of

SECTION = BedformsSection()


def found(sums: ReliefSums, pixel_m: float, section: BedformsSection = SECTION) -> Bedforms:
    return find_bedforms(sums, section, cell_m=250.0, pixel_m=pixel_m, coverage=0.5)


def waves(height_m: float, length_m: float, crest_deg: float):
    """Waves on a slope of 1 in 45, in deep water."""
    across = np.radians(crest_deg + 90.0)

    def surface(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        phase = 2.0 * np.pi / length_m * (x * np.sin(across) + y * np.cos(across))
        return -700.0 + 0.01 * x - 0.02 * y + height_m / 2.0 * np.sin(phase)

    return surface


@pytest.mark.parametrize("noise_m", [0.0, 0.05])
@pytest.mark.parametrize(
    ("pixel_m", "height_m", "length_m", "crest_deg", "kind"),
    [
        (1.0, 0.3, 8.0, 0.0, MEGARIPPLE),
        (1.0, 0.5, 12.0, 120.0, MEGARIPPLE),
        (2.0, 0.6, 20.0, 10.0, MEGARIPPLE),
        (1.0, 1.5, 60.0, 135.0, SAND_WAVE),
        (2.0, 4.0, 150.0, 160.0, SAND_WAVE),
        (5.0, 5.0, 240.0, 45.0, SAND_WAVE),
        (10.0, 8.0, 400.0, 110.0, SAND_WAVE),
    ],
)
def test_known_bedforms_are_recovered(
    pixel_m: float, height_m: float, length_m: float, crest_deg: float, kind: float, noise_m: float
) -> None:
    got = found(sums_of(waves(height_m, length_m, crest_deg), pixel_m, noise_m=noise_m), pixel_m)
    assert got.kind[2, 2] == kind
    assert got.height_m[2, 2] == pytest.approx(height_m, rel=0.1)
    assert got.wavelength_m[2, 2] == pytest.approx(length_m, rel=0.1)
    assert abs((got.crest_deg[2, 2] - crest_deg + 90.0) % 180.0 - 90.0) < 3.0


def rock(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Relief of half a metre with no direction, some ten metres wide."""
    rough = gaussian_filter(np.random.default_rng(3).normal(size=x.shape), 4.0, mode="wrap")
    return -50.0 + 0.5 * rough / rough.std()


NO_BEDFORMS = {
    "rock": (rock, 0.0),
    "noisy rock": (rock, 0.05),
    "plane": (lambda x, y: 0.1 * x - 0.05 * y, 0.0),
    "noise": (lambda x, y: 0.0 * x, 0.2),
    "one broad ridge": (lambda x, y: -(((x - 600.0) / 250.0) ** 2), 0.02),
    "steps of a metre on a slope": (lambda x, y: np.round(-0.01 * x), 0.0),
    "steps of a decimetre": (lambda x, y: np.round(0.03 * x + 0.01 * y, 1) + 0.03, 0.0),
}


@pytest.mark.parametrize(("surface", "noise_m"), NO_BEDFORMS.values(), ids=NO_BEDFORMS)
def test_what_is_no_bedform_is_not_flagged(surface, noise_m: float) -> None:
    sums, told = sums_of(surface, 2.0, noise_m=noise_m), SECTION.model_copy(update={"megaripple_from_m": 12.0})
    got = found(sums, 2.0, told)
    assert set(got.kind[1:-1, 1:-1].ravel()) == {NONE}
    assert set(got.mobility_allowance_m[1:-1, 1:-1].ravel()) == {0.0}


@pytest.mark.parametrize(
    ("pixel_m", "kind"), [(1.0, NONE), (1.25, NO_SAND_WAVE), (5.0, NO_SAND_WAVE), (6.25, np.nan), (50.0, np.nan)]
)
def test_what_pixels_cannot_show_is_not_said_to_be_absent(pixel_m: float, kind: float) -> None:
    got = found(sums_of(waves(1.0, 2.0 * pixel_m, 0.0), pixel_m, cells=3), pixel_m)
    np.testing.assert_array_equal(got.kind[1, 1], kind)
    np.testing.assert_array_equal(got.mobility_allowance_m[1, 1], 0.0 if kind == NONE else np.nan)


def test_oblong_pixels_count_by_their_area() -> None:
    sums = sums_of(waves(0.5, 16.0, 0.0), 2.0)
    third = ReliefSums(sums.box, sums.sums // 3, sums.peaks, sums.steps)
    as_square = found(third, 2.0)
    oblong = find_bedforms(third, SECTION, cell_m=250.0, pixel_m=2.0, pixel_area_m2=8.0, coverage=0.5)
    assert np.isnan(as_square.kind).all()
    assert not np.isnan(oblong.kind[1:-1, 1:-1]).any()


def test_what_a_survey_cannot_show_is_blank_not_none() -> None:
    whole = sums_of(waves(0.5, 16.0, 0.0), 2.0)
    few = ReliefSums(whole.box, whole.sums * (np.indices((5, 5))[1] > 0)[..., None], whole.peaks, whole.steps)
    got = found(few, 2.0)
    assert np.isnan(got.kind[:, 0]).all()
    assert np.isnan(got.mobility_allowance_m[:, 0]).all()
    assert (got.kind[:, 1:] == MEGARIPPLE).all()


def test_a_megaripple_asks_for_half_its_height_and_scour() -> None:
    got = found(sums_of(waves(0.5, 12.0, 30.0), 1.0), 1.0)
    assert got.mobility_allowance_m[2, 2] == pytest.approx(0.45, abs=0.02)


@pytest.mark.parametrize(("height_m", "length_m", "pixel_m"), [(6.0, 400.0, 5.0), (3.0, 100.0, 2.0)])
def test_a_sand_wave_asks_for_all_its_height(height_m: float, length_m: float, pixel_m: float) -> None:
    """A station on a crest lies so much above the troughs, and which cell or station does is not known."""
    got = found(sums_of(waves(height_m, length_m, 0.0), pixel_m, cells=9), pixel_m)
    assert got.mobility_allowance_m[4, 2:-2] == pytest.approx(height_m, rel=0.1)


def test_moments_are_exact_where_squares_pass_what_64_bits_hold() -> None:
    rng = np.random.default_rng(0)
    shallow = sums_of(lambda x, y: rng.normal(0.0, 1.0, x.shape).round(3), 5.0, cells=1)
    rng = np.random.default_rng(0)
    deep = sums_of(lambda x, y: rng.normal(0.0, 1.0, x.shape).round(3) - 8000.0, 5.0, cells=1)
    many = ReliefSums(deep.box, deep.sums * 1_000_000, deep.peaks, deep.steps)
    assert 1_000_000 * 2500 * 8_000_000**2 > 2**63
    assert Moments(many.sums).covariance("z", "z")[0, 0] == pytest.approx(
        Moments(shallow.sums).covariance("z", "z")[0, 0], rel=1e-3
    )


def test_a_window_is_one_large_cell() -> None:
    sums = sums_of(waves(4.0, 150.0, 60.0), 5.0, cells=3)
    window = Moments.in_windows(sums, 3, 250.0)
    row, col = np.mgrid[0:150, 0:150]
    x, y = (col + 0.5) * 5.0 - 375.0, 375.0 - (row + 0.5) * 5.0
    height = np.round(waves(4.0, 150.0, 60.0)(x + 375.0, y - 375.0).astype(np.float32).astype(float), 3)
    for one, other, values in (("u", "z", x * height), ("v", "v", y * y), ("z", "z", height**2)):
        means = {"u": x.mean(), "v": y.mean(), "z": height.mean()}
        direct = values.mean() - means[one] * means[other]
        assert window.covariance(one, other)[1, 1] == pytest.approx(direct, rel=1e-6)


def test_settings_that_contradict_themselves_are_refused() -> None:
    with pytest.raises(ValueError, match="odd numbers"):
        Config.model_validate({"bedforms": {"window_cells": [2]}})
    with pytest.raises(ValueError, match="range from low to high"):
        Config.model_validate({"bedforms": {"steepness": [0.2, 0.1]}})
