"""Feathered seams: a better layer fades where it ends inside a lesser one, and nowhere else."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.config.bathymetry import BathymetrySection
from pipeline.geo import Grid
from pipeline.sources.depths.feather import better_share, share_at
from pipeline.sources.depths.merging import Merged, laid_over, seam_shares

CELL = 250.0
GRID = Grid(rows=40, cols=60, west_m=500_000.0, north_m=4_600_000.0, cell_m=CELL, crs="EPSG:32639")
DEFAULT = BathymetrySection()
HARD = BathymetrySection(feather_m=0.0)
MASK = arrays(np.bool_, (9, 11), elements=st.booleans())


def halves() -> tuple[np.ndarray, np.ndarray]:
    """A better layer in the west, over a lesser one everywhere."""
    better = np.zeros(GRID.shape, dtype=bool)
    better[:, :30] = True
    return better, np.ones(GRID.shape, dtype=bool)


def steepest(bed: np.ndarray) -> float:
    """Greatest difference of two neighbouring cells."""
    return float(max(np.nanmax(np.abs(np.diff(bed, axis=axis))) for axis in (0, 1)))


def test_the_share_rises_evenly_over_the_feather() -> None:
    share = better_share(*halves(), CELL, DEFAULT)
    assert share[20, 25:31] == pytest.approx([1.0, 0.875, 0.625, 0.375, 0.125, 0.0])
    assert (share[:, :26] == 1.0).all()


@pytest.mark.parametrize("bias", [5.0, -28.0])
@pytest.mark.parametrize("feather_m", [500.0, 1000.0, 2000.0])
def test_slope_across_the_seam_of_two_surveys_is_at_most_their_bias_over_the_feather(
    bias: float, feather_m: float
) -> None:
    better, _ = halves()
    beds = [np.where(better, -100.0 + bias, np.nan), np.full(GRID.shape, -100.0)]
    shares = seam_shares(beds, GRID, BathymetrySection(feather_m=feather_m))
    step = steepest(laid_over(beds, shares).elevation_m)
    assert step <= abs(bias) * CELL / feather_m + 1e-9
    assert steepest(laid_over(beds).elevation_m) == pytest.approx(abs(bias))


def test_the_middle_of_a_narrow_survey_stays_as_it_was_measured() -> None:
    better = np.zeros(GRID.shape, dtype=bool)
    better[18:24] = True  # 1.5 km wide
    share = better_share(better, np.ones(GRID.shape, dtype=bool), CELL, DEFAULT)
    assert (share[19:23] == 1.0).all()
    assert (share[[18, 23]] > 0.4).all()
    assert (share[[18, 23]] < 1.0).all()


def test_a_narrow_strip_beside_a_wide_block_is_not_taken_for_wide() -> None:
    better = np.zeros(GRID.shape, dtype=bool)
    better[:20] = True
    better[21:27] = True
    share = better_share(better, np.ones(GRID.shape, dtype=bool), CELL, DEFAULT)
    assert (share[22:26] == 1.0).all()


def test_a_small_hole_works_no_further_than_it_is_wide() -> None:
    better = np.ones(GRID.shape, dtype=bool)
    better[20, 30] = False
    share = better_share(better, np.ones(GRID.shape, dtype=bool), CELL, DEFAULT)
    assert share[20, 29] == pytest.approx(0.5)
    changed = np.argwhere(share < 1.0)
    assert np.abs(changed - [20, 30]).max() == 1


def test_an_edge_with_nothing_beyond_is_not_blended() -> None:
    both = np.zeros(GRID.shape, dtype=bool)
    both[10:30, 10:50] = True
    assert (better_share(both, both, CELL, DEFAULT)[both] == 1.0).all()


def test_where_the_lesser_layer_ends_itself_there_is_no_new_step() -> None:
    better, lesser = np.zeros(GRID.shape, dtype=bool), np.zeros(GRID.shape, dtype=bool)
    better[:, :30] = True
    lesser[:, 26:] = True  # it reaches under the better one by less than the feather
    beds = [np.where(better, -90.0, np.nan), np.where(lesser, -100.0, np.nan)]
    blended = laid_over(beds, seam_shares(beds, GRID, DEFAULT)).elevation_m
    inner = np.abs(np.diff(blended[20, :30]))
    assert inner.max() <= 10.0 * CELL / 1000.0 + 1e-9


@settings(max_examples=200, deadline=None)
@given(MASK, MASK, st.sampled_from([0.0, 250.0, 1000.0, 4000.0]))
def test_shares_stay_where_they_belong(better: np.ndarray, lesser: np.ndarray, feather_m: float) -> None:
    share = better_share(better, lesser, CELL, BathymetrySection(feather_m=feather_m))
    assert (share >= 0.0).all()
    assert (share <= 1.0).all()
    assert (share[~better] == 0.0).all()
    assert (share[better & ~lesser] == 1.0).all()
    if feather_m == 0.0:
        assert (share[better] == 1.0).all()


@settings(max_examples=200, deadline=None)
@given(MASK, MASK, MASK, st.floats(-30.0, 30.0), st.floats(-30.0, 30.0))
def test_no_step_is_larger_than_it_was_and_gaps_stay(
    first: np.ndarray, second: np.ndarray, third: np.ndarray, up: float, down: float
) -> None:
    """Of two flat layers every step between neighbours is at most as large as the one at a hard seam."""
    grid = Grid(rows=9, cols=11, west_m=0.0, north_m=0.0, cell_m=CELL, crs="EPSG:32639")
    levels = (-100.0 + up, -100.0, -100.0 + down)
    beds = [np.where(of, level, np.nan) for of, level in zip((first, second, third), levels, strict=True)]
    hard, soft = laid_over(beds), laid_over(beds, seam_shares(beds, grid, DEFAULT))
    known = first | second | third
    assert (np.isnan(soft.elevation_m) == ~known).all()
    assert ((soft.layer >= 0) == known).all()
    for index, of in enumerate((first, second, third)):
        assert of[soft.layer == index].all()
    two = beds[:2]
    pair = laid_over(two, seam_shares(two, grid, DEFAULT)).elevation_m
    for axis in (0, 1):
        steps = np.abs(np.diff(pair, axis=axis))
        assert np.nanmax(steps, initial=0.0) <= abs(up) + 1e-9
    assert np.nanmin(soft.elevation_m, initial=0.0) >= min(levels) - 1e-9
    single = ~np.isnan(hard.elevation_m) & (np.isnan(np.stack(beds)).sum(axis=0) == 2)
    assert (soft.elevation_m[single] == hard.elevation_m[single]).all()


def test_without_feather_each_place_has_exactly_its_best_layer() -> None:
    rng = np.random.default_rng(4)
    beds = [np.where(rng.random(GRID.shape) < 0.6, rng.normal(-100.0, 9.0, GRID.shape), np.nan) for _ in range(3)]
    bed = laid_over(beds, seam_shares(beds, GRID, HARD))
    best = np.full(GRID.shape, np.nan)
    for of in reversed(beds):
        best = np.where(np.isnan(of), best, of)
    np.testing.assert_array_equal(bed.elevation_m, best)
    np.testing.assert_array_equal(bed.share, (~np.isnan(best)).astype(float))


def test_the_source_is_the_layer_with_the_greatest_share_and_shares_add_up() -> None:
    better, _ = halves()
    beds = [np.where(better, -90.0, np.nan), np.full(GRID.shape, -100.0)]
    x, y = GRID.centres(np.full(60, 20), np.arange(60))
    merged = Merged.of(beds, GRID, [bed[20] for bed in beds], x, y, DEFAULT)
    assert merged.grid.layer[20, 26:30].tolist() == [0, 0, 1, 1]
    np.testing.assert_allclose(np.sum(merged.grid_shares, axis=0), 1.0)
    np.testing.assert_array_equal(np.argmax(merged.grid_shares, axis=0), merged.grid.layer)
    # Stations on cell centres are blended as their cells are.
    np.testing.assert_allclose(merged.stations.elevation_m, merged.grid.elevation_m[20])
    np.testing.assert_array_equal(merged.stations.layer, merged.grid.layer[20])


def test_stations_between_cells_are_blended_without_a_jump() -> None:
    share = better_share(*halves(), CELL, DEFAULT)
    x = np.arange(GRID.west_m + 20 * CELL, GRID.west_m + 30 * CELL, 10.0)
    at = share_at(GRID, share, halves()[0], x, np.full(x.size, GRID.north_m - 5000.0))
    assert np.abs(np.diff(at)).max() <= 10.0 / 1000.0 + 1e-9
    assert (np.diff(at) <= 1e-12).all()


def test_a_station_on_a_patch_of_the_better_layer_that_no_cell_shows_keeps_its_depth() -> None:
    nothing = np.zeros(GRID.shape, dtype=bool)
    at = share_at(GRID, np.zeros(GRID.shape), nothing, np.array([505_000.0]), np.array([4_595_000.0]))
    assert at.tolist() == [1.0]


def test_three_layers_do_not_depend_on_how_the_same_seams_are_listed() -> None:
    """Turned and mirrored, the same layers give the same bed, turned and mirrored."""
    rng = np.random.default_rng(8)
    beds = [np.full((12, 12), level) for level in (-80.0, -90.0, -100.0)]
    beds[0][:, 5:] = np.nan
    beds[1][rng.random((12, 12)) < 0.2] = np.nan
    grid = Grid(rows=12, cols=12, west_m=0.0, north_m=0.0, cell_m=CELL, crs="EPSG:32639")
    plain = laid_over(beds, seam_shares(beds, grid, DEFAULT)).elevation_m
    for turns, mirrored in itertools.product(range(4), (False, True)):
        turned = [np.rot90(bed[:, ::-1] if mirrored else bed, turns) for bed in beds]
        there = laid_over(turned, seam_shares(turned, grid, DEFAULT)).elevation_m
        np.testing.assert_allclose(there, np.rot90(plain[:, ::-1] if mirrored else plain, turns))
