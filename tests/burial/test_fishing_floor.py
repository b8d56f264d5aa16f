"""The floor against fishing: pelagic gear needs burial only where it strikes too often."""

import numpy as np
import pandas as pd
import pytest

from pipeline.burial.curve import AnchorCurves
from pipeline.burial.decide import Places, fishing_floor_m
from pipeline.config import Config

LIMIT = 2.6e-6


@pytest.mark.parametrize(
    ("floor", "strike", "gear", "expected"),
    [
        (0.0, 1e-6, 0.35, 0.0),  # pelagic, within the limit
        (0.0, 1e-5, 0.35, 0.7),  # pelagic, too often: twice its penetration
        (0.0, 1e-5, 0.10, 0.5),  # ... and at least half a metre
        (0.5, 1e-9, 0.10, 0.5),  # bottom gear: the hazard's own floor stands
        (np.nan, np.nan, np.nan, np.nan),  # not assessed stays blank
    ],
)
def test_pelagic_gear_needs_burial_only_above_the_limit(floor, strike, gear, expected):
    table = pd.DataFrame(
        {"required_dol_fishing_m": [floor], "fishing_strike_per_km_yr": [strike], "gear_penetration_m": [gear]}
    )
    nobody = AnchorCurves.__new__(AnchorCurves)  # the floor does not look at anchors
    assert fishing_floor_m(Places(table, nobody, np.array([LIMIT])), Config())[0] == pytest.approx(
        expected, nan_ok=True
    )
