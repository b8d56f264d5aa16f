"""Spikes are found where they stand, and rough, steep or waved ground is none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.config import Config
from pipeline.quality.limits import Limits
from pipeline.quality.spikes import spikes
from tests.quality.beds import HEAD, faults, kp_of, lonlat, make, noise, rocks, sand_waves, slope, write_survey

LIMITS = Limits.of(Config())
LEAST = (LIMITS.own.spike_min_m, LIMITS.own.spike_tvu, LIMITS.survey.a_m, LIMITS.survey.b)


def found_in(depth: np.ndarray) -> list[tuple[int, int]]:
    values = depth.astype(np.float32)
    index, _, _ = spikes(values, (0, values.shape[0], 0, values.shape[1]), LEAST, LIMITS.own.spike_spread)
    return [(int(i) // values.shape[1], int(i) % values.shape[1]) for i in index]


@pytest.mark.parametrize("height_m", [-8040.0, -30.0, 30.0])
def test_a_spike_is_found_at_its_cell(tmp_path: Path, height_m: float) -> None:
    depth = slope() + noise()
    depth[150, 220] += height_m
    make(tmp_path)
    write_survey(tmp_path, depth)
    (found,) = faults(tmp_path)
    assert (found.severity, found.code, found.file) == ("warning", "spike", "survey.tif")
    assert found.kp_km is not None
    assert found.kp_km[0] == found.kp_km[1] == pytest.approx(kp_of(150), abs=0.002)
    assert (found.lon, found.lat) == pytest.approx(lonlat(150, 220), abs=1e-6)
    assert "row 150, column 220" in found.place
    assert ("above water" in found.message) == (height_m < -1000)
    assert f"{depth[150, 220] if height_m > -1000 else -depth[150, 220]:.1f} m" in found.message


def test_a_cluster_is_found_by_its_rim_and_the_worst_are_named_first(tmp_path: Path) -> None:
    depth = slope() + noise()
    depth[100, 200] -= 30.0
    depth[300:302, 250:252] += 20.0
    depth[400:403, 300:303] += 25.0
    make(tmp_path)
    write_survey(tmp_path, depth)
    (found,) = faults(tmp_path)
    assert "13 cells" in found.message, "1 + 4 + the eight around the middle of nine"
    rows = [int(word) for word in ("100", "400", "301")]
    places = [found.message.index(f"(row {row}") for row in (rows[0], rows[1])]
    assert places == sorted(places)
    assert found.message.count("at KP") == 3


@pytest.mark.parametrize(
    "depth",
    [
        slope(), slope() + noise(), rocks(), rocks(seed=9) + noise(sigma_m=1.0), np.rint(slope()),
        *(sand_waves(bearing_deg=bearing) + noise() for bearing in (0.0, 30.0, 90.0)),
    ],
    ids=["slope", "noise", "rocks", "rough rocks", "whole metres", "waves E", "waves NE", "waves N"],
)  # fmt: skip
def test_real_ground_has_none(depth: np.ndarray) -> None:
    assert found_in(depth) == []


def test_the_edge_the_corner_and_the_bottom_of_a_pit_are_none() -> None:
    depth = slope() + noise()
    depth[200:260, 200:230] += 8.0
    depth[400:404, 300:305] += 8.0
    depth[:, :5] = np.nan
    assert found_in(depth) == []


def test_relief_of_the_real_sea_has_none(tmp_path: Path, shared_data: Path) -> None:
    head = HEAD.replace("= 0.0", "= -29.3").replace("station_m = 50", "station_m = 1000")
    etopo = '[sources.e]\nrole = "bathymetry"\nfiles = "e.tif"\nvalues = "elevation_m"\nvertical_datum = "msl"\n'
    make(tmp_path, head=head.replace("half_width_m = 1000", "half_width_m = 60000"), sources=etopo)
    (tmp_path / "e.tif").write_bytes((shared_data / "bathymetry/etopo1_bed_6min_caspian.tif").read_bytes())
    for ends in ("49.7,40.62\n51.2,43.62\n", "49.5,39.0\n53.0,38.5\n", "51.0,37.2\n50.5,40.2\n"):
        (tmp_path / "rpl.csv").write_text(f"lon,lat\n{ends}")
        assert {finding.code for finding in faults(tmp_path)} <= {"dry_land"}


def test_what_lies_beyond_the_swath_is_not_told(tmp_path: Path) -> None:
    depth = slope() + noise()
    depth[300, 20] -= 30.0
    make(tmp_path, head=HEAD.replace("half_width_m = 1000", "half_width_m = 500"))
    write_survey(tmp_path, depth)
    assert faults(tmp_path) == []
