"""The synthetic survey of 1 m: the same bytes each time, said to be synthetic, and taken in by the real steps."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rasterio

from pipeline.plan import STEPS
from pipeline.store import Build
from pipeline.synth.fine_survey import NODATA, FineSurvey
from pipeline.workspace import Workspace

SURVEY = FineSurvey(1500, tile_m=600, width_m=300)


def test_the_same_tiles_each_time_and_labelled(tmp_path: Path) -> None:
    first, again = (SURVEY.write(tmp_path / name) for name in ("a", "b"))
    assert [path.name for path in first] == ["multibeam_000.tif", "multibeam_001.tif", "multibeam_002.tif"]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in again]
    with rasterio.open(first[2]) as tile:
        assert tile.shape == (300, 300)
        assert tile.tags()["PROVENANCE"] == "synthetic"
        assert tile.tags()["DESCRIPTION"].startswith("Synthetic")
    with rasterio.open(first[0]) as south, rasterio.open(first[1]) as north:
        assert south.bounds.top == north.bounds.bottom


def test_waves_are_where_they_are_said_to_be() -> None:
    relief = {}
    for start_m in (2_000, 12_000, 22_000):
        depth = FineSurvey(30_000).depth_m(start_m, 480)
        assert not (depth == NODATA).any()
        flat = depth - 0.004 * (np.arange(1000) + 0.5)
        relief[start_m] = float((flat - flat.mean(axis=1)[:, None]).std())
    assert relief[2_000] == pytest.approx(0.03, abs=0.002)
    assert relief[12_000] == pytest.approx(np.hypot(0.03, 0.2 / np.sqrt(2)), rel=0.02)
    assert relief[22_000] == pytest.approx(1.5 / np.sqrt(2), rel=0.1)


def _take_in(root: Path) -> tuple[pd.DataFrame, float]:
    workspace = Workspace.at(root)
    steps = [step for step in STEPS if step.name in {"route", "bathymetry", "terrain"}]
    build = Build(workspace, workspace.config(), steps)
    for decision in build.decide():
        build.run(decision.step, lambda line: None)
    terrain = build.results["terrain"]
    return pd.read_parquet(terrain.folder / "stations.parquet"), terrain.peak_mb


def test_the_steps_take_it_in(tmp_path: Path) -> None:
    FineSurvey(3000, tile_m=1500).write(tmp_path)
    # In a process of its own: what the tests before it hold is no part of the peak.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:
        stations, peak_mb = apart.submit(_take_in, tmp_path).result()
    assert stations["survey_slope_mean_deg"].notna().mean() > 0.9
    assert (stations["bedform"] == "none").mean() > 0.9
    assert peak_mb < 1000
