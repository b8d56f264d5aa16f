"""Burial in blocks of stations: the same bytes however they are cut, and memory that a long route does not raise."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.store import Facts
from tests.burial.fabricate import BURIAL, NAN, Corridor, bury, straight_frame

FRAME = straight_frame(5.0)
FILES = (
    "stations.parquet", "cells.parquet", "zones.parquet", "strike_by_depth.parquet", "totals.json", "burial_depth.tif",
    "strike_by_depth.tif",
)  # fmt: skip
ANCHORS = [(660.0, 0.697, 3e-4), (1290.0, 0.871, 1e-4), (2280.0, 1.053, 3e-5), (3300.0, 1.191, 1e-5)]
# Everything changes along this route: land, soil, layers that were measured, anchors, gear, bedforms and slope.
VARIED = Corridor(
    FRAME,
    soil_class=lambda kp: "sand" if kp < 1.6 else "mud" if kp < 3.1 else "unknown",
    layered_f=lambda kp: 1.2 if 1.9 < kp < 2.4 else 1.4 if 2.6 < kp < 2.8 else NAN,
    su_kpa=lambda kp: (20.0, 35.0, 50.0 + (kp > 2.5)) if 1.9 < kp < 2.4 or 2.6 < kp < 2.8 else (NAN, NAN, NAN),
    water_depth_m=lambda kp: -1.0 if kp < 0.4 else 15.0 + 30.0 * kp,
    slope_deg=lambda kp: 20.0 if 3.3 < kp < 3.6 else 1.0,
    mobility_m=lambda kp: 0.4 if 1.0 < kp < 1.3 else NAN,
    anchors=lambda kp: ANCHORS[: int(kp)],
    fishing=lambda kp: (1e-6 * kp, 0.2, 0.5 if kp < 4.2 else 0.0),
    config={"uncertainty": {"draws": 40}, "acceptance": {"route_strikes_per_yr": 1e-3, "allocation": "section"}},
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Facts]:
    context = VARIED.context(tmp_path_factory.mktemp("whole"))
    return context.out, bury(context)


def random_cuts(seed: int) -> list[int]:
    rng = np.random.default_rng(seed)
    return sorted(rng.choice(np.arange(1, len(FRAME.stations)), size=rng.integers(1, 9), replace=False).tolist())


@pytest.mark.parametrize(
    ("cuts", "together"),
    [(range(20, 32), 250), ((1, 50), 3), (random_cuts(0), 250), (random_cuts(1), 250), (random_cuts(2), 4)],
)
def test_any_cutting_gives_the_same_bytes_and_facts(
    whole: tuple[Path, Facts], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cuts: Sequence[int], together: int
) -> None:
    monkeypatch.setattr("pipeline.burial.place_blocks._TOGETHER", together)
    context = VARIED.context(tmp_path)
    assert bury(context, cuts) == whole[1]
    for name in FILES:
        assert (context.out / name).read_bytes() == (whole[0] / name).read_bytes(), name


def test_the_varied_route_is_one_that_cutting_could_hurt(whole: tuple[Path, Facts]) -> None:
    stations = pd.read_parquet(whole[0] / "stations.parquet")
    spread = stations["required_dol_p90_m"] > stations["required_dol_p10_m"]
    assert spread.sum() > 20
    assert stations["required_dol_p50_m"].nunique() > 20
    assert set(stations["governing"]) >= {"", "anchor", "fishing"}
    assert set(stations["protection"]) >= {"", "burial", "rock"}
    assert stations["limit_strike_per_km_yr"].nunique() > 1
    cells = pd.read_parquet(whole[0] / "cells.parquet")
    assert cells["cell"].tolist() == list(range(len(FRAME.cells)))


def test_work_is_counted_in_draws_at_a_station_and_in_its_cells(tmp_path: Path) -> None:
    context = VARIED.context(tmp_path)
    assert BURIAL.blocks is not None
    sizes = BURIAL.blocks.sizes(context)
    assert len(sizes) == len(FRAME.stations)
    assert sum(sizes) == 40 * (len(FRAME.stations) + len(FRAME.cells))
    assert sizes[7] == 40 * (1 + (FRAME.cells["station"] == 7).sum())
