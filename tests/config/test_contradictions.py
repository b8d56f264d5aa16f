"""Numbers that contradict one another are refused where they stand."""

import pytest

from pipeline.config import load_config
from pipeline.errors import ConfigError

AIS = '[sources.ais]\nrole = "ais"\nfiles = "a.csv"\nperiod = '


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[burial]\nladder_m = []\n", "burial.ladder_m"),
        ("[burial]\nladder_m = [1.0, 0.6]\n", "burial.ladder_m"),
        ("[burial]\nminimum_target_dol_m = [[200.0, 0.6], [20.0, 1.0]]\n", "burial.minimum_target_dol_m"),
        ("[shipping]\nmin_length_m = 500\n", "min_length_m and max_length_m"),
        ("[shipping]\ndraught_clamp = [1.2, 0.3]\n", "draught_clamp"),
        (
            "[soil]\nreference_fluke_m = [0.5, 1.2]\n",
            "fluke of 1.82 m, and the factor of a profile is safe up to 1.2 m",
        ),
        ("[shipping]\nfluke_length_at_1t_m = 1.0\n", "raise reference_fluke_m"),
        ("[water]\nsurface_m = 1e6\n", "water.surface_m"),
        (AIS + '["2025-12-31", "2025-01-01"]\n', "ends before it starts"),
        (AIS + '["2025-13-01", "2025-12-31"]\n', "not a date"),
        (AIS + '["2025-01-01", "9999-12-31"]\n', "years 1900 to 2199"),
    ],
)
def test_refused(tmp_path, text, word):
    path = tmp_path / "corridor.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=word):
        load_config(path)
