"""Level surfaces that stand where a bed should be."""

from __future__ import annotations

import numpy as np

from pipeline.sources.depths.relief import level_bed

RNG = np.random.default_rng(7)


def test_a_sea_at_the_water_level_has_no_depths() -> None:
    bed = np.concatenate([np.full(900, -30.0), RNG.integers(-29, 200, 300).astype(float), np.full(50, np.nan)])
    level = level_bed(bed, -29.3)
    assert level is not None
    assert level.is_water_surface
    assert level.level_m == -30.0
    assert level.share > 0.9


def test_a_constant_depth_is_noticed_but_is_not_the_surface() -> None:
    level = level_bed(np.full(400, -69.3), -29.3)
    assert level is not None
    assert not level.is_water_surface


def test_relief_rounded_to_metres_is_relief() -> None:
    assert level_bed(np.round(RNG.normal(-80.0, 20.0, 2000)), -29.3) is None


def test_land_alone_says_nothing() -> None:
    assert level_bed(np.zeros(1000), -29.3) is None
    assert level_bed(np.full(5, -30.0), -29.3) is None
